"""A world can be served by hand, for a look with a browser."""

import asyncio
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


async def test_the_program_names_its_addresses_and_ends_on_sigterm_with_what_it_was_asked(get):
    paths = f"{ROOT / 'tests' / 'worlds'}:{ROOT}"
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backfill_world", "wordpress", "clamps", "--posts", "30", "--host", "127.0.0.1"),
        stdout=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": paths},
        cwd=ROOT,
    )
    lines = [(await program.stdout.readline()).decode() for _ in range(3)]
    home = lines[2].split()[0]
    status = (await get(home)).status
    program.terminate()
    rest = (await program.stdout.read()).decode()

    assert await program.wait() == 0
    assert (status, lines[2]) == (200, f"{home} has 30 posts to be found\n")
    assert lines[0].startswith("FEEDMILL_WAYBACK_URL=http://127.0.0.1:")
    assert rest == "1 requests: {'home': 1}\n"
