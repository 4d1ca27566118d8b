from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date

import pytest
from google.genai import errors, types
from practice_live_kit import (
    Desk,
    Ear,
    answer,
    function,
    functions,
    listening,
    said,
    silence,
    speak,
)

from callconsole.practice import clips
from callconsole.practice.agent import AgentFaults, Pace, Script, ToolFaults
from callconsole.practice.agent.refusals import ENTITY_NOT_FOUND, INVALID_ARGUMENT, NOT_IMPLEMENTED

BACK_ENDS = pytest.mark.parametrize("back_end", ["developer", "vertex"])
# What waits for results, at either back end.
BLOCKING = pytest.mark.parametrize(
    ("back_end", "model"),
    [
        ("developer", "gemini-3.1-flash-live-preview"),
        ("developer", "gemini-2.5-flash-native-audio-latest"),
        ("vertex", "gemini-live-2.5-flash-native-audio"),
    ],
)
LEGACY = {"model": "gemini-3.1-flash-live-preview", "api_version": "v1beta"}
SUMMER = date(2026, 8, 1)
STRICT = Pace(think_ms=0.0, speed=math.inf, call_grace_ms=0.0, waits_for_playback=False)
FAREWELL = "Say goodbye to the caller."
FAILED = {"response": {"error": "nobody is free"}}
SILENT = {"scheduling": types.FunctionResponseScheduling.SILENT}
CHOOSES = (said("person_choose"), silence(900))


def version(back_end: str) -> str | None:
    return "v1beta" if back_end == "developer" else None


def summer() -> date:
    return SUMMER


def turns(ear: Ear, count: int = 1) -> Callable[[], bool]:
    return lambda: ear.kinds().count("turn") >= count


@BACK_ENDS
async def test_after_its_farewell_the_agent_ends_the_call(
    start_agent, desk: Desk, back_end: str
) -> None:
    agent = await start_agent()
    async with desk.session(agent, back_end, **functions()) as session, listening(session) as ear:
        await session.send_realtime_input(text=FAREWELL)
        await ear.until_kind("turn")
        (call,) = ear.values("call")
        await answer(session, call)
        await agent.until(lambda: bool(agent.sessions[0].answers))
    assert (call.name, call.args) == ("end_call", {})
    order = ["audio", "call", "generated", "turn"]
    assert ear.story(*order) == order
    assert agent.sessions[0].said == ["agent_goodbye"]
    assert agent.sessions[0].answers[0].response == {"output": "done"}


@BACK_ENDS
async def test_a_note_is_taken_while_it_speaks(start_agent, desk: Desk, back_end: str) -> None:
    agent = await start_agent()
    async with desk.session(agent, back_end, **functions()) as session, listening(session) as ear:
        await speak(session, *CHOOSES)
        await ear.until_kind("turn")
        (call,) = ear.values("call")
        await answer(session, call, **SILENT)
        await agent.until(lambda: bool(agent.sessions[0].answers))
    assert call.name == "take_note"
    assert "quarter past three" in call.args["text"]
    assert ear.kinds().index("call") < ear.kinds().index("audio")
    assert agent.sessions[0].said == ["agent_moved"]
    assert agent.sessions[0].answers[0].scheduling == "SILENT"


@BLOCKING
async def test_a_model_whose_functions_block_waits_for_the_result(
    start_agent, desk: Desk, back_end: str, model: str
) -> None:
    agent = await start_agent(today=summer)
    options = {"model": model, "api_version": version(back_end), **functions()}
    async with desk.session(agent, back_end, **options) as session, listening(session) as ear:
        await speak(session, *CHOOSES)
        await ear.until_kind("call")
        assert "audio" not in ear.kinds()
        await answer(session, ear.values("call")[0], response={"error": "not now"})
        await ear.until_kind("turn")
    record = agent.sessions[0]
    assert record.said == ["agent_moved"]
    assert len(record.calls) == 1
    assert record.answers[0].failed


async def test_input_while_a_result_is_waited_for_closes_the_session(
    start_agent, desk: Desk
) -> None:
    agent = await start_agent(today=summer, pace=STRICT)
    async with desk.session(agent, **LEGACY, **functions()) as session, listening(session) as ear:
        await speak(session, *CHOOSES)
        await ear.until_kind("call")
        await speak(session, silence(100))
        await ear.until(lambda: ear.failure is not None)
    assert isinstance(ear.failure, errors.APIError)
    assert (ear.failure.code, ear.failure.details) == (1008, NOT_IMPLEMENTED)


async def test_input_that_was_on_its_way_is_passed_over(start_agent, desk: Desk) -> None:
    agent = await start_agent(today=summer)
    async with desk.session(agent, **LEGACY, **functions()) as session, listening(session) as ear:
        await speak(session, *CHOOSES)
        await ear.until_kind("call")
        heard = agent.sessions[0].audio_samples
        await speak(session, silence(100))
        await answer(session, ear.values("call")[0])
        await ear.until_kind("turn")
    assert agent.sessions[0].audio_samples == heard


async def test_new_input_takes_a_blocking_call_back_where_the_model_allows_that(
    start_agent, desk: Desk
) -> None:
    agent = await start_agent(pace=STRICT)
    blocking = functions(behavior=types.Behavior.BLOCKING)
    async with desk.session(agent, **blocking) as session, listening(session) as ear:
        await speak(session, *CHOOSES)
        await ear.until_kind("call")
        await session.send_realtime_input(text=FAREWELL)
        await ear.until_kind("taken back")
        await ear.until(turns(ear))
    (note, *_) = ear.values("call")
    assert ear.values("taken back")[0] == note.id
    assert agent.sessions[0].cancelled[0] == note.id


@BACK_ENDS
@pytest.mark.parametrize("wrong", ["unknown", "twice"])
async def test_results_that_nobody_waits_for_close_the_session(
    start_agent, desk: Desk, back_end: str, wrong: str
) -> None:
    agent = await start_agent()
    async with desk.session(agent, back_end, **functions()) as session, listening(session) as ear:
        await session.send_realtime_input(text=FAREWELL)
        await ear.until_kind("call")
        (call,) = ear.values("call")
        if wrong == "unknown":
            await answer(session, call, id="function-call-0")
        else:
            await answer(session, call)
            await answer(session, call)
        await ear.until(lambda: ear.failure is not None)
    assert isinstance(ear.failure, errors.APIError)
    assert (ear.failure.code, ear.failure.details) == (1008, ENTITY_NOT_FOUND)


@pytest.mark.parametrize(
    "fields", [SILENT, {"name": "take_note"}], ids=["scheduling", "another name"]
)
async def test_results_that_are_not_as_they_should_be(
    start_agent, desk: Desk, fields: dict[str, object]
) -> None:
    agent = await start_agent(today=summer)
    async with desk.session(agent, **LEGACY, **functions()) as session, listening(session) as ear:
        await session.send_realtime_input(text=FAREWELL)
        await ear.until_kind("call")
        await answer(session, ear.values("call")[0], **fields)
        await ear.until(lambda: ear.failure is not None)
    assert isinstance(ear.failure, errors.APIError)
    assert (ear.failure.code, ear.failure.details) == (1007, INVALID_ARGUMENT)


@BACK_ENDS
async def test_a_caller_who_wants_a_person_is_passed_on(
    start_agent, desk: Desk, back_end: str
) -> None:
    agent = await start_agent(script=Script(replies={"person_move": "agent_transfer"}))
    async with desk.session(agent, back_end, **functions()) as session, listening(session) as ear:
        await speak(session, said("person_move"), silence(900))
        await ear.until_kind("turn")
        (call,) = ear.values("call")
        await answer(session, call, **FAILED)
        await ear.until_kind("turn", 2)
        note = ear.values("call")[1]
        await answer(session, note, **FAILED)
        await session.send_realtime_input(text="The other number could not be reached.")
        await session.send_realtime_input(text=FAREWELL)
        await ear.until_kind("turn", 3)
    assert (call.name, note.name) == ("transfer_call", "take_note")
    record = agent.sessions[0]
    assert record.said == ["agent_transfer", "agent_transfer_failed", "agent_goodbye"]
    assert [made.name for made in record.calls] == ["transfer_call", "take_note", "end_call"]


async def test_a_silent_result_is_not_spoken_about(start_agent, desk: Desk) -> None:
    agent = await start_agent(script=Script(replies={"person_move": "agent_transfer"}))
    async with desk.session(agent, **functions()) as session, listening(session) as ear:
        await speak(session, said("person_move"), silence(900))
        await ear.until_kind("turn")
        await answer(session, ear.values("call")[0], **FAILED, **SILENT)
        await session.send_realtime_input(text=FAREWELL)
        await ear.until_kind("turn", 2)
    assert agent.sessions[0].said == ["agent_transfer", "agent_goodbye"]


async def test_without_anybody_to_pass_on_to_it_says_so(start_agent, desk: Desk) -> None:
    agent = await start_agent(script=Script(replies={"person_move": "agent_transfer"}))
    async with desk.session(agent) as session, listening(session) as ear:
        await speak(session, said("person_move"), silence(900))
        await ear.until_kind("turn")
    assert agent.sessions[0].said == ["agent_transfer_failed"]
    assert agent.sessions[0].calls == []


async def test_a_menu_gets_a_key_and_no_words(start_agent, desk: Desk) -> None:
    script = Script(menus=frozenset({"wrong_number"}), replies={})
    agent = await start_agent(script=script)
    async with desk.session(agent, **functions()) as session, listening(session) as ear:
        await speak(session, said("wrong_number"), silence(900))
        await ear.until_kind("turn")
        await answer(session, ear.values("call")[0])
        await session.send_realtime_input(text="A phone menu has answered. Do not greet it.")
        await session.send_realtime_input(text="Greet the person now.")
        await ear.until_kind("turn", 2)
    record = agent.sessions[0]
    assert [(made.name, made.arguments) for made in record.calls] == [
        ("press_keys", {"digits": "1"})
    ]
    assert record.said == ["agent_greeting"]


async def test_told_of_a_menu_it_presses_a_key(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    async with desk.session(agent, **functions()) as session, listening(session) as ear:
        await session.send_realtime_input(text="A phone menu has answered. Stay silent.")
        await ear.until_kind("turn")
    assert ear.values("call")[0].args == {"digits": "1"}
    assert "audio" not in ear.kinds()


async def test_a_callback_gets_a_time(start_agent, desk: Desk) -> None:
    script = Script(callbacks=frozenset({"person_bye"}))
    agent = await start_agent(script=script, today=summer)
    async with desk.session(agent, **functions()) as session, listening(session) as ear:
        await speak(session, said("person_bye"), silence(900))
        await ear.until_kind("turn")
    callback, end = ear.values("call")
    assert callback.args == {"at": "2026-08-02T10:00:00", "reason": "Call back tomorrow at ten."}
    assert end.name == "end_call"
    assert agent.sessions[0].said == ["agent_goodbye"]


async def test_a_screening_service_is_told_who_calls_and_then_a_person_greeted(
    start_agent, desk: Desk
) -> None:
    agent = await start_agent()
    told = "A call screening service answered. Say who is calling and why, then wait."
    async with desk.session(agent, **functions()) as session, listening(session) as ear:
        await session.send_realtime_input(text=told)
        await ear.until_kind("turn")
        await session.send_realtime_input(text=told)
        await speak(session, said("person_hello"), silence(900))
        await ear.until_kind("turn", 2)
    assert agent.sessions[0].said == ["agent_screening", "agent_greeting"]


@BACK_ENDS
async def test_a_resumed_session_takes_the_result_of_an_open_call(
    start_agent, desk: Desk, back_end: str
) -> None:
    agent = await start_agent()
    fresh = types.SessionResumptionConfig()
    async with (
        desk.session(agent, back_end, session_resumption=fresh, **functions()) as session,
        listening(session) as ear,
    ):
        await speak(session, *CHOOSES)
        await ear.until_kind("turn")
        await ear.until_kind("handle", 3)
    (call,) = ear.values("call")
    again = types.SessionResumptionConfig(handle=ear.values("handle")[-1].new_handle)
    async with desk.session(agent, back_end, session_resumption=again, **functions()) as session:
        await answer(session, call)
        await agent.until(lambda: bool(agent.sessions[1].answers))
    assert agent.sessions[1].answers[0].name == "take_note"


# Faults --------------------------------------------------------------------------------------


async def say_goodbye(
    start_agent, desk: Desk, back_end: str, **wrong: object
) -> tuple[Ear, list[str]]:
    """A farewell with something wrong about its call, and every result sent once."""
    agent = await start_agent(faults=AgentFaults(tools=ToolFaults(**wrong)))
    async with desk.session(agent, back_end, **functions()) as session, listening(session) as ear:
        await session.send_realtime_input(text=FAREWELL)
        await ear.until_kind("turn")
        for call in {made.id: made for made in ear.values("call")}.values():
            await answer(session, call)
        await session.send_realtime_input(text="Are you there?")
        record = agent.sessions[0]
        await agent.until(lambda: "Are you there?" in record.texts)
    return ear, [made.id for made in record.calls]


async def test_a_call_comes_twice(start_agent, desk: Desk) -> None:
    ear, (made,) = await say_goodbye(start_agent, desk, "developer", repeated=True)
    assert [call.id for call in ear.values("call")] == [made, made]


async def test_a_call_comes_in_both_places(start_agent, desk: Desk) -> None:
    ear, (made,) = await say_goodbye(start_agent, desk, "vertex", in_both_places=True)
    assert [call.id for call in ear.values("call") + ear.values("call part")] == [made, made]


@BACK_ENDS
async def test_a_call_without_an_id(start_agent, desk: Desk, back_end: str) -> None:
    ear, (made,) = await say_goodbye(start_agent, desk, back_end, without_id=True)
    expected = made if back_end == "developer" else None
    assert [call.id for call in ear.values("call")] == [expected]


async def test_a_call_before_the_last_audio(start_agent, desk: Desk) -> None:
    ear, _ = await say_goodbye(start_agent, desk, "developer", before_audio=True)
    order = ["audio", "call", "audio", "generated"]
    assert ear.story(*order) == order
    assert len(ear.audio()) == len(clips.load("agent")["agent_goodbye"].pcm)


async def test_bad_arguments(start_agent, desk: Desk) -> None:
    ear, _ = await say_goodbye(start_agent, desk, "developer", bad_arguments=True)
    assert "unexpected" in ear.values("call")[0].args


async def test_a_call_is_taken_back(start_agent, desk: Desk) -> None:
    ear, (made,) = await say_goodbye(start_agent, desk, "developer", cancelled_calls=1)
    assert ear.values("taken back") == [made]
    assert ear.failure is None


async def test_a_call_that_is_never_ended(start_agent, desk: Desk) -> None:
    _, made = await say_goodbye(start_agent, desk, "developer", never_ends_call=True)
    assert made == []


@BACK_ENDS
async def test_the_sdk_declares_functions_as_the_agent_reads_them(
    start_agent, desk: Desk, back_end: str
) -> None:
    agent = await start_agent()
    tools = {"tools": [types.Tool(function_declarations=[function("press_keys", "digits")])]}
    async with desk.session(agent, back_end, **tools):
        await agent.until(lambda: agent.sessions[0].set_up)
    (tool,) = agent.sessions[0].setup["tools"]
    (declared,) = tool["functionDeclarations"]
    assert declared == {
        "name": "press_keys",
        "description": "press_keys",
        "parameters": {
            "type": "OBJECT",
            "properties": {"digits": {"type": "STRING"}},
            "required": ["digits"],
        },
    }
