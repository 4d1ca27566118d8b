from __future__ import annotations

import asyncio
import itertools
import json
import ssl
from pathlib import Path

import numpy as np
import pytest
from google.genai import errors, types
from practice_live_kit import API_KEY, MODEL, TRANSCRIBED, Desk, listening, said, silence, speak
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from callconsole.practice import clips
from callconsole.practice.agent import AT_ONCE, AgentFaults, Pace, PracticeAgent, Spoiling
from callconsole.practice.agent.faults import (
    ERROR_MESSAGE,
    GARBAGE_FRAME,
    UNKNOWN_MESSAGE,
    CloseSocket,
    DropConnection,
    Freeze,
    GoAway,
    Moment,
    PhantomInterruption,
    SendFrame,
    Strike,
    send_huge_frame,
    send_message,
)
from callconsole.practice.agent.upgrade import google_error

PATH = "//ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent"
RESUMABLE = types.SessionResumptionConfig()
BACK_ENDS = pytest.mark.parametrize("back_end", ["developer", "vertex"])


def raw(agent: PracticeAgent) -> connect:
    context = ssl.create_default_context(cafile=agent.ca_file)
    url = agent.base_url.replace("https", "wss") + PATH
    headers = {"x-goog-api-key": API_KEY}
    return connect(
        url, ssl=context, additional_headers=headers, proxy=None, ping_interval=None,
        close_timeout=1,
    )  # fmt: skip


SETUP = json.dumps({"setup": {"model": f"models/{MODEL}"}})


async def test_frames_are_binary_and_pretty(start_agent) -> None:
    agent = await start_agent()
    async with raw(agent) as socket:
        await socket.send(SETUP)
        assert await socket.recv() == b'{\n  "setupComplete": {}\n}\n'


async def test_a_client_that_says_something_else_first_is_closed(start_agent) -> None:
    agent = await start_agent()
    for first in ('{"realtime_input": {"text": "hi"}}', "nonsense", b"\xff"):
        async with raw(agent) as socket:
            await socket.send(first)
            with pytest.raises(ConnectionClosedError) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1007
        assert closed.value.rcvd.reason == "Request contains an invalid argument."


async def test_text_frames(start_agent, desk: Desk) -> None:
    agent = await start_agent(faults=AgentFaults(text_frames=True))
    async with raw(agent) as socket:
        await socket.send(SETUP)
        assert isinstance(await socket.recv(), str)
    async with desk.session(agent) as session, listening(session) as ear:
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("turn")


@BACK_ENDS
async def test_the_upgrade_is_refused(start_agent, desk: Desk, back_end: str) -> None:
    busy = google_error(503, "The service is currently unavailable.", "UNAVAILABLE")
    agent = await start_agent(faults=AgentFaults(refuse_upgrade=busy, first_connections=1))
    with pytest.raises(InvalidStatus) as refused:
        async with desk.session(agent, back_end):
            pass
    assert refused.value.response.status_code == 503
    assert json.loads(refused.value.response.body)["error"]["status"] == "UNAVAILABLE"
    async with desk.session(agent, back_end):
        pass
    assert (agent.refused, len(agent.sessions)) == (1, 1)


async def test_the_setup_hangs(start_agent, desk: Desk) -> None:
    agent = await start_agent(faults=AgentFaults(hang_setup=True))

    async def open_session() -> None:
        async with desk.session(agent):
            raise AssertionError("was set up")

    opening = asyncio.create_task(open_session())
    await agent.until(lambda: bool(agent.sessions and agent.sessions[0].setup))
    opening.cancel()
    await asyncio.wait([opening])
    assert not agent.sessions[0].set_up


@pytest.mark.parametrize(
    ("action", "code"),
    [(CloseSocket(1011, "Internal error encountered."), 1011), (DropConnection(), 1006)],
)
async def test_the_socket_ends_in_setup(start_agent, desk: Desk, action, code: int) -> None:
    agent = await start_agent(faults=AgentFaults(strikes=(Strike(action, Moment.SETUP),)))
    with pytest.raises(errors.APIError) as refused:
        async with desk.session(agent):
            pass
    assert refused.value.code == code


@BACK_ENDS
@pytest.mark.parametrize(
    ("action", "code"), [(CloseSocket(1011, "Deadline"), 1011), (DropConnection(), 1006)]
)
async def test_the_socket_ends_in_the_middle_of_speech(
    start_agent, desk: Desk, back_end: str, action, code: int
) -> None:
    strike = Strike(action, Moment.FIRST_AUDIO, after_ms=50)
    agent = await start_agent(faults=AgentFaults(strikes=(strike,)), pace=Pace(think_ms=0))
    async with desk.session(agent, back_end) as session, listening(session) as ear:
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until(lambda: ear.failure is not None)
    assert isinstance(ear.failure, errors.APIError)
    assert ear.failure.code == code
    assert "audio" in ear.kinds()
    assert "generated" not in ear.kinds()


@pytest.mark.parametrize("message", [ERROR_MESSAGE, UNKNOWN_MESSAGE])
async def test_odd_messages_leave_the_session_usable(start_agent, desk: Desk, message) -> None:
    agent = await start_agent(faults=AgentFaults(strikes=(Strike(send_message(message)),)))
    async with desk.session(agent) as session, listening(session) as ear:
        await ear.until_kind("sdk type error")
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("turn")


async def test_garbage_arrives(start_agent) -> None:
    agent = await start_agent(faults=AgentFaults(strikes=(Strike(SendFrame(GARBAGE_FRAME)),)))
    async with raw(agent) as socket:
        await socket.send(SETUP)
        await socket.recv()
        assert await socket.recv() == GARBAGE_FRAME


async def test_a_huge_frame_arrives(start_agent, desk: Desk) -> None:
    agent = await start_agent(faults=AgentFaults(strikes=(Strike(send_huge_frame()),)))
    async with desk.session(agent) as session, listening(session) as ear:
        await ear.until_kind("thought")
    assert len(ear.values("thought")[0]) == 2**20 + 1


async def test_an_ignored_go_away_closes_the_socket(start_agent, desk: Desk) -> None:
    agent = await start_agent(faults=AgentFaults(strikes=(Strike(GoAway(0.05)),)))
    async with desk.session(agent) as session, listening(session) as ear:
        await ear.until(lambda: ear.failure is not None)
    assert ear.values("go away") == ["0.050s"]
    assert isinstance(ear.failure, errors.APIError)
    assert ear.failure.code == 1008
    assert "GoAway signal" in str(ear.failure)


async def test_a_connection_has_its_limit(start_agent, desk: Desk) -> None:
    agent = await start_agent(connection_limit_s=0.2, go_away_lead_s=0.1)
    async with desk.session(agent) as session, listening(session) as ear:
        await ear.until(lambda: ear.failure is not None)
    assert ear.values("go away") == ["0.100s"]
    await agent.until(lambda: agent.sessions[0].closed_at is not None)
    assert agent.sessions[0].close_code == 1008


async def test_a_frozen_agent_answers_no_ping(start_agent) -> None:
    agent = await start_agent(faults=AgentFaults(strikes=(Strike(Freeze()),)))
    async with raw(agent) as socket:
        await socket.send(SETUP)
        await socket.recv()
        pong = await socket.ping()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await pong
    async with asyncio.timeout(3):
        await agent.stop()


async def test_a_phantom_interruption(start_agent, desk: Desk) -> None:
    strike = Strike(PhantomInterruption(), Moment.FIRST_AUDIO, 20)
    agent = await start_agent(faults=AgentFaults(strikes=(strike,)), pace=Pace(think_ms=0))
    async with desk.session(agent) as session, listening(session) as ear:
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("turn")
    assert ear.kinds().count("interrupted") == 1
    assert "activity" not in ear.kinds()
    assert "generated" not in ear.kinds()


async def test_a_stall_is_a_turn_without_audio(start_agent, desk: Desk) -> None:
    agent = await start_agent(faults=AgentFaults(silent_turns=1))
    async with desk.session(agent) as session, listening(session) as ear:
        await speak(session, said("person_hello"), silence(900))
        await ear.until_kind("turn")
        assert "audio" not in ear.kinds()
        await session.send_realtime_input(text="Please go on.")
        await ear.until_kind("turn", 2)
    assert agent.sessions[0].said == ["agent_greeting"]


async def test_an_unanswered_turn(start_agent, desk: Desk) -> None:
    agent = await start_agent(faults=AgentFaults(unanswered_turns=1))
    async with desk.session(agent) as session, listening(session) as ear:
        await speak(session, said("person_hello"), silence(900))
        await agent.until(lambda: bool(agent.sessions[0].heard))
        await session.send_realtime_input(text="Please go on.")
        await ear.until_kind("turn")
    assert ear.kinds().count("turn") == 1
    assert agent.sessions[0].said == ["agent_greeting"]


async def test_a_turn_that_never_completes(start_agent, desk: Desk) -> None:
    agent = await start_agent(faults=AgentFaults(never_turn_complete=True))
    async with desk.session(agent) as session, listening(session) as ear:
        await session.send_realtime_input(text="Greet the caller.")
        await agent.until(lambda: agent.sessions[0].turns_completed == 1)
        await ear.until_kind("generated")
        await speak(session, said("person_hello"), silence(900))
        await ear.until_kind("generated", 2)
    assert "turn" not in ear.kinds()


async def test_slow_speech_has_a_gap(start_agent, desk: Desk) -> None:
    faults = AgentFaults(audio_speed=40.0, gap_ms=300, gap_after_ms=500)
    agent = await start_agent(faults=faults, pace=AT_ONCE)
    loop = asyncio.get_running_loop()
    times: list[float] = []
    async with desk.session(agent) as session, listening(session) as ear:
        await session.send_realtime_input(text="Greet the caller.")
        for count in range(1, 6):
            await ear.until_kind("audio", count)
            times.append(loop.time())
        await ear.until_kind("turn")
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert gaps[2] > 0.25


async def test_a_refused_handle(start_agent, desk: Desk) -> None:
    agent = await start_agent(faults=AgentFaults(refuse_resume=CloseSocket(1007, "No.")))
    async with desk.session(agent, session_resumption=RESUMABLE) as session:
        async with listening(session) as ear:
            await ear.until_kind("handle")
        handle = ear.values("handle")[0].new_handle
    again = types.SessionResumptionConfig(handle=handle)
    with pytest.raises(errors.APIError) as refused:
        async with desk.session(agent, session_resumption=again):
            pass
    assert refused.value.code == 1007
    async with desk.session(agent, session_resumption=RESUMABLE):
        pass


async def test_a_limit_without_a_word(start_agent, desk: Desk) -> None:
    agent = await start_agent(faults=AgentFaults(no_go_away=True), connection_limit_s=0.1)
    async with desk.session(agent) as session, listening(session) as ear:
        await ear.until(lambda: ear.failure is not None)
    assert isinstance(ear.failure, errors.APIError)
    assert ear.failure.code == 1000
    assert "go away" not in ear.kinds()


async def test_a_faint_reply(start_agent, desk: Desk) -> None:
    faults = AgentFaults(faulty_turns=1, spoiled_by=Spoiling.FAINT)
    agent = await start_agent(faults=faults)
    async with desk.session(agent) as session, listening(session) as ear:
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("turn")
        first = ear.audio()
        await speak(session, said("person_hello"), silence(900))
        await ear.until_kind("turn", 2)
    assert len(first) == len(clips.load("agent")["agent_greeting"].pcm)
    assert int(np.abs(first).max()) == 18
    assert int(np.abs(ear.audio()).max()) > 2000


async def test_words_without_audio(start_agent, desk: Desk) -> None:
    faults = AgentFaults(faulty_turns=1, spoiled_by=Spoiling.WORDS_ONLY)
    agent = await start_agent(faults=faults)
    async with desk.session(agent, **TRANSCRIBED) as session, listening(session) as ear:
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("turn")
    assert ear.words("agent") == clips.load("agent")["agent_greeting"].text
    assert "audio" not in ear.kinds()


async def test_a_tone_instead_of_words(start_agent, desk: Desk) -> None:
    faults = AgentFaults(faulty_turns=1, spoiled_by=Spoiling.TONE, tone_s=14.0)
    agent = await start_agent(faults=faults)
    async with desk.session(agent, **TRANSCRIBED) as session, listening(session) as ear:
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("turn")
    assert len(ear.audio()) == 14 * 24_000
    spectrum = np.abs(np.fft.rfft(ear.audio().astype(np.float64)))
    assert int(np.argmax(spectrum)) == 440 * 14
    assert ear.words("agent") == "Hello, this is"


async def test_a_late_interruption(start_agent, desk: Desk) -> None:
    agent = await start_agent(faults=AgentFaults(late_interruption_ms=150))
    async with desk.session(agent) as session, listening(session) as ear:
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("turn")
        await speak(session, said("person_hello")[:8000])
        await ear.until_kind("interrupted")
    kinds = ear.kinds()
    assert kinds.index("turn") < kinds.index("activity") < kinds.index("interrupted")


@BACK_ENDS
async def test_a_session_that_is_told_the_talk_goes_on_with_it(
    start_agent, desk: Desk, back_end: str
) -> None:
    agent = await start_agent()
    lines = {**clips.load("agent"), **clips.load("callee")}
    talk = [("model", "agent_greeting"), ("user", "person_move")]
    turns = [types.Content(role=r, parts=[types.Part(text=lines[i].text)]) for r, i in talk]
    async with desk.session(agent, back_end) as session, listening(session) as ear:
        await session.send_client_content(turns=turns, turn_complete=False)
        await session.send_realtime_input(text="Greet the caller, or answer.")
        await ear.until_kind("turn")
    assert agent.sessions[0].said == ["agent_offer"]
    assert agent.sessions[0].contents[0].by_model == (True, False)


async def test_instructions_can_forbid_the_greeting(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    told = {"system_instruction": "Do not greet again."}
    async with desk.session(agent, **told) as session, listening(session) as ear:
        await speak(session, said("person_hello"), silence(900))
        await ear.until_kind("turn")
    assert agent.sessions[0].said == ["agent_who"]


async def test_a_stopped_agent_leaves_nothing(tmp_path: Path, desk: Desk) -> None:
    before = asyncio.all_tasks()
    agent = PracticeAgent(tmp_path, API_KEY, pace=Pace(think_ms=0, speed=1.0))
    await agent.start()
    async with desk.session(agent) as session, listening(session) as ear:
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("audio")
        async with asyncio.timeout(5):
            await agent.stop()
            await agent.stop()
        await ear.until(lambda: ear.failure is not None)
    assert isinstance(ear.failure, errors.APIError)
    assert ear.failure.code == 1001
    assert asyncio.all_tasks() == before
    with pytest.raises(RuntimeError):
        _ = agent.base_url
