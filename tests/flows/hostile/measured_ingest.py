"""`feedmill ingest --all`, and then what memory it took at its peak: of its own process, and of its largest worker."""

import json
import re
import resource
import sys
from pathlib import Path

from flows.cli.main import cli


def own_peak() -> int:
    """Bytes that were resident at once, since this program began."""
    return int(re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())[1]) << 10


cli.main(["ingest", "--all"], standalone_mode=False)
# Of a child's start the kernel counts what its parent held then: at most our own peak too much.
worker_peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
Path(sys.argv[1]).write_text(json.dumps({"parent": own_peak(), "worker": worker_peak}))
