"""Whose word counts: the first sure one, until a better one; the operator's for good."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest

from callconsole.domain import events
from callconsole.domain.answering import AnsweredBy, JudgedBy, Verdict, Weighing
from callconsole.engine.answering import LISTEN_MS, Answering
from callconsole.engine.ports import AnswerVerdict, Pcm16
from fakes.engine import SID, FakeClock

pytestmark = pytest.mark.virtual_time

FRAME = np.zeros(160, np.int16)


class ScriptedEar:
    """Says what the test sets."""

    def __init__(self) -> None:
        self.verdict: Verdict | None = None
        self.utterance_ms = 0
        self.heard_ms = 0
        self.text = ""

    def hear(self, caller: Pcm16) -> None:
        self.heard_ms += len(caller) // 8

    def words(self, text: str) -> None:
        self.text += text
        if "after the tone" in self.text:
            self.judges(AnsweredBy.VOICEMAIL)

    def carrier_says(self, answered_by: AnsweredBy, detail: str) -> None:
        if answered_by is not AnsweredBy.UNKNOWN:
            self.verdict = Verdict(answered_by, JudgedBy.CARRIER, detail, self.heard_ms)

    def weighing(self) -> Weighing:
        return Weighing(self.heard_ms)

    def judges(self, answered_by: AnsweredBy) -> None:
        self.verdict = Verdict(answered_by, JudgedBy.EAR, "as it sounded", self.heard_ms)


class Trial:
    def __init__(self, limit_ms: int = 8000) -> None:
        self.ear = ScriptedEar()
        self.events: list[events.CallEvent] = []
        self.obeyed: list[Verdict] = []
        self.talking = False
        self.answering = Answering(
            SID,
            self.ear,
            limit_ms,
            FakeClock(),
            self.events.append,
            lambda: self.talking,
            self.obeyed.append,
        )

    def hears(self, duration_ms: int) -> None:
        for _ in range(duration_ms // 20):
            self.answering.hear(FRAME, FRAME)

    def carrier(self, answered_by: AnsweredBy, detail: str) -> None:
        self.answering.carrier_says(AnswerVerdict(SID, answered_by, detail))

    def judged(self) -> list[tuple[AnsweredBy, JudgedBy, bool]]:
        return [
            (e.answered_by, e.by, e.obeyed)
            for e in self.events
            if isinstance(e, events.AnswerJudged)
        ]


@pytest.fixture
def trial() -> Iterator[Trial]:
    made = Trial()
    yield made
    made.answering.close()


def test_the_ears_verdict_is_told_once_and_ends_the_weighing(trial: Trial) -> None:
    trial.hears(600)
    weighed = len([e for e in trial.events if isinstance(e, events.AnswerWeighed)])
    assert 4 <= weighed <= 6
    trial.ear.judges(AnsweredBy.PERSON)
    trial.hears(600)
    assert trial.judged() == [(AnsweredBy.PERSON, JudgedBy.EAR, True)]
    assert weighed == len([e for e in trial.events if isinstance(e, events.AnswerWeighed)])


def test_a_later_verdict_corrects_an_earlier_one(trial: Trial) -> None:
    trial.ear.judges(AnsweredBy.PERSON)
    trial.hears(20)
    trial.answering.words("Please speak after the tone.")
    assert [verdict.answered_by for verdict in trial.obeyed] == [
        AnsweredBy.PERSON,
        AnsweredBy.VOICEMAIL,
    ]


def test_a_machine_in_a_conversation_is_shown_and_not_obeyed(trial: Trial) -> None:
    trial.ear.judges(AnsweredBy.PERSON)
    trial.hears(20)
    trial.talking = True
    trial.carrier(AnsweredBy.VOICEMAIL, "machine_start")
    assert trial.judged()[-1] == (AnsweredBy.VOICEMAIL, JudgedBy.CARRIER, False)
    assert trial.answering.verdict is not None
    assert trial.answering.verdict.answered_by is AnsweredBy.PERSON
    trial.hears(20)
    trial.answering.words("Leave it after the tone, he said.")
    assert len(trial.obeyed) == 1


def test_the_operators_word_is_final(trial: Trial) -> None:
    trial.answering.operator_says(AnsweredBy.PERSON)
    trial.carrier(AnsweredBy.VOICEMAIL, "machine_start")
    trial.answering.words("after the tone")
    trial.hears(200)
    assert trial.judged() == [
        (AnsweredBy.PERSON, JudgedBy.OPERATOR, True),
        (AnsweredBy.VOICEMAIL, JudgedBy.CARRIER, False),
    ]
    trial.answering.operator_says(AnsweredBy.VOICEMAIL)
    assert trial.obeyed[-1].answered_by is AnsweredBy.VOICEMAIL


def test_a_carrier_that_knows_nothing_decides_nothing(trial: Trial) -> None:
    trial.carrier(AnsweredBy.UNKNOWN, "unknown")
    assert trial.judged() == []
    trial.carrier(AnsweredBy.PERSON, "human")
    trial.carrier(AnsweredBy.PERSON, "human")
    assert trial.judged() == [(AnsweredBy.PERSON, JudgedBy.CARRIER, True)]


def test_it_stops_listening_in_a_conversation_and_after_a_while(trial: Trial) -> None:
    trial.ear.judges(AnsweredBy.PERSON)
    trial.hears(LISTEN_MS + 1000)
    assert trial.ear.heard_ms <= LISTEN_MS + 20


async def test_without_any_audio_the_limit_holds_by_the_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("callconsole.engine.answering.GRACE_S", 0.01)
    trial = Trial(limit_ms=10)
    trial.answering.begin()
    async with asyncio.timeout(5):
        while not trial.obeyed:
            await asyncio.sleep(0.001)
    assert trial.judged() == [(AnsweredBy.UNKNOWN, JudgedBy.LIMIT, True)]
