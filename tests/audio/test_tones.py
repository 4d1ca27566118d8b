"""Beeps, fax, call progress and keys, as a phone line brings them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callconsole.audio.tones import Tone, ToneKind, ToneListener
from callconsole.audio.voice_signs import VoiceSigns, hops
from support.onset_sounds import (
    Pcm16,
    Sound,
    at_level,
    clip,
    clip_ids,
    dtmf,
    noise,
    on_the_line,
    rng_of,
    tones,
    with_level,
)

QUIET_S = 0.4


def tones_in(pcm: Pcm16) -> list[Tone]:
    signs, listener = VoiceSigns(), ToneListener()
    found = []
    for hop in hops(np.zeros(0, np.int16), pcm)[0]:
        signs.take(hop)
        if tone := listener.take(signs):
            found.append(tone)
    return found


def line(*sounds: Sound, noise_dbfs: float = -60) -> Pcm16:
    """Sounds between two pieces of quiet, over noise."""
    quiet = np.zeros(int(QUIET_S * 8000))
    whole = np.concatenate([quiet, *sounds, quiet])
    return on_the_line(
        whole + with_level(noise(len(whole) / 8000 + 0.1, 0, rng_of("t")), noise_dbfs)[: len(whole)]
    )


def beep(hz: float, seconds: float, dbfs: float = -18) -> Sound:
    return with_level(tones(seconds, (hz,), seconds, 1.0), dbfs)


def rest(seconds: float) -> Sound:
    return np.zeros(int(seconds * 8000))


@settings(max_examples=60)
@given(
    st.floats(520, 1990).filter(lambda hz: not 1050 < hz < 1150),
    st.floats(0.2, 2.0),
    st.floats(-35, -6),
)
def test_any_steady_tone_of_a_fifth_of_a_second_is_a_beep(hz: float, s: float, dbfs: float) -> None:
    (tone,) = tones_in(line(beep(hz, s, dbfs)))
    assert tone.kind is ToneKind.BEEP
    assert tone.hz == pytest.approx(hz, abs=3)
    assert tone.start_ms == pytest.approx(400, abs=25)
    assert tone.end_ms - tone.start_ms == pytest.approx(min(s * 1000, 600), abs=45)


def test_a_long_beep_is_told_before_it_ends() -> None:
    (tone,) = tones_in(line(beep(1000, 3.0))[: 8000 * 2])
    assert (tone.kind, tone.end_ms - tone.start_ms) == (ToneKind.BEEP, 600)


@pytest.mark.parametrize("seconds", [0.04, 0.08, 0.12])
def test_a_blip_is_no_beep(seconds: float) -> None:
    assert not [t for t in tones_in(line(beep(1000, seconds))) if t.kind is not ToneKind.OTHER]


def test_a_beep_is_heard_over_a_noisy_line() -> None:
    (tone,) = tones_in(line(beep(1000, 0.4, -24), noise_dbfs=-42))
    assert tone.kind is ToneKind.BEEP


def test_a_fax_that_answers_is_told_in_under_a_second() -> None:
    answering = tones_in(line(beep(2100, 3.0)))[0]
    assert answering.kind is ToneKind.ANSWER
    assert answering.end_ms - answering.start_ms <= 800


def test_the_phase_reversals_of_a_modem_do_not_hide_it() -> None:
    whole = np.concatenate([beep(2100, 0.45) * sign for sign in (1, -1, 1, -1)])
    assert ToneKind.ANSWER in [tone.kind for tone in tones_in(line(whole))]


def test_a_fax_that_calls_is_told_from_longer_and_shorter_beeps() -> None:
    assert [t.kind for t in tones_in(line(beep(1100, 0.5)))] == [ToneKind.CALLING]
    assert [t.kind for t in tones_in(line(beep(1100, 0.3)))] == [ToneKind.BEEP]
    assert [t.kind for t in tones_in(line(beep(1100, 1.0)))] == [ToneKind.BEEP]


def test_the_three_tones_of_a_network_are_no_beeps() -> None:
    found = tones_in(line(beep(950, 0.33), beep(1400, 0.33), beep(1800, 0.33)))
    assert [tone.kind for tone in found] == [ToneKind.ANNOUNCEMENT]


def test_a_tune_is_no_beep() -> None:
    found = tones_in(line(*(beep(hz, 0.25) for hz in (660, 880, 740, 990))))
    assert [tone.kind for tone in found] == [ToneKind.OTHER]


@pytest.mark.parametrize(
    ("hz", "on_s"),
    [((440.0, 480.0), 2.0), ((480.0, 620.0), 0.5), ((350.0, 440.0), 1.5)],
)
def test_two_notes_of_call_progress_are_no_beep(hz: tuple[float, ...], on_s: float) -> None:
    found = tones_in(line(with_level(tones(on_s, hz, on_s, 1.0), -20)))
    assert {tone.kind for tone in found} <= {ToneKind.OTHER}


@pytest.mark.parametrize("hz", [400.0, 425.0, 440.0])
def test_one_low_note_may_be_ringing_or_a_beep(hz: float) -> None:
    assert [tone.kind for tone in tones_in(line(beep(hz, 1.0)))] == [ToneKind.LOW]


def test_keys_are_no_beeps() -> None:
    found = tones_in(line(with_level(dtmf(3.0, "159*0#", 0.3, 0.2), -18)))
    assert {tone.kind for tone in found} == {ToneKind.OTHER}


@pytest.mark.parametrize("name", clip_ids("callee") + clip_ids("agent"))
def test_nobodys_voice_is_a_tone(name: str) -> None:
    found = tones_in(line(at_level(clip(name), -20)))
    assert {tone.kind for tone in found} <= {ToneKind.OTHER}


def test_a_beep_that_has_not_been_told_yet_is_pending() -> None:
    signs, listener = VoiceSigns(), ToneListener()
    pending = []
    for hop in hops(np.zeros(0, np.int16), line(beep(1000, 0.4), rest(0.4)))[0]:
        signs.take(hop)
        listener.take(signs)
        pending.append(listener.pending)
    first, last = pending.index(True), len(pending) - 1 - pending[::-1].index(True)
    assert 400 < first * 20 <= 500
    assert 800 <= last * 20 <= 920
