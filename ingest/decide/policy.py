"""The knobs of polling that an operator may turn; their defaults are the project's rules."""

from dataclasses import dataclass

MINUTE = 60
HOUR = 3600
DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPolicy:
    """How often a feed may be asked, in seconds unless said otherwise.

    ``budget_constant`` is C of the square-root rule: the hours between polls of a feed that posts once a day.
    """

    min_interval_seconds: int = HOUR
    max_interval_seconds: int = DAY
    budget_constant: float = 3.0
    soft_ttl_cap_seconds: int = HOUR
    heavy_body_bytes: int = 256 * 1024
    heavy_interval_seconds: int = 6 * HOUR
    backoff_seconds: int = HOUR
    retry_after_cap_seconds: int = 7 * DAY
