"""The answer card: what it asks, when it decides, and the operator's word."""

import asyncio
from time import monotonic

import pytest
from pytestqt.qtbot import QtBot

from callconsole.domain.answering import AnsweredBy, Evidence, JudgedBy, Utterance, Weighing
from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.viewmodels.answer_card import LATE_S, AnswerCard, EvidenceRow, time_text
from callconsole.viewmodels.models import Models
from fakes.desk import FakeDesk

PERSON, VOICEMAIL, FAX = AnsweredBy.PERSON, AnsweredBy.VOICEMAIL, AnsweredBy.FAX
FOUR = [PERSON, VOICEMAIL, AnsweredBy.SCREENING, AnsweredBy.MENU]


class Answered:
    """A call that somebody or something has answered, and the card over it."""

    def __init__(self, models: Models, desk: FakeDesk, sid: str) -> None:
        self.models, self.desk, self.sid = models, desk, sid
        self.card: AnswerCard = models.answer
        self.read_out: list[str] = []
        self.card.judged.connect(self.read_out.append)

    def weigh(
        self, person: float, voicemail: float, in_ms: int | None = 2000, **more: object
    ) -> None:
        shares = {PERSON: person, VOICEMAIL: voicemail}
        fax = 1 - person - voicemail
        if fax > 0.005:
            shares[FAX] = fax
        self.desk.weigh(self.sid, Weighing(1500, shares, decides_in_ms=in_ms, **more))  # type: ignore[arg-type]
        self.models.relay.flush()


@pytest.fixture
async def it(qtbot: QtBot, models: Models, desk: FakeDesk) -> Answered:
    models.dialler.call_number("+14155550101")
    await asyncio.sleep(0)
    sid = desk.live_sid
    desk.ring(sid)
    assert not models.answer.can_judge
    desk.pick_up(sid)
    return Answered(models, desk, sid)


async def test_it_opens_with_the_answer_and_knows_nothing(it: Answered) -> None:
    assert it.card.open
    assert it.card.can_judge
    assert it.models.live.headline.text == "Answered, deciding"
    assert it.card.question == "Who answered?"
    assert [(row.answered_by, row.key, row.share) for row in it.card.rows] == [
        (answered_by, str(number), None) for number, answered_by in enumerate(FOUR, 1)
    ]
    assert it.card.verdict_name == "Deciding"
    assert it.card.verdict_by == "—"


async def test_it_says_what_will_happen_and_when(it: Answered) -> None:
    it.weigh(0.74, 0.26, 1400)
    assert it.card.question == "Is this a person?"
    assert it.card.sentence == (
        "Probably. The AI starts to speak in 1.4 s, unless you choose otherwise."
    )
    assert (it.card.countdown, it.card.caption) == ("1.4 s", "to decide")
    it.weigh(0.04, 0.96, 700)
    assert it.card.question == "Is this a voicemail?"
    assert it.card.sentence.startswith("Almost surely. The call is hung up in 0.7 s")
    it.weigh(0.3, 0.7, None)
    assert it.card.sentence == "Probably. Nothing is decided while they speak."
    assert (it.card.countdown, it.card.caption) == ("Listening", "while they speak")


async def test_the_countdown_fills_and_begins_anew(it: Answered) -> None:
    fractions = []
    for in_ms in (2000, 1500, 500, None, 900, 300, 1200, 600):
        it.weigh(0.7, 0.3, in_ms)
        fractions.append(round(it.card.fraction, 2))
    assert fractions == [0, 0.25, 0.75, 0, 0, 0.67, 0, 0.5]


async def test_a_close_race_does_not_flicker(it: Answered) -> None:
    asked = []
    for person in (0.6, 0.48, 0.52, 0.46, 0.4, 0.52, 0.6):
        it.weigh(person, 1 - person)
        asked.append(next(row.answered_by for row in it.card.rows if row.likeliest))
    assert asked == [PERSON] * 4 + [VOICEMAIL] * 2 + [PERSON]


async def test_a_fax_gets_a_row_once_it_has_a_share_and_keeps_it(it: Answered) -> None:
    it.weigh(0.5, 0.3)
    it.weigh(0.7, 0.3)
    assert [row.answered_by for row in it.card.rows] == [*FOUR, FAX]
    assert it.card.rows[-1].key == "5"


async def test_evidence_carries_sign_and_weight(it: Answered) -> None:
    evidence = (Evidence("Short greeting", 38), Evidence("Hint", -9), Evidence("No beep", 0))
    it.weigh(0.7, 0.3, evidence=evidence)
    assert it.card.evidence == [
        EvidenceRow("Short greeting", "check-circle-fill", "success", "+38"),
        EvidenceRow("Hint", "warning-fill", "warning", "\u22129"),
        EvidenceRow("No beep", "minus-circle", "muted", "so far"),
    ]


async def test_what_was_heard_is_drawn_at_its_time(it: Answered) -> None:
    it.weigh(0.7, 0.3, utterances=(Utterance(400, 900, " Hello? "), Utterance(1200, None, "Who")))
    it.desk.levels(it.sid, -20.0, -90.0)
    it.models.relay.flush()
    assert [(said.start_ms, said.end_ms, said.text) for said in it.card.heard.words] == [
        (400, 900, "Hello?"),
        (1200, 1500, "Who"),
    ]
    assert it.card.elapsed == "0:01.5"
    assert max(it.card.heard.bars(100)) == 0.75


@pytest.mark.parametrize(("key", "answered_by"), [("1", PERSON), ("4", AnsweredBy.MENU)])
async def test_a_digit_decides(it: Answered, key: str, answered_by: AnsweredBy) -> None:
    assert it.card.press(key)
    assert it.desk.judged == [(it.sid, answered_by)]
    assert not it.card.open
    assert it.card.verdict_by == "You, 1.1 s"


@pytest.mark.parametrize("key", ["0", "5", "9", "*", "+"])
async def test_other_keys_are_not_taken(it: Answered, key: str) -> None:
    assert not it.card.press(key)
    assert it.desk.judged == []


async def test_a_verdict_closes_it_and_can_be_corrected_until_the_end(it: Answered) -> None:
    it.desk.judge(it.sid, PERSON)
    assert not it.card.open
    assert not it.card.press("6")
    assert it.read_out == ["A person answered · Short greeting, then a pause"]
    assert (it.card.verdict_name, it.card.verdict_by) == ("Person", "Sound and words, 1.1 s")
    it.card.choose(VOICEMAIL)
    assert it.desk.judged == [(it.sid, VOICEMAIL)]
    assert it.card.verdict_name == "Voicemail"
    it.desk.end(it.sid, Ending(Outcome.VOICEMAIL, EndedBy.CONSOLE))
    it.card.choose(PERSON)
    assert len(it.desk.judged) == 1
    assert it.card.verdict_name == "Voicemail"


async def test_a_verdict_that_is_only_shown_changes_nothing(it: Answered) -> None:
    it.desk.judge(it.sid, PERSON)
    it.desk.judge(it.sid, VOICEMAIL, JudgedBy.CARRIER, "machine_start", 6000, obeyed=False)
    assert (it.card.verdict_name, it.card.verdict_by) == ("Person", "Sound and words, 1.1 s")
    assert it.read_out[-1] == "Voicemail answered · machine_start · not acted on"


async def test_the_next_call_begins_afresh(it: Answered) -> None:
    it.weigh(0.7, 0.3, 900)
    it.desk.judge(it.sid, PERSON)
    it.desk.end(it.sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    it.models.dialler.call_number("+14155550102")
    await asyncio.sleep(0)
    assert (it.card.verdict_name, it.card.verdict_by, it.card.verdict_reason) == ("—", "—", "")
    assert it.card.question == "Who answered?"
    assert it.card.heard.now_ms == 0


def test_time_has_tenths() -> None:
    assert [time_text(ms) for ms in (0, 4249, 59_999, 61_000)] == [
        *("0:00.0", "0:04.2", "0:59.9", "1:01.0")
    ]


async def test_a_digit_that_comes_just_after_the_verdict_still_means_the_card(
    it: Answered, monkeypatch: pytest.MonkeyPatch
) -> None:
    it.weigh(0.8, 0.2)
    it.desk.judge(it.sid, PERSON)
    assert not it.card.open
    assert it.card.press("2")
    assert it.desk.judged == [(it.sid, VOICEMAIL)]
    later = monotonic() + LATE_S
    monkeypatch.setattr("callconsole.viewmodels.answer_card.monotonic", lambda: later)
    assert not it.card.press("1")
