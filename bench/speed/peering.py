"""The other systems, each in an environment of its own, installed from the package index with every version pinned."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PEERS = HERE / "peers"
HOMES = HERE / ".peers"
_INSTALL_SECONDS = 900


class PeerMissingError(Exception):
    """A peer cannot be installed here. The message says why."""


def python_of(peer: str) -> str:
    """The interpreter of a peer's environment, which is made where it is not there. Raises PeerMissingError."""
    wanted, home = PEERS / f"{peer}.txt", HOMES / peer
    stamp = home / "installed"
    mark = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()
    python = home / "bin" / "python"
    if not (stamp.exists() and stamp.read_text() == mark):
        print(f"installing {peer} ...", flush=True)
        shutil.rmtree(home, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(home)])
        _run([str(python), "-m", "pip", "install", "-q", "-U", "pip"])  # older ones trip over extras
        _run([str(python), "-m", "pip", "install", "-q", "-r", str(wanted)])
        stamp.write_text(mark)
    return str(python)


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise PeerMissingError(f"its installation took longer than {_INSTALL_SECONDS} s") from error
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
        raise PeerMissingError((errors or done.stderr.splitlines() or ["pip failed"])[-1].strip())
