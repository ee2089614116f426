"""Packing pages for the archive: zstd (RFC 8878), with an earlier page of the same site as dictionary.

Pages of one site share their template, so that a page beside an earlier one takes a fraction of what it takes alone.
"""

import sys
from functools import lru_cache

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from ingest.errors import BadArchive

LEVEL = 3
LEAST_DICTIONARY = 1_024  # bytes: what is shorter shows no template (and zstd takes none below 8)
_MOST_BYTES = 64 * 1024 * 1024  # of one page unpacked: no fetch takes as much, so what is longer is no page of ours
_GOOD_SHARE = 0.5  # of what the page takes alone: a dictionary that saves less is of another template
_SURE_SHARE = 0.1  # of the page itself: half of what pages take alone, so that nobody has to ask
_SMALL = 512  # bytes: a page of a few sentences saves little by any dictionary


def pack(body: bytes, dictionary: bytes | None = None) -> bytes:
    """The packed page; what was packed with a dictionary can only be unpacked with the same."""
    # Digested once for all pages of a site: a third of the time. Always at the one level: at two it crashed.
    return zstd.compress(body, LEVEL, zstd_dict=_prepare(dictionary).as_digested_dict if dictionary else None)


def unpack(packed: bytes, dictionary: bytes | None = None) -> bytes:
    """The page as it was packed.

    Raises:
        BadArchive: the bytes are damaged, were packed with another dictionary, or hold more than 64 MB.
    """
    reader = zstd.ZstdDecompressor(zstd_dict=_prepare(dictionary) if dictionary else None)
    try:
        body = bytes(reader.decompress(packed, _MOST_BYTES))
    except zstd.ZstdError as error:
        raise BadArchive(f"a page of the archive cannot be unpacked: {error}") from error
    if not reader.eof:
        raise BadArchive(f"a page of the archive is cut off, or has more than {_MOST_BYTES} bytes")
    return body


def pack_beside(body: bytes, dictionary: bytes | None) -> tuple[bytes, bool]:
    """The smaller packing, and whether the dictionary was used: a page of another template does without."""
    if dictionary is None:
        return pack(body), False
    beside = pack(body, dictionary)
    if len(beside) <= _SURE_SHARE * len(body):
        return beside, True
    alone = pack(body)
    return (beside, True) if len(beside) <= _GOOD_SHARE * len(alone) + _SMALL else (alone, False)


@lru_cache(maxsize=8)  # each is .6 MB; of more sites at once each page digests its own again, in .25 ms
def _prepare(dictionary: bytes) -> zstd.ZstdDict:
    return zstd.ZstdDict(dictionary, is_raw=True)
