"""`feedmill browse`: the stored articles in a web browser."""

import errno
import os
import sys
from pathlib import Path

import click

from flows.cli.failure import CommandError
from flows.cli.options import open_database, say, with_settings
from flows.settings import Settings


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0 picks a free one.")
@click.option("--open/--no-open", "is_opened", default=None, help="Show it in a browser; default: where there is one.")
@with_settings
def browse(settings: Settings, port: int, is_opened: bool | None) -> None:
    """Look through the SQLite store in a browser, until Ctrl-C: Datasette, for reading only, on this machine alone.

    Tables with facets (site, feed, language, status, day) and sorting, the full-text search of `articles search`, and
    queries: latest articles, most copied stories, failing feeds, revisions of the week. Every page is JSON and CSV as
    well. It may run beside rounds. Needs the extra: pip install "feedmill[browse]".
    """
    file = _store(settings)
    try:
        from flows.browse.server import listen, serve
    except ImportError as error:
        raise CommandError('browsing needs Datasette: pip install "feedmill[browse]"') from error
    try:
        listener = listen(port)
    except OSError as error:
        raise CommandError(_no_port(port, error)) from error
    with listener:
        serve(file, listener, lambda address: _announce(address, file, is_opened=is_opened))


def _store(settings: Settings) -> Path:
    """The SQLite file, its schema current where it can be written; none is created."""
    from sqlalchemy.engine import make_url

    url = make_url(settings.database)
    if url.get_backend_name() != "sqlite":
        raise CommandError(
            f"Datasette reads SQLite files, and the store is {url.render_as_string(hide_password=True)}: "
            "use psql or pgAdmin on it, or read with `feedmill articles` and `feedmill stories`"
        )
    file = Path(url.database or "").absolute()
    if not url.database or not file.is_file():
        raise CommandError(f"there is no store at {file} yet: `feedmill up` or `feedmill ingest` makes one")
    if os.access(file.parent, os.W_OK) and os.access(file, os.W_OK):
        with open_database(settings):  # brings the schema up to date
            return file
    return file


def _no_port(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of 127.0.0.1 is taken: name another with --port, or 0 for a free one"
    return f"port {port} of 127.0.0.1 cannot be had ({os.strerror(error.errno or 0).lower()}): name another with --port"


def _announce(address: str, file: Path, *, is_opened: bool | None) -> None:
    say(f"{address}\n{file}, for reading only. Ctrl-C ends it.")
    sys.stdout.flush()
    if _has_screen() if is_opened is None else is_opened:
        import webbrowser

        webbrowser.open(address)


def _has_screen() -> bool:
    """Whether a browser would show in a window; a browser in the terminal would be in the way."""
    has_window = sys.platform in {"darwin", "win32"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return sys.stdout.isatty() and has_window
