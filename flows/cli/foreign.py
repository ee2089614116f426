"""Workers of `feedmill up`'s server that are not its own."""

from collections.abc import Callable

from flows.cli.prefect_api import POOL, PrefectApi


class ForeignWorkers:
    """Workers that somebody else has started on our server: rounds that they take go to their own database."""

    def __init__(self, api: PrefectApi, ours: str, say: Callable[[str], None]) -> None:
        self._api = api
        self._ours = ours
        self._say = say
        self._told: set[str] = set()

    def are_there(self) -> bool:
        """Whether there are any: then a run's process may be another machine's."""
        return bool(self._api.foreign_workers(POOL, self._ours))

    def tell(self) -> None:
        """Name those that were not named yet."""
        for name in self._api.foreign_workers(POOL, self._ours):
            if name not in self._told:
                self._told.add(name)
                self._say(
                    f"Attention: another worker, {name}, takes rounds of the pool {POOL} too. What it fetches goes to "
                    "the database that it was started with: a run's log names it. Stop it, or start it with ours."
                )
