"""What function calls look like on the wire, and what becomes of them when it breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from gemini_kit import BLOCKING, MODELS, WITH_TOOLS, anew, drain, resumed, take
from scripted_gemini import SETUP_DONE, Json, Peer, ScriptedGemini, audio, content, handle

from callconsole.adapters.gemini import ApiKey, GeminiAgent, Vertex, resume, tool_calls
from callconsole.adapters.gemini.session import GeminiSession
from callconsole.domain.problems import ProblemError
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine.ports import (
    AgentAudio,
    AgentLeaving,
    AgentToolCall,
    AgentToolCancelled,
    AgentTurnDone,
    AgentWords,
    ToolReply,
)

pytestmark = pytest.mark.usefixtures("short_waits")

Open = Callable[..., Awaitable[GeminiSession]]
DONE = content(turnComplete=True)
NOTE = AgentToolCall("n1", "take_note", {"text": "Tuesday"})
RESULT = {"output": "noted"}
FRAME = np.full(320, 7, np.int16)
NOT_IMPLEMENTED = "Operation is not implemented, or supported, or enabled."
GREETED = [Turn(1, Speaker.AGENT, "Hello.", 0.0, final=True)]


@pytest.fixture
async def open_with_tools(
    make_agent: Callable[..., GeminiAgent], account: ApiKey | Vertex
) -> AsyncIterator[Open]:
    sessions: list[GeminiSession] = []

    async def open_one(models: dict[str, str] = MODELS) -> GeminiSession:
        agent = make_agent(model=models[account.back_end])
        sessions.append(await agent.open(WITH_TOOLS))
        return sessions[-1]

    yield open_one
    for session in sessions:
        await session.close()


def calling(call_id: str | None = "n1", **args: str) -> Json:
    fields: Json = {"name": "take_note", "args": args or {"text": "Tuesday"}}
    if call_id is not None:
        fields["id"] = call_id
    return {"toolCall": {"functionCalls": [fields]}}


def in_turn(message: Json) -> Json:
    """The same call inside the model's turn."""
    (call,) = message["toolCall"]["functionCalls"]
    return content(modelTurn={"parts": [{"functionCall": call}]})


class Script:
    """A connection that says something, notes what it gets, and stays."""

    def __init__(self, *messages: Json, reads: int = 0, then: tuple[Json, ...] = ()) -> None:
        self.messages, self.reads, self.then = messages, reads, then
        self.got: list[Json] = []
        self.done = asyncio.Event()

    async def __call__(self, peer: Peer) -> None:
        await peer.say(SETUP_DONE, *self.messages)
        while len(self.got) < self.reads:
            self.got.append(await peer.receive())
        await peer.say(*self.then)
        self.done.set()
        await peer.socket.wait_closed()

    async def finished(self) -> list[Json]:
        async with asyncio.timeout(5):
            await self.done.wait()
        return self.got


def closing(*messages: Json, code: int = 1011, reason: str = "Internal error encountered."):
    async def script(peer: Peer) -> None:
        await peer.say(SETUP_DONE, *messages)
        await peer.close(code, reason)

    return script


def answered(message: Json) -> Json:
    """The one function response of a message."""
    (response,) = message["tool_response"]["functionResponses"]
    return response


async def test_a_call_and_its_result(server: ScriptedGemini, open_with_tools: Open) -> None:
    script = Script(calling(), reads=2)
    server.play(script)
    session = await open_with_tools()
    assert await take(session, 1) == [NOTE]
    session.answer_tool(NOTE, RESULT, ToolReply.SILENT)
    session.send_text("go on")
    response, text = await script.finished()
    assert answered(response) == {
        "id": "n1",
        "name": "take_note",
        "response": RESULT,
        "scheduling": "SILENT",
    }
    assert text == {"realtime_input": {"text": "go on"}}


async def test_results_and_texts_keep_their_order(
    server: ScriptedGemini, open_with_tools: Open
) -> None:
    script = Script(calling(), reads=3)
    server.play(script)
    session = await open_with_tools()
    await take(session, 1)
    session.send_text("before")
    session.answer_tool(NOTE, RESULT)
    session.send_text("after")
    kinds = [next(iter(message)) for message in await script.finished()]
    assert kinds == ["realtime_input", "tool_response", "realtime_input"]
    assert answered(script.got[1])["scheduling"] == "WHEN_IDLE"


async def test_audio_that_trails_after_a_call_still_comes(
    server: ScriptedGemini, open_with_tools: Open
) -> None:
    server.play(Script(audio(b"\1\0"), audio(b"\2\0"), calling(), audio(b"\3\0"), DONE))
    session = await open_with_tools()
    events = await take(session, 5)
    assert [e.pcm[0] for e in events if isinstance(e, AgentAudio)] == [1, 2, 3]
    assert [events[2], events[4]] == [NOTE, AgentTurnDone()]


@pytest.mark.parametrize("call_id", ["n1", None])
async def test_a_call_that_comes_twice_is_told_once(
    server: ScriptedGemini, open_with_tools: Open, call_id: str | None
) -> None:
    call = calling(call_id)
    server.play(Script(call, call, in_turn(call), DONE))
    session = await open_with_tools()
    told, done = await take(session, 2)
    assert isinstance(told, AgentToolCall)
    assert told.arguments == NOTE.arguments
    assert done == AgentTurnDone()


async def test_a_call_without_an_id_is_answered_as_the_back_end_needs(
    server: ScriptedGemini, open_with_tools: Open, account: ApiKey | Vertex
) -> None:
    script = Script(calling(None), reads=1)
    server.play(script)
    session = await open_with_tools(BLOCKING)
    (told,) = await take(session, 1)
    assert isinstance(told, AgentToolCall)
    session.answer_tool(told, RESULT)
    (response,) = await script.finished()
    expected = {"name": "take_note", "response": RESULT}
    named = {"id": told.id} if isinstance(account, ApiKey) else {}
    assert answered(response) == {**expected, **named}


async def test_a_cancelled_call_is_not_answered(
    server: ScriptedGemini, open_with_tools: Open
) -> None:
    script = Script(calling(), {"toolCallCancellation": {"ids": ["n1", "n2"]}}, reads=1)
    server.play(script)
    session = await open_with_tools()
    assert await take(session, 2) == [NOTE, AgentToolCancelled(("n1",))]
    session.answer_tool(NOTE, RESULT)
    session.send_text("go on")
    assert await script.finished() == [{"realtime_input": {"text": "go on"}}]


async def test_a_result_that_cannot_be_sent_is_an_error_for_the_model(
    server: ScriptedGemini, open_with_tools: Open
) -> None:
    script = Script(calling(), reads=1)
    server.play(script)
    session = await open_with_tools()
    await take(session, 1)
    session.answer_tool(NOTE, {"output": object()})
    (response,) = await script.finished()
    assert list(answered(response)["response"]) == ["error"]


async def test_an_answer_after_the_end_is_nothing(
    server: ScriptedGemini, open_with_tools: Open
) -> None:
    server.play(Script(calling()))
    session = await open_with_tools(BLOCKING)
    await take(session, 1)
    await session.close()
    session.answer_tool(NOTE, RESULT)
    assert await drain(session) == []


# Blocking models -----------------------------------------------------------------------------


async def test_no_audio_is_sent_while_a_blocking_call_is_open(
    server: ScriptedGemini, open_with_tools: Open
) -> None:
    script = Script(calling(), reads=2)
    server.play(script)
    session = await open_with_tools(BLOCKING)
    await take(session, 1)
    for _ in range(10):
        session.send_audio(FRAME)
    assert session.dropped_ms == 200.0
    session.answer_tool(NOTE, RESULT)
    session.send_audio(FRAME)
    response, sound = await script.finished()
    assert answered(response) == {"id": "n1", "name": "take_note", "response": RESULT}
    assert "audio" in sound["realtime_input"]
    assert session.dropped_ms == 200.0


async def test_text_waits_for_the_result(server: ScriptedGemini, open_with_tools: Open) -> None:
    script = Script(calling(), reads=2)
    server.play(script)
    session = await open_with_tools(BLOCKING)
    await take(session, 1)
    session.send_text("first")
    session.answer_tool(NOTE, RESULT)
    response, text = await script.finished()
    assert answered(response)["id"] == "n1"
    assert "first" in str(text)


async def test_audio_flows_on_where_functions_do_not_block(
    server: ScriptedGemini, open_with_tools: Open
) -> None:
    script = Script(calling(), reads=1)
    server.play(script)
    session = await open_with_tools()
    await take(session, 1)
    session.send_audio(FRAME)
    (sound,) = await script.finished()
    assert "audio" in sound["realtime_input"]
    assert session.dropped_ms == 0.0


async def test_a_blocking_call_is_given_up_in_time(
    server: ScriptedGemini, open_with_tools: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool_calls, "GIVE_UP_S", 0.01)
    script = Script(calling(), reads=2)
    server.play(script)
    session = await open_with_tools(BLOCKING)
    await take(session, 1)
    async with asyncio.timeout(5):
        while not script.got:
            await asyncio.sleep(0)
    session.answer_tool(NOTE, RESULT)
    session.send_audio(FRAME)
    response, sound = await script.finished()
    assert list(answered(response)["response"]) == ["error"]
    assert "audio" in sound["realtime_input"]
    assert session.given_up_calls == 1


async def test_a_connection_is_not_left_while_a_blocking_call_is_open(
    server: ScriptedGemini, open_with_tools: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resume, "NO_ANSWER_S", 0.0)
    monkeypatch.setattr(resume, "QUIET_S", 0.0)
    going = {"goAway": {"timeLeft": "50s"}}
    first = Script(calling(), DONE, handle("h1"), going, reads=1, then=(DONE, handle("h2")))
    second = Script(content(outputTranscription={"text": "back"}))
    server.play(first, second)
    session = await open_with_tools(BLOCKING)
    assert await take(session, 3) == [NOTE, AgentTurnDone(), AgentLeaving(50.0)]
    # Several looks for a quiet moment.
    assert session._look is not None
    for _ in range(3):
        session._watch()
    assert len(server.peers) == 1
    session.answer_tool(NOTE, RESULT)
    assert await take(session, 3) == [
        AgentTurnDone(),
        resumed("the connection had reached its age"),
        AgentWords("back", by_caller=False),
    ]
    assert answered(first.got[0])["id"] == "n1"


# Over connections ----------------------------------------------------------------------------


async def test_a_result_reaches_the_session_that_remembers_the_call(
    server: ScriptedGemini, open_with_tools: Open
) -> None:
    second = Script(reads=1)
    server.play(closing(calling(), DONE, handle("h1")), second)
    session = await open_with_tools()
    assert await take(session, 3) == [NOTE, AgentTurnDone(), resumed()]
    session.answer_tool(NOTE, RESULT)
    (response,) = await second.finished()
    assert answered(response)["id"] == "n1"
    assert server.peers[1].setup["tools"] == server.peers[0].setup["tools"]


async def test_a_fresh_session_gets_no_result_of_the_old_one(
    server: ScriptedGemini, open_with_tools: Open
) -> None:
    second = Script(reads=2)
    server.play(closing(calling()), second)
    session = await open_with_tools()
    session.remember(lambda: GREETED)
    assert await take(session, 2) == [NOTE, anew()]
    session.answer_tool(NOTE, RESULT)
    session.send_text("go on")
    seeded, text = await second.finished()
    assert "client_content" in seeded
    assert text == {"realtime_input": {"text": "go on"}}
    assert server.peers[1].setup["tools"] == server.peers[0].setup["tools"]


async def test_a_call_that_is_made_again_gets_the_result_of_the_first(
    server: ScriptedGemini, open_with_tools: Open
) -> None:
    second = Script(calling("n2"), reads=1)
    server.play(closing(handle("h1"), calling("n1")), second)
    session = await open_with_tools()
    assert await take(session, 2) == [NOTE, resumed()]
    session.answer_tool(NOTE, RESULT)
    (response,) = await second.finished()
    assert (answered(response)["id"], answered(response)["response"]) == ("n2", RESULT)


async def test_a_session_that_ends_over_a_call_is_resumed(
    server: ScriptedGemini, open_with_tools: Open
) -> None:
    server.play(
        closing(handle("h1"), calling(), code=1008, reason=NOT_IMPLEMENTED),
        Script(content(outputTranscription={"text": "back"})),
    )
    session = await open_with_tools(BLOCKING)
    call, recovered, words = await take(session, 3)
    assert (call, words) == (NOTE, AgentWords("back", by_caller=False))
    assert recovered == resumed("Gemini ended the conversation")


async def test_a_refused_result_is_not_sent_again(
    server: ScriptedGemini, open_with_tools: Open
) -> None:
    async def refuse(peer: Peer) -> None:
        await peer.say(SETUP_DONE, calling(), DONE, handle("h1"))
        await peer.receive()
        await peer.close(1008, "Requested entity was not found.")

    second = Script(reads=1)
    server.play(refuse, second)
    session = await open_with_tools()
    await take(session, 2)
    session.answer_tool(NOTE, RESULT)
    assert await take(session, 1) == [resumed("Gemini ended the conversation")]
    session.send_text("go on")
    assert await second.finished() == [{"realtime_input": {"text": "go on"}}]


async def test_the_same_end_without_a_call_is_the_end(
    server: ScriptedGemini, open_with_tools: Open
) -> None:
    server.play(closing(handle("h1"), code=1008, reason=NOT_IMPLEMENTED))
    session = await open_with_tools()
    with pytest.raises(ProblemError) as caught:
        await drain(session)
    assert caught.value.problem.code == "agent.session_refused"


async def test_nothing_of_a_call_is_logged(
    server: ScriptedGemini, open_with_tools: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "callconsole")
    secret: dict[str, Any] = {"output": "4711", "more": object()}
    script = Script(calling("n1", text="4711"), reads=1)
    server.play(script)
    session = await open_with_tools()
    (told,) = await take(session, 1)
    assert isinstance(told, AgentToolCall)
    session.answer_tool(told, secret)
    session.answer_tool(told, secret)
    await script.finished()
    assert "4711" not in caplog.text
    assert "take_note" not in caplog.text
