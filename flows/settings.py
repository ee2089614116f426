"""Every knob of feedmill: the only reader of the environment (prefix FEEDMILL_)."""

import os
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from platformdirs import user_data_dir
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "FEEDMILL_"
PROJECT_DIR = Path(__file__).resolve().parent.parent
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
HISTORY_DELAY_SECONDS = 2.0
DEFAULT_USER_AGENT = "feedmill/0.1.0 (+https://feedmill.example/about)"


def _default_data_dir() -> Path:
    """`data` beside prefect.yaml in a checkout, else the user's data folder, whatever folder one calls from."""
    return PROJECT_DIR / "data" if (PROJECT_DIR / "prefect.yaml").exists() else Path(user_data_dir("feedmill"))


class Settings(BaseSettings):
    """What an operator may set. Each field is read from the environment as FEEDMILL_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    data_dir: Path = Field(
        default_factory=_default_data_dir,
        description="The folder for the SQLite database and for what the local Prefect server keeps.",
    )
    database_url: str = Field(
        "",
        description="SQLAlchemy address of the database, for example postgresql://user:secret@host/feedmill. "
        "Empty: sqlite:///feedmill.db in the data folder.",
    )
    user_agent: str = Field(
        DEFAULT_USER_AGENT,
        min_length=3,
        description="How we name ourselves to servers: name/version (+https://address-about-you). Set it to yours.",
    )
    allow_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (),
        description="Networks in CIDR notation, apart by commas, that the address guard lets through although they "
        "are not public: intranets, tests. For example 10.0.0.0/8,127.0.0.0/8.",
    )
    allow_endpoints: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(),
        description="Single addresses with port, apart by commas, that the guard lets through: 127.0.0.1:8700.",
    )
    min_interval_seconds: int = Field(
        3600, ge=0, description="No feed is polled more often than this, unless the feed has a floor of its own."
    )
    requests_per_day: int = Field(
        0,
        ge=0,
        description="What all polls together may cost: the nightly upkeep turns it into the feeds' intervals. 0: no "
        "budget, a feed that posts once a day is polled every 3 hours.",
    )
    host_delay_seconds: float = Field(
        1.0,
        ge=0,
        description="From the start of one request to a host to the start of the next. Backfills take 2 seconds where "
        "this is not set.",
    )
    wayback_url: str = Field(
        "https://web.archive.org",
        description="Where the Wayback Machine is, for backfills of what a site shows no more. Empty: it is not asked.",
    )
    wayback_delay_seconds: float = Field(
        3.0,
        ge=0,
        description="From one request to its index to the next; it allows 24 a minute. Copies are spaced as those to "
        "any host are.",
    )
    common_crawl_url: str = Field(
        "",
        description="One base address of the index and the data of Common Crawl. Empty: the two public ones.",
    )
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        description="Processes that parse feeds and extract articles. Started when the first one is needed.",
    )
    concurrency: int = Field(100, ge=1, le=2000, description="Requests open at once, over all hosts.")
    fetch_timeout_seconds: float = Field(
        30.0, gt=0, description="How long one fetch may take, its redirects included, its wait for a turn not."
    )
    page_timeout_seconds: float = Field(
        10.0, gt=0, description="CPU time that a worker may take over one page or feed before it is ended."
    )
    worker_memory_mb: int = Field(1024, ge=256, description="Address space of one worker process, in MB.")
    site_rules_dir: str = Field(
        "",
        description="The folder of your own rules for single sites (example.com.txt). Empty: `site-rules` in the data "
        "folder.",
    )
    credentials_file: Path | None = Field(
        None,
        description="A TOML file of passwords and tokens for feeds and hosts, which nobody but its owner may read "
        "(docs/how-to/credentials.md).",
    )
    credentials_block: str = Field(
        "",
        description="The name of a Secret block on the Prefect server that holds the same text, for workers that have "
        "no such file. Read by runs, not by commands.",
    )
    archive_pages: bool = Field(
        True,
        description="Keep every page as fetched, packed to about a twentieth, so that it can be extracted again "
        "without being fetched. Pages that say no-store or noarchive are not kept.",
    )
    site_profiles: bool = Field(
        False,
        description="Learn which container holds the articles of each site, and read its pages through that: less CPU "
        "a page, at the price of a page now and then that is read differently (docs/how-to/site-profiles.md).",
    )
    revisits_per_day: int = Field(
        2000,
        ge=0,
        description="So many stored articles a day are looked at again, six hours, a day and a week after they came, "
        "and their edits kept as revisions. 0: none.",
    )
    retention_days: int = Field(
        0, ge=0, description="Articles go so many days after they were seen last, at the nightly upkeep. 0: never."
    )
    retention_counts_from: Literal["seen", "published"] = Field(
        "seen",
        description="What those days count from: `seen`, when an article's page was fetched last, or `published`, its "
        "own date, else when it was first seen.",
    )
    retention_articles: int = Field(
        0, ge=0, description="So many of the newest articles of each feed are kept, the others go. 0: all."
    )
    retention_revisions: int = Field(
        0, ge=0, description="So many earlier versions of each article are kept, the older ones go. 0: all."
    )
    notify_block: str = Field(
        "",
        pattern=r"^$|^[a-z0-9-]+/[a-z0-9-]+$",
        description="The Prefect notification block that alerts are sent to, as type/name: slack-webhook/my-block. "
        "Empty: the automations only show in the dashboard.",
    )
    webhook_secret: str = Field(
        "",
        repr=False,
        description="What the deliveries of saved searches are signed with (HMAC-SHA256). Empty: they are not signed.",
    )
    websub_callback_url: str = Field(
        "",
        description="The https address under which hubs reach `feedmill websub serve`, for WebSub pushes. Empty: no "
        "WebSub. Plain http is taken for loopback only.",
    )
    websub_host: str = Field("127.0.0.1", description="The address that the WebSub callback server listens on.")
    websub_port: int = Field(8710, ge=0, le=65535, description="The port it listens on; 0 picks a free one.")

    @field_validator("allow_networks", mode="before")
    @classmethod
    def _split_networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip())

    @field_validator("allow_endpoints", mode="before")
    @classmethod
    def _split_endpoints(cls, value: object) -> object:
        return frozenset(p.strip() for p in value.split(",") if p.strip()) if isinstance(value, str) else value

    @field_validator("allow_endpoints")
    @classmethod
    def _check_endpoints(cls, value: frozenset[str]) -> frozenset[str]:
        for endpoint in value:
            host, _, port = endpoint.rpartition(":")
            try:
                ip_address(host.strip("[]"))
                int(port)
            except ValueError as error:
                raise ValueError(f"{endpoint!r} is no address with a port, as 127.0.0.1:8700") from error
        return value

    @field_validator("wayback_url", "common_crawl_url")
    @classmethod
    def _check_archive(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("give the address where it begins, as https://web.archive.org")
        return value.strip().rstrip("/")

    @field_validator("user_agent")
    @classmethod
    def _check_user_agent(cls, value: str) -> str:
        if not (value.isascii() and value.isprintable() and value == value.strip()):
            raise ValueError("a header carries printable ASCII alone: name/version (+https://address-about-you)")
        return value

    @field_validator("websub_callback_url")
    @classmethod
    def _check_callback(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        is_loopback = (parts.hostname or "") in _LOOPBACK or (parts.hostname or "").endswith(".localhost")
        if value and (not parts.hostname or parts.query or parts.fragment):
            raise ValueError("give an address with a host and without query, as https://me.example/websub")
        if value and parts.scheme != "https" and not (parts.scheme == "http" and is_loopback):
            raise ValueError("hubs must reach it by https; http is for this machine only")
        return value.strip()

    @cached_property
    def database(self) -> str:
        """The database's address, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'feedmill.db'}"

    @cached_property
    def history_delay_seconds(self) -> float:
        """From the start of a backfill's request to the start of its next: the operator's word, else at least 2."""
        is_set = "host_delay_seconds" in self.model_fields_set
        return self.host_delay_seconds if is_set else max(HISTORY_DELAY_SECONDS, self.host_delay_seconds)

    @cached_property
    def site_rules(self) -> Path:
        """The folder of the user's own site rules, with the default filled in; it need not exist."""
        return Path(self.site_rules_dir) if self.site_rules_dir else self.data_dir.resolve() / "site-rules"

    def with_database(self, url: str | None) -> Self:
        """These settings with another database, if one is named."""
        return self.model_copy(update={"database_url": url}) if url else self


def dashboard_auth() -> str | None:
    """The `user:password` that Prefect's own variable sets for its server and its clients; None without one."""
    return os.environ.get("PREFECT_SERVER_API_AUTH_STRING") or os.environ.get("PREFECT_API_AUTH_STRING") or None


def unknown_variables() -> list[str]:
    """The variables that are named as settings are and set none: misspelt ones."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known)
