"""Audio both ways, and barge-in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from callconsole.domain import events
from callconsole.domain.call import Floor
from callconsole.domain.costs import Tokens
from callconsole.domain.problems import Problem
from callconsole.engine.ports import (
    AgentAudio,
    AgentCutOff,
    AgentGenerated,
    AgentRecovered,
    AgentToolCall,
    AgentTurnDone,
    AgentUsage,
    AgentWords,
    ConnectionSpan,
)
from callconsole.engine.watchdog import Remedy, Stall
from support.bridge_rig import Rig, tone

pytestmark = pytest.mark.virtual_time


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    made = Rig()
    yield made
    await made.stop()


async def test_caller_audio_reaches_the_agent_at_16_khz_without_losing_a_sample(rig: Rig) -> None:
    rig.line.say(tone(1000, 8000))
    await rig.settled()
    while sum(map(len, rig.session.heard)) < 16000:
        await asyncio.sleep(0)
    assert len(rig.session.audio()) == 16000
    spectrum = np.abs(np.fft.rfft(rig.session.audio()[2000:10000].astype(float)))
    assert np.argmax(spectrum) * 2 == 440


async def test_agent_audio_reaches_the_phone_in_frames_with_its_tail(rig: Rig) -> None:
    for start in range(0, 7200, 999):
        rig.session.does(AgentAudio(tone(300, 24000)[start : start + 999]))
    rig.session.does(AgentGenerated(), AgentTurnDone())
    await rig.settled()
    sent = rig.line.audio()
    # 300 ms and the filter's tail, filled to whole frames.
    assert len(sent) in (320 * 8, 340 * 8)
    assert rig.line.marks()
    assert rig.of(events.FloorChanged)[-1].floor is Floor.AGENT


async def test_barge_in_empties_both_buffers_and_forgets_late_audio(rig: Rig) -> None:
    rig.session.does(
        AgentWords("You are booked for Tuesday at nine thirty.", by_caller=False),
        AgentAudio(tone(3000, 24000)),
    )
    await rig.settled()
    sent_before = rig.line.count("audio")
    rig.session.does(AgentCutOff(), AgentAudio(tone(500, 24000)), AgentTurnDone())
    await rig.settled()
    kinds = [kind for kind, _ in rig.line.sent]
    assert kinds[-1] == "clear"
    assert rig.line.count("audio") == sent_before
    (cut,) = rig.of(events.AgentInterrupted)
    assert 2900 <= cut.dropped_ms <= 3000
    (turn,) = rig.conversation.turns
    assert turn.interrupted
    assert turn.unheard_words >= 7
    rig.session.does(AgentAudio(tone(100, 24000)))
    await rig.settled()
    assert rig.line.count("audio") > sent_before


async def test_a_cut_after_the_turn_does_not_eat_the_next_turn(rig: Rig) -> None:
    rig.session.does(
        AgentWords("Goodbye.", by_caller=False),
        AgentAudio(tone(1000, 24000)),
        AgentGenerated(),
        AgentTurnDone(),
        AgentCutOff(),
        AgentWords("Yes?", by_caller=False),
        AgentAudio(tone(100, 24000)),
    )
    await rig.settled()
    kinds = [kind for kind, _ in rig.line.sent]
    assert "audio" in kinds[kinds.index("clear") :]
    assert [turn.text for turn in rig.conversation.turns] == ["Goodbye.", "Yes?"]


async def test_a_phantom_cut_in_silence_changes_nothing(rig: Rig) -> None:
    rig.session.does(AgentCutOff())
    await rig.settled()
    assert rig.line.sent == []
    assert rig.of(events.AgentInterrupted) == []


async def test_a_turn_without_generation_complete_is_still_played_to_its_end(rig: Rig) -> None:
    rig.session.does(AgentAudio(tone(95, 24000)), AgentTurnDone())
    await rig.settled()
    assert len(rig.line.audio()) == 100 * 8


async def test_the_reply_is_timed_from_the_callers_last_sound(rig: Rig) -> None:
    rig.line.say(np.concatenate([tone(600, 8000), np.zeros(8000, np.int16)]))
    await rig.settled()
    while rig.timeline.position_s < 1.6:
        await asyncio.sleep(0)
    rig.session.does(AgentAudio(tone(200, 24000)))
    await rig.settled()
    (reply,) = rig.of(events.AgentReplied)
    assert 940 <= reply.delay_ms <= 1060
    floors = [event.floor for event in rig.of(events.FloorChanged)]
    assert floors == [Floor.CALLER, Floor.NOBODY, Floor.AGENT]


async def test_levels_are_those_of_both_sides(rig: Rig) -> None:
    rig.session.does(AgentAudio(tone(400, 24000, peak=16384)))
    await rig.settled()
    rig.line.say(tone(300, 8000, peak=3277))
    while rig.timeline.position_s < 0.3:
        await asyncio.sleep(0)
    level = rig.of(events.LevelsMeasured)[2]
    assert level.caller_dbfs == pytest.approx(-23.0, abs=0.3)
    assert level.agent_dbfs == pytest.approx(-9.0, abs=0.3)
    assert 300 <= level.buffered_ms <= 400


async def test_words_of_both_sides_become_a_transcript(rig: Rig) -> None:
    rig.session.does(
        AgentWords(" Hello", by_caller=True),
        AgentWords(" Sam.", by_caller=True),
        AgentWords("Hi, ", by_caller=False),
        AgentWords("this is Ada.", by_caller=False),
        AgentTurnDone(),
    )
    await rig.settled()
    said = [(turn.speaker.value, turn.text, turn.final) for turn in rig.conversation.turns]
    assert said == [("caller", "Hello Sam.", True), ("agent", "Hi, this is Ada.", True)]


async def test_it_ends_with_the_line_and_leaves_nothing(rig: Rig) -> None:
    rig.session.does(AgentAudio(tone(3000, 24000)))
    await rig.settled()
    await rig.stop()
    count = len(rig.line.sent)
    rig.bridge.voice.playout.feed(b"\x00" * 320)
    assert len(rig.line.sent) == count


async def test_words_that_a_hang_up_cut_off_were_never_heard(rig: Rig) -> None:
    rig.session.does(
        AgentWords("You are booked for Tuesday at nine thirty.", by_caller=False),
        AgentAudio(tone(3000, 24000)),
    )
    await rig.settled()
    await rig.stop()
    (turn,) = rig.conversation.turns
    assert (turn.interrupted, turn.final) == (True, True)
    assert turn.unheard_words >= 7
    assert rig.of(events.AgentInterrupted) == []


async def test_a_broken_agent_is_told_in_words(rig: Rig) -> None:
    rig.session.breaks(Problem("agent.lost", "Gemini is gone", "It left.", "Call again."))
    await rig.settled()
    assert [problem.code for problem in rig.lost] == ["agent.lost"]


async def test_a_protected_greeting_is_not_restarted_by_a_hello() -> None:
    rig = Rig(protect_greeting=True)
    rig.session.does(AgentAudio(tone(300, 24000)), AgentGenerated(), AgentTurnDone())
    await rig.settled()
    rig.line.say(tone(200, 8000))
    while sum(map(len, rig.session.heard)) < 3200:
        await asyncio.sleep(0)
    assert not rig.session.audio().any()
    while rig.bridge.voice.playout.busy:
        await asyncio.sleep(0.01)
    await rig.settled()
    rig.line.say(tone(200, 8000))
    while sum(map(len, rig.session.heard)) < 6400:
        await asyncio.sleep(0)
    assert rig.session.audio()[4000:].any()
    await rig.stop()


async def test_the_heard_time_of_an_answer_is_proven_by_its_first_echo(rig: Rig) -> None:
    rig.line.say(np.concatenate([tone(600, 8000), np.zeros(4000, np.int16)]))
    while rig.timeline.position_s < 1.1:
        await asyncio.sleep(0)
    rig.session.does(AgentAudio(tone(400, 24000)))
    await rig.settled()
    assert rig.of(events.AgentHeard) == []
    rig.line.say(np.zeros(2400, np.int16))
    rig.line.echo(rig.line.marks()[0])
    while not rig.of(events.AgentHeard):
        await asyncio.sleep(0)
    (sent,) = rig.of(events.AgentReplied)
    (heard,) = rig.of(events.AgentHeard)
    # The mark stands behind 200 ms of audio and came back 300 ms after it was sent.
    assert heard.delay_ms - sent.delay_ms == pytest.approx(100, abs=40)


async def test_a_stall_is_told_and_a_recovery_too(rig: Rig) -> None:
    rig.session.does(AgentWords(" Hello?", by_caller=True))
    rig.line.say(np.concatenate([tone(600, 8000), np.zeros(5 * 8000, np.int16)]))
    while not rig.stalls:
        await asyncio.sleep(0)
    assert rig.stalls == [(Stall.NO_ANSWER, Remedy.NUDGE)]
    rig.session.does(AgentRecovered(fresh=True, reason="no answer", gap_ms=120))
    await rig.settled()
    (renewed,) = rig.of(events.AgentRenewed)
    assert (renewed.fresh, renewed.gap_ms) == (True, 120)


async def test_tokens_are_told_as_they_add_up(rig: Rig) -> None:
    first = AgentUsage(100, 40, 140, {"prompt_audio": 60, "response_audio": 40})
    rig.session.does(AgentAudio(tone(100, 24000)), AgentTurnDone(), first)
    rig.session.does(AgentAudio(tone(100, 24000)), AgentTurnDone(), AgentUsage(20, 5, 25), first)
    await rig.settled()
    assert [event.tokens for event in rig.of(events.UsageMeasured)] == [
        Tokens(40, 60, 0, 40),
        Tokens(60, 60, 0, 45),
        Tokens(80, 120, 0, 80),
    ]


async def test_the_age_of_the_agents_connection_is_told_when_it_is_another(rig: Rig) -> None:
    opened_at = rig.clock.monotonic() - 20
    rig.session.span = ConnectionSpan(opened_at, opened_at + 540, opened_at + 597)
    rig.line.say(np.zeros(8000, np.int16))
    while rig.timeline.position_s < 1:
        await asyncio.sleep(0)
    (aged,) = rig.of(events.AgentSessionAged)
    assert aged.age_s == pytest.approx(20)
    assert aged.renewed_from_s == pytest.approx(540)
    assert aged.renewed_by_s == pytest.approx(597)
    rig.session.span = ConnectionSpan(opened_at + 10, opened_at + 20, opened_at + 40)
    rig.line.say(np.zeros(8000, np.int16))
    while rig.timeline.position_s < 2:
        await asyncio.sleep(0)
    assert len(rig.of(events.AgentSessionAged)) == 2


async def test_a_hole_in_a_turn_is_told_and_the_wait_for_a_function_is_none(rig: Rig) -> None:
    piece = AgentAudio(tone(60, 24000))
    rig.session.does(piece)
    await rig.settled()
    rig.clock.skipped_s += 2
    rig.session.does(piece)
    await rig.settled()
    (gap,) = rig.of(events.SpeechGapped)
    assert 1900 <= gap.gap_ms <= 2500
    rig.session.does(AgentToolCall("1", "take_note", {}))
    await rig.settled()
    rig.clock.skipped_s += 2
    rig.session.does(piece)
    await rig.settled()
    assert rig.of(events.SpeechGapped) == [gap]
