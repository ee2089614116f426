"""One page for a command that keeps nothing: robots.txt is asked first, and nobody is asked twice."""

from dataclasses import dataclass

from ingest.fetch.client import Client
from ingest.fetch.robots import RobotsRules, RobotsVerdict, robots_request, robots_verdict
from ingest.model import FailureKind, Fetched, FetchFailed, FetchRequest


@dataclass(frozen=True, slots=True)
class Visitor:
    """The client, and what robots.txt calls us."""

    client: Client
    token: str

    async def fetch(self, url: str) -> Fetched | FetchFailed:
        """The page, or why it could not be had: a robots.txt that cannot be read allows nothing (rule 49)."""
        answer = await self.client.fetch(robots_request(url))
        verdict = robots_verdict(answer)
        if isinstance(answer, FetchFailed) and verdict is RobotsVerdict.UNREACHABLE:
            return answer
        if isinstance(answer, Fetched) and not RobotsRules.parse(answer.body, self.token).allows(url):
            detail = f"robots.txt does not let us fetch {url}."
            return FetchFailed(url=url, kind=FailureKind.ROBOTS, detail=detail)
        result = await self.client.fetch(FetchRequest(url=url))
        assert isinstance(result, Fetched | FetchFailed), "asked without validators, so never a 304"
        return result
