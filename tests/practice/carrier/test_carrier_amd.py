from __future__ import annotations

import pytest

from callconsole.practice.callees import (
    BUSINESS,
    CALLEES,
    FAX,
    INTERRUPTER,
    LONG_HELLO,
    MENU,
    NO_BEEP,
    NOISE,
    PAUSING,
    PERSON,
    SCREENING,
    SHORT_HELLO,
    SILENCE,
    VOICEMAIL,
    Callee,
    Reaction,
)
from callconsole.practice.carrier import tones
from callconsole.practice.carrier.amd import AmdOrder, MachineDetector
from callconsole.practice.carrier.person import Person
from callconsole.practice.carrier.playout import SILENT_FRAME
from callconsole.practice.clips import load

CLIPS = load("callee")
QUIET = SILENT_FRAME * 50


def judge(order: AmdOrder, sound: bytes) -> tuple[str | None, int]:
    detector = MachineDetector(order)
    for start in range(0, len(sound) - 159, 160):
        verdict = detector.feed(sound[start : start + 160])
        if verdict is not None:
            return verdict, detector.elapsed_ms
    return None, detector.elapsed_ms


@pytest.mark.parametrize("clip", ["person_hello", "interrupter_hello", "wrong_hello"])
def test_a_short_greeting_is_a_person(clip: str) -> None:
    sound = CLIPS[clip].mulaw
    verdict, elapsed_ms = judge(AmdOrder(), sound + QUIET * 3)
    assert verdict == "human"
    assert len(sound) / 8 + 1000 <= elapsed_ms <= len(sound) / 8 + 1240


def test_a_long_greeting_is_a_machine_while_it_still_speaks() -> None:
    verdict, elapsed_ms = judge(AmdOrder(), CLIPS["voicemail_greeting"].mulaw)
    assert verdict == "machine_start"
    assert 2400 <= elapsed_ms <= 3100


def test_the_threshold_is_the_callers_choice() -> None:
    order = AmdOrder(speech_ms=1000)
    assert judge(order, CLIPS["person_move"].mulaw)[0] == "machine_start"


def test_silence_says_nothing() -> None:
    assert judge(AmdOrder(), QUIET * 10) == ("unknown", 5000)
    assert judge(AmdOrder(silence_ms=3000), QUIET * 10) == ("unknown", 3000)


def test_the_detection_gives_up_in_time() -> None:
    order = AmdOrder(timeout_ms=1000)
    assert judge(order, CLIPS["voicemail_greeting"].mulaw) == ("unknown", 1000)


def test_waiting_for_the_end_hears_the_beep() -> None:
    order = AmdOrder(until_end=True)
    greeting, beep = CLIPS["voicemail_greeting"].mulaw, CLIPS["voicemail_beep"].mulaw
    assert judge(order, greeting + QUIET[:4000] + beep)[0] == "machine_end_beep"
    assert judge(order, greeting + QUIET * 2)[0] == "machine_end_silence"


def judge_callee(callee: Callee, order: AmdOrder) -> str | None:
    """The verdict on a callee to whom nobody says a word."""
    person = Person(callee, CLIPS, lambda _digit: None)
    detector = MachineDetector(order)
    while (frame := person.frame(SILENT_FRAME)) is not None:
        if (verdict := detector.feed(frame)) is not None:
            return verdict
    return None


# A long greeting is a machine's to Twilio, which is why the console listens for itself.
@pytest.mark.parametrize(
    ("callee", "at_once", "at_its_end"),
    [
        (PERSON, "human", "human"),
        (INTERRUPTER, "human", "human"),
        (SHORT_HELLO, "human", "human"),
        (LONG_HELLO, "machine_start", "machine_end_silence"),
        (BUSINESS, "machine_start", "machine_end_silence"),
        (VOICEMAIL, "machine_start", "machine_end_beep"),
        (NO_BEEP, "machine_start", "machine_end_silence"),
        (PAUSING, "machine_start", "machine_end_beep"),
        (SCREENING, "machine_start", "machine_end_silence"),
        (MENU, "machine_start", "machine_end_silence"),
        (FAX, "fax", "fax"),
        (SILENCE, "unknown", "unknown"),
        (NOISE, "unknown", "unknown"),
    ],
    ids=lambda value: value.name if isinstance(value, Callee) else None,
)
def test_what_the_detection_makes_of_each_callee(
    callee: Callee, at_once: str, at_its_end: str
) -> None:
    assert judge_callee(callee, AmdOrder()) == at_once
    assert judge_callee(callee, AmdOrder(until_end=True)) == at_its_end


def test_everybody_who_answers_is_judged() -> None:
    for callee in CALLEES:
        if callee.reaction is Reaction.ANSWERS:
            assert judge_callee(callee, AmdOrder()) is not None, callee.name


@pytest.mark.parametrize("hertz", [1100, 2100])
def test_a_fax_is_known_by_either_tone(hertz: float) -> None:
    verdict, elapsed_ms = judge(AmdOrder(), QUIET[:8000] + tones.tone(hertz, 1000))
    assert verdict == "fax"
    assert elapsed_ms <= 1400
