from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from practice_live_kit import said, silence

from callconsole.practice.agent.hearing import (
    Hearing,
    HearingEvent,
    SpeechEnded,
    SpeechStarted,
    level_dbfs,
)
from callconsole.practice.agent.session_setup import Detection

NOISE = np.random.default_rng(3)


def noise(duration_ms: int, level: float) -> np.ndarray:
    return NOISE.normal(0, 32768 * 10 ** (level / 20), duration_ms * 16).astype(np.int16)


def hear(hearing: Hearing, *pieces: np.ndarray, chunk: int = 320) -> list[HearingEvent]:
    pcm = np.concatenate(pieces)
    return [
        event
        for start in range(0, len(pcm), chunk)
        for event in hearing.feed(pcm[start : start + chunk])
    ]


def test_a_turn_has_its_start_and_its_end() -> None:
    started, ended = hear(Hearing(Detection()), silence(1000), noise(1000, -20), silence(1000))
    assert started == SpeechStarted(1.0)
    assert isinstance(ended, SpeechEnded)
    assert ended.offset_s == 2.0
    assert len(ended.pcm) == 16 * (300 + 1000 + 800)


@pytest.mark.parametrize("silence_ms", [200, 500, 1500])
def test_silence_has_to_last(silence_ms: int) -> None:
    hearing = Hearing(Detection(silence_ms=silence_ms))
    assert len(hear(hearing, noise(500, -20), silence(silence_ms - 20))) == 1
    assert len(hear(hearing, silence(20))) == 1


def test_nothing_ends_without_audio() -> None:
    hearing = Hearing(Detection())
    hear(hearing, noise(500, -20))
    assert hearing.feed(silence(0)) == []
    assert hearing.speaking
    assert isinstance(hearing.end_turn(), SpeechEnded)
    assert hearing.end_turn() is None


@pytest.mark.parametrize(("prefix_ms", "voice_ms"), [(0, 120), (20, 120), (300, 300)])
def test_a_start_needs_enough_voice(prefix_ms: int, voice_ms: int) -> None:
    detection = Detection(prefix_padding_ms=prefix_ms)
    assert hear(Hearing(detection), noise(voice_ms - 20, -20), silence(2000)) == []
    assert len(hear(Hearing(detection), noise(voice_ms, -20), silence(2000))) == 2


def test_low_sensitivity_needs_more_and_louder_voice() -> None:
    low = Detection(start_high=False)
    assert hear(Hearing(low), noise(160, -20), silence(900)) == []
    assert hear(Hearing(low), noise(500, -39), silence(900)) == []
    assert len(hear(Hearing(Detection()), noise(500, -39), silence(900))) == 2


def test_a_pause_inside_a_sentence_does_not_end_it() -> None:
    events = hear(Hearing(Detection()), noise(500, -20), silence(600), noise(500, -20))
    assert len(events) == 1


def test_a_constant_hum_is_not_speech_for_ever() -> None:
    hearing = Hearing(Detection())
    assert hear(hearing, noise(20_000, -48)) == []
    events = hear(hearing, noise(1000, -20), noise(1500, -48))
    assert [type(event) for event in events] == [SpeechStarted, SpeechEnded]


def test_every_clip_is_one_turn() -> None:
    for clip_id in ("person_hello", "interrupter_fine", "wrong_hello", "voicemail_greeting"):
        events = hear(Hearing(Detection()), said(clip_id), silence(1000))
        assert [type(event) for event in events] == [SpeechStarted, SpeechEnded]


@given(st.lists(st.integers(0, 2000), max_size=40))
def test_the_size_of_the_pieces_does_not_matter(sizes: list[int]) -> None:
    pcm = np.concatenate([silence(100), said("wrong_hello"), silence(1000)])
    whole = hear(Hearing(Detection()), pcm)
    hearing, found, start = Hearing(Detection()), [], 0
    for size in [*sizes, len(pcm)]:
        found += hearing.feed(pcm[start : start + size])
        start += size
    assert [event.offset_s for event in found] == [event.offset_s for event in whole]


def test_levels() -> None:
    assert level_dbfs(silence(20)) == -96.0
    assert level_dbfs(np.zeros(0, np.int16)) == -96.0
    assert level_dbfs(np.full(320, 16384, np.int16)) == pytest.approx(-6.02, abs=0.01)
