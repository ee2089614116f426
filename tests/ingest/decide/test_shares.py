"""Whether a share has moved: what is small, rare or usual is not told."""

import pytest

from ingest.decide.shares import Share, has_moved


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (Share(300, 1000), Share(100, 1000)),  # thirty of a hundred, and ten before
        (Share(0, 1000), Share(100, 1000)),  # a rule that fits no more
        (Share(100, 1000), Share(400, 10_000)),  # by six points only, but more than twice as much
        (Share(95, 100), Share(30, 400)),
    ],
)
def test_much_and_clearly_more_or_less_has_moved(now, before):
    assert has_moved(now, before)
    assert has_moved(before, now)


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (Share(20, 30), Share(0, 1000)),  # too few
        (Share(110, 1000), Share(100, 1000)),
        (Share(6, 60), Share(2, 60)),  # three times as much, by chance
        (Share(5800, 100_000), Share(5000, 100_000)),  # clear, and not much
        (Share(0, 0), Share(0, 0)),
        (Share(0, 100), Share(0, 100)),
        (Share(100, 100), Share(100, 100)),
    ],
)
def test_what_is_few_or_near_has_not(now, before):
    assert not has_moved(now, before)
