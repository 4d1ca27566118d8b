from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Awaitable, Callable

import numpy as np
import pytest
from gemini_kit import BRIEF, KEY, TOKEN, drain, take
from scripted_gemini import SETUP_DONE, Peer, ScriptedGemini, audio, content

from callconsole.adapters.gemini import ApiKey, GeminiAgent, Vertex
from callconsole.adapters.gemini.messages import MessageReader
from callconsole.adapters.gemini.session import GeminiSession
from callconsole.adapters.gemini.uplink import BYTES_PER_MS, KEPT_MS
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import (
    AgentAudio,
    AgentCutOff,
    AgentGenerated,
    AgentLeaving,
    AgentTurnDone,
    AgentUsage,
    AgentWords,
)

Open = Callable[[], Awaitable[GeminiSession]]

REALTIME = {
    "automatic_activity_detection": {
        "start_of_speech_sensitivity": "START_SENSITIVITY_HIGH",
        "end_of_speech_sensitivity": "END_SENSITIVITY_HIGH",
        "prefix_padding_ms": 20,
        "silence_duration_ms": 500,
    },
    "turn_coverage": "TURN_INCLUDES_ONLY_ACTIVITY",
}
SETUPS = {
    "developer": {
        "model": "models/gemini-3.8-live",
        "generationConfig": {
            "responseModalities": ["AUDIO"],
            "speechConfig": {"voice_config": {"prebuilt_voice_config": {"voice_name": "Puck"}}},
        },
        "systemInstruction": {"parts": [{"text": "Be friendly."}], "role": "user"},
        "sessionResumption": {},
        "inputAudioTranscription": {},
        "outputAudioTranscription": {},
        "realtimeInputConfig": REALTIME,
        "contextWindowCompression": {"sliding_window": {}},
    },
    "vertex": {
        "model": "projects/desk/locations/us-central1/publishers/google/models/gemini-3.8-live",
        "generationConfig": {
            "responseModalities": ["AUDIO"],
            "speechConfig": {"voiceConfig": {"prebuiltVoiceConfig": {"voice_name": "Puck"}}},
        },
        "systemInstruction": {"parts": [{"text": "Be friendly."}], "role": "user"},
        "sessionResumption": {},
        "inputAudioTranscription": {},
        "outputAudioTranscription": {},
        "realtimeInputConfig": REALTIME,
        "contextWindowCompression": {"sliding_window": {}},
    },
}


def saying(*messages: object) -> Callable[[Peer], Awaitable[None]]:
    """A script that speaks and then stays."""

    async def script(peer: Peer) -> None:
        await peer.say(SETUP_DONE, *messages)
        await peer.socket.wait_closed()

    return script


async def test_handshake_and_setup_on_the_wire(
    server: ScriptedGemini, open_session: Open, account: ApiKey | Vertex
) -> None:
    await open_session()
    (peer,) = server.peers
    assert peer.setup == SETUPS[account.back_end]
    if isinstance(account, ApiKey):
        assert peer.path.lstrip("/") == (
            "ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
        )
        assert peer.headers["x-goog-api-key"] == KEY
        assert KEY not in peer.path
    else:
        assert peer.path.lstrip("/") == (
            "ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent"
        )
        assert peer.headers["Authorization"] == f"Bearer {TOKEN}"
    assert "Sec-WebSocket-Extensions" not in peer.headers


async def test_alpha_is_pinned_for_models_that_need_it(
    server: ScriptedGemini, make_agent: Callable[..., GeminiAgent], account: ApiKey | Vertex
) -> None:
    if isinstance(account, ApiKey):
        model, version = "gemini-2.5-flash-native-audio-preview-12-2025", ".v1alpha."
    else:
        model, version = "gemini-live-2.5-flash-native-audio", ".v1beta1."
    await make_agent(model=model).check()
    (peer,) = server.peers
    assert version in peer.path
    assert peer.setup["generationConfig"]["enableAffectiveDialog"] is True
    assert peer.setup["generationConfig"]["thinkingConfig"] == {"thinking_budget": 0}
    assert peer.setup["proactivity"] == {"proactive_audio": True}


async def test_audio_and_text_on_the_wire(server: ScriptedGemini, open_session: Open) -> None:
    got: list[object] = []
    both = asyncio.Event()

    async def listen(peer: Peer) -> None:
        await peer.say(SETUP_DONE)
        got.extend([await peer.receive(), await peer.receive()])
        both.set()

    server.play(listen)
    session = await open_session()
    pcm = np.array([1, -1, 32767, -32768], np.int16)
    session.send_text("Greet the caller.")
    session.send_audio(pcm)
    async with asyncio.timeout(5):
        await both.wait()
    text, sound = got
    assert text == {"realtime_input": {"text": "Greet the caller."}}
    blob = sound["realtime_input"]["audio"]
    assert blob["mime_type"] == "audio/pcm;rate=16000"
    assert base64.urlsafe_b64decode(blob["data"]) == pcm.tobytes()


async def test_text_is_client_content_on_2_5(
    server: ScriptedGemini, make_agent: Callable[..., GeminiAgent], account: ApiKey | Vertex
) -> None:
    got: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    async def listen(peer: Peer) -> None:
        await peer.say(SETUP_DONE)
        got.set_result(await peer.receive())

    server.play(listen)
    models = {
        "developer": "gemini-2.5-flash-native-audio-latest",
        "vertex": "gemini-live-2.5-flash-native-audio",
    }
    session = await make_agent(model=models[account.back_end]).open(BRIEF)
    session.send_text("Greet the caller.")
    async with asyncio.timeout(5):
        assert await got == {
            "client_content": {
                "turns": [{"parts": [{"text": "Greet the caller."}], "role": "user"}],
                "turnComplete": True,
            }
        }
    await session.close()


async def test_two_turns_come_in_order_over_one_iterator(
    server: ScriptedGemini, open_session: Open, account: ApiKey | Vertex
) -> None:
    output = "response" if isinstance(account, ApiKey) else "candidates"
    tokens = {
        "promptTokenCount": 522,
        f"{output}TokenCount": 42,
        "totalTokenCount": 564,
        "promptTokensDetails": [{"modality": "AUDIO", "tokenCount": 522}],
        f"{output}TokensDetails": [{"modality": "AUDIO", "tokenCount": 42}],
    }
    first = audio(b"\1\0\2")
    first["serverContent"]["outputTranscription"] = {"text": "Hi"}
    server.play(
        saying(
            content(inputTranscription={"text": " hello"}),
            first,
            audio(b"\0\3\0"),
            content(outputTranscription={"text": " there"}),
            content(generationComplete=True),
            {"serverContent": {"turnComplete": True}, "usageMetadata": tokens},
            audio(b"\4\0"),
            content(interrupted=True),
            content(turnComplete=True),
            {"goAway": {"timeLeft": "50s"}},
        )
    )
    session = await open_session()
    events = await take(session, 12)
    heard = [event.pcm.tolist() for event in events if isinstance(event, AgentAudio)]
    assert heard == [[1], [2, 3], [4]]
    assert [event for event in events if not isinstance(event, AgentAudio)] == [
        AgentWords(" hello", by_caller=True),
        AgentWords("Hi", by_caller=False),
        AgentWords(" there", by_caller=False),
        AgentGenerated(),
        AgentTurnDone(),
        AgentUsage(522, 42, 564, {"prompt_audio": 522, "response_audio": 42}),
        AgentCutOff(),
        AgentTurnDone(),
        AgentLeaving(50.0),
    ]


async def test_messages_that_cannot_be_read_are_skipped_without_quoting_them(
    server: ScriptedGemini, open_session: Open, caplog: pytest.LogCaptureFixture
) -> None:
    server.play(
        saying(
            {"somethingNew": {"words": "secret words"}},
            {"error": {"code": 500, "message": "secret words", "status": "INTERNAL"}},
            {"code": 500, "message": "secret words"},
            "secret words, not JSON",
            "[1, 2]",
            "17",
            '{"serverContent": {"modelTurn": {"parts": "secret words"}}}',
            '{"serverContent": {"turnComplete": "secret words"}}',
            content(outputTranscription={"text": "still here"}),
        )
    )
    with caplog.at_level(logging.DEBUG, logger="callconsole"):
        session = await open_session()
        assert await take(session, 1) == [AgentWords("still here", by_caller=False)]
        await session.close()
    assert caplog.text.count("skipped a Gemini message") == 8
    assert "secret words" not in caplog.text


@pytest.mark.filterwarnings("ignore:.*is not a valid.*:UserWarning")
async def test_new_enum_values_and_fields_do_no_harm(
    server: ScriptedGemini, open_session: Open
) -> None:
    server.play(
        saying(
            content(turnComplete=True, turnCompleteReason="BORED", mood="fine"),
            {"serverContent": {}, "brandNew": {"a": 1}},
            content(outputTranscription={"text": "Hi", "colour": "red"}),
        )
    )
    session = await open_session()
    assert await take(session, 2) == [AgentTurnDone(), AgentWords("Hi", by_caller=False)]


async def test_a_fault_of_our_own_ends_the_session_with_a_problem(
    server: ScriptedGemini, open_session: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr(MessageReader, "events", fail)
    server.play(saying(content(turnComplete=True)))
    session = await open_session()
    with pytest.raises(ProblemError) as caught:
        await drain(session)
    assert caught.value.problem.code == "agent.unreadable"
    assert "secret words" not in str(caught.value)
    await session.close()


@pytest.mark.parametrize(
    ("code", "reason", "expected"),
    [
        (1007, "Request contains an invalid argument.", "agent.input_refused"),
        (1008, "Operation is not implemented, or supported, or enabled.", "agent.session_refused"),
        (1011, "Internal error encountered.", "agent.lost"),
        (1011, "You exceeded your current quota.", "agent.quota"),
        (1000, "", "agent.lost"),
    ],
)
async def test_close_during_the_session_ends_it_with_a_problem(
    server: ScriptedGemini, open_session: Open, code: int, reason: str, expected: str
) -> None:
    async def leave(peer: Peer) -> None:
        await peer.say(SETUP_DONE, content(outputTranscription={"text": "Hi"}))
        await peer.close(code, reason)

    server.play(leave)
    session = await open_session()
    assert await take(session, 1) == [AgentWords("Hi", by_caller=False)]
    for _ in range(2):
        with pytest.raises(ProblemError) as caught:
            await drain(session)
        assert caught.value.problem.code == expected
        assert reason.rstrip(".") in caught.value.problem.cause
    assert len(server.peers) == 1


async def test_lost_wire_is_lost(server: ScriptedGemini, open_session: Open) -> None:
    async def cut(peer: Peer) -> None:
        await peer.say(SETUP_DONE)
        peer.abort()

    server.play(cut)
    session = await open_session()
    with pytest.raises(ProblemError) as caught:
        await drain(session)
    assert caught.value.problem.code == "agent.lost"
    assert caught.value.problem.cause == "The connection ended without a word."


async def test_close_ends_the_events_and_the_socket(
    server: ScriptedGemini, open_session: Open
) -> None:
    session = await open_session()
    reader = asyncio.create_task(drain(session))
    await asyncio.gather(session.close(), session.close())
    assert await reader == []
    await session.close()
    assert await drain(session) == []
    async with asyncio.timeout(5):
        await server.peers[0].closed.wait()
    assert server.peers[0].socket.close_code == 1000


async def test_sending_after_close_is_nothing(open_session: Open) -> None:
    session = await open_session()
    await session.close()
    session.send_text("anybody there")
    session.send_audio(np.zeros(320, np.int16))
    assert session.dropped_ms == 0.0


async def test_close_is_quick_and_audio_is_bounded_when_nobody_reads(
    server: ScriptedGemini, open_session: Open
) -> None:
    async def freeze(peer: Peer) -> None:
        await peer.say(SETUP_DONE)
        peer.socket.transport.pause_reading()
        await peer.socket.wait_closed()

    server.play(freeze)
    session = await open_session()
    second = np.zeros(16000, np.int16)
    async with asyncio.timeout(10):
        while session.dropped_ms == 0.0:
            session.send_audio(second)
            await asyncio.sleep(0)
    assert session._uplink._waiting_bytes <= KEPT_MS * BYTES_PER_MS
    loop = asyncio.get_running_loop()
    began = loop.time()
    await session.close()
    assert loop.time() - began < 1.5
    assert session._task.done()


async def test_abandoned_opening_leaves_nothing(server: ScriptedGemini, agent: GeminiAgent) -> None:
    reached = asyncio.Event()

    async def hang(peer: Peer) -> None:
        reached.set()
        await peer.socket.wait_closed()

    server.play(hang)
    opening = asyncio.create_task(agent.open(BRIEF))
    async with asyncio.timeout(5):
        await reached.wait()
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        await server.peers[0].closed.wait()


async def test_many_sessions_at_once(server: ScriptedGemini, open_session: Open) -> None:
    async def greet(peer: Peer) -> None:
        await peer.say(SETUP_DONE)
        text = (await peer.receive())["realtime_input"]["text"]
        await peer.say(content(outputTranscription={"text": text}))
        await peer.socket.wait_closed()

    server.play(greet)
    sessions = await asyncio.gather(*(open_session() for _ in range(5)))
    for number, session in enumerate(sessions):
        session.send_text(str(number))
    for number, session in enumerate(sessions):
        assert await take(session, 1) == [AgentWords(str(number), by_caller=False)]
