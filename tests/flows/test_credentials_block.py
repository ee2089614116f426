"""Credentials in a Secret block of a Prefect server."""

import pytest

from flows import redaction
from flows.credentials_block import read_block
from flows.settings import Settings
from ingest.errors import BadCredentials

pytestmark = [pytest.mark.prefect, pytest.mark.usefixtures("prefect")]


async def test_a_block_is_read_by_its_name_and_its_secrets_are_hidden(monkeypatch):
    from prefect.blocks.system import Secret

    monkeypatch.setattr(redaction, "_HIDDEN", set())
    text = '[[credential]]\nhost = "news.example"\ntoken = "t0ken-t0ken"\n'
    await Secret(value=text).save("feeds")
    found = await read_block(Settings(credentials_block="feeds"))
    assert found.headers("https://news.example/") == {"Authorization": "Bearer t0ken-t0ken"}
    assert redaction.redacted("asked with t0ken-t0ken") == "asked with ***"
    assert (await read_block(Settings())).each == ()


async def test_a_block_that_there_is_not_or_that_cannot_be_read_is_named_without_its_secret():
    from prefect.blocks.system import Secret

    with pytest.raises(BadCredentials, match="no Secret block 'none'"):
        await read_block(Settings(credentials_block="none"))
    await Secret(value='password = "s3cret"').save("spoilt")
    with pytest.raises(BadCredentials) as refused:
        await read_block(Settings(credentials_block="spoilt"))
    assert "the Secret block spoilt" in str(refused.value)
    assert "s3cret" not in str(refused.value)
