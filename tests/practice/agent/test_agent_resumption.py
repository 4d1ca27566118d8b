from __future__ import annotations

import pytest
from google.genai import errors, types
from practice_live_kit import Desk, listening, said, silence, speak

from callconsole.practice.agent import Pace

BACK_ENDS = pytest.mark.parametrize("back_end", ["developer", "vertex"])
FRESH = types.SessionResumptionConfig()


def resuming(handle: str) -> types.SessionResumptionConfig:
    return types.SessionResumptionConfig(handle=handle)


@BACK_ENDS
async def test_a_talk_goes_on_with_its_handle(start_agent, desk: Desk, back_end: str) -> None:
    agent = await start_agent()
    async with (
        desk.session(agent, back_end, session_resumption=FRESH) as session,
        listening(session) as ear,
    ):
        await speak(session, said("person_hello"), silence(900))
        await ear.until_kind("handle", 3)
        before = ear.values("usage")[-1]
    offers = [(offer.resumable, bool(offer.new_handle)) for offer in ear.values("handle")]
    assert offers == [(True, True), (None, False), (True, True)] or offers == [
        (True, True),
        (False, False),
        (True, True),
    ]
    handle = ear.values("handle")[-1].new_handle
    assert agent.sessions[0].handles[-1] == handle
    async with (
        desk.session(agent, back_end, session_resumption=resuming(handle)) as session,
        listening(session) as ear,
    ):
        await session.send_realtime_input(text="Greet the caller.")
        await speak(session, said("person_hello"), silence(900))
        await ear.until_kind("turn")
    assert agent.sessions[1].said == ["agent_who"]
    assert ear.values("usage")[-1].prompt_token_count > before.total_token_count


async def test_unknown_handles_are_refused(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    with pytest.raises(errors.APIError) as refused:
        async with desk.session(agent, session_resumption=resuming("unknown")):
            pass
    assert refused.value.code == 1007


async def test_a_handle_of_the_other_back_end_is_refused(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    async with desk.session(agent, session_resumption=FRESH):
        await agent.until(lambda: bool(agent.sessions[0].handles))
    (handle,) = agent.sessions[0].handles
    with pytest.raises(errors.APIError) as refused:
        async with desk.session(agent, "vertex", session_resumption=resuming(handle)):
            pass
    assert refused.value.code == 1007


async def test_a_handle_is_refused_while_its_socket_is_open(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    async with desk.session(agent, session_resumption=FRESH):
        await agent.until(lambda: bool(agent.sessions[0].handles))
        (handle,) = agent.sessions[0].handles
        with pytest.raises(errors.APIError) as refused:
            async with desk.session(agent, session_resumption=resuming(handle)):
                pass
        assert refused.value.code == 1011
    async with desk.session(agent, session_resumption=resuming(handle)):
        await agent.until(lambda: agent.sessions[-1].set_up)


async def test_an_interrupted_turn_gives_a_handle_too(start_agent, desk: Desk) -> None:
    agent = await start_agent(pace=Pace(think_ms=0, speed=1.0))
    async with (
        desk.session(agent, session_resumption=FRESH) as session,
        listening(session) as ear,
    ):
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("audio")
        await speak(session, said("interrupter_who"))
        await ear.until_kind("handle", 3)
    assert ear.values("handle")[-1].new_handle


async def test_vertex_tells_what_it_has_used(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    wanted = types.SessionResumptionConfig(transparent=True)
    async with (
        desk.session(agent, "vertex", session_resumption=wanted) as session,
        listening(session) as ear,
    ):
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("handle", 3)
    assert ear.values("handle")[-1].last_consumed_client_message_index == 1
