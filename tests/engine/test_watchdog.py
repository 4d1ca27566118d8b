"""Silent stalls are noticed, and healthy talk is left alone."""

from __future__ import annotations

import math

from callconsole.engine.watchdog import PATIENCE_MS, Remedy, Stall, Watchdog


class Call:
    """A call in steps of 60 ms."""

    def __init__(self) -> None:
        self.dog = Watchdog()
        self.now = 0.0
        self.found: list[tuple[float, Stall, Remedy]] = []

    def caller(self, duration_ms: float, *, words: bool = True) -> Call:
        for _ in range(round(duration_ms / 60)):
            self.dog.caller_sounds(self.now, 60)
            self._step()
        if words:
            self.dog.caller_words()
        return self

    def quiet(self, duration_ms: float) -> Call:
        self.dog.agent_quiet()
        for _ in range(round(duration_ms / 60)):
            self._step()
        return self

    def agent(self, duration_ms: float, level: float | None = None) -> Call:
        for index in range(round(duration_ms / 60)):
            speech = -30.0 + 15.0 * math.sin(index / 3)
            self.dog.agent_sounds(speech if level is None else level, self.now)
            self._step()
        return self

    def _step(self) -> None:
        self.now += 60
        found = self.dog.check(self.now)
        if found is not None:
            self.found.append((self.now, *found))

    def remedies(self) -> list[Remedy]:
        return [remedy for _, _, remedy in self.found]

    def stalls(self) -> set[Stall]:
        return {stall for _, stall, _ in self.found}


def test_a_healthy_conversation_and_an_hour_of_silence_are_left_alone() -> None:
    call = Call()
    for _ in range(5):
        call.caller(2000).quiet(900).agent(4000).quiet(1500)
        call.dog.turn_done(had_audio=True)
    call.quiet(3_600_000)
    assert call.found == []


def test_no_answer_climbs_the_ladder_until_it_gives_up() -> None:
    call = Call().caller(1500).quiet(25000)
    ladder = [Remedy.NUDGE, Remedy.RESUME, Remedy.RENEW, Remedy.GIVE_UP]
    assert call.remedies()[:4] == ladder
    assert call.stalls() == {Stall.NO_ANSWER}
    first = call.found[0][0]
    assert abs(first - 1500 - PATIENCE_MS) <= 120


def test_an_answer_after_the_nudge_ends_the_alarm() -> None:
    call = Call().caller(1500).quiet(4500).agent(2000).quiet(20000)
    assert call.remedies() == [Remedy.NUDGE]
    call.caller(1000).quiet(5000)
    assert call.remedies() == [Remedy.NUDGE, Remedy.NUDGE]


def test_a_noise_that_is_no_speech_earns_only_a_nudge() -> None:
    call = Call().caller(600, words=False).quiet(30000)
    assert call.remedies() == [Remedy.NUDGE]
    assert Call().caller(120, words=False).quiet(30000).found == []


def test_a_turn_without_sound_is_noticed_at_once() -> None:
    call = Call().caller(1500).quiet(600)
    call.dog.turn_done(had_audio=False)
    call.quiet(120)
    assert call.stalls() == {Stall.EMPTY_TURN}
    assert call.remedies() == [Remedy.NUDGE]


def test_words_without_sound() -> None:
    call = Call()
    call.dog.agent_words(call.now)
    call.quiet(3000)
    assert call.stalls() == {Stall.WORDS_ONLY}


def test_sound_too_faint_to_hear() -> None:
    call = Call().caller(1000).quiet(500).agent(2000, level=-75.0)
    assert call.stalls() == {Stall.FAINT}


def test_a_tone_that_never_ends() -> None:
    call = Call().caller(1000).quiet(500).agent(12000, level=-14.0)
    assert Stall.TONE in call.stalls()
    assert call.found[0][0] - 1500 <= 5500


def test_a_caller_who_never_stops_is_no_stall() -> None:
    assert Call().caller(600_000).found == []


def test_a_turn_that_called_a_function_needs_no_sound() -> None:
    watchdog = Watchdog()
    watchdog.caller_sounds(0, 500)
    watchdog.caller_words()
    watchdog.agent_acted()
    watchdog.turn_done(had_audio=False)
    assert watchdog.check(600) is None
    watchdog.turn_done(had_audio=False)
    assert watchdog.check(700) == (Stall.EMPTY_TURN, Remedy.NUDGE)


def test_what_a_machine_said_is_forgiven_once_a_person_is_there() -> None:
    watchdog = Watchdog()
    watchdog.caller_sounds(0, 500)
    watchdog.caller_words()
    watchdog.turn_done(had_audio=False)
    watchdog.forgive()
    assert watchdog.check(PATIENCE_MS + 1000) is None
    watchdog.caller_sounds(10_000, 500)
    assert watchdog.check(10_000 + PATIENCE_MS) == (Stall.NO_ANSWER, Remedy.NUDGE)
