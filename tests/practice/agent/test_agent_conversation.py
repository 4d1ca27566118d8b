from __future__ import annotations

import asyncio
import itertools
from datetime import date

import numpy as np
import pytest
from google.genai import types
from practice_live_kit import TRANSCRIBED, Desk, detection, listening, said, silence, speak

from callconsole.practice import clips
from callconsole.practice.agent import AT_ONCE, Pace

BACK_ENDS = pytest.mark.parametrize("back_end", ["developer", "vertex"])
AGENT = clips.load("agent")
# Generated at once, but "playing" for its real length: the caller can interrupt.
PLAYING = Pace(think_ms=0, speed=50.0, waits_for_playback=True)


@BACK_ENDS
async def test_a_hello_is_heard_and_greeted(start_agent, desk: Desk, back_end: str) -> None:
    agent = await start_agent()
    async with (
        desk.session(agent, back_end, **TRANSCRIBED) as session,
        listening(session) as ear,
    ):
        await speak(session, silence(200), said("person_hello"), silence(1000))
        await ear.until_kind("usage")
    greeting = AGENT["agent_greeting"]
    assert ear.words("caller") == "Hello, Sam speaking."
    assert ear.words("agent") == greeting.text
    assert np.array_equal(ear.audio(), greeting.pcm)
    assert list(dict.fromkeys(ear.kinds())) == [
        "activity",
        "caller",
        "agent",
        "audio",
        "generated",
        "turn",
        "usage",
    ]
    assert [activity.voice_activity_type for activity in ear.values("activity")] == [
        types.VoiceActivityType.ACTIVITY_START,
        types.VoiceActivityType.ACTIVITY_END,
    ]
    (record,) = agent.sessions
    assert record.door.back_end == back_end
    assert [heard.clip_id for heard in record.heard] == ["person_hello"]
    assert record.said == ["agent_greeting"]


@BACK_ENDS
async def test_a_whole_appointment_is_moved(start_agent, desk: Desk, back_end: str) -> None:
    agent = await start_agent()
    async with (
        desk.session(agent, back_end, **TRANSCRIBED) as session,
        listening(session) as ear,
    ):
        for turn, clip_id in enumerate(
            ["person_hello", "person_move", "person_choose", "person_bye"], start=1
        ):
            await speak(session, said(clip_id), silence(900))
            await ear.until_kind("turn", turn)
    (record,) = agent.sessions
    assert record.said == ["agent_greeting", "agent_offer", "agent_moved", "agent_goodbye"]
    prompts = [usage.prompt_token_count for usage in ear.values("usage")]
    assert prompts == sorted(set(prompts))
    for usage, clip_id in zip(ear.values("usage"), record.said, strict=True):
        assert usage.response_token_count == round(len(AGENT[clip_id].pcm) / 24000 * 25)
        assert usage.total_token_count == usage.prompt_token_count + usage.response_token_count


async def test_audio_comes_in_pieces_with_the_words_ahead(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    async with (
        desk.session(agent, **TRANSCRIBED) as session,
        listening(session) as ear,
    ):
        await session.send_realtime_input(text="Greet the caller now.")
        await ear.until_kind("turn")
    lengths = [len(pcm) // 24 for pcm in ear.values("audio")]
    assert set(lengths[:-1]) == {160, 200, 240}
    kinds = ear.kinds()
    last_words = len(kinds) - 1 - kinds[::-1].index("agent")
    assert kinds[last_words:].count("audio") > len(lengths) // 3
    assert agent.sessions[0].texts == ["Greet the caller now."]


async def test_a_request_to_greet_is_followed_once(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    async with desk.session(agent) as session, listening(session) as ear:
        await session.send_realtime_input(text="The call was answered. Greet them.")
        await ear.until_kind("turn")
        await session.send_realtime_input(text="Greet them.")
        await session.send_realtime_input(text="The caller pressed 4.")
        await speak(session, said("person_hello"), silence(900))
        await ear.until_kind("turn", 2)
    assert agent.sessions[0].said == ["agent_greeting", "agent_who"]


@BACK_ENDS
async def test_the_caller_interrupts(start_agent, desk: Desk, back_end: str) -> None:
    agent = await start_agent(pace=Pace(think_ms=0, speed=1.0))
    async with (
        desk.session(agent, back_end, **TRANSCRIBED) as session,
        listening(session) as ear,
    ):
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("audio", 2)
        await speak(session, said("interrupter_who")[: 16 * 1200])
        await ear.until_kind("turn")
        assert "generated" not in ear.kinds()
        assert ear.kinds().index("interrupted") < ear.kinds().index("turn")
        assert ear.kinds().count("interrupted") == 1
        played = len(ear.audio()) / len(AGENT["agent_greeting"].pcm)
        assert played < 0.5
        (usage,) = ear.values("usage")
        assert usage.response_token_count == round(len(ear.audio()) / 24000 * 25)
        await speak(session, said("interrupter_who")[16 * 1200 :], silence(900))
        await ear.until(lambda: agent.sessions[0].said[-1] == "agent_who")
    assert ear.words("caller") == "Sorry, one moment. Who is calling, please?"


async def test_generated_audio_can_be_interrupted_while_it_plays(start_agent, desk: Desk) -> None:
    agent = await start_agent(pace=PLAYING)
    async with desk.session(agent) as session, listening(session) as ear:
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("generated")
        assert "turn" not in ear.kinds()
        await speak(session, said("interrupter_who"))
        await ear.until_kind("turn")
    assert ear.story()[-4:-1] == ["activity", "interrupted", "turn"]


async def test_a_short_noise_does_not_interrupt(start_agent, desk: Desk) -> None:
    agent = await start_agent(pace=Pace(think_ms=0, speed=50.0))
    click = np.random.default_rng(5).normal(0, 6000, 16 * 60).astype(np.int16)
    async with desk.session(agent) as session, listening(session) as ear:
        await session.send_client_content(
            turns=[types.Content(role="user", parts=[types.Part(text="hm")])], turn_complete=True
        )
        await ear.until_kind("generated")
        await speak(session, silence(300), click, silence(1500))
        await session.send_realtime_input(text="noted?")
        await agent.until(lambda: agent.sessions[0].texts == ["noted?"])
    assert "interrupted" not in ear.kinds()
    assert "activity" not in ear.kinds()


async def test_no_interruption_is_honoured(start_agent, desk: Desk) -> None:
    agent = await start_agent(pace=Pace(think_ms=0, speed=20.0, waits_for_playback=False))
    realtime = types.RealtimeInputConfig(
        activity_handling=types.ActivityHandling.NO_INTERRUPTION,
        turn_coverage=types.TurnCoverage.TURN_INCLUDES_ONLY_ACTIVITY,
    )
    async with (
        desk.session(agent, realtime_input_config=realtime) as session,
        listening(session) as ear,
    ):
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("audio")
        await speak(session, said("interrupter_who"), silence(900))
        await ear.until_kind("turn", 2)
    assert "interrupted" not in ear.kinds()
    assert agent.sessions[0].said == ["agent_greeting", "agent_who"]


async def test_a_turn_does_not_end_without_audio(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    async with desk.session(agent) as session, listening(session) as ear:
        await speak(session, said("person_hello"), silence(300))
        await ear.until_kind("activity")
        await session.send_realtime_input(audio_stream_end=True)
        await session.send_realtime_input(text="still there")
        await agent.until(lambda: bool(agent.sessions[0].texts))
        assert agent.sessions[0].heard == []
        await speak(session, silence(600))
        await ear.until_kind("turn")
    assert ear.kinds().count("activity") == 2


async def test_the_stream_end_ends_a_turn_of_older_models(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    model = "gemini-2.5-flash-native-audio-latest"
    async with (
        desk.session(agent, model=model, api_version="v1beta") as session,
        listening(session) as ear,
    ):
        await speak(session, said("person_hello"))
        await session.send_realtime_input(audio_stream_end=True)
        await ear.until_kind("turn")
    assert agent.sessions[0].said == ["agent_greeting"]


async def test_short_silence_splits_where_it_was_asked_for(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    config = detection(silence_duration_ms=200)
    async with (
        desk.session(agent, **config, **TRANSCRIBED) as session,
        listening(session) as ear,
    ):
        await speak(session, said("person_hello"), silence(250))
        await ear.until_kind("turn")
    assert ear.words("caller") == "Hello, Sam speaking."


async def test_the_client_may_mark_turns_itself(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    async with (
        desk.session(agent, **detection(disabled=True), **TRANSCRIBED) as session,
        listening(session) as ear,
    ):
        await speak(session, said("wrong_hello"), silence(2000))
        await session.send_realtime_input(activity_start=types.ActivityStart())
        await speak(session, said("person_hello"))
        await session.send_realtime_input(activity_end=types.ActivityEnd())
        await ear.until_kind("turn")
    assert ear.words("caller") == "Hello, Sam speaking."
    assert "activity" not in ear.kinds()


async def test_a_complete_content_cuts_the_agent_off(start_agent, desk: Desk) -> None:
    agent = await start_agent(pace=Pace(think_ms=0, speed=1.0))
    async with desk.session(agent) as session, listening(session) as ear:
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("audio")
        turn = types.Content(role="user", parts=[types.Part(text="Say who you are.")])
        await session.send_client_content(turns=[turn], turn_complete=False)
        await agent.until(lambda: len(agent.sessions[0].contents) == 1)
        assert agent.sessions[0].interruptions == 0
        await session.send_client_content(turns=[turn], turn_complete=True)
        await agent.until(lambda: agent.sessions[0].said[-1] == "agent_who")
    assert agent.sessions[0].interruptions == 1


async def test_transcripts_come_only_where_asked_for(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    model = "gemini-2.5-flash-native-audio-latest"
    async with (
        desk.session(agent, model=model, api_version="v1beta") as session,
        listening(session) as ear,
    ):
        await speak(session, said("person_hello"), silence(900))
        await ear.until_kind("turn")
    assert "caller" not in ear.kinds()
    assert "agent" not in ear.kinds()


async def test_3_1_sends_the_caller_s_words_in_one_piece(start_agent, desk: Desk) -> None:
    agent = await start_agent(today=lambda: date(2026, 8, 1))
    async with (
        desk.session(agent, model="gemini-3.1-flash-live-preview", **TRANSCRIBED) as session,
        listening(session) as ear,
    ):
        await speak(session, said("person_move"), silence(900))
        await ear.until_kind("turn")
    assert ear.values("caller") == ["Could we move it to the afternoon, maybe after three?"]


async def test_vertex_signals_speech_where_asked(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    async with (
        desk.session(agent, "vertex", explicit_vad_signal=True) as session,
        listening(session) as ear,
    ):
        await speak(session, silence(500), said("person_hello"), silence(900))
        await ear.until_kind("turn")
    assert [signal.vad_signal_type for signal in ear.values("vad")] == [
        types.VadSignalType.VAD_SIGNAL_TYPE_SOS,
        types.VadSignalType.VAD_SIGNAL_TYPE_EOS,
    ]


async def test_the_record_holds_what_was_received(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    sent = np.concatenate([silence(100), said("person_hello"), silence(900)])
    async with desk.session(agent, "vertex", system_instruction="Be brief.") as session:
        await speak(session, sent, chunk_ms=20)
        await agent.until(lambda: agent.sessions[0].audio_samples == len(sent))
    record = agent.sessions[0]
    assert np.array_equal(record.audio, sent)
    assert record.headers["authorization"] == "Bearer ***"
    assert record.setup["systemInstruction"] == {"parts": [{"text": "Be brief."}], "role": "user"}
    assert str(record.setup["model"]).startswith("projects/proj/locations/us-central1/publishers/")
    await agent.until(lambda: record.closed_at is not None)
    assert record.close_code == 1000


async def test_replies_are_faster_than_real_time(start_agent, desk: Desk) -> None:
    agent = await start_agent(pace=Pace(think_ms=0, speed=16.0))
    loop = asyncio.get_running_loop()
    async with desk.session(agent) as session, listening(session) as ear:
        await session.send_realtime_input(text="Greet the caller.")
        began = loop.time()
        await ear.until_kind("generated")
        took_s = loop.time() - began
    duration_s = len(AGENT["agent_greeting"].pcm) / 24000
    assert 0.9 * duration_s / 16 < took_s < duration_s


@BACK_ENDS
@pytest.mark.parametrize(
    ("callee", "talk"),
    [
        (
            ["interrupter_hello", "interrupter_who", "interrupter_fine", "interrupter_bye"],
            ["agent_greeting", "agent_who", "agent_confirmed", "agent_goodbye"],
        ),
        (["wrong_hello", "wrong_number"], ["agent_greeting", "agent_sorry"]),
        (["voicemail_greeting", "voicemail_beep"], ["agent_greeting", "agent_greeting"]),
    ],
    ids=["interrupter", "wrong number", "voicemail"],
)
async def test_every_callee_gets_its_answers(
    start_agent, desk: Desk, back_end: str, callee: list[str], talk: list[str]
) -> None:
    agent = await start_agent(pace=AT_ONCE)
    async with desk.session(agent, back_end) as session, listening(session) as ear:
        for turn, clip_id in zip(itertools.count(1), callee, strict=False):
            await speak(session, said(clip_id, gain=0.5), silence(900))
            await ear.until_kind("turn", turn)
    assert agent.sessions[0].said == talk
