"""The pure transitions of a call."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from callconsole.domain import call as life
from callconsole.domain.call import Call, EndedBy, Ending, Floor, Outcome, Phase

T0 = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DONE = Ending(Outcome.COMPLETED, EndedBy.CALLER)


def new_call() -> Call:
    return Call("CA1", "+14155552671", "+16285550100", "reminder", "practice", T0)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def test_a_whole_life_and_its_clocks() -> None:
    call = life.rung(new_call(), at(1))
    assert (call.phase, call.clock_s(at(4))) == (Phase.RINGING, 3.0)
    assert call.duration_s(at(4)) == 0.0
    call = life.answered(call, at(5))
    assert (call.phase, call.clock_s(at(8))) == (Phase.IN_PROGRESS, 3.0)
    call = life.ended(call, DONE, at(65))
    assert (call.phase, call.duration_s(at(99)), call.live) == (Phase.ENDED, 60.0, False)
    assert call.floor is Floor.NOBODY


def test_the_first_ending_is_final() -> None:
    call = life.ended(new_call(), DONE, at(1))
    again = life.ended(call, Ending(Outcome.FAILED, EndedBy.CARRIER), at(2))
    assert again == call


STEPS = {
    "ring": life.rung,
    "answer": life.answered,
    "end": lambda call, when: life.ended(call, DONE, when),
}
ORDER = [Phase.QUEUED, Phase.RINGING, Phase.IN_PROGRESS, Phase.ENDED]


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_whatever_order_the_phase_never_goes_back(steps: list[str]) -> None:
    call = new_call()
    for second, step in enumerate(steps):
        before = call
        call = STEPS[step](call, at(second))
        assert ORDER.index(call.phase) >= ORDER.index(before.phase)
        assert (call.ended_at is not None) == (not call.live)
        assert (call.ending is not None) == (not call.live)
    assert call.live == ("end" not in steps)
