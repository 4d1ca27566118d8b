from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable

import numpy as np
import pytest
from gemini_kit import drain, resumed, take
from scripted_gemini import SETUP_DONE, Peer, ScriptedGemini, audio, content, handle

from callconsole.adapters.gemini import connection, resume
from callconsole.adapters.gemini.session import GeminiSession
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import AgentAudio, AgentLeaving, AgentTurnDone, AgentWords

pytestmark = pytest.mark.usefixtures("short_waits")

Open = Callable[[], Awaitable[GeminiSession]]
DONE = content(turnComplete=True)
AGED = "the connection had reached its age"


async def back(peer: Peer) -> None:
    """The second connection: say hello."""
    await peer.say(SETUP_DONE, content(outputTranscription={"text": "back"}))
    await peer.socket.wait_closed()


async def fail(peer: Peer) -> None:
    """A connection that breaks at once, with a handle to come back on."""
    await peer.say(SETUP_DONE, handle("h1"))
    await peer.close(1011, "Internal error encountered.")


async def test_go_away_moves_after_the_next_turn(
    server: ScriptedGemini, open_session: Open
) -> None:
    async def leave(peer: Peer) -> None:
        await peer.say(SETUP_DONE, handle("h1"), {"goAway": {"timeLeft": "50s"}})
        await peer.say(content(outputTranscription={"text": "bye"}), DONE, handle("h2"))
        await peer.socket.wait_closed()

    server.play(leave, back)
    session = await open_session()
    assert await take(session, 5) == [
        AgentLeaving(50.0),
        AgentWords("bye", by_caller=False),
        AgentTurnDone(),
        resumed(AGED),
        AgentWords("back", by_caller=False),
    ]
    first, second = server.peers
    assert first.socket.close_code == 1000
    assert first.setup["sessionResumption"] == {}
    assert second.setup["sessionResumption"] == {"handle": "h2"}
    assert {**second.setup, "sessionResumption": {}} == first.setup
    assert session.reconnects == 1


async def test_go_away_moves_at_the_last_moment_and_closes_the_turn(
    server: ScriptedGemini, open_session: Open
) -> None:
    async def leave(peer: Peer) -> None:
        await peer.say(SETUP_DONE, handle("h1"), audio(b"\1\0"), {"goAway": {"timeLeft": "3.1s"}})
        await peer.socket.wait_closed()

    server.play(leave, back)
    session = await open_session()
    events = await take(session, 5)
    assert isinstance(events[0], AgentAudio)
    assert events[1:] == [
        AgentLeaving(3.1),
        AgentTurnDone(),
        resumed(AGED),
        AgentWords("back", by_caller=False),
    ]


@pytest.mark.parametrize("how", ["1011", "1000", "go away ignored", "cut"])
async def test_a_broken_connection_is_resumed_with_the_handle(
    server: ScriptedGemini, open_session: Open, how: str
) -> None:
    async def fall(peer: Peer) -> None:
        await peer.say(SETUP_DONE, handle("h1"), audio(b"\1\0"))
        if how == "cut":
            peer.abort()
        elif how == "go away ignored":
            await peer.close(1008, "Connection aborted because of a GoAway signal")
        else:
            await peer.close(int(how), "Internal error encountered.")

    server.play(fall, back)
    session = await open_session()
    events = await take(session, 4)
    assert isinstance(events[0], AgentAudio)
    assert events[1:] == [AgentTurnDone(), resumed(), AgentWords("back", by_caller=False)]
    assert server.peers[1].setup["sessionResumption"] == {"handle": "h1"}


async def test_what_is_said_meanwhile_arrives_on_the_new_connection(
    server: ScriptedGemini, open_session: Open
) -> None:
    gone, may_answer = asyncio.Event(), asyncio.Event()
    got: list[dict[str, dict[str, object]]] = []

    async def answer(peer: Peer) -> None:
        gone.set()
        await may_answer.wait()
        await peer.say(SETUP_DONE)
        got.extend([await peer.receive(), await peer.receive()])
        await peer.say(content(outputTranscription={"text": "back"}))
        await peer.socket.wait_closed()

    server.play(fail, answer)
    session = await open_session()
    async with asyncio.timeout(5):
        await gone.wait()
    session.send_audio(np.full(320, 7, np.int16))
    session.send_text("Go on.")
    may_answer.set()
    assert await take(session, 2) == [resumed(), AgentWords("back", by_caller=False)]
    sound = got[0]["realtime_input"]["audio"]
    assert base64.urlsafe_b64decode(sound["data"]) == b"\7\0" * 320
    assert got[1] == {"realtime_input": {"text": "Go on."}}
    assert session.dropped_ms == 0.0


async def test_a_server_that_stops_reading_is_left(
    server: ScriptedGemini, open_session: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SEND_STALL_S", 0.2)

    async def freeze(peer: Peer) -> None:
        await peer.say(SETUP_DONE, handle("h1"), content(outputTranscription={"text": "Hi"}))
        peer.socket.transport.pause_reading()
        await peer.socket.wait_closed()

    server.play(freeze, back)
    session = await open_session()
    assert await take(session, 1) == [AgentWords("Hi", by_caller=False)]
    moved = asyncio.create_task(take(session, 3))
    async with asyncio.timeout(10):
        while not moved.done():
            session.send_audio(np.zeros(16000, np.int16))
            await asyncio.sleep(0)
    assert await moved == [
        AgentTurnDone(),
        resumed("Gemini did not answer"),
        AgentWords("back", by_caller=False),
    ]
    assert server.peers[1].setup["sessionResumption"] == {"handle": "h1"}


async def test_old_connection_is_closed_before_the_new_one_opens(
    server: ScriptedGemini, open_session: Open
) -> None:
    closed_by_then: list[bool] = []

    async def leave(peer: Peer) -> None:
        await peer.say(SETUP_DONE, handle("h1"), {"goAway": {"timeLeft": "0s"}})
        await peer.socket.wait_closed()

    async def look(peer: Peer) -> None:
        closed_by_then.append(server.peers[0].closed.is_set())
        await back(peer)

    server.play(leave, look)
    session = await open_session()
    await take(session, 2)
    assert closed_by_then == [True]


async def test_refused_handle_is_not_tried_again(
    server: ScriptedGemini, open_session: Open
) -> None:
    async def refuse(peer: Peer) -> None:
        await peer.close(1007, "Request contains an invalid argument.")

    server.play(fail, refuse)
    session = await open_session()
    with pytest.raises(ProblemError) as caught:
        await drain(session)
    assert caught.value.problem.code == "agent.settings_refused"
    assert len(server.peers) == 2


async def test_a_server_that_always_fails_is_not_stormed(
    server: ScriptedGemini, open_session: Open
) -> None:
    server.play(fail)
    session = await open_session()
    with pytest.raises(ProblemError) as caught:
        await drain(session)
    assert caught.value.problem.code == "agent.lost"
    assert len(server.peers) == 1 + len(resume.RETRY_DELAYS_S)
    assert session.reconnects == len(resume.RETRY_DELAYS_S)


async def test_a_server_that_stays_away_is_given_up(
    server: ScriptedGemini, open_session: Open
) -> None:
    async def go_away(peer: Peer) -> None:
        server.refusal = (503, "")
        await fail(peer)

    server.play(go_away)
    session = await open_session()
    with pytest.raises(ProblemError) as caught:
        await drain(session)
    assert caught.value.problem.code == "agent.unavailable"


async def test_close_while_moving(server: ScriptedGemini, open_session: Open) -> None:
    moving = asyncio.Event()

    async def hang(peer: Peer) -> None:
        moving.set()
        await peer.socket.wait_closed()

    server.play(fail, hang)
    session = await open_session()
    async with asyncio.timeout(5):
        await moving.wait()
        await session.close()
    assert await drain(session) == []
    async with asyncio.timeout(5):
        await server.peers[1].closed.wait()
