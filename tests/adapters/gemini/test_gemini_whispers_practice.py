"""Whispers and exact sentences, through the real SDK, at both back ends and with each family."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from gemini_kit import BLOCKING, MODELS, anew, resumed, take
from gemini_talk import GREET, Begin, Talk, callee
from scripted_gemini import SETUP_DONE, Peer, ScriptedGemini, audio, content, handle

from callconsole.adapters.gemini.session import GeminiSession
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine.ports import (
    AgentAudio,
    AgentCutOff,
    AgentRecovered,
    AgentTurnDone,
    AgentUsage,
)
from callconsole.practice import clips
from callconsole.practice.agent import AgentFaults, Pace, SessionRecord

pytestmark = pytest.mark.usefixtures("short_waits")

OFFER = "Offer another time."
EXACTLY = (
    "Say exactly this sentence now, word for word: “I can offer you a quarter past three or four "
    "o'clock on the same day.”"
)
GREETED = Turn(1, Speaker.AGENT, clips.load("agent")["agent_greeting"].text, 0.0, final=True)
GEN_2_5 = {
    "developer": "gemini-2.5-flash-native-audio-latest",
    "vertex": "gemini-live-2.5-flash-native-audio",
}
# 3.8 at both; 3.1 and 2.5; 2.5 at both.
EVERY_FAMILY = pytest.mark.parametrize(
    "models", [MODELS, BLOCKING, GEN_2_5], ids=["3.8", "3.1 and 2.5", "2.5"]
)


async def greeted(call: Talk) -> SessionRecord:
    call.session.send_text(GREET)
    await call.until(AgentUsage)
    return call.practice.sessions[0]


async def whispered(call: Talk, record: SessionRecord, text: str = OFFER) -> None:
    call.session.tell(text)
    await call.practice.until(lambda: bool(record.whispers))
    assert text in record.whispers[-1]


@EVERY_FAMILY
async def test_a_whisper_shapes_the_next_answer_and_is_not_answered(
    talk: Begin, models: dict[str, str]
) -> None:
    call = await talk(models=models)
    record = await greeted(call)
    await whispered(call, record)
    await call.say(callee("person_hello"))
    await call.until(AgentTurnDone, 2)
    await call.say(callee("person_choose"))
    await call.until(AgentTurnDone, 3)
    assert record.said == ["agent_greeting", "agent_offer", "agent_moved"]
    assert record.close_code is None


@EVERY_FAMILY
async def test_a_whisper_before_the_greeting_leaves_the_greeting(
    talk: Begin, models: dict[str, str]
) -> None:
    call = await talk(models=models)
    await whispered(call, call.practice.sessions[0], "Be brief with this one.")
    assert (await greeted(call)).said == ["agent_greeting"]


@EVERY_FAMILY
async def test_a_whisper_waits_while_the_model_speaks(talk: Begin, models: dict[str, str]) -> None:
    call = await talk(pace=Pace(think_ms=0.0, speed=20.0), models=models)
    call.session.send_text(GREET)
    await call.until(AgentAudio)
    call.session.tell(OFFER)
    await call.until(AgentTurnDone)
    record = call.practice.sessions[0]
    await call.practice.until(lambda: bool(record.whispers))
    # Told in mid-speech it would have cut the model off, as it does at the real service.
    assert record.interruptions == 0
    assert not any(isinstance(event, AgentCutOff) for event in call.events)


@EVERY_FAMILY
async def test_a_resumed_session_is_told_a_whisper_that_its_handle_does_not_know(
    talk: Begin, models: dict[str, str]
) -> None:
    call = await talk(models=models)
    await whispered(call, await greeted(call))
    call.session.recover(fresh=False, reason="a test")
    await call.until(AgentRecovered)
    assert call.events[-1] == resumed("a test")
    second = call.practice.sessions[1]
    await call.practice.until(lambda: bool(second.whispers))
    await call.say(callee("person_hello"))
    await call.until(AgentTurnDone, 2)
    assert second.said == ["agent_offer"]


@EVERY_FAMILY
async def test_a_fresh_session_knows_what_was_whispered(
    talk: Begin, models: dict[str, str]
) -> None:
    call = await talk(models=models)
    call.session.remember(lambda: [GREETED])
    await whispered(call, await greeted(call))
    call.session.recover(fresh=True, reason="a test")
    await call.until(AgentRecovered)
    assert call.events[-1] == anew("a test")
    second = call.practice.sessions[1]
    await call.practice.until(lambda: bool(second.whispers))
    await call.say(callee("person_hello"))
    await call.until(AgentTurnDone, 2)
    assert second.said == ["agent_offer"]


@EVERY_FAMILY
async def test_a_sentence_is_said_word_for_word(talk: Begin, models: dict[str, str]) -> None:
    call = await talk(models=models)
    record = await greeted(call)
    call.session.send_text(EXACTLY)
    await call.until(AgentTurnDone, 2)
    assert record.said == ["agent_greeting", "agent_offer"]
    assert record.sentences == [
        "I can offer you a quarter past three or four o'clock on the same day."
    ]
    assert call.words(by_caller=False).endswith(clips.load("agent")["agent_offer"].text)


@EVERY_FAMILY
async def test_a_sentence_is_said_at_once(talk: Begin, models: dict[str, str]) -> None:
    call = await talk(AgentFaults(audio_speed=1.0), Pace(think_ms=0.0), models=models)
    call.session.send_text(GREET)
    await call.until(AgentAudio)
    call.session.send_text(EXACTLY)
    await call.until(AgentTurnDone)
    await call.until(AgentAudio, sum(isinstance(e, AgentAudio) for e in call.events) + 1)
    record = call.practice.sessions[0]
    assert record.said == ["agent_greeting", "agent_offer"]
    assert record.interruptions == 1


# On the wire ---------------------------------------------------------------------------------


async def test_order_is_kept_and_a_text_takes_held_whispers_along(
    server: ScriptedGemini, open_session: Callable[[], Awaitable[GeminiSession]]
) -> None:
    got: list[object] = []
    done = asyncio.Event()

    async def listen(peer: Peer) -> None:
        await peer.say(SETUP_DONE, audio(b"\x01\x00"))
        for _ in range(3):
            got.append(await peer.receive())
        done.set()
        await peer.socket.wait_closed()

    server.play(listen)
    session = await open_session()
    assert isinstance((await take(session, 1))[0], AgentAudio)
    session.tell("one")
    session.tell("two")
    session.send_text("now")
    async with asyncio.timeout(5):
        await done.wait()
    turn = {"turns": [{"parts": [{"text": "one"}], "role": "user"}], "turnComplete": False}
    other = {"turns": [{"parts": [{"text": "two"}], "role": "user"}], "turnComplete": False}
    assert got == [
        {"client_content": turn},
        {"client_content": other},
        {"realtime_input": {"text": "now"}},
    ]


async def test_a_cut_off_turn_holds_nothing_back(
    server: ScriptedGemini, open_session: Callable[[], Awaitable[GeminiSession]]
) -> None:
    got: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    told = asyncio.Event()

    async def listen(peer: Peer) -> None:
        await peer.say(SETUP_DONE, audio(b"\x01\x00"))
        await told.wait()
        await peer.say(content(interrupted=True))
        got.set_result(await peer.receive())
        await peer.socket.wait_closed()

    server.play(listen)
    session = await open_session()
    await take(session, 1)
    session.tell(OFFER)
    told.set()
    async with asyncio.timeout(5):
        assert "client_content" in await got


async def test_a_refused_whisper_comes_again_as_plain_text(
    server: ScriptedGemini, open_session: Callable[[], Awaitable[GeminiSession]]
) -> None:
    got: asyncio.Future[dict] = asyncio.get_running_loop().create_future()

    async def refuse(peer: Peer) -> None:
        await peer.say(SETUP_DONE, handle("h1"))
        assert "client_content" in await peer.receive()
        await peer.close(1007, "Request contains an invalid argument.")

    async def listen(peer: Peer) -> None:
        await peer.say(SETUP_DONE)
        got.set_result(await peer.receive())
        await peer.socket.wait_closed()

    server.play(refuse, listen)
    session = await open_session()
    session.tell(OFFER)
    assert isinstance((await take(session, 1))[0], AgentRecovered)
    async with asyncio.timeout(5):
        text = (await got)["realtime_input"]["text"]
    assert text.endswith(OFFER)
    assert "say nothing about it now" in text
    assert server.peers[1].setup["sessionResumption"] == {"handle": "h1"}


async def test_a_closed_session_takes_no_whisper(
    open_session: Callable[[], Awaitable[GeminiSession]],
) -> None:
    session = await open_session()
    await session.close()
    session.tell(OFFER)
    assert session._uplink.idle
