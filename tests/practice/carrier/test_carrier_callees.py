from __future__ import annotations

from collections.abc import Iterator

import pytest

from callconsole.domain import phone
from callconsole.practice.callees import (
    ASKS_FOR_CALLBACK,
    ASKS_FOR_HUMAN,
    CALLEES,
    COLLEAGUE,
    FAX,
    HASTY,
    INTERRUPTER,
    LINGERER,
    MENU,
    NO_BEEP,
    NOISE,
    PAUSING,
    PERSON,
    PRESSER,
    SCREENING,
    SILENCE,
    VOICEMAIL,
    WRONG_NUMBER,
    AwaitKeys,
    Callee,
    Press,
    Reaction,
    Say,
    Wait,
    find,
    hastened,
)
from callconsole.practice.carrier import tones
from callconsole.practice.carrier.ear import Ear, is_loud
from callconsole.practice.carrier.person import Person, Sound
from callconsole.practice.carrier.playout import SILENT_FRAME
from callconsole.practice.clips import load

CLIPS = load("callee")
SPEECH = CLIPS["person_move"].mulaw


def frames(mulaw: bytes | bytearray) -> Iterator[bytes]:
    for start in range(0, len(mulaw) - 159, 160):
        yield bytes(mulaw[start : start + 160])


class Talk:
    """Drives a person without a clock: 20 ms per step."""

    def __init__(self, callee: Callee) -> None:
        self.keys: list[str] = []
        self.person = Person(callee, CLIPS, self.keys.append)
        self.elapsed_ms = 0
        self.spoken = bytearray()

    def hear(self, mulaw: bytes, sound: Sound = Sound.SPEECH) -> bool:
        """Let the person hear sound; False once it hung up."""
        for frame in frames(mulaw):
            said = self.person.frame(frame, sound)
            if said is None:
                return False
            self.spoken += said
            self.elapsed_ms += 20
        return True

    def keys_played(self, digits: str) -> bool:
        return self.hear(tones.key_tones(digits), Sound.KEYS)

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


def test_a_voicemail_may_record_without_a_beep() -> None:
    talk = Talk(NO_BEEP)
    talk.silence(6.0)
    assert talk.said == ["mailbox_greeting"]
    talk.hear(SPEECH)
    assert talk.person.message_left is True


def test_a_greeting_may_pause_in_its_middle() -> None:
    talk = Talk(PAUSING)
    talk.silence(0.4 + CLIPS["mailbox_hi"].duration_s + 0.1)
    pause_begun = len(talk.spoken)
    talk.silence(0.6)
    assert talk.said == ["mailbox_hi"]
    assert not any(is_loud(frame) for frame in frames(talk.spoken[pause_begun:]))
    talk.silence(0.3)
    assert talk.said == ["mailbox_hi", "mailbox_sorry"]
    talk.silence(5.0)
    assert talk.said[-1] == "voicemail_beep"


def test_screening_waits_for_an_answer_and_then_the_person_talks() -> None:
    talk = Talk(SCREENING)
    talk.silence(15.0)
    assert talk.said == ["screening_greeting"]
    talk.hear(SPEECH)
    talk.silence(4.0)
    assert talk.said == ["screening_greeting", "screening_wait"]
    talk.silence(5.0)
    assert talk.said[-1] == "person_hello"
    talk.hear(SPEECH)
    talk.silence(1.0)
    assert talk.said[-1] == "person_move"


def test_screening_to_which_nobody_answers_hangs_up() -> None:
    assert not Talk(SCREENING).silence(30.0)


def test_a_menu_goes_on_with_the_key_that_it_asks_for() -> None:
    talk = Talk(MENU)
    talk.silence(1.0)
    talk.keys_played("ww1")
    assert talk.said == ["menu_greeting"]
    talk.silence(3.0)
    assert talk.said == ["menu_greeting", "business_hello"]
    assert talk.person.keys_heard == "1"


def test_a_key_breaks_the_greeting_off() -> None:
    talk = Talk(MENU)
    talk.silence(2.0)
    assert any(is_loud(frame) for frame in frames(talk.spoken[-1600:]))
    talk.keys_played("1")
    assert not any(is_loud(frame) for frame in frames(talk.spoken[-1600:]))


def test_a_menu_asks_twice_and_hangs_up() -> None:
    talk = Talk(MENU)
    talk.silence(13.0)
    assert talk.said == ["menu_greeting", "menu_again"]
    assert not talk.silence(10.0)


def test_a_menu_asks_again_after_a_wrong_key_and_takes_the_right_one_then() -> None:
    talk = Talk(MENU)
    talk.silence(1.0)
    talk.keys_played("2")
    assert talk.said == ["menu_greeting", "menu_again"]
    talk.keys_played("1")
    talk.silence(2.0)
    assert talk.said[-1] == "business_hello"


def test_a_menu_hears_neither_speech_nor_tones_within_it() -> None:
    talk = Talk(MENU)
    talk.silence(1.0)
    talk.hear(SPEECH)
    talk.hear(tones.key_tones("1"))
    talk.silence(13.0)
    assert talk.said == ["menu_greeting", "menu_again"]
    assert talk.person.keys_heard == ""


def test_several_keys_have_to_come_soon_after_one_another() -> None:
    step = AwaitKeys("menu_greeting", "menu_again", keys="12#")
    quick = Talk(Callee("+14155550116", "", "", script=(step, Say("person_bye"))))
    quick.keys_played("1W2ww#")
    quick.silence(0.1)
    assert quick.said == ["menu_greeting", "person_bye"]
    slow = Talk(Callee("+14155550116", "", "", script=(step, Say("person_bye"))))
    slow.keys_played("1")
    slow.silence(3.0)
    slow.keys_played("2#")
    assert slow.said == ["menu_greeting", "menu_again"]


def test_a_fax_whistles_and_gives_up() -> None:
    talk = Talk(FAX)
    talk.silence(0.4)
    assert set(talk.spoken) == {0xFF}
    talk.silence(3.0)
    assert is_loud(bytes(talk.spoken[-160:]))
    assert not talk.silence(20.0)


def test_silence_and_noise_hang_up_in_the_end() -> None:
    for callee in (SILENCE, NOISE):
        talk = Talk(callee)
        assert talk.silence(24.9)
        assert not talk.silence(0.2)
        assert not any(is_loud(frame) for frame in frames(talk.spoken))
        assert (set(talk.spoken) == {0xFF}) is (callee is SILENCE)


def test_one_hangs_up_in_the_middle_of_a_sentence() -> None:
    talk = Talk(HASTY)
    talk.silence(2.5)
    before_ms = talk.elapsed_ms
    assert not talk.hear(CLIPS["voicemail_greeting"].mulaw)
    assert 1500 <= talk.elapsed_ms - before_ms <= 1700


def test_one_never_hangs_up() -> None:
    talk = Talk(LINGERER)
    talk.silence(2.5)
    for _ in range(4):
        talk.hear(SPEECH)
        talk.silence(4.0)
    assert talk.said[-2:] == ["person_bye", "person_goodbye"]
    assert talk.silence(600.0)


def test_one_presses_keys() -> None:
    talk = Talk(PRESSER)
    talk.silence(2.5)
    talk.hear(SPEECH)
    talk.silence(2.0)
    assert talk.keys == ["4", "2", "#"]
    talk.hear(SPEECH)
    talk.silence(1.0)
    assert talk.said[-1] == "person_bye"


def test_who_is_put_through_waits_for_the_colleague_through_the_ringing() -> None:
    talk = Talk(ASKS_FOR_HUMAN)
    talk.silence(2.5)
    talk.hear(SPEECH)
    talk.silence(4.0)
    assert talk.said[-1] == "person_human"
    talk.hear(SPEECH)
    talk.silence(1.0)
    assert talk.hear(tones.ringing() * 4, Sound.RINGING)
    assert talk.said[-1] == "person_human"
    talk.hear(CLIPS["colleague_help"].mulaw)
    talk.silence(1.0)
    assert talk.said[-1] == "person_move"


def test_who_has_no_time_says_when_to_call_back() -> None:
    talk = Talk(ASKS_FOR_CALLBACK)
    talk.silence(2.5)
    talk.hear(SPEECH)
    talk.silence(3.0)
    talk.hear(SPEECH)
    talk.silence(3.5)
    assert talk.said == ["person_hello", "person_callback", "person_bye"]


def test_the_colleague_hears_the_whisper_out_before_asking() -> None:
    talk = Talk(COLLEAGUE)
    talk.silence(1.0)
    talk.hear(tones.murmur("A call from Bayside Dental about a dentist's appointment"))
    assert talk.said == ["colleague_hello"]
    talk.silence(1.0)
    assert talk.said == ["colleague_hello", "colleague_help"]
    alone = Talk(COLLEAGUE)
    alone.silence(0.3 + CLIPS["colleague_hello"].duration_s + 2.1)
    assert alone.said == ["colleague_hello", "colleague_help"]


def test_numbers_and_names_are_unique() -> None:
    assert len({callee.number for callee in CALLEES}) == len(CALLEES)
    assert len({callee.name for callee in CALLEES}) == len(CALLEES)
    assert all(callee.script for callee in CALLEES if callee.reaction is Reaction.ANSWERS)


@pytest.mark.parametrize("callee", CALLEES, ids=lambda callee: callee.name)
def test_every_callee_can_be_dialled_and_has_its_clips(callee: Callee) -> None:
    assert phone.parse(callee.number).e164 == callee.number
    assert callee.description.endswith((".", ".”"))
    for step in callee.script:
        assert not isinstance(step, Say) or step.clip in CLIPS
        assert not isinstance(step, AwaitKeys) or {step.prompt, step.again} <= CLIPS.keys()


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
