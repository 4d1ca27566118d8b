"""A telephone for the practice agent's tests: the real SDK, and an ear that notes all events."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import google.auth.credentials
import numpy as np
from google import genai
from google.genai import errors, types
from google.genai.live import AsyncSession
from numpy.typing import NDArray
from scipy.signal import resample_poly

from callconsole.audio import mulaw
from callconsole.practice import clips
from callconsole.practice.agent import PracticeAgent

API_KEY, ACCESS_TOKEN = "test-key", "test-token"
MODEL = "gemini-3.8-live"
Pcm16 = NDArray[np.int16]


class StaticToken(google.auth.credentials.Credentials):
    def __init__(self, token: str = ACCESS_TOKEN) -> None:
        super().__init__()
        self.token = token

    @property
    def expired(self) -> bool:
        return False

    def refresh(self, request: object) -> None:
        raise AssertionError("no network in tests")


class Desk:
    """Both of the SDK's clients, made once; each session names its own agent."""

    def __init__(self) -> None:
        self.trust = ssl.create_default_context()
        self.developer = self.client(api_key=API_KEY)
        self.vertex = self.client(
            vertexai=True, project="proj", location="us-central1", credentials=StaticToken()
        )

    def client(self, **who: Any) -> genai.Client:
        args = {"ssl": self.trust, "ping_interval": None, "close_timeout": 1, "proxy": None}
        return genai.Client(
            http_options=types.HttpOptions(async_client_args={**args, "max_size": None}), **who
        )

    @asynccontextmanager
    async def session(
        self,
        agent: PracticeAgent,
        back_end: str = "developer",
        *,
        model: str = MODEL,
        api_version: str | None = None,
        client: genai.Client | None = None,
        **config: Any,
    ) -> AsyncIterator[AsyncSession]:
        self.trust.load_verify_locations(agent.ca_file)
        chosen = client or (self.vertex if back_end == "vertex" else self.developer)
        options = types.HttpOptions(base_url=agent.base_url, api_version=api_version)
        settings = {"response_modalities": ["AUDIO"], **config}
        wanted = types.LiveConnectConfig(http_options=options, **settings)
        async with chosen.aio.live.connect(model=model, config=wanted) as session:
            yield session


TRANSCRIBED: dict[str, Any] = {
    "input_audio_transcription": types.AudioTranscriptionConfig(),
    "output_audio_transcription": types.AudioTranscriptionConfig(),
}


def detection(**fields: Any) -> dict[str, Any]:
    activity = types.AutomaticActivityDetection(**fields)
    return {
        "realtime_input_config": types.RealtimeInputConfig(automatic_activity_detection=activity)
    }


@dataclass
class Ear:
    """Everything that a session receives, in order, as (kind, value)."""

    session: AsyncSession
    events: list[tuple[str, Any]] = field(default_factory=list)
    failure: BaseException | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        try:
            while True:
                try:
                    async for message in self.session.receive():
                        self.events += flatten(message)
                        self._changed.set()
                except TypeError as error:
                    self.events.append(("sdk type error", str(error)))
                    self._changed.set()
        except errors.APIError as error:
            self.failure = error
            self._changed.set()

    async def until(self, holds: Callable[[], bool], within_s: float = 10.0) -> None:
        async with asyncio.timeout(within_s):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    async def until_kind(self, kind: str, times: int = 1, within_s: float = 10.0) -> None:
        await self.until(lambda: self.kinds().count(kind) >= times, within_s)

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.events]

    def story(self, *of: str) -> list[str]:
        """The kinds, or those of them alone, without repetitions next to each other."""
        kinds = [kind for kind in self.kinds() if not of or kind in of]
        return [kind for i, kind in enumerate(kinds) if i == 0 or kinds[i - 1] != kind]

    def values(self, kind: str) -> list[Any]:
        return [value for found, value in self.events if found == kind]

    def words(self, kind: str) -> str:
        return "".join(self.values(kind))

    def audio(self) -> Pcm16:
        return np.concatenate([np.zeros(0, np.int16), *self.values("audio")])


@asynccontextmanager
async def listening(session: AsyncSession) -> AsyncIterator[Ear]:
    ear = Ear(session)
    task = asyncio.create_task(ear.run())
    try:
        yield ear
    finally:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()


def flatten(message: types.LiveServerMessage) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if message.session_resumption_update is not None:
        found.append(("handle", message.session_resumption_update))
    if message.voice_activity is not None:
        found.append(("activity", message.voice_activity))
    if message.voice_activity_detection_signal is not None:
        found.append(("vad", message.voice_activity_detection_signal))
    if message.go_away is not None:
        found.append(("go away", message.go_away.time_left))
    if message.tool_call is not None:
        found += [("call", call) for call in message.tool_call.function_calls or []]
    if message.tool_call_cancellation is not None:
        found += [("taken back", name) for name in message.tool_call_cancellation.ids or []]
    if message.server_content is not None:
        found += flatten_content(message.server_content)
    if message.usage_metadata is not None:
        found.append(("usage", message.usage_metadata))
    return found


def flatten_content(content: types.LiveServerContent) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if content.input_transcription is not None:
        found.append(("caller", content.input_transcription.text))
    if content.output_transcription is not None:
        found.append(("agent", content.output_transcription.text))
    if content.model_turn is not None:
        for part in content.model_turn.parts or []:
            if part.inline_data is not None:
                assert part.inline_data.mime_type == "audio/pcm;rate=24000"
                found.append(("audio", np.frombuffer(part.inline_data.data or b"", "<i2")))
            elif part.function_call is not None:
                found.append(("call part", part.function_call))
            else:
                found.append(("thought", part.text))
    if content.interrupted:
        found.append(("interrupted", True))
    if content.generation_complete:
        found.append(("generated", True))
    if content.turn_complete:
        found.append(("turn", True))
    return found


def function(name: str, *required: str, **fields: Any) -> types.FunctionDeclaration:
    """A declaration whose arguments are all required texts."""
    texts = {each: types.Schema(type=types.Type.STRING) for each in required}
    parameters = types.Schema(type=types.Type.OBJECT, properties=texts, required=list(required))
    return types.FunctionDeclaration(
        name=name, description=name, parameters=parameters if required else None, **fields
    )


def functions(**fields: Any) -> dict[str, Any]:
    """Everything that the agent knows how to use, as a session's config."""
    declarations = [
        function("end_call", **fields),
        function("press_keys", "digits", **fields),
        function("transfer_call", "to", **fields),
        function("take_note", "text", **fields),
        function("schedule_callback", "at", "reason", **fields),
    ]
    return {"tools": [types.Tool(function_declarations=declarations)]}


async def answer(session: AsyncSession, call: types.FunctionCall, **fields: Any) -> None:
    response = {"response": {"output": "done"}, "id": call.id, "name": call.name, **fields}
    await session.send_tool_response(function_responses=types.FunctionResponse(**response))


def silence(duration_ms: int) -> Pcm16:
    return np.zeros(duration_ms * 16, np.int16)


def said(clip_id: str, role: clips.Role = "callee", gain: float = 1.0) -> Pcm16:
    """A clip as it arrives from the phone: mu-law at 8000 Hz, then 16000 Hz."""
    clip = clips.load(role)[clip_id]
    pcm = clip.pcm.astype(np.float64)
    if clip.rate_hz != 8000:
        pcm = resample_poly(pcm, 8000, clip.rate_hz)
    coded = mulaw.encode(np.clip(pcm * gain, -32768, 32767).astype(np.int16))
    line = mulaw.decode(coded).astype(np.float64)
    return np.clip(resample_poly(line, 2, 1), -32768, 32767).astype(np.int16)


async def speak(session: AsyncSession, *pieces: Pcm16, chunk_ms: int = 100) -> None:
    """Send audio as fast as the socket takes it; the agent's clock is the audio."""
    pcm = np.concatenate(pieces)
    for start in range(0, len(pcm), chunk_ms * 16):
        chunk = pcm[start : start + chunk_ms * 16].astype("<i2").tobytes()
        blob = types.Blob(data=chunk, mime_type="audio/pcm;rate=16000")
        await session.send_realtime_input(audio=blob)
