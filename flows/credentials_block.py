"""Credentials in a Secret block of the Prefect server: for workers on machines that have no file of them."""

from typing import Any

from prefect.blocks.system import Secret

from flows.credentials import hidden
from flows.settings import Settings
from ingest.errors import BadCredentials
from ingest.fetch.credentials import Credentials


async def read_block(settings: Settings) -> Credentials:
    """Those of the block that FEEDMILL_CREDENTIALS_BLOCK names; none where it is not set. Raises BadCredentials."""
    name = settings.credentials_block
    if not name:
        return Credentials()
    try:
        block: Any = await Secret.aload(name)
    except ValueError:
        raise BadCredentials(f"there is no Secret block {name!r}, which FEEDMILL_CREDENTIALS_BLOCK names") from None
    return hidden(str(block.get()), f"the Secret block {name}")
