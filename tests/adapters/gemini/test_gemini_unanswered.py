from __future__ import annotations

import numpy as np

from callconsole.adapters.gemini.unanswered import Unanswered


def frame(value: int) -> bytes:
    return np.full(320, value, "<i2").tobytes()


def test_the_newest_audio_and_all_texts_are_kept_in_order() -> None:
    kept = Unanswered(kept_ms=40)
    kept.sent("greet")
    for value in (1, 2):
        kept.sent(frame(value))
    kept.sent("whisper")
    kept.sent(frame(3))
    assert kept.items() == [frame(2), "whisper", frame(3)]
    assert kept.texts() == ["whisper"]


def test_an_answer_ends_all() -> None:
    kept = Unanswered()
    kept.sent("greet")
    kept.sent(frame(1))
    kept.answered()
    assert kept.items() == []
    kept.sent(frame(2))
    assert kept.items() == [frame(2)]


def test_a_handle_remembers_audio_and_not_texts() -> None:
    kept = Unanswered(kept_ms=20)
    kept.sent(frame(1))
    kept.sent("greet")
    kept.remembered()
    assert kept.items() == ["greet"]
    kept.sent(frame(2))
    assert kept.items() == ["greet", frame(2)]


def test_texts_are_bounded() -> None:
    kept = Unanswered()
    for number in range(50):
        kept.sent(str(number))
    assert kept.texts() == [str(number) for number in range(40, 50)]


def test_speech_is_told_from_noise() -> None:
    kept = Unanswered()
    kept.sent(frame(60))
    kept.sent("text")
    assert not kept.has_speech
    kept.sent(frame(-32768))
    assert kept.has_speech
