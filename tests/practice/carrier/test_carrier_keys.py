from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.audio import mulaw
from callconsole.practice.carrier import tones
from callconsole.practice.carrier.key_ear import KeyEar
from callconsole.practice.clips import load


def keys_in(sound: bytes) -> str:
    ear = KeyEar()
    heard = (ear.hear(sound[at : at + 160]) for at in range(0, len(sound) - 159, 160))
    return "".join(key for key in heard if key)


def scaled(sound: bytes, gain: float, noise: float = 0.0) -> bytes:
    samples = mulaw.decode(sound).astype(float) * gain
    samples += np.random.default_rng(1).normal(0, noise, len(samples))
    return mulaw.encode(np.round(samples).astype(np.int16))


@given(st.text(alphabet=tones.KEYS, max_size=20), st.integers(0, 159), st.floats(0.1, 2.0))
def test_all_keys_are_heard_in_order_at_any_place_and_level(
    digits: str, lead: int, gain: float
) -> None:
    sound = b"\xff" * lead + scaled(tones.key_tones(digits), gain) + b"\xff" * 320
    assert keys_in(sound) == digits


def test_waits_and_small_letters() -> None:
    assert keys_in(tones.key_tones("ww1W2a")) == "12A"


def test_noise_on_the_line_does_no_harm() -> None:
    assert keys_in(scaled(tones.key_tones("159D*0#"), 0.5, noise=300)) == "159D*0#"


@pytest.mark.parametrize("clip", sorted(load("callee") | load("agent")))
def test_speech_holds_no_keys(clip: str) -> None:
    spoken = (load("callee") | load("agent"))[clip]
    assert keys_in(spoken.mulaw[:: spoken.rate_hz // 8000]) == ""


@pytest.mark.parametrize(
    "sound",
    [
        tones.tone(697, 400),
        tones.tone(1336, 400),
        tones.tone(2100, 400),
        tones.ringing(),
        tones.noise(-20.0),
        tones.murmur("press one"),
        tones.key_tones("1")[:200],
    ],
    ids=["low", "high", "fax", "ringing", "noise", "murmur", "too short"],
)
def test_other_tones_are_no_keys(sound: bytes) -> None:
    assert keys_in(sound) == ""


@given(st.binary(max_size=1600))
def test_any_bytes_are_taken(sound: bytes) -> None:
    ear = KeyEar()
    for at in range(0, len(sound), 160):
        assert (ear.hear(sound[at : at + 160]) or "1") in tones.KEYS


def test_the_noise_has_the_level_that_was_asked_for() -> None:
    samples = mulaw.decode(tones.noise(-30.0)).astype(float) / 32768
    assert 20 * np.log10(np.sqrt(np.mean(samples**2))) == pytest.approx(-30.0, abs=0.5)
