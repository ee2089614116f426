"""Addresses: who is asked, what is fetched, and when two of them name the same page. WHATWG parsing by ada."""

import re
from hashlib import blake2b
from urllib.parse import unquote

import ada_url

from ingest.errors import BadUrl

MAX_URL_LENGTH = 2048

TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "hsa_", "at_custom")

TRACKING_NAMES = frozenset(
    [
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "twclid", "ttclid"),
        *("igshid", "igsh", "li_fat_id", "rdt_cid", "epik", "mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi"),
        *("__hssc", "__hstc", "__hsfp", "hsctatracking", "vero_conv", "vero_id", "oly_anon_id", "oly_enc_id"),
        *("wickedid", "ml_subscriber", "ml_subscriber_hash", "_bta_tid", "_bta_c", "trk_contact", "trk_msg"),
        *("trk_module", "trk_sid", "at_medium", "at_campaign", "at_format", "at_link_id", "at_link_origin"),
        *("at_link_type", "at_bbc_team", "at_ptr_name", "xtor", "wt_mc", "wt_zmc", "ns_mchannel", "ns_source"),
        *("ns_campaign", "ns_linkname", "ns_fee", "ocid", "ncid", "ftag", "sr_share", "guccounter", "guce_referrer"),
        *("guce_referrer_sig", "__twitter_impression", "_ga", "_gl", "spm", "s_kwcid", "ef_id", "cx_testid"),
        *("cx_testvariant", "cx_artpos"),
    ]
)

# Parameters that mean something elsewhere: dropped only where the value says that a feed added them.
TRACKING_VALUES = {
    "source": ("rss-",),
    "partner": ("rss", "rssnyt"),
    "ref": ("rss",),
    "cmp": ("rss",),
    "from": ("rss",),
}

_WHITESPACE = re.compile(r"[\t\n\r]")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")


def is_web_url(url: str | None) -> bool:
    """Whether it is an absolute http or https address with a host, of a length that is kept (2,048 characters)."""
    if not url or len(url) > MAX_URL_LENGTH or url[:4].lower() != "http":
        return False
    parsed = _parse(url)
    return parsed is not None and parsed.protocol in {"http:", "https:"}


def host_of(url: str) -> str:
    """The politeness key: the host in lower case, with ":port" where it is not the scheme's own. Raises BadUrl."""
    parsed = _parse(url)
    if parsed is None or not parsed.hostname:
        raise BadUrl(f"{url[:200]!r} is no address with a host: give an http or https URL")
    host: str = parsed.hostname.rstrip(".")
    return f"{host}:{parsed.port}" if parsed.port else host


def clean_url(url: str) -> str:
    """What is fetched: without tracking parameters and fragment, otherwise untouched.

    A fragment that is a route (``#!/a``, ``#/a``) names the article and stays.
    """
    address, mark, fragment = _tidy(url).partition("#")
    address = _without_tracking(address)
    return f"{address}#{fragment}" if mark and fragment.startswith(("!", "/")) else address.strip()


def dedupe_form(url: str) -> str:
    """A normal form that is equal for addresses of one page, and never for two articles; idempotent.

    http is https; ``www.``, default port, trailing slashes, tracking and plain fragments are gone; the host is
    lower-case ASCII (IDNA); escapes of unreserved characters are decoded (RFC 3986 6.2.2); query order is kept.
    """
    address = clean_url(url)
    parsed = _parse(address)
    if parsed is None or parsed.protocol not in {"http:", "https:"}:
        return address
    path = _decode_unreserved(parsed.pathname).rstrip("/")
    query = _decode_unreserved(parsed.search)
    return f"https://{_credentials(parsed)}{_bare_host(parsed)}{path}{query}{parsed.hash}"


def dedupe_key(url: str) -> int:
    """The signed 64-bit hash of ``dedupe_form``."""
    return signed_hash(dedupe_form(url))


def site_of(url: str) -> str:
    """The registrable domain of a URL's host, or the host itself where it has none."""
    from ingest.suffixes import registrable_domain

    name = host_of(url).partition(":")[0]
    return registrable_domain(name) or name


def is_front_page(url: str) -> bool:
    """Whether the URL names a site, not a page of it."""
    parsed = _parse(url)
    return parsed is not None and parsed.pathname in ("", "/") and not parsed.search


def signed_hash(*parts: str) -> int:
    """A signed 64-bit hash of the parts, for keys that fit a database integer."""
    digest = blake2b(digest_size=8)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return int.from_bytes(digest.digest(), "big", signed=True)


def resolve(base: str, ref: str) -> str | None:
    """The absolute address that ``ref`` means on ``base`` (WHATWG); absolute ones stay as written. None: unusable."""
    ref = _tidy(ref)
    if _SCHEME.match(ref):
        return ref if _parse(ref) is not None else None
    try:
        return str(ada_url.join_url(_tidy(base), ref))
    except ValueError:
        return None


def with_parameter(url: str, name: str, value: str) -> str:
    """The address with one query parameter set, in place of any of that name."""
    address, _, _ = url.partition("#")
    path, _, query = address.partition("?")
    kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] != name]
    return f"{path}?{'&'.join([*kept, f'{name}={value}'])}"


def _tidy(url: str) -> str:
    return _WHITESPACE.sub("", url.strip())


def _parse(url: str) -> "ada_url.URL | None":
    try:
        return ada_url.URL(url)
    except ValueError:
        return None


def _without_tracking(address: str) -> str:
    path, mark, query = address.partition("?")
    if not mark:
        return address
    kept = [pair for pair in query.split("&") if not _is_tracking(pair)]
    return f"{path}?{'&'.join(kept)}" if any(kept) else path


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = unquote(name).lower()
    if name in TRACKING_NAMES or name.startswith(TRACKING_PREFIXES):
        return True
    wanted = TRACKING_VALUES.get(name, ())
    value = unquote(value).lower()
    return any(value.startswith(start) if start.endswith("-") else value == start for start in wanted)


def _decode_unreserved(text: str) -> str:
    def replace(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if character in _UNRESERVED else match[0].upper()

    return _ESCAPE.sub(replace, text)


def _bare_host(parsed: "ada_url.URL") -> str:
    host: str = parsed.hostname.rstrip(".")
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    has_port = parsed.port and parsed.port not in {"80", "443"}
    return f"{host}:{parsed.port}" if has_port else host


def _credentials(parsed: "ada_url.URL") -> str:
    if not parsed.username and not parsed.password:
        return ""
    return f"{parsed.username}:{parsed.password}@"
