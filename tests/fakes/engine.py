"""The engine's ends, imitated: what is sent is kept, what arrives is scripted by the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from callconsole.audio import mulaw
from callconsole.domain.abilities import USUAL, Abilities
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import Prompt, missing
from callconsole.domain.sound import SoundDevice
from callconsole.domain.transcript import Turn
from callconsole.engine import operator_scribe
from callconsole.engine.ports import (
    AgentBrief,
    AgentEvent,
    AgentToolCall,
    CallOrder,
    CarrierReport,
    CarrierStatus,
    ConnectionSpan,
    LineAudio,
    LineDigit,
    LineEvent,
    LineMark,
    Pcm16,
    PlacedCall,
    ToolReply,
    Transfer,
)

SID = "CA" + "0" * 31 + "1"
_DOWN = Problem("fake.down", "Down", "It is down.", "Wait.")


class FakeClock:
    """The loop's time and what a test skips; the wall clock stands still unless moved."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
        self.skipped_s = 0.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time() + self.skipped_s


class HandClock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.ms = 0

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.ms / 1000


class FakeLine:
    """A media stream whose phone is the test."""

    def __init__(self, call_sid: str = SID) -> None:
        self.call_sid = call_sid
        self.stream_sid = "MZ" + "0" * 32
        self.sent: list[tuple[str, bytes | str]] = []
        self.closed = False
        self.sent_something = asyncio.Event()
        self._events: asyncio.Queue[LineEvent | None] = asyncio.Queue()
        self._position_ms = 0

    # What the phone does

    def say(self, pcm: Pcm16) -> None:
        """Caller audio, int16 at 8000 Hz, in frames of 20 ms."""
        data = mulaw.encode(pcm)
        for start in range(0, len(data), 160):
            self._events.put_nowait(LineAudio(data[start : start + 160], self._position_ms))
            self._position_ms += 20

    def skip(self, gap_ms: int) -> None:
        """A hole in what arrives: later audio carries later times."""
        self._position_ms += gap_ms

    def echo(self, name: str) -> None:
        self._events.put_nowait(LineMark(name))

    def press(self, digit: str) -> None:
        self._events.put_nowait(LineDigit(digit))

    def hang_up(self) -> None:
        self._events.put_nowait(None)

    # What the bridge does

    async def events(self) -> AsyncIterator[LineEvent]:
        while (event := await self._events.get()) is not None:
            yield event

    def send_audio(self, mulaw: bytes) -> None:
        self._keep("audio", mulaw)

    def send_mark(self, name: str) -> None:
        self._keep("mark", name)

    def clear(self) -> None:
        self._keep("clear", "")

    async def close(self) -> None:
        self.closed = True
        self.hang_up()

    def audio(self) -> bytes:
        return b"".join(data for kind, data in self.sent if isinstance(data, bytes))

    def marks(self) -> list[str]:
        return [str(data) for kind, data in self.sent if kind == "mark"]

    def count(self, kind: str) -> int:
        return sum(sent == kind for sent, _ in self.sent)

    def _keep(self, kind: str, data: bytes | str) -> None:
        self.sent.append((kind, data))
        self.sent_something.set()


class FakeAgentSession:
    """A conversation whose model is the test."""

    def __init__(self) -> None:
        self.heard: list[Pcm16] = []
        self.texts: list[str] = []
        self.told: list[str] = []
        self.closed = False
        self.span: ConnectionSpan | None = None
        self.results: list[tuple[AgentToolCall, dict[str, Any], ToolReply]] = []
        self.told: list[str] = []
        self.text_sent = asyncio.Event()
        self.answered = asyncio.Event()
        self.history: Callable[[], Sequence[Turn]] = tuple
        self.recoveries: list[bool] = []
        self.recovered = asyncio.Event()
        self._events: asyncio.Queue[AgentEvent | ProblemError | None] = asyncio.Queue()

    def does(self, *events: AgentEvent) -> None:
        for event in events:
            self._events.put_nowait(event)

    def breaks(self, problem: Problem) -> None:
        self._events.put_nowait(ProblemError(problem))

    async def events(self) -> AsyncIterator[AgentEvent]:
        while (event := await self._events.get()) is not None:
            if isinstance(event, ProblemError):
                raise event
            yield event

    def send_audio(self, pcm: Pcm16) -> None:
        self.heard.append(pcm)

    def send_text(self, text: str) -> None:
        self.texts.append(text)
        self.text_sent.set()

    def tell(self, text: str) -> None:
        self.told.append(text)

    def answer_tool(
        self, call: AgentToolCall, result: dict[str, Any], reply: ToolReply = ToolReply.WHEN_IDLE
    ) -> None:
        self.results.append((call, result, reply))
        self.answered.set()

    def remember(self, history: Callable[[], Sequence[Turn]]) -> None:
        self.history = history

    def recover(self, *, fresh: bool, reason: str) -> None:
        self.recoveries.append(fresh)
        self.recovered.set()

    async def close(self) -> None:
        self.closed = True
        self._events.put_nowait(None)

    def audio(self) -> Pcm16:
        return np.concatenate(self.heard) if self.heard else np.zeros(0, np.int16)


class FakeAgent:
    """Opens one session after another, once its gate is open, or refuses.

    Attributes:
        sessions: those that calls are held with, of which `briefs` are the briefs.
        scribes: those that write an operator's words down.
    """

    def __init__(self) -> None:
        self.sessions: list[FakeAgentSession] = []
        self.scribes: list[FakeAgentSession] = []
        self.briefs: list[AgentBrief] = []
        self.refusal: Problem | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = asyncio.Event()

    async def open(self, brief: AgentBrief) -> FakeAgentSession:
        self.asked.set()
        await self.gate.wait()
        if self.refusal is not None:
            raise ProblemError(self.refusal)
        if brief is operator_scribe.BRIEF:
            self.scribes.append(FakeAgentSession())
            return self.scribes[-1]
        self.briefs.append(brief)
        self.sessions.append(FakeAgentSession())
        return self.sessions[-1]

    async def check(self) -> str:
        return "fake agent"

    async def close(self) -> None:
        return


class FakeCarrier:
    """Accepts every order, or refuses; ending a call is reported back where asked for."""

    def __init__(self) -> None:
        self.orders: list[CallOrder] = []
        self.ended: list[str] = []
        self.refusal: Problem | None = None
        self.end_fails = False
        self.state = CarrierStatus.COMPLETED
        self.fetches = 0
        self.fetched = asyncio.Event()
        self.fetch_fails = False
        self.searches: list[str] = []
        self.search_fails = False
        self.found: PlacedCall | None = None
        self.tokens: list[str] = []
        self.keys: list[tuple[str, str]] = []
        self.transfers: list[Transfer] = []
        self.transferred = asyncio.Event()
        self.update_refusal: Problem | None = None
        self.release = asyncio.Event()
        self.release.set()

    async def place_call(self, order: CallOrder) -> PlacedCall:
        self.orders.append(order)
        await self.release.wait()
        if self.refusal is not None:
            raise ProblemError(self.refusal)
        sid = f"CA{len(self.orders):032x}"
        return PlacedCall(sid, CarrierStatus.QUEUED, "+16285550100")

    async def end_call(self, call_sid: str) -> None:
        self.ended.append(call_sid)
        if self.end_fails:
            raise ProblemError(_DOWN)

    async def fetch_call(self, call_sid: str) -> CarrierReport:
        self.fetches += 1
        self.fetched.set()
        if self.fetch_fails:
            raise ProblemError(_DOWN)
        return CarrierReport(call_sid, self.state)

    async def find_call(self, to: str, since: datetime) -> PlacedCall | None:
        self.searches.append(to)
        if self.search_fails:
            raise ProblemError(_DOWN)
        return self.found

    async def press_keys(self, call_sid: str, digits: str, stream_token: str) -> None:
        self.tokens.append(stream_token)
        if self.update_refusal is not None:
            raise ProblemError(self.update_refusal)
        self.keys.append((digits, stream_token))

    async def transfer(self, call_sid: str, transfer: Transfer) -> None:
        if self.update_refusal is not None:
            raise ProblemError(self.update_refusal)
        self.transfers.append(transfer)
        self.transferred.set()

    async def check(self) -> str:
        return "fake carrier"

    async def close(self) -> None:
        return


class FakePrompts:
    """Prompts in memory."""

    def __init__(self, **texts: str) -> None:
        self.texts = texts or {"appointment_reminder": "You are Ada."}
        self.abilities: dict[str, Abilities] = {}

    def names(self) -> list[str]:
        return sorted(self.texts)

    def read(self, name: str) -> Prompt:
        if name not in self.texts:
            raise missing(name, "memory")
        return Prompt(name, self.texts[name], self.abilities.get(name, USUAL))

    def write(self, prompt: Prompt) -> None:
        self.texts[prompt.name] = prompt.text
        self.abilities[prompt.name] = prompt.abilities


class FakeSpeaker:
    """A sound device that keeps what it plays, or does not exist.

    Attributes:
        problem: why it cannot be opened, or None.
        connected: what can be chosen; the first is the default.
        healthy: set to False for a device that vanished.
        starts: how often it was opened.
    """

    def __init__(self, problem: Problem | None = None) -> None:
        self.problem = problem
        self.connected = [SoundDevice("fake: headset", "Fake headset", is_default=True)]
        self.healthy = True
        self.starts = 0
        self.chosen: str | None = None
        self.playing = False
        self.volume = 1.0
        self.balance = 0.0
        self.played: list[tuple[Pcm16, Pcm16]] = []
        self.flushed = 0
        self._opened: SoundDevice | None = None

    @property
    def fallen_back(self) -> bool:
        return self._opened is not None and self.chosen not in (None, self._opened.id)

    def devices(self) -> list[SoundDevice]:
        return self.connected

    def choose(self, device: str | None) -> None:
        self.chosen = device

    def start(self) -> str:
        self.starts += 1
        if self.problem is not None:
            raise ProblemError(self.problem)
        wanted = [device for device in self.connected if device.id == self.chosen]
        self._opened = (wanted or self.connected)[0]
        self.playing = self.healthy = True
        return self._opened.name

    def set_volume(self, fraction: float) -> None:
        self.volume = fraction

    def set_balance(self, position: float) -> None:
        self.balance = position

    def play(self, caller: Pcm16, agent: Pcm16) -> None:
        self.played.append((caller, agent))

    def flush(self) -> None:
        self.flushed += 1

    def stop(self) -> None:
        self.playing = False


class FakeMicrophone:
    """A microphone into which a test speaks, or that does not exist.

    Attributes:
        problem: why it cannot be opened, or None.
        connected: what can be chosen; the first is the default.
        healthy: set to False for a device that vanished.
    """

    def __init__(self, problem: Problem | None = None) -> None:
        self.problem = problem
        self.connected = [SoundDevice("fake: microphone", "Fake microphone", is_default=True)]
        self.healthy = True
        self.chosen: str | None = None
        self.level_dbfs = -90.0
        self._opened: SoundDevice | None = None
        self._on_frame: Callable[[Pcm16], None] | None = None

    @property
    def open(self) -> bool:
        return self._on_frame is not None

    @property
    def fallen_back(self) -> bool:
        return self._opened is not None and self.chosen not in (None, self._opened.id)

    def devices(self) -> list[SoundDevice]:
        return self.connected

    def choose(self, device: str | None) -> None:
        self.chosen = device

    async def start(self, on_frame: Callable[[Pcm16], None]) -> str:
        if self.problem is not None:
            raise ProblemError(self.problem)
        wanted = [device for device in self.connected if device.id == self.chosen]
        self._opened = (wanted or self.connected)[0]
        self._on_frame = on_frame
        self.healthy = True
        return self._opened.name

    async def stop(self) -> None:
        self._on_frame = self._opened = None

    def say(self, pcm: Pcm16) -> None:
        """Speak: whole frames of 160 samples, int16, 8000 Hz; nobody hears it while closed."""
        for at in range(0, len(pcm), 160):
            if self._on_frame is not None:
                self._on_frame(pcm[at : at + 160])
