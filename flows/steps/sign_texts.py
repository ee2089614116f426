"""What the night does for stories: texts that were stored before there were signatures get theirs."""

from ingest.resemblance import signature
from storage import unsigned
from storage.database import Database

PORTION = 100  # texts a transaction: a tenth of a second
MOST = 100_000  # a night: two minutes and more


def sign_texts(database: Database, most: int = MOST) -> int:
    """Sign what has no signature; gives how many articles joined a story for it. The next night goes on from there."""
    joined = 0
    for _ in range(0, most, PORTION):
        with database.read() as session:
            found = unsigned.read_unsigned(session, PORTION)
        signatures = [signature(one.text) for one in found]
        with database.begin() as session:
            if not found:
                unsigned.note_all(session)
                return joined
            joined += unsigned.sign(session, found, signatures)
    return joined
