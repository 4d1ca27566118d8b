"""The failure page's words: what they noticed first, and no urging where it is of no use."""

from datetime import UTC, datetime, timedelta

import pytest

from callconsole.adapters.twilio import problems
from callconsole.domain.call import Call, EndedBy, Ending, Outcome, answered, ended, rung
from callconsole.domain.dialling import Step
from callconsole.domain.problems import Problem
from callconsole.engine.endings import ending_of
from callconsole.engine.ports import CarrierReport, CarrierStatus
from callconsole.viewmodels import failure
from callconsole.viewmodels.dialler import Attempt, DialFailure
from callconsole.viewmodels.failure import Cure
from callconsole.viewmodels.progress import RowState
from fakes.desk import refused, steps

AT = datetime(2026, 11, 22, 13, 30, tzinfo=UTC)
QUEUED = Call("CA1", "+14155550101", "+16285550100", "survey", "phone", AT)
RINGING = rung(QUEUED, AT + timedelta(seconds=1))
TALKING = answered(RINGING, AT + timedelta(seconds=5))
STATUS = CarrierStatus
EMPTY = Problem("prompt.empty", "The prompt is empty", "It has no words.", "Write some.")


def of_report(call: Call, status: CarrierStatus, **more: object) -> failure.Failure:
    ending = ending_of(CarrierReport("CA1", status, **more), None)  # type: ignore[arg-type]
    assert ending is not None
    return failure.of_call(ended(call, ending, AT + timedelta(seconds=26)), steps())


def of_refusal(problem: Problem, at: Step) -> failure.Failure:
    stopped = refused(problem, at)
    attempt = Attempt("+14155550101", "survey", "phone")
    return failure.of_dialling(DialFailure(attempt, problem, stopped.steps))


@pytest.mark.parametrize(
    ("call", "status", "sip_code", "noticed", "did", "cure_title", "urged"),
    [
        (QUEUED, STATUS.BUSY, 486, "Their line was busy", "Busy", "Let them finish", True),
        (
            RINGING,
            STATUS.NO_ANSWER,
            None,
            "Their phone rang, and nobody answered",
            "Not answered",
            "Leave it for now",
            True,
        ),
        (
            RINGING,
            STATUS.BUSY,
            603,
            "The call was declined",
            "Declined",
            "Leave them in peace for now",
            False,
        ),
        (
            QUEUED,
            STATUS.FAILED,
            404,
            "Their phone never rang",
            "Not put through",
            "Check the number",
            False,
        ),
        (
            QUEUED,
            STATUS.FAILED,
            500,
            "Their phone never rang",
            "Not put through",
            "Before you call again",
            True,
        ),
        (
            RINGING,
            STATUS.FAILED,
            500,
            "Their phone rang, then stopped",
            "Not put through",
            "Before you call again",
            True,
        ),
        (
            TALKING,
            STATUS.FAILED,
            None,
            "The line went dead during the call",
            "Call broke off",
            "Before you call again",
            True,
        ),
    ],
)
def test_calls_that_reached_nobody(
    call: Call,
    status: CarrierStatus,
    sip_code: int | None,
    noticed: str,
    did: str,
    cure_title: str,
    urged: bool,
) -> None:
    story = of_report(call, status, sip_code=sip_code)
    assert (story.noticed, story.cure_title, story.urge_again) == (noticed, cure_title, urged)
    assert (story.rows[-1].text, story.rows[-1].state) == (did, RowState.FAILED)
    assert story.explanation
    assert story.cure


def test_the_steps_tell_how_long_it_rang() -> None:
    row = of_report(RINGING, STATUS.NO_ANSWER).rows[-2]
    assert (row.text, row.detail) == ("Their phone rang", "for 25 s")


def test_a_wrong_number_is_cured_by_another() -> None:
    for problem in (None, problems.failed_call(404, None)):
        story = of_report(QUEUED, STATUS.FAILED, sip_code=404, problem=problem)
        assert story.offered is Cure.NUMBER
    story = of_refusal(problems.refused(400, 21211, ""), Step.CARRIER)
    assert (story.noticed, story.offered) == ("Their phone never rang", Cure.NUMBER)
    assert not story.urge_again


def test_a_refusal_keeps_the_carriers_words_and_page() -> None:
    problem = problems.refused(400, 21219, "")
    story = of_refusal(problem, Step.CARRIER)
    assert story.noticed == "Their phone never rang"
    assert story.explanation == f"{problem.title}. {problem.cause} They heard nothing."
    assert (story.cure_title, story.cure) == ("Put this right", problem.cure)
    assert (story.offered, story.link, story.urge_again) == (Cure.NONE, problem.link, True)


def test_a_prompt_is_cured_on_its_page() -> None:
    assert of_refusal(EMPTY, Step.PROMPT).offered is Cure.PROMPTS


def test_nobody_claims_to_know_where_twilio_did_not_answer() -> None:
    silent = problems.unreachable(TimeoutError())
    story = of_refusal(problems.perhaps_placed(silent).problem, Step.CARRIER)
    assert story.perhaps_placed
    assert story.noticed == "Their phone may be ringing"
    assert "heard nothing" not in story.explanation
    assert (story.cure_title, story.urge_again) == ("Find out first", False)
    assert story.rows[-1].text == "No word from the phone company"


def test_an_ending_without_a_problem_still_reads_well() -> None:
    call = ended(QUEUED, Ending(Outcome.BUSY, EndedBy.CARRIER), AT)
    story = failure.of_call(call, ())
    assert story.explanation == "The phone network did not say why."
    assert story.code == "call.busy"
