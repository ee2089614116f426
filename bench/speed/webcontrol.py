"""The served world as the bench sees it: started, told what to do, asked what it saw, ended."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from webworld import Shape, build


class Web:
    """A world that is being served."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    def tell(self, order: str) -> dict[str, Any]:
        """Give an order, as ``step/2``; gives the counts since the last reset."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.shape.port}/{order}", headers={"Host": "control"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            counts: dict[str, Any] = json.load(answer)
        return counts


@contextmanager
def served(shape: Shape) -> Iterator[Web]:
    """Serve a world from another process."""
    folder = build(shape)
    script = Path(__file__).with_name("serving.py")
    command = [sys.executable, str(script), str(folder), str(shape.port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline().decode().strip()
            if said != "ready":
                raise SystemExit(f"no web on port {shape.port}, another bench's perhaps: {said}; name one with --port")
            yield Web(shape)
        finally:
            process.terminate()
