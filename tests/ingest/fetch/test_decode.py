"""Content codings are undone whole, with a bound, and an early end is noticed (rule 42, interface decision 12)."""

import contextlib
import gzip
import random
import sys
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.decode import DamagedBody, UnknownCoding, decoder_for

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


def decoded(coding: str, data: bytes, step: int = 5_000) -> bytes:
    decoder = decoder_for(coding)
    body = b"".join(piece for at in range(0, len(data), step) for piece in decoder.decode(data[at : at + step]))
    decoder.finish()
    return body


CODINGS = [
    ("gzip", gzip.compress),
    ("X-GZip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("br", lambda body: brotli.compress(body, quality=3)),
    ("zstd", zstd.compress),
]
NOISE = random.Random(1).randbytes(200_000)
BODIES = [b"", b"a", b"a" * 65_536, b"hello world <p>" * 20_000, NOISE, NOISE[:65_537]]


@pytest.mark.parametrize(("coding", "encode"), CODINGS)
@pytest.mark.parametrize("body", BODIES, ids=len)
def test_each_coding_gives_the_body_back(coding: str, encode: Callable[[bytes], bytes], body: bytes) -> None:
    assert decoded(coding, encode(body)) == body


@pytest.mark.parametrize(("coding", "encode"), CODINGS)
def test_a_body_may_arrive_byte_by_byte(coding: str, encode: Callable[[bytes], bytes]) -> None:
    assert decoded(coding, encode(b"one two three " * 500), step=1) == b"one two three " * 500


@pytest.mark.parametrize(("coding", "encode"), CODINGS)
@pytest.mark.parametrize("cut", [1, 4, 5_000])
def test_a_stream_that_ends_early_is_damaged(coding: str, encode: Callable[[bytes], bytes], cut: int) -> None:
    with pytest.raises(DamagedBody, match="early"):
        decoded(coding, encode(NOISE)[:-cut])


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_stream_that_is_none_is_damaged(coding: str) -> None:
    with pytest.raises(DamagedBody):
        decoded(coding, b"<html>not compressed at all</html>")


def test_a_gzip_checksum_that_does_not_fit_is_damage() -> None:
    data = bytearray(gzip.compress(b"hello" * 100, mtime=0))
    data[-6] ^= 255

    with pytest.raises(DamagedBody, match="damaged"):
        decoded("gzip", bytes(data))


@given(
    st.binary(max_size=3_000).map(lambda body: body * 50),
    st.lists(st.tuples(st.integers(2, 1_000_000), st.integers(0, 255)), max_size=4),
    st.sampled_from([1, 7, 1_000_000]),
)
def test_a_stream_that_was_tampered_with_ends_as_zlib_itself_ends(
    body: bytes, changes: list[tuple[int, int]], step: int
) -> None:
    data = bytearray(zlib.compress(body))
    for at, byte in changes:
        data[2 + at % (len(data) - 2)] = byte
    expected = None
    stream = zlib.decompressobj()
    with contextlib.suppress(zlib.error):
        inflated = stream.decompress(bytes(data))
        expected = inflated if stream.eof else None

    try:
        found = decoded("deflate", bytes(data), step)
    except DamagedBody:
        found = None

    assert found == expected


def test_gzip_members_are_joined_and_padding_after_them_is_ignored() -> None:
    data = gzip.compress(b"one ", mtime=0) + gzip.compress(b"two", mtime=0) + b"\0" * 512

    assert decoded("gzip", data) == decoded("gzip", data, step=1) == b"one two"


def test_zstd_frames_are_joined() -> None:
    assert decoded("zstd", zstd.compress(b"one ") + zstd.compress(b"two"), step=3) == b"one two"


def test_pieces_stay_small_however_much_comes_out() -> None:
    for coding, encode in CODINGS:
        decoder = decoder_for(coding)
        assert max(len(piece) for piece in decoder.decode(encode(b"a" * 3_000_000))) <= 140_000


def test_a_thousand_members_are_enough() -> None:
    for coding, empty in (("gzip", gzip.compress(b"", mtime=0)), ("zstd", zstd.compress(b""))):
        with pytest.raises(DamagedBody, match="more than 1,000"):
            decoded(coding, empty * 1_100)


def test_a_zstd_window_beyond_eight_megabytes_is_refused() -> None:
    options = {zstd.CompressionParameter.window_log: 26, zstd.CompressionParameter.content_size_flag: 0}
    stream = zstd.ZstdCompressor(options=options)
    data = stream.compress(b"a" * 100_000) + stream.flush()

    with pytest.raises(DamagedBody):
        decoded("zstd", data)


@pytest.mark.parametrize("coding", ["gzip, gzip", "br,gzip", "compress", "dcb", "gzip, identity, br"])
def test_codings_that_were_not_asked_for_are_refused(coding: str) -> None:
    with pytest.raises(UnknownCoding, match="not asked for"):
        decoder_for(coding)


@pytest.mark.parametrize("coding", ["", "identity", "UTF-8", "none", ", identity"])
def test_a_label_that_is_no_coding_leaves_the_body_alone(coding: str) -> None:
    assert decoded(coding, b"plain") == b"plain"
