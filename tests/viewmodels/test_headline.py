from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from callconsole.domain.call import (
    AnsweredBy,
    Call,
    EndedBy,
    Ending,
    Floor,
    Outcome,
    answered,
    ended,
    rung,
)
from callconsole.viewmodels.clock_text import clock_text
from callconsole.viewmodels.headline import headline, outcome

AT = datetime(2026, 11, 22, 13, 30, tzinfo=UTC)
QUEUED = Call("CA1", "+14155550101", "+16285550100", "survey", "practice", AT)
RINGING = rung(QUEUED, AT)
TALKING = answered(RINGING, AT)


def over(outcome: Outcome, by: EndedBy = EndedBy.CARRIER, call: Call = TALKING) -> Call:
    return ended(call, Ending(outcome, by), AT + timedelta(seconds=9))


@pytest.mark.parametrize(
    ("call", "text", "tone"),
    [
        (None, "Ready", "muted"),
        (QUEUED, "Dialling…", "accent"),
        (RINGING, "Ringing…", "warning"),
        (TALKING, "Connected", "success"),
        (replace(TALKING, floor=Floor.AGENT), "AI is speaking", "ai"),
        (replace(TALKING, floor=Floor.CALLER), "Callee is speaking", "callee"),
        (replace(TALKING, answered_by=AnsweredBy.VOICEMAIL), "Voicemail answered", "warning"),
        (replace(TALKING, taken_over=True, floor=Floor.CALLER), "You are on the line", "accent"),
        (replace(TALKING, taken_over=True, operator_muted=True), "You are muted", "warning"),
        (replace(TALKING, floor=Floor.OPERATOR), "Connected", "success"),
        (replace(TALKING, taken_over=True, on_hold=True), "On hold", "warning"),
        (replace(TALKING, agent_muted=True, floor=Floor.CALLER), "AI muted", "warning"),
        (over(Outcome.COMPLETED, EndedBy.CALLER), "Call ended · callee hung up", "muted"),
        (over(Outcome.COMPLETED, EndedBy.OPERATOR), "Call ended · you hung up", "muted"),
        (over(Outcome.COMPLETED, EndedBy.AGENT), "Call ended · the AI said goodbye", "muted"),
        (over(Outcome.BUSY, call=QUEUED), "Busy", "danger"),
        (over(Outcome.NO_ANSWER, call=RINGING), "No answer", "warning"),
        (over(Outcome.DECLINED, call=RINGING), "Declined", "danger"),
        (over(Outcome.CANCELED, EndedBy.OPERATOR, RINGING), "Cancelled", "muted"),
        (over(Outcome.VOICEMAIL), "Voicemail · hung up, no message left", "warning"),
        (
            over(Outcome.VOICEMAIL, call=replace(TALKING, answered_by=AnsweredBy.FAX)),
            "A fax answered · hung up",
            "warning",
        ),
        (replace(TALKING, deciding=True), "Answered, deciding", "warning"),
        (replace(TALKING, answered_by=AnsweredBy.FAX), "A fax answered", "warning"),
        (replace(TALKING, answered_by=AnsweredBy.SCREENING), "Call screening", "warning"),
        (replace(TALKING, answered_by=AnsweredBy.MENU), "A menu answered", "warning"),
        (
            replace(TALKING, answered_by=AnsweredBy.MENU, floor=Floor.AGENT),
            "AI is speaking",
            "ai",
        ),
        (replace(TALKING, away=True, deciding=True), "Reconnecting the sound…", "warning"),
        (
            replace(TALKING, transferred_to="+14155550117"),
            "Transferred to +1 415-555-0117",
            "accent",
        ),
        (
            over(Outcome.COMPLETED, EndedBy.CONSOLE),
            "Call ended · the console hung up",
            "muted",
        ),
        (over(Outcome.FAILED, call=QUEUED), "Call failed", "danger"),
        (over(Outcome.FAILED), "Call broke off", "danger"),
    ],
)
def test_every_state_has_its_words_and_tone(call: Call | None, text: str, tone: str) -> None:
    said = headline(call)
    assert (said.text, said.tone) == (text, tone)
    assert said.symbol


def test_dialling_before_the_carrier_answered() -> None:
    assert headline(None, dialling=True).text == "Dialling…"


def test_hanging_up_covers_a_live_call_but_not_an_ended_one() -> None:
    assert headline(TALKING, hanging_up=True).text == "Hanging up…"
    ended_call = over(Outcome.COMPLETED, EndedBy.OPERATOR)
    assert headline(ended_call, hanging_up=True).text == "Call ended · you hung up"


def test_a_transfer_is_named_and_not_too_long() -> None:
    passed_on = replace(TALKING, transferred_to="+14155550117")
    assert headline(passed_on, passed_on_to="Front desk").text == "Transferred to Front desk"
    rings = headline(passed_on, passed_on_to="Front desk", colleague_there=False).text
    assert rings == "Passing on to Front desk"
    long = headline(passed_on, passed_on_to="The practice of Dr Patel in London").text
    assert long == "Transferred to The practice of Dr …"


def test_no_message_is_claimed_only_where_the_agent_was_silent() -> None:
    assert headline(over(Outcome.VOICEMAIL), agent_spoke=True).text == "Voicemail · hung up"


def test_outcome_is_short() -> None:
    fax = replace(TALKING, answered_by=AnsweredBy.FAX)
    assert outcome(over(Outcome.VOICEMAIL, call=fax)).text == "Fax"
    assert outcome(over(Outcome.COMPLETED, EndedBy.CALLER)).text == "Spoke"
    assert outcome(over(Outcome.VOICEMAIL)).text == "Voicemail"
    assert outcome(over(Outcome.BUSY, call=QUEUED)).text == "Busy"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "00:00"), (161.9, "02:41"), (3599.9, "59:59"), (3661, "1:01:01")]
)
def test_clock(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text
