"""Content codings undone with a bound: never more than asked for in memory, and an early end is noticed."""

import sys
from collections.abc import Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]  # publishes no types
from zlib_ng import zlib_ng  # half of zlib's time; 90,000 damaged streams end as they end there (igzip's do not)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
_STEP_BYTES = 65_536
_INFLATED_BYTES = 131_072  # most pages are one piece, which is never copied again
_MAX_MEMBERS = 1_000  # of one gzip or zstd body; real ones have one, and each costs a decoder
_ZSTD_WINDOW_LOG = 23  # 8 MB: RFC 9659's bound for the content coding
_NO_CODING = frozenset({"", "identity", "none", "utf-8", "utf8", "binary", "8bit"})  # mislabels seen on plain bodies


class UndecodableBody(Exception):
    """The body cannot be decoded; the message says why."""


class UnknownCoding(UndecodableBody):
    """A coding that was not asked for, or several on top of each other."""


class DamagedBody(UndecodableBody):
    """The compressed stream is broken or ends early."""


class BodyDecoder(Protocol):
    """Undoes one content coding, piece by piece."""

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Give what this much more input decodes to, in pieces of at most 128 KB."""

    def finish(self) -> None:
        """Raise DamagedBody where the stream has not come to its end."""


def decoder_for(content_encoding: str) -> BodyDecoder:
    """Give the decoder for a Content-Encoding value; raises UnknownCoding for stacked and unknown codings."""
    codings = [name for token in content_encoding.split(",") if (name := token.strip().lower()) not in _NO_CODING]
    if not codings:
        return _Identity()
    if len(codings) > 1 or codings[0] not in _DECODERS:
        raise UnknownCoding(f"the body comes in the coding {content_encoding[:100]!r}, which was not asked for")
    return _DECODERS[codings[0]]()


class _Identity:
    def decode(self, data: bytes) -> Iterator[bytes]:
        yield data

    def finish(self) -> None:
        """A plain body has no end of its own."""


def _inflate(stream: "zlib_ng._Decompress", data: bytes) -> Iterator[bytes]:
    """Feed the inflater; after a full piece it may hold more although its input is used up: ask until one is not."""
    while data:
        try:
            piece = stream.decompress(data, _INFLATED_BYTES)
            yield piece
            while len(piece) == _INFLATED_BYTES and not stream.unconsumed_tail and not stream.eof:
                piece = stream.decompress(b"", _INFLATED_BYTES)
                yield piece
        except zlib_ng.error as error:  # type: ignore[misc]  # published as an instance
            raise DamagedBody("the compressed stream is damaged") from error
        data = b"" if stream.eof else stream.unconsumed_tail


class _Gzip:
    """RFC 1952: members one after another; what follows them and is no member is padding and ignored."""

    def __init__(self) -> None:
        self._stream = zlib_ng.decompressobj(31)
        self._members = 1
        self._rest = b""  # after a member: too short to tell a next member from padding
        self._is_padding = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        while data and not self._is_padding:
            if self._stream.eof:
                data, self._rest = self._rest + data, b""
                if not self._open_member(data):
                    return
            yield from _inflate(self._stream, data)
            data = self._stream.unused_data

    def finish(self) -> None:
        if not self._stream.eof:
            raise DamagedBody("the gzip stream ends early")

    def _open_member(self, data: bytes) -> bool:
        if len(data) == 1 and data == b"\x1f":
            self._rest = data
            return False
        if not data.startswith(b"\x1f\x8b"):
            self._is_padding = True
            return False
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise DamagedBody(f"the gzip stream has more than {_MAX_MEMBERS:,} members")
        self._stream = zlib_ng.decompressobj(31)
        return True


class _Deflate:
    """RFC 9110 8.4.1.2: zlib's format, or raw deflate, which many servers send instead."""

    def __init__(self) -> None:
        self._head = b""
        self._stream: zlib_ng._Decompress | None = None

    def decode(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            self._head += data
            if len(self._head) < 2:  # noqa: PLR2004  a zlib header is two bytes
                return
            data, is_zlib = self._head, self._head[0] & 15 == 8 and int.from_bytes(self._head[:2]) % 31 == 0  # noqa: PLR2004  RFC 1950 2.2
            self._stream = zlib_ng.decompressobj(15 if is_zlib else -15)
        if not self._stream.eof:
            yield from _inflate(self._stream, data)

    def finish(self) -> None:
        if self._stream is None or not self._stream.eof:
            raise DamagedBody("the deflate stream ends early")


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def decode(self, data: bytes) -> Iterator[bytes]:
        while not self._stream.is_finished():
            try:
                piece = self._stream.process(data, output_buffer_limit=_STEP_BYTES)
            except brotli.error as error:
                raise DamagedBody("the brotli stream is damaged") from error
            data = b""
            if not piece:  # can_accept_more_data() says yes while output is still waiting (measured, 1.2.1)
                return
            yield piece

    def finish(self) -> None:
        if not self._stream.is_finished():
            raise DamagedBody("the brotli stream ends early")


class _Zstd:
    """RFC 8878: frames one after another, skippable ones among them."""

    def __init__(self) -> None:
        self._stream = self._new_stream()
        self._frames = 1

    def decode(self, data: bytes) -> Iterator[bytes]:
        while data or not self._stream.needs_input:
            if self._stream.eof:
                self._open_frame()
            try:
                piece = self._stream.decompress(data, _STEP_BYTES)
            except zstd.ZstdError as error:
                raise DamagedBody("the zstd stream is damaged") from error
            data = self._stream.unused_data if self._stream.eof else b""
            yield piece
            if self._stream.eof and not data:
                return

    def finish(self) -> None:
        if not self._stream.eof:
            raise DamagedBody("the zstd stream ends early")

    def _open_frame(self) -> None:
        self._frames += 1
        if self._frames > _MAX_MEMBERS:
            raise DamagedBody(f"the zstd stream has more than {_MAX_MEMBERS:,} frames")
        self._stream = self._new_stream()

    @staticmethod
    def _new_stream() -> zstd.ZstdDecompressor:
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})


_DECODERS: dict[str, type[_Gzip | _Deflate | _Brotli | _Zstd]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}
