"""No secret is in a log line, a traceback, an error or a document, wherever it came from."""

import logging

import pytest

from flows import redaction
from flows.credentials import read_credentials
from flows.logs import guard_logs
from flows.settings import Settings
from ingest.errors import BadCredentials
from storage.database import Database
from storage.errors import StorageError

TEXT = '[[credential]]\nhost = "news.example"\nusername = "ana"\npassword = "open/sesame"\n'


@pytest.fixture
def credentials_file(tmp_path):
    path = tmp_path / "credentials.toml"
    path.write_text(TEXT)
    path.chmod(0o600)
    return path


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    monkeypatch.setattr(redaction, "_HIDDEN", set())
    factory = logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(factory)


def logged(caplog, *words, **more):
    guard_logs()
    with caplog.at_level(logging.INFO):
        logging.getLogger("any.library").warning(*words, **more)
    return caplog.text


def test_credentials_that_were_read_are_in_no_log_line_and_no_traceback(credentials_file, caplog):
    read_credentials(Settings(credentials_file=credentials_file))
    try:
        int("open/sesame")
    except ValueError:
        text = logged(caplog, "asked with %s and https://news.example/?x=open%%2Fsesame", "open/sesame", exc_info=True)
    assert "sesame" not in text
    assert "asked with ***" in text


def test_a_password_in_an_address_is_in_no_log_line(caplog):
    assert "s3cret" not in logged(caplog, "cannot reach %s", "https://u:s3cret@a.example/feed?token=s3cret")


def test_the_dashboards_password_is_in_no_log_line(caplog, monkeypatch):
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "admin:correct horse")
    assert "horse" not in logged(caplog, "the password is %s", "correct horse")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620])
def test_a_file_that_others_may_read_or_write_is_refused(credentials_file, mode):
    credentials_file.chmod(mode)
    with pytest.raises(BadCredentials, match="chmod 600"):
        read_credentials(Settings(credentials_file=credentials_file))


def test_a_file_that_cannot_be_used_is_named_with_the_reason(tmp_path, credentials_file):
    with pytest.raises(BadCredentials, match="No such file"):
        read_credentials(Settings(credentials_file=tmp_path / "none.toml"))
    credentials_file.write_text('[[credential]]\nhost = "a.example"\npassword = "s3cret"\n')
    with pytest.raises(BadCredentials) as refused:
        read_credentials(Settings(credentials_file=credentials_file))
    assert str(credentials_file) in str(refused.value)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    ["postgresql://mill:s3cret@127.0.0.1:1/feedmill", "postgresql://127.0.0.1:1/feedmill?user=mill&password=s3cret"],
)
def test_a_database_is_shown_and_complained_of_without_its_password(url):
    with Database(url) as database:
        assert "s3cret" not in database.shown_url
        with pytest.raises(StorageError) as failed:
            database.revision()
    assert "s3cret" not in str(failed.value)
