"""A short hello is kept from the agent; a long utterance reaches it whole."""

from __future__ import annotations

import numpy as np

from callconsole.engine.greeting_shield import HELLO_MS, GreetingShield


def frames(count: int, level: int) -> list[np.ndarray]:
    return [np.full(160, level, np.int16) for _ in range(count)]


def test_a_hello_becomes_silence_of_the_same_length() -> None:
    shield = GreetingShield()
    heard = [shield.pass_on(f, 20 * n) for n, f in enumerate(frames(30, 900), 1)]
    assert all(len(piece) == 160 and not piece.any() for piece in heard)
    assert shield.up


def test_a_long_utterance_reaches_the_agent_from_its_first_syllable() -> None:
    shield = GreetingShield()
    for frame in frames(50, 0):
        shield.pass_on(frame, 0)
    count = HELLO_MS // 20 + 1
    heard = [shield.pass_on(f, 20 * n) for n, f in enumerate(frames(count, 900), 1)]
    assert not shield.up
    assert sum(int((piece == 900).sum()) for piece in heard) == count * 160
    assert not heard[0].any()
    after = np.full(160, 5, np.int16)
    assert shield.pass_on(after, 0) is after


def test_lowered_it_passes_everything_on() -> None:
    shield = GreetingShield()
    shield.lower()
    frame = np.full(160, 7, np.int16)
    assert shield.pass_on(frame, 0) is frame
