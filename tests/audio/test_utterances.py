"""Where voices begin and end on a phone line."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from callconsole.audio.tones import ToneListener
from callconsole.audio.utterances import GAP_HOPS, UtteranceListener
from callconsole.audio.voice_signs import HOP, VoiceSigns, hops
from support.onset_sounds import (
    Pcm16,
    Sound,
    at_level,
    clip,
    hum,
    music,
    noise,
    on_the_line,
    rng_of,
    tones,
    with_level,
)

QUIET = np.zeros(8000)


class Listening:
    """A listener with what it needs."""

    def __init__(self) -> None:
        self.signs, self.tones, self.utterances = VoiceSigns(), ToneListener(), UtteranceListener()
        self.rest = np.zeros(0, np.int16)

    def take(self, pcm: Pcm16) -> None:
        whole, self.rest = hops(self.rest, pcm)
        for hop in whole:
            self.signs.take(hop)
            self.tones.take(self.signs)
            self.utterances.take(self.signs, self.tones.sounding_hops)

    @property
    def spans_ms(self) -> list[tuple[int, int]]:
        return [(span.start_ms, span.end_ms) for span in self.utterances.spans]


def heard(sound: Sound, under: Sound | None = None) -> Listening:
    listening = Listening()
    if under is None:
        under = with_level(noise(len(sound) / 8000 + 0.1, 0, rng_of("quiet line")), -62)
    listening.take(on_the_line(sound + under[: len(sound)]))
    return listening


def said(name: str, dbfs: float) -> Sound:
    return np.concatenate([QUIET, at_level(clip(name), dbfs), QUIET])


@pytest.mark.parametrize("dbfs", [-12, -20, -28, -35])
@pytest.mark.parametrize(
    "name", ["wrong_hello", "interrupter_hello", "person_hello", "person_choose"]
)
def test_an_utterance_is_found_where_it_is(name: str, dbfs: float) -> None:
    ((start_ms, end_ms),) = heard(said(name, dbfs)).spans_ms
    assert start_ms == pytest.approx(1000, abs=100)
    assert end_ms == pytest.approx(1000 + len(clip(name)) / 8, abs=160)


@pytest.mark.parametrize(
    "under",
    [
        with_level(noise(6, 0, rng_of("white")), -42),
        with_level(noise(6, 3, rng_of("pink")), -40),
        with_level(hum(6, 50, (1.0, 0.1, 0.6, 0.05, 0.4)), -38),
    ],
    ids=["white", "pink", "hum"],
)
def test_noise_on_the_line_moves_neither_beginning_nor_end(under: Sound) -> None:
    ((start_ms, end_ms),) = heard(said("person_hello", -20), under).spans_ms
    assert start_ms == pytest.approx(1000, abs=120)
    assert end_ms == pytest.approx(1000 + len(clip("person_hello")) / 8, abs=200)


def test_a_pause_cuts_two_utterances_and_a_comma_does_not() -> None:
    hello = at_level(clip("wrong_hello"), -20)
    comma, pause = np.zeros(1200), np.zeros(5600)
    assert len(heard(np.concatenate([QUIET, hello, comma, hello, QUIET])).spans_ms) == 1
    assert len(heard(np.concatenate([QUIET, hello, pause, hello, QUIET])).spans_ms) == 2


def test_an_utterance_goes_on_until_it_has_been_quiet_for_long_enough() -> None:
    listening = Listening()
    speaking = []
    for hop in hops(np.zeros(0, np.int16), on_the_line(said("wrong_hello", -20)))[0]:
        listening.take(hop)
        speaking.append(listening.utterances.speaking)
    (span,) = listening.utterances.spans
    last = len(speaking) - 1 - speaking[::-1].index(True)
    assert last + 2 - span.end == GAP_HOPS


@pytest.mark.parametrize(
    "sound",
    [
        with_level(noise(8, 0, rng_of("w")), -28),
        with_level(noise(8, 6, rng_of("b")), -28),
        with_level(hum(8, 60, (1.0, 0.1, 0.6, 0.05, 0.4)), -28),
        with_level(tones(8, (440.0, 480.0), 2.0, 4.0), -20),
        with_level(tones(8, (425.0,), 1.0, 4.0), -20),
        with_level(tones(8, (480.0, 620.0), 0.5, 0.5), -20),
        with_level(tones(8, (2100.0,), 3.0, 5.0), -16),
        np.zeros(64000),
    ],
    ids=["white", "rumble", "hum", "ringing", "ringing in Europe", "busy", "fax", "silence"],
)
def test_what_is_no_voice_is_no_utterance(sound: Sound) -> None:
    assert heard(sound).spans_ms == []


@pytest.mark.parametrize("style", [(104, 6, 0.5, True), (72, 8, 5.0, False), (96, 6, 0.5, False)])
def test_music_is_dropped_and_counted(style: tuple[float, int, float, bool]) -> None:
    bpm, partials, decay_s, drums = style
    sound = with_level(music(9, bpm, partials, decay_s, rng_of(f"{style}"), drums=drums), -24)
    listening = heard(sound)
    assert sum(end - start for start, end in listening.spans_ms) < 1200
    assert listening.utterances.music_hops >= 40


def test_a_softer_voice_in_the_room_does_not_go_on_for_the_one_who_spoke() -> None:
    hello, room = at_level(clip("wrong_hello"), -18), at_level(clip("agent_greeting"), -46)
    sound = np.concatenate([QUIET, hello, room])
    end_ms = 1000 + len(hello) / 8
    assert heard(sound).spans_ms[0][1] == pytest.approx(end_ms, abs=120)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 900), min_size=1, max_size=12))
def test_the_cut_of_the_frames_does_not_matter(lengths: list[int]) -> None:
    pcm = on_the_line(said("person_hello", -20))
    cut, came = Listening(), 0
    while came < len(pcm):
        for length in [*lengths, 160]:
            cut.take(pcm[came : came + length])
            came += length
    whole = Listening()
    whole.take(pcm)
    assert cut.spans_ms == whole.spans_ms


@settings(max_examples=50)
@given(arrays(np.int16, st.integers(0, 4000)))
def test_any_samples_are_taken(pcm: Pcm16) -> None:
    listening = Listening()
    listening.take(pcm)
    listening.take(np.full(4 * HOP, -32768, np.int16))
    for start_ms, end_ms in listening.spans_ms:
        assert 0 <= start_ms < end_ms
