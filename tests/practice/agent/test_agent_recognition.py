from __future__ import annotations

import numpy as np
import pytest
from practice_live_kit import said, silence

from callconsole.practice import clips
from callconsole.practice.agent.recognition import Recognizer, words_between

CALLEES = clips.load("callee")
SPOKEN = sorted(CALLEES.keys() - {"voicemail_beep"})


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer(CALLEES.values())


def ids(recognizer: Recognizer, *pieces: np.ndarray) -> list[str | None]:
    return [heard.clip_id for heard in recognizer.recognize(np.concatenate(pieces))]


@pytest.mark.parametrize("gain", [0.1, 1.0])
@pytest.mark.parametrize("clip_id", SPOKEN)
def test_every_clip_is_known_over_the_phone(
    recognizer: Recognizer, clip_id: str, gain: float
) -> None:
    for lead in (0, 83, 160, 4711):
        pcm = np.concatenate([np.zeros(lead, np.int16), said(clip_id, gain=gain), silence(800)])
        (heard,) = recognizer.recognize(pcm)
        assert heard.clip_id == clip_id
        assert heard.text == CALLEES[clip_id].text


@pytest.mark.parametrize("clip_id", SPOKEN)
def test_line_noise_does_no_harm(recognizer: Recognizer, clip_id: str) -> None:
    pcm = said(clip_id, gain=0.5)
    noisy = pcm + np.random.default_rng(2).normal(0, 30, len(pcm)).astype(np.int16)
    assert ids(recognizer, silence(300), noisy) == [clip_id]


def test_other_speech_is_not_taken_for_a_clip(recognizer: Recognizer) -> None:
    for clip_id, clip in clips.load("agent").items():
        (heard,) = recognizer.recognize(said(clip_id, "agent"))
        assert heard.clip_id is None
        assert heard.text.startswith("(speech, ")
        assert float(heard.text[9:-3]) == pytest.approx(clip.duration_s, abs=0.4)


# A lone "Hello?" is nearly the same both ways round.
@pytest.mark.parametrize("clip_id", [clip_id for clip_id in SPOKEN if clip_id != "wrong_hello"])
def test_speech_backwards_is_not_taken_for_a_clip(recognizer: Recognizer, clip_id: str) -> None:
    assert set(ids(recognizer, said(clip_id)[::-1])) == {None}


def test_noise_is_other_speech_and_silence_nothing(recognizer: Recognizer) -> None:
    noise = np.random.default_rng(1).normal(0, 3000, 32000).astype(np.int16)
    (heard,) = recognizer.recognize(noise)
    assert heard.text == "(speech, 2.0 s)"
    assert recognizer.recognize(silence(2000)) == []
    assert recognizer.recognize(silence(0)) == []


@pytest.mark.parametrize("hz", [440, 1000, 1400])
def test_a_tone_is_a_beep(recognizer: Recognizer, hz: int) -> None:
    tone = (9000 * np.sin(2 * np.pi * hz * np.arange(8000) / 16000)).astype(np.int16)
    (heard,) = recognizer.recognize(np.concatenate([silence(100), tone, silence(800)]))
    assert (heard.clip_id, heard.text) == ("beep", "(beep)")


def test_several_clips_in_one_turn_come_in_order(recognizer: Recognizer) -> None:
    turn = [said("interrupter_hello"), silence(300), said("interrupter_who")]
    assert ids(recognizer, *turn) == ["interrupter_hello", "interrupter_who"]
    turn = [said("voicemail_greeting"), silence(400), said("voicemail_beep")]
    assert ids(recognizer, *turn) == ["voicemail_greeting", "beep"]


def test_part_of_a_clip_has_part_of_its_words(recognizer: Recognizer) -> None:
    pcm = said("voicemail_greeting")
    (first,) = recognizer.recognize(pcm[: len(pcm) // 2])
    (second,) = recognizer.recognize(pcm[len(pcm) // 2 :])
    assert first.clip_id == second.clip_id == "voicemail_greeting"
    assert first.text.startswith("Hello, you have reached Sam")
    assert second.text.endswith("leave a message after the tone.")


def test_words_between() -> None:
    assert words_between("one two six", 0, 1) == "one two six"
    assert words_between("one two six", 0, 0.5) == "one two"
    assert words_between("one two six", 0.6, 1) == "six"
    assert words_between("one two six", 0.4, 0.4) == ""


def test_an_empty_memory_knows_nothing() -> None:
    assert ids(Recognizer([]), said("person_hello")) == [None]
