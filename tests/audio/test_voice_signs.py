"""What a hop has of a voice."""

import numpy as np
import pytest

from callconsole.audio.voice_signs import HOP, TO_BANDS, VoiceSigns, hops
from support.onset_sounds import (
    Pcm16,
    at_level,
    clip,
    hum,
    noise,
    on_the_line,
    rng_of,
    tones,
    with_level,
)


def signs_of(pcm: Pcm16) -> list[tuple[float, float, float]]:
    """Voice, pitch and decibels above the floor of every hop, the floor following."""
    signs, found = VoiceSigns(), []
    for hop in hops(np.zeros(0, np.int16), pcm)[0]:
        signs.take(hop)
        signs.follow_floor(speech=False)
        found.append((signs.voice, signs.pitch, signs.stands_out_db))
    return found


def test_silence_has_nothing_of_a_voice() -> None:
    assert set(signs_of(np.zeros(8000, np.int16))) == {(0.0, 0.0, 0.0)}


def test_speech_has_all_signs_in_many_hops() -> None:
    voices = [voice for voice, _, _ in signs_of(on_the_line(at_level(clip("person_hello"), -20)))]
    assert np.mean(np.array(voices) > 0.5) > 0.3


@pytest.mark.parametrize(
    "sound",
    [
        with_level(noise(3, 0, rng_of("white")), -30),
        with_level(hum(3, 50, (1.0, 0.1, 0.6, 0.05, 0.4)), -30),
        with_level(tones(3, (1000.0,), 3.0, 1.0), -20),
    ],
    ids=["noise", "hum", "a tone"],
)
def test_steady_sounds_are_no_voice_once_they_are_known(sound: np.ndarray) -> None:
    assert max(voice for voice, _, _ in signs_of(on_the_line(sound))[5:]) < 0.1


def test_a_tone_has_a_pitch_and_noise_has_none() -> None:
    tone = on_the_line(with_level(tones(1, (200.0, 400.0, 600.0), 1.0, 1.0), -20))
    assert np.median([pitch for _, pitch, _ in signs_of(tone)]) > 0.9
    rush = on_the_line(with_level(noise(1, 0, rng_of("rush")), -20))
    assert np.median([pitch for _, pitch, _ in signs_of(rush)]) < 0.4


def test_bin_powers_add_up_to_the_level() -> None:
    signs = VoiceSigns()
    whole = np.rint(10000 * np.sin(2 * np.pi * 1000 * np.arange(3 * HOP) / 8000)).astype(np.int16)
    for hop in hops(np.zeros(0, np.int16), whole)[0]:
        signs.take(hop)
    level_db = 10 * np.log10(signs.total)
    assert level_db == pytest.approx(20 * np.log10(10000 / 32768) - 3.01, abs=0.1)
    assert signs.power.shape == (len(TO_BANDS),)


def test_hops_are_cut_from_frames_of_any_length() -> None:
    pcm = np.arange(1000, dtype=np.int16)
    first, rest = hops(np.zeros(0, np.int16), pcm[:250])
    second, rest = hops(rest, pcm[250:])
    assert np.array_equal(np.concatenate([*first, *second, rest]), pcm)
    assert {len(hop) for hop in [*first, *second]} == {HOP}


@pytest.mark.parametrize("bad", [np.zeros(160), np.zeros((160, 1), np.int16)])
def test_other_than_a_row_of_16_bit_samples_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"expected shape \(n,\), int16"):
        hops(np.zeros(0, np.int16), bad)
