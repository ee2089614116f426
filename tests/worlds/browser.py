"""A headless Chromium that a test drives by the DevTools protocol, as a person would: opens, types, clicks, reads."""

import asyncio
import json
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--no-first-run", "--window-size=1400,1400", "--remote-debugging-port=0"),
)
_LOOK_AGAIN_SECONDS = 0.3
_LOOKS_AT_FIELD = 5  # while a form is made, in two seconds or less
_TYPED_AGAIN = 10


class NeverShown(AssertionError):
    """The page did not show what was waited for. The message ends with what it shows."""


class Browser:
    """One page of a running Chromium."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = count(1)

    async def call(self, method: str, **parameters: Any) -> Any:
        """One call of the protocol; gives its result."""
        number = next(self._numbers)
        await self._connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        async for message in self._connection:
            answer = json.loads(message)
            if answer.get("id") == number:
                return answer.get("result", {})
        raise ConnectionError("the browser has ended")

    async def open(self, url: str) -> None:
        """Go to an address."""
        await self.call("Page.navigate", url=url)

    async def evaluate(self, expression: str) -> Any:
        """What an expression gives in the page; None where it fails, as while a page is being built."""
        answer = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer.get("result", {}).get("value")

    async def until(self, expression: str, seconds: float = 60) -> Any:
        """Wait until an expression is true in the page; gives its value. Raises NeverShown."""
        async with asyncio.timeout(seconds + 30):
            for _ in range(round(seconds / _LOOK_AGAIN_SECONDS)):
                if value := await self.evaluate(expression):
                    return value
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            text = await self.text()
        raise NeverShown(f"{expression} was not true within {seconds:.0f} s; the page shows: {text[-2_000:]}")

    async def text(self) -> str:
        """All that the page shows."""
        return str(await self.evaluate("document.body.innerText"))

    async def click(self, selector: str, words: str = "", seconds: float = 60) -> None:
        """Click the first element that fits and says exactly these words, once it is there."""
        wanted = f"(e => !{json.dumps(words)} || (e.innerText || '').trim() === {json.dumps(words)})"
        found = f"[...document.querySelectorAll({json.dumps(selector)})].find({wanted})"
        await self.until(f"{found} && ({found}.click(), true)", seconds)

    async def type(self, selector: str, words: str) -> None:
        """Type into the first field that fits, until it keeps the words: a form that is still being made forgets them.

        Raises NeverShown.
        """
        field = f"document.querySelector({json.dumps(selector)})"
        for _ in range(_TYPED_AGAIN):
            await self.until(f"{field} && ({field}.focus(), {field}.select(), document.activeElement === {field})")
            await self.call("Input.insertText", text=words)
            if await self._keeps(field, words):
                return
        raise NeverShown(f"{selector} did not keep {words!r}; the page shows: {(await self.text())[-2_000:]}")

    async def _keeps(self, field: str, words: str) -> bool:
        for _ in range(_LOOKS_AT_FIELD):
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            if await self.evaluate(f"{field}?.value") != words:
                return False
        return True


@asynccontextmanager
async def browsing(folder: Path) -> AsyncIterator[Browser]:
    """A browser with a profile of its own in the folder, ended with the context."""
    with _started(folder) as url:
        async with connect(url, max_size=None) as connection:
            yield Browser(connection)


@contextmanager
def _started(folder: Path) -> Iterator[str]:
    """A Chromium process; gives where its only page is driven from."""
    assert PROGRAM is not None, "no Chromium is installed"
    log = folder / "browser.log"
    with log.open("wb") as sink:
        process = subprocess.Popen([PROGRAM, *_OPTIONS, f"--user-data-dir={folder / 'browser'}"], stderr=sink)
    try:
        yield _page(_host(log))
    finally:
        process.terminate()
        process.wait(30)


def _host(log: Path) -> str:
    for _ in range(200):
        if said := re.search(r"DevTools listening on ws://([^/\s]+)/", log.read_text(errors="replace")):
            return said[1]
        time.sleep(_LOOK_AGAIN_SECONDS)
    raise ConnectionError(f"the browser did not start: {log.read_text(errors='replace')[-1_000:]}")


def _page(host: str) -> str:
    with urllib.request.urlopen(f"http://{host}/json/list", timeout=30) as answer:
        pages = [one for one in json.load(answer) if one["type"] == "page"]
    return str(pages[0]["webSocketDebuggerUrl"])
