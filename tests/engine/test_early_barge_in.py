"""Falling silent before the model says so, and going on after a false alarm."""

from __future__ import annotations

import numpy as np

from callconsole.engine.early_barge_in import EarlyBargeIn, Wish
from callconsole.engine.ports import Pcm16
from callconsole.practice import clips

SILENCE = np.zeros(160, np.int16)


class Ear:
    """Plays both sides in frames and keeps what was wished, and when."""

    def __init__(self) -> None:
        self.early = EarlyBargeIn()
        self.paused = False
        self.wishes: list[tuple[int, Wish]] = []
        self.now_ms = 0

    def play(self, caller: Pcm16, agent: Pcm16 | None = None) -> None:
        for start in range(0, len(caller) - 159, 160):
            own = caller[start : start + 160]
            other = SILENCE if agent is None or self.paused else agent[start : start + 160]
            other = other if len(other) == 160 else SILENCE
            wish = self.early.heard(own, other, playing=agent is not None, paused=self.paused)
            self.now_ms += 20
            if wish is not Wish.NOTHING:
                self.wishes.append((self.now_ms, wish))
                self.paused = wish is Wish.PAUSE


def speech(name: str) -> Pcm16:
    return clips.load("callee")[name].pcm


def agent_speech(seconds: float) -> Pcm16:
    clip = clips.load("agent")["agent_greeting"].pcm
    return clip[: int(seconds * 24000) : 3]


def test_speech_over_the_agent_pauses_it_within_a_quarter_of_a_second() -> None:
    ear = Ear()
    ear.play(np.concatenate([np.zeros(8000, np.int16), speech("interrupter_who")]), agent_speech(6))
    at_ms, wish = ear.wishes[0]
    assert wish is Wish.PAUSE
    assert 1000 <= at_ms <= 1300


def test_without_a_verdict_the_agent_goes_on_when_the_caller_is_quiet() -> None:
    ear = Ear()
    ear.play(np.concatenate([np.zeros(8000, np.int16), speech("wrong_hello")]), agent_speech(3))
    ear.play(np.zeros(16000, np.int16), agent_speech(2))
    assert [wish for _, wish in ear.wishes] == [Wish.PAUSE, Wish.RESUME]


def test_an_agent_that_says_nothing_is_not_paused() -> None:
    ear = Ear()
    ear.play(np.concatenate([np.zeros(8000, np.int16), speech("person_move")]))
    assert ear.wishes == []


def test_the_agents_own_echo_does_not_silence_it() -> None:
    ear = Ear()
    agent = agent_speech(6)
    echo = np.concatenate([np.zeros(480, np.int16), (agent[:-480] * 0.07).astype(np.int16)])
    ear.play(echo, agent)
    assert ear.wishes == []
