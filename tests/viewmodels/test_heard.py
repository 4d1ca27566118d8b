"""What was heard: bars that never leave their range, and a picture that moves on."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from callconsole.domain.answering import Weighing
from callconsole.viewmodels.heard import SPAN_MS, Heard

AT = datetime(2026, 11, 22, 13, 30, tzinfo=UTC)


def after(milliseconds: int) -> datetime:
    return AT + timedelta(milliseconds=milliseconds)


def test_bars_stand_at_their_time() -> None:
    heard = Heard()
    heard.level(after(100), -10.0)
    assert heard.bars(8) == [0.0] * 8  # when the answer was is not known yet
    heard.weighed(after(0), Weighing(0))
    for at_ms, level in ((1000, -90.0), (2000, -30.0), (3000, -10.0)):
        heard.level(after(at_ms), level)
    assert heard.bars(8) == [1.0, 0.5, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert heard.now_ms == 3000


def test_the_picture_moves_left_in_a_long_answer() -> None:
    heard = Heard()
    heard.weighed(after(0), Weighing(0))
    assert heard.from_ms == 0
    heard.level(after(20_000), -10.0)
    assert SPAN_MS - 1000 < heard.now_ms - heard.from_ms < SPAN_MS


@given(
    times=st.lists(st.integers(0, 60_000), max_size=40),
    levels=st.lists(st.floats(-200, 30), min_size=40, max_size=40),
    weighed=st.lists(st.tuples(st.integers(0, 60_000), st.integers(0, 60_000)), max_size=5),
    count=st.integers(1, 300),
)
def test_bars_never_leave_their_range(
    times: list[int], levels: list[float], weighed: list[tuple[int, int]], count: int
) -> None:
    heard = Heard()
    for at_ms, elapsed_ms in weighed:
        heard.weighed(after(at_ms), Weighing(elapsed_ms))
    for at_ms, level in zip(times, levels, strict=False):
        heard.level(after(at_ms), level)
    bars = heard.bars(count)
    assert len(bars) == count
    assert all(0 <= bar <= 1 for bar in bars)
    assert heard.now_ms >= heard.from_ms >= 0
