"""What Gemini does to a call and the callee must not notice: the real SDK, both back ends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest
from gemini_kit import BRIEF, anew, resumed
from gemini_talk import BRISK, GREET, Begin, Start, Talk, agent_for, callee

from callconsole.adapters.gemini import inbox, resume, session
from callconsole.adapters.gemini.models import BackEnd, known_models
from callconsole.adapters.gemini.resume import Lifetime
from callconsole.domain.problems import ProblemError
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine.ports import (
    AgentAudio,
    AgentEvent,
    AgentLeaving,
    AgentRecovered,
    AgentTurnDone,
    AgentUsage,
)
from callconsole.practice import clips
from callconsole.practice.agent import AgentFaults, SessionRecord, Spoiling
from callconsole.practice.agent.faults import (
    CloseSocket,
    DropConnection,
    Freeze,
    Moment,
    Strike,
)
from callconsole.practice.agent.models import MODELS

pytestmark = pytest.mark.usefixtures("short_waits")

# Most of it is what a busy machine adds; whoever waited for a closing handshake would be beyond.
GAP_MS_AT_MOST = 8000
AGED = "the connection had reached its age"
INTERNAL = CloseSocket(1011, "Internal error encountered.")
GREETED = Turn(1, Speaker.AGENT, clips.load("agent")["agent_greeting"].text, 0.0, final=True)
ASKED = Turn(2, Speaker.CALLER, clips.load("callee")["person_move"].text, 9.0, final=True)
WHOLE = lambda turns: lambda: turns  # noqa: E731 - a history that stands still


def said(talk: Talk) -> list[str]:
    return [line for record in talk.practice.sessions for line in record.said]


def recovered(talk: Talk) -> list[AgentRecovered]:
    return [event for event in talk.events if isinstance(event, AgentRecovered)]


async def greeted(talk: Talk) -> None:
    talk.session.send_text(GREET)
    await talk.until(AgentUsage)


# Rotation ------------------------------------------------------------------------------------


def quiet_frames() -> Iterator[np.ndarray]:
    """Frames that nobody would hear, and no two alike."""
    for number in range(10_000):
        yield np.full(320, number % 99, np.int16)


async def test_by_our_own_timer_at_a_quiet_moment_nothing_is_lost(
    talk: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resume, "NO_ANSWER_S", 0.6)
    call = await talk(lifetime=Lifetime(0.5, 60.0))
    call.session._lifetime = Lifetime()  # of the next connection, which is not to age as well
    await greeted(call)
    sent: list[np.ndarray] = []
    frames = quiet_frames()

    async def speak() -> None:
        while True:
            sent.append(next(frames))
            call.session.send_audio(sent[-1])
            await asyncio.sleep(0.02)

    speaking = asyncio.create_task(speak())
    await call.until(AgentRecovered)
    for record in call.practice.sessions[1:]:
        await call.practice.until(lambda r=record: r.audio_samples > 0)
    speaking.cancel()
    everything = np.concatenate(sent)
    first, second = call.practice.sessions
    await call.practice.until(lambda: first.audio_samples + second.audio_samples == len(everything))
    assert np.array_equal(np.concatenate([first.audio, second.audio]), everything)
    assert recovered(call) == [resumed(AGED)]
    assert recovered(call)[0].gap_ms < GAP_MS_AT_MOST
    assert not any(isinstance(event, AgentLeaving) for event in call.events)
    assert (first.close_code, second.setup["sessionResumption"]["handle"]) == (
        1000,
        first.handles[-1],
    )
    await call.say(callee("person_move"))
    await call.until(AgentTurnDone, 2)
    assert said(call) == ["agent_greeting", "agent_offer"]
    assert second.texts == []


async def test_not_while_the_caller_speaks(talk: Begin) -> None:
    call = await talk(lifetime=Lifetime(1.0, 60.0))
    await greeted(call)
    spoken = callee("person_move")
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number, start in enumerate(range(0, len(spoken) - 16_000, 320)):
        call.session.send_audio(spoken[start : start + 320])
        await asyncio.sleep(max(0.0, began + number * 0.01 - loop.time()))
        assert len(call.practice.sessions) == 1
    assert loop.time() - began > 1.0
    for start in range(len(spoken) - 16_000, len(spoken), 320):
        call.session.send_audio(spoken[start : start + 320])
    await call.until(AgentRecovered)
    kinds = [type(event) for event in call.events]
    assert kinds[: kinds.index(AgentRecovered)].count(AgentTurnDone) == 2
    assert said(call) == ["agent_greeting", "agent_offer"]


async def test_at_the_latest_before_the_deadline(talk: Begin) -> None:
    call = await talk(AgentFaults(audio_speed=1.0), lifetime=Lifetime(0.1, 6.0))
    call.session._lifetime = Lifetime()
    call.session.send_text(GREET)
    call.session.remember(WHOLE([GREETED]))
    await call.until(AgentRecovered)
    assert isinstance(call.events[-2], AgentTurnDone)
    second = call.practice.sessions[1]
    await call.practice.until(lambda: bool(second.texts))
    assert said(call) == ["agent_greeting"]
    assert "Carry on from there" in second.texts[0]


async def test_an_end_at_the_limit_without_a_word(talk: Begin) -> None:
    call = await talk(AgentFaults(no_go_away=True, first_connections=1), connection_limit_s=1.5)
    await greeted(call)
    await call.until(AgentRecovered)
    assert recovered(call) == [resumed()]
    assert call.practice.sessions[0].close_code == 1000


# Fresh sessions ------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [1007, 1008, 1011])
async def test_a_refused_handle_gives_a_fresh_session(talk: Begin, code: int) -> None:
    call = await talk(AgentFaults(refuse_resume=CloseSocket(code, "No.")))
    call.session.remember(WHOLE([GREETED, ASKED]))
    await greeted(call)
    call.session.recover(fresh=False, reason="a test")
    await call.until(AgentTurnDone, 2)
    assert recovered(call) == [anew("a test")]
    fresh = call.practice.sessions[-1]
    assert fresh.setup["sessionResumption"] == {}
    assert fresh.contents[0].texts == (GREETED.text, ASKED.text)
    assert fresh.contents[0].turn_complete is False
    assert "Do not greet again" in fresh.setup["systemInstruction"]["parts"][0]["text"]
    # The caller was owed an answer and got it, once, and no second greeting.
    assert said(call) == ["agent_greeting", "agent_offer"]


async def test_unheard_words_are_left_out(talk: Begin) -> None:
    cut = Turn(1, Speaker.AGENT, GREETED.text, 0.0, interrupted=True, heard_chars=16)
    call = await talk()
    call.session.remember(WHOLE([cut]))
    await greeted(call)
    call.session.recover(fresh=True, reason="a test")
    await call.until(AgentRecovered)
    fresh = call.practice.sessions[-1]
    await call.practice.until(lambda: bool(fresh.contents))
    assert fresh.contents[0].texts == ("Hello, this is A",)
    assert fresh.texts == []


async def test_without_a_handle_a_lost_call_goes_on(talk: Begin) -> None:
    call = await talk(
        AgentFaults(strikes=(Strike(DropConnection(), Moment.READY),), first_connections=1)
    )
    call.session._handover.handle = None
    call.session.remember(WHOLE([GREETED]))
    await call.until(AgentRecovered)
    assert recovered(call)[0].reason == "connection lost"
    await call.say(callee("person_move"))
    await call.until(AgentTurnDone)
    assert said(call) == ["agent_offer"]


@pytest.mark.parametrize(
    ("back_end", "model"),
    [(b, model) for b in BackEnd for model in known_models(b) if model in MODELS],
)
async def test_every_model_takes_the_transcript(
    practice: Start, back_end: BackEnd, model: str
) -> None:
    server = await practice()
    agent = agent_for(server, back_end, model)
    call = Talk(server, await agent.open(BRIEF))
    call.session.remember(WHOLE([GREETED]))
    await greeted(call)
    call.session.recover(fresh=True, reason="a test")
    await call.until(AgentRecovered)
    await call.say(callee("person_move"))
    await call.until(AgentTurnDone, 2)
    assert recovered(call) == [anew("a test")]
    assert said(call) == ["agent_greeting", "agent_offer"]
    await call.session.close()
    await agent.close()


async def test_a_transcript_that_is_refused_goes_into_the_instructions(practice: Start) -> None:
    server = await practice()
    agent = agent_for(server, BackEnd.DEVELOPER, "gemini-3.1-flash-live-preview")
    agent._able = agent._able.model_copy(update={"history": "client_content"})
    call = Talk(server, await agent.open(BRIEF))
    call.session.remember(WHOLE([GREETED]))
    await greeted(call)
    call.session.recover(fresh=True, reason="a test")
    await call.until(AgentRecovered, 2)
    assert [event.fresh for event in recovered(call)] == [True, True]
    text = server.sessions[-1].setup["systemInstruction"]["parts"][0]["text"]
    assert f'You: "{GREETED.text}"' in text
    await call.say(callee("person_move"))
    await call.until(AgentTurnDone, 2)
    assert said(call) == ["agent_greeting", "agent_offer"]
    await call.session.close()
    await agent.close()


async def test_a_storm_of_1011_ends_in_a_problem(talk: Begin) -> None:
    call = await talk(AgentFaults(strikes=(Strike(INTERNAL, Moment.READY),)))
    call.session.remember(WHOLE([GREETED]))
    with pytest.raises(ProblemError) as caught:
        await call.until(AgentTurnDone)
    assert caught.value.problem.code == "agent.lost"
    assert 3 <= len(call.practice.sessions) <= 6
    assert [event.fresh for event in recovered(call)][-1] is True


async def test_a_storm_that_passes_is_survived(talk: Begin) -> None:
    faults = AgentFaults(strikes=(Strike(INTERNAL, Moment.SETUP),))
    call = await talk()
    call.session.remember(WHOLE([GREETED]))
    await greeted(call)
    call.practice.faults = AgentFaults(
        strikes=faults.strikes, first_connections=call.practice._connections + 3
    )
    call.session.recover(fresh=False, reason="a test")
    await call.until(AgentRecovered)
    assert recovered(call) == [anew("a test")]
    assert len(call.practice.sessions) == 5


# Nothing lost, nothing twice -----------------------------------------------------------------


async def test_a_caller_cut_in_the_middle_is_heard_whole(talk: Begin) -> None:
    call = await talk()
    await greeted(call)
    spoken = callee("person_move")
    half = len(spoken) // 640 * 320
    await call.say(spoken[:half])
    call.session.recover(fresh=False, reason="a test")
    await call.until(AgentRecovered)
    for start in range(half, len(spoken), 320):
        call.session.send_audio(spoken[start : start + 320])
    await call.until(AgentTurnDone, 2)
    second: SessionRecord = call.practice.sessions[1]
    assert [piece.clip_id for piece in second.heard] == ["person_move"]
    assert said(call) == ["agent_greeting", "agent_offer"]


async def test_a_greeting_that_was_asked_for_is_not_lost(talk: Begin) -> None:
    call = await talk(AgentFaults(strikes=(Strike(INTERNAL, Moment.READY),), first_connections=1))
    call.session.send_text(GREET)
    await call.until(AgentTurnDone)
    assert said(call).count("agent_greeting") == 1
    assert len(call.practice.sessions) == 2


async def test_a_sentence_that_was_cut_is_carried_on(talk: Begin) -> None:
    strike = Strike(DropConnection(), Moment.FIRST_AUDIO, after_ms=50)
    call = await talk(AgentFaults(strikes=(strike,), first_connections=1), BRISK)
    call.session.remember(WHOLE([GREETED]))
    call.session.send_text(GREET)
    await call.until(AgentRecovered)
    second = call.practice.sessions[-1]
    await call.practice.until(lambda: bool(second.texts))
    assert GREETED.text[-50:] in second.texts[0]
    assert said(call) == ["agent_greeting"]


# Stalls --------------------------------------------------------------------------------------


async def test_a_stalled_session_answers_after_a_fresh_start(talk: Begin) -> None:
    call = await talk(AgentFaults(unanswered_turns=1, first_connections=1))
    call.session.remember(WHOLE([GREETED, ASKED]))
    await call.say(callee("person_move"))
    await call.practice.until(lambda: bool(call.practice.sessions[0].heard))
    call.session.recover(fresh=True, reason="no answer")
    await call.until(AgentTurnDone)
    assert recovered(call) == [anew("no answer")]
    assert said(call) == ["agent_offer"]
    assert call.practice.sessions[1].audio_samples == 0


async def test_a_frozen_server_is_left_in_time(talk: Begin) -> None:
    strike = Strike(Freeze(), Moment.FIRST_AUDIO)
    call = await talk(AgentFaults(strikes=(strike,), first_connections=1), BRISK)
    call.session.remember(WHOLE([GREETED]))
    call.session.send_text(GREET)
    await call.until(AgentAudio)
    call.session.recover(fresh=True, reason="silence")
    call.session.recover(fresh=False, reason="asked twice")
    await call.until(AgentRecovered)
    assert recovered(call) == [anew("silence")]
    assert recovered(call)[0].gap_ms < GAP_MS_AT_MOST
    assert len(call.practice.sessions) == 2


async def test_a_server_that_hangs_when_we_come_back_ends_in_a_problem(
    talk: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callconsole.adapters.gemini.live.REOPEN_S", 1.0)
    call = await talk()
    call.session.remember(WHOLE([GREETED]))
    call.practice.faults = AgentFaults(hang_setup=True)
    call.session.recover(fresh=False, reason="a test")
    with pytest.raises(ProblemError) as caught:
        await call.until(AgentRecovered)
    assert caught.value.problem.code == "agent.time_out"
    assert call.session._redial.retries.used == len(resume.RETRY_DELAYS_S)
    assert not any(record.set_up for record in call.practice.sessions[1:])


# Long life -----------------------------------------------------------------------------------


async def test_ten_minutes_at_once_wait_within_bounds(
    talk: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    tone = AgentFaults(faulty_turns=1, spoiled_by=Spoiling.TONE, tone_s=600.0)
    call = await talk(tone)
    call.session.send_text(GREET)
    box = call.session._inbox
    full, most, put = asyncio.Event(), 0, box.put

    def measured(event: AgentEvent) -> None:
        nonlocal most
        put(event)
        most = max(most, box.waiting_bytes)
        if not box.has_room:
            full.set()

    monkeypatch.setattr(box, "put", measured)
    await full.wait()
    for _ in range(500):  # whatever is on its way, the practice agent's part of the loop too
        await asyncio.sleep(0)
    assert most <= inbox.HELD_BYTES + 20_000
    await call.until(AgentTurnDone)
    heard = sum(len(event.pcm) for event in call.events if isinstance(event, AgentAudio))
    assert heard == 600 * 24_000
    assert box.waiting_bytes < 2000


def sizes(call: Talk) -> tuple[int, int, int]:
    sess = call.session
    return sess._uplink._waiting_bytes, sess._unanswered._audio_bytes, sess._inbox.waiting_bytes


async def test_an_hour_of_silence_grows_nothing(talk: Begin) -> None:
    call = await talk(lifetime=Lifetime(1e6, 2e6))
    record = call.practice.sessions[0]
    second = np.zeros(16_000, np.int16)
    for number in range(1, 3601):
        call.session.send_audio(second)
        await call.practice.until(lambda n=number: record.audio_samples == n * 16_000)
        waiting, unanswered, unread = sizes(call)
        assert waiting == 0
        assert unanswered <= 6000 * 32
        assert unread < 2000
    assert call.session.dropped_ms == 0.0
    assert call.session.reconnects == 0


def test_the_real_waits_are_those_that_were_asked_for() -> None:
    lifetime = Lifetime()
    assert (lifetime.rotate_after_s, lifetime.limit_s) == (540.0, 600.0)
    assert (resume.MARGIN_S, resume.QUIET_S) == (3.0, 0.3)
    assert session.CLOSE_WAIT_S < 2.0
