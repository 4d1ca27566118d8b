"""Which moments are starred, out of what was logged."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from callconsole.domain.record import LoggedEvent
from callconsole.domain.stars import moment, stars_of
from callconsole.domain.transcript import Speaker, Turn

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TURNS = (
    Turn(1, Speaker.AGENT, "Hello", 0.5, True),
    Turn(2, Speaker.CALLER, "Yes?", 3.0, True),
    Turn(3, Speaker.SYSTEM, "Line is bad", 4.0, True),
)


def logged(name: str, turn_id: int, position_s: float = 1.0) -> LoggedEvent:
    return LoggedEvent(AT, name, {"turn_id": turn_id, "position_s": position_s})


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 5))))
def test_the_last_word_on_each_turn_counts(acts: list[tuple[bool, int]]) -> None:
    names = {True: "MomentStarred", False: "MomentUnstarred"}
    events = [logged(names[on], turn_id) for on, turn_id in acts]
    assert set(stars_of(events)) == {turn_id for turn_id, on in {t: on for on, t in acts}.items()
                                     if on}  # fmt: skip


def test_other_events_and_lacking_details_do_no_harm() -> None:
    other = LoggedEvent(AT, "KeysPressed", {"digits": "1"})
    assert stars_of([other, LoggedEvent(AT, "MomentStarred", {})]) == {0: 0.0}
    assert stars_of([logged("MomentStarred", 7, 12.5), other]) == {7: 12.5}


def test_the_present_moment_belongs_to_what_was_said_last() -> None:
    assert moment(TURNS, None, 5.25) == (2, 5.25)
    assert moment(TURNS, None, 1.0) == (1, 1.0)
    assert moment(TURNS, None, 0.1) is None
    assert moment(TURNS, None, math.inf) == (2, 3.0)


def test_a_chosen_turn_is_starred_at_its_beginning_and_a_system_line_never() -> None:
    assert moment(TURNS, 1, 99.0) == (1, 0.5)
    assert moment(TURNS, 3, 99.0) is None
    assert moment(TURNS, 8, 99.0) is None
