"""A call in which nobody speaks is asked once, then ended."""

from __future__ import annotations

from callconsole.engine.silence import ASK_AFTER_MS, END_AFTER_MS, LongSilence, SilenceStep


def steps(silence: LongSilence, until_ms: int, since_ms: int = 0) -> list[tuple[int, SilenceStep]]:
    found = []
    for now_ms in range(since_ms, until_ms, 60):
        step = silence.after(now_ms, caller=False, agent=False)
        if step is not None:
            found.append((now_ms, step))
    return found


def test_it_asks_then_ends() -> None:
    asked, ended = steps(LongSilence(), END_AFTER_MS + 100)
    assert (asked[1], ended[1]) == (SilenceStep.ASK, SilenceStep.END)
    assert abs(asked[0] - ASK_AFTER_MS) <= 60
    assert abs(ended[0] - END_AFTER_MS) <= 60


def test_the_agents_own_question_is_no_sign_of_life() -> None:
    silence = LongSilence()
    steps(silence, ASK_AFTER_MS + 60)
    for now_ms in range(ASK_AFTER_MS + 60, ASK_AFTER_MS + 3000, 60):
        assert silence.after(now_ms, caller=False, agent=True) is None
    (ended,) = steps(silence, END_AFTER_MS + 100, ASK_AFTER_MS + 3000)
    assert ended[1] is SilenceStep.END


def test_an_answer_counts_anew() -> None:
    silence = LongSilence()
    steps(silence, ASK_AFTER_MS + 60)
    silence.after(ASK_AFTER_MS + 120, caller=True, agent=False)
    assert steps(silence, ASK_AFTER_MS + 10_000, ASK_AFTER_MS + 180) == []


def test_what_came_before_a_time_in_which_nobody_was_asked_to_speak_does_not_count() -> None:
    silence = LongSilence()
    steps(silence, ASK_AFTER_MS + 60)
    silence.forget()
    asked, ended = steps(silence, 2 * END_AFTER_MS + 200, END_AFTER_MS)
    assert (asked[1], ended[1]) == (SilenceStep.ASK, SilenceStep.END)
    assert asked[0] >= END_AFTER_MS + ASK_AFTER_MS


def test_while_the_agent_talks_nothing_is_due() -> None:
    silence = LongSilence()
    for now_ms in range(0, 120_000, 60):
        assert silence.after(now_ms, caller=False, agent=True) is None
