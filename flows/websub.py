"""WebSub at work: the callback server, the pushes on their way into the database, and the hubs asked in time."""

import asyncio
import logging
from types import TracebackType
from typing import Self

from aiohttp import ClientError, web

from flows.batches import RoundPlan, run_round
from flows.mill import Mill
from flows.steps.answer_hub import accept, answer_question, find_subscription
from flows.steps.subscribe import ask_hubs
from flows.steps.take_push import Delivery, take_push
from ingest.fetch.decode import UndecodableBody, UnknownCoding, decoder_for

log = logging.getLogger(__name__)

MAX_PUSH_BYTES = 10_000_000  # as received and decoded, as of a polled feed
READ_SECONDS = 30.0
BODIES_AT_ONCE = 8  # being received; as many more may wait for the database
LOOK_AGAIN_SECONDS = 30.0
RETRY_AFTER_SECONDS = 60
_AS_TEXT = {"X-Content-Type-Options": "nosniff"}  # a challenge is a stranger's text


class WebSub:
    """The subscriber of one process; use it as an async context manager. It needs the setting of the callback URL.

    A push is answered at once and stored after that: what a crash loses in between, the daily poll finds.
    """

    def __init__(self, mill: Mill) -> None:
        self._mill = mill
        self._pushes: asyncio.Queue[Delivery] = asyncio.Queue(BODIES_AT_ONCE)
        self._pages: asyncio.Queue[tuple[int, ...]] = asyncio.Queue()
        self._receiving = 0
        self._tasks: list[asyncio.Task[None]] = []
        server = web.Server(self._handle, access_log=None, auto_decompress=False, keepalive_timeout=30.0)
        self._runner = web.ServerRunner(server, shutdown_timeout=5.0)
        self.port = 0

    async def __aenter__(self) -> Self:
        """Bind the port of the settings; OSError where it is taken."""
        settings = self._mill.settings
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, settings.websub_host, settings.websub_port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.port = self._runner.addresses[0][1]
        works = (self._store_pushes(), self._fetch_pages(), self._keep_subscriptions())
        self._tasks = [asyncio.create_task(work) for work in works]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take no more pushes, store those that were answered, and let the page in hand end."""
        await self._runner.cleanup()
        await self._pushes.join()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until every push so far is stored and its pages have had their round."""
        await self._pushes.join()
        await self._pages.join()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        token = request.path.rpartition("/")[2]  # whatever a proxy left of the callback URL's path
        if request.method == "GET":
            answer = await answer_question(self._mill, token, request.query)
            return web.Response(status=404) if answer is None else web.Response(text=answer, headers=_AS_TEXT)
        if request.method != "POST":
            return web.Response(status=405, headers={"Allow": "GET, POST"})
        return await self._receive(request, token)

    async def _receive(self, request: web.BaseRequest, token: str) -> web.Response:
        """Answer a push at once: 2xx also where its signature is wrong, which then is all that happens (rule 97)."""
        if self._receiving + self._pushes.qsize() >= BODIES_AT_ONCE:
            return web.Response(status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
        self._receiving += 1
        try:
            stored = find_subscription(self._mill, token)
            if stored is None:
                return web.Response(status=404)
            async with asyncio.timeout(READ_SECONDS):
                signed, body = await _read(request)
            delivery = accept(stored, body, signed, request.headers)
            if delivery is not None:
                self._pushes.put_nowait(delivery)
            else:
                log.warning("a push for %s was discarded: not signed by its hub", stored.subscription.offer.topic_url)
            return web.Response(status=202)
        except _PushTooLarge:
            return web.Response(status=413)
        except UndecodableBody as error:
            return web.Response(status=415 if isinstance(error, UnknownCoding) else 400)
        except TimeoutError:
            return web.Response(status=408)
        except (ConnectionError, ClientError):
            return web.Response(status=400)  # broken off: for the log of whoever stands between
        finally:
            self._receiving -= 1

    async def _store_pushes(self) -> None:
        while True:
            delivery = await self._pushes.get()
            try:
                outcome = await take_push(self._mill, delivery)
                if outcome.page_keys:
                    self._pages.put_nowait(outcome.page_keys)
                    log.info("a push brought %d new and %d edited", outcome.entries_new, outcome.entries_changed)
            except Exception:
                log.exception("a push could not be stored for a reason of ours")
            finally:
                self._pushes.task_done()

    async def _fetch_pages(self) -> None:
        """A round for what was pushed. What it cannot claim is left for the next scheduled round."""
        while True:
            pushed = [await self._pages.get()]
            while not self._pages.empty():
                pushed.append(self._pages.get_nowait())
            try:
                keys = tuple({key for keys in pushed for key in keys})
                await run_round(self._mill, RoundPlan(page_keys=keys))
            except Exception:
                log.exception("the pages of a push could not be fetched for a reason of ours")
            finally:
                for _ in pushed:
                    self._pages.task_done()

    async def _keep_subscriptions(self) -> None:
        while True:
            try:
                await ask_hubs(self._mill)
            except Exception:
                log.exception("asking hubs failed for a reason of ours")
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


class _PushTooLarge(Exception):
    """The body is larger than a feed may be."""


async def _read(request: web.BaseRequest) -> tuple[bytes, bytes]:
    """The body as it was sent, and decoded. Raises _PushTooLarge or UndecodableBody."""
    decoder = decoder_for(request.headers.get("Content-Encoding", ""))
    sent, body = bytearray(), bytearray()
    async for data in request.content.iter_any():
        sent += data
        if len(sent) > MAX_PUSH_BYTES:
            raise _PushTooLarge
        for piece in decoder.decode(data):
            body += piece
            if len(body) > MAX_PUSH_BYTES:
                raise _PushTooLarge
    if sent:
        decoder.finish()
    return bytes(sent), bytes(body)
