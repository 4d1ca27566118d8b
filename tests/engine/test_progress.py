"""Reports in any order, doubled or lost: phases only go forward, and an end is final."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.domain.call import Call, EndedBy, Ending, Outcome, Phase
from callconsole.engine.ports import CarrierReport, CarrierStatus
from callconsole.engine.progress import reported

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
QUEUED = Call("CA1", "+14155552671", "+16285550100", "survey", "phone", AT)
ORDER = list(Phase)
STORY = [
    CarrierReport("CA1", CarrierStatus.INITIATED, 0),
    CarrierReport("CA1", CarrierStatus.RINGING, 1),
    CarrierReport("CA1", CarrierStatus.IN_PROGRESS, 2),
]
ENDS = [
    (CarrierStatus.COMPLETED, 200, Outcome.COMPLETED),
    (CarrierStatus.BUSY, 486, Outcome.BUSY),
    (CarrierStatus.BUSY, 603, Outcome.DECLINED),
    (CarrierStatus.NO_ANSWER, 487, Outcome.NO_ANSWER),
    (CarrierStatus.NO_ANSWER, 603, Outcome.DECLINED),
    (CarrierStatus.CANCELED, 487, Outcome.CANCELED),
    (CarrierStatus.FAILED, 404, Outcome.FAILED),
    (CarrierStatus.FAILED, 503, Outcome.FAILED),
]


def after(reports: list[CarrierReport], requested: Ending | None = None) -> list[Call]:
    calls = [QUEUED]
    for report in reports:
        calls.append(reported(calls[-1], report, requested, AT))
    return calls


@given(st.data(), st.sampled_from(ENDS))
def test_any_order_any_loss_any_repeat(
    data: st.DataObject, end: tuple[CarrierStatus, int, Outcome]
) -> None:
    status, sip_code, outcome = end
    last = CarrierReport("CA1", status, 3, sip_code)
    reports = data.draw(st.lists(st.sampled_from([*STORY, last]), max_size=12))
    calls = after(reports)
    places = [ORDER.index(call.phase) for call in calls]
    assert places == sorted(places)
    assert (last in reports) == (calls[-1].phase is Phase.ENDED)
    if last in reports:
        ending = calls[-1].ending
        assert ending is not None
        assert ending.outcome is outcome
        first = reports.index(last)
        assert all(call == calls[first + 1] for call in calls[first + 1 :])
    sequences = [call.sequence for call in calls]
    assert sequences == sorted(sequences)


@given(st.permutations([*STORY, *STORY]))
def test_whatever_the_order_the_newest_word_holds(reports: list[CarrierReport]) -> None:
    assert after(reports)[-1].phase is Phase.IN_PROGRESS


def test_an_older_report_changes_nothing_and_a_fetched_state_counts() -> None:
    answered = after(STORY)[-1]
    assert reported(answered, STORY[1], None, AT) == answered
    fetched = CarrierReport("CA1", CarrierStatus.COMPLETED)
    assert reported(answered, fetched, None, AT).phase is Phase.ENDED


def test_the_ending_that_was_asked_for_wins_over_the_carriers_word() -> None:
    asked = Ending(Outcome.VOICEMAIL, EndedBy.CONSOLE)
    last = CarrierReport("CA1", CarrierStatus.COMPLETED, 3, 200)
    assert after([*STORY, last], asked)[-1].ending == asked


@pytest.mark.parametrize(("status", "sip_code", "outcome"), ENDS)
def test_every_ending_but_a_plain_one_says_why_and_what_next(
    status: CarrierStatus, sip_code: int, outcome: Outcome
) -> None:
    ending = after([CarrierReport("CA1", status, 3, sip_code)])[-1].ending
    assert ending is not None
    if outcome in (Outcome.COMPLETED, Outcome.CANCELED):
        assert ending.problem is None
        return
    assert ending.problem is not None
    assert f"SIP {sip_code}" in ending.problem.cause
    assert ending.problem.cure
