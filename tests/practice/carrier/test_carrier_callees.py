from __future__ import annotations

from collections.abc import Iterator

import pytest

from callconsole.domain import phone
from callconsole.practice.callees import (
    CALLEES,
    INTERRUPTER,
    PERSON,
    VOICEMAIL,
    WRONG_NUMBER,
    Callee,
    Press,
    Say,
    Wait,
    find,
    hastened,
)
from callconsole.practice.carrier.ear import Ear, is_loud
from callconsole.practice.carrier.person import Person
from callconsole.practice.carrier.playout import SILENT_FRAME
from callconsole.practice.clips import load

CLIPS = load("callee")
SPEECH = CLIPS["person_move"].mulaw


def frames(mulaw: bytes) -> Iterator[bytes]:
    for start in range(0, len(mulaw) - 159, 160):
        yield mulaw[start : start + 160]


class Talk:
    """Drives a person without a clock: 20 ms per step."""

    def __init__(self, callee: Callee) -> None:
        self.keys: list[str] = []
        self.person = Person(callee, CLIPS, self.keys.append)
        self.elapsed_ms = 0

    def hear(self, mulaw: bytes) -> bool:
        """Let the person hear sound; False once it hung up."""
        for frame in frames(mulaw):
            if self.person.frame(frame) is None:
                return False
            self.elapsed_ms += 20
        return True

    def silence(self, seconds: float) -> bool:
        return self.hear(b"\xff" * round(seconds * 8000))

    @property
    def said(self) -> list[str]:
        return self.person.said


def test_the_person_answers_in_order_and_hangs_up_after_the_goodbye() -> None:
    talk = Talk(PERSON)
    talk.silence(2.5)
    for expected in (1, 2, 3):
        assert len(talk.said) == expected
        talk.hear(SPEECH)
        assert talk.silence(4.0)
    assert talk.said == ["person_hello", "person_move", "person_choose", "person_bye"]
    talk.hear(SPEECH)
    assert talk.silence(0.6)
    assert not talk.silence(0.2)


def test_the_person_waits_three_seconds_for_a_goodbye() -> None:
    talk = Talk(Callee("+14155550101", "", "", script=(Say("person_bye"), *PERSON.script[-1:])))
    assert talk.silence(2.86 + 2.9)
    assert not talk.silence(0.2)


def test_a_pause_inside_a_sentence_is_no_end_of_turn() -> None:
    talk = Talk(PERSON)
    talk.silence(2.5)
    talk.hear(SPEECH)
    talk.silence(0.6)
    talk.hear(SPEECH)
    assert talk.said == ["person_hello"]


def test_a_click_is_no_turn() -> None:
    talk = Talk(PERSON)
    talk.silence(2.5)
    talk.hear(b"\x80" * 800)
    talk.silence(2.0)
    assert talk.said == ["person_hello"]


def test_a_person_whom_nobody_speaks_to_hangs_up() -> None:
    talk = Talk(PERSON)
    assert talk.silence(21)
    assert not talk.silence(2)


def test_the_interrupter_cuts_in_after_about_1200_ms_of_speech() -> None:
    talk = Talk(INTERRUPTER)
    talk.silence(2.0)
    before_ms = talk.elapsed_ms
    long_turn = CLIPS["voicemail_greeting"].mulaw
    for frame in frames(long_turn):
        talk.hear(frame)
        if len(talk.said) == 2:
            break
    assert 1200 <= talk.elapsed_ms - before_ms <= 1300
    assert talk.said == ["interrupter_hello", "interrupter_who"]


def test_voicemail_records_only_after_the_beep() -> None:
    talk = Talk(VOICEMAIL)
    talk.hear(SPEECH)
    talk.silence(7.0)
    assert talk.person.message_left is False
    assert talk.said == ["voicemail_greeting", "voicemail_beep"]
    talk.hear(SPEECH)
    assert talk.person.message_left is True


def test_voicemail_ends_by_itself_with_no_message() -> None:
    talk = Talk(VOICEMAIL)
    assert not talk.silence(60)
    assert talk.person.message_left is False


def test_the_wrong_number_says_so_and_hangs_up() -> None:
    talk = Talk(WRONG_NUMBER)
    talk.silence(1.2)
    talk.hear(SPEECH)
    talk.silence(5.0)
    assert talk.said == ["wrong_hello", "wrong_number"]
    assert not talk.silence(3.0)


def test_keys_are_pressed_in_order() -> None:
    talk = Talk(Callee("+14155550101", "", "", script=(Press("12#"), Wait(1))))
    talk.silence(1.0)
    assert talk.keys == ["1", "2", "#"]


@pytest.mark.parametrize("callee", CALLEES, ids=lambda callee: callee.name)
def test_every_callee_can_be_dialled_and_has_its_clips(callee: Callee) -> None:
    assert phone.parse(callee.number).e164 == callee.number
    assert callee.description.endswith(".")
    for step in callee.script:
        assert not isinstance(step, Say) or step.clip in CLIPS


def test_any_other_number_reaches_the_person() -> None:
    assert find(CALLEES, "+442071838750").script == PERSON.script
    assert find(hastened(), "+442071838750").ring_s == 0.05


def test_the_ear_tells_speech_from_quiet() -> None:
    assert is_loud(SPEECH[3200:3360]) is True
    assert is_loud(SILENT_FRAME) is False
    assert is_loud(b"\x7f" * 160) is False
    ear = Ear()
    for frame in frames(SPEECH):
        ear.hear(frame)
    assert ear.run_ms > 2500
    for _ in range(21):
        ear.hear(SILENT_FRAME)
    assert ear.run_ms == 0
    assert ear.speech_ms > 1500
