"""What a practice session saw and did, for tests and for the curious."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from callconsole.practice.agent.client_messages import ClientContent, ContextUpdate
from callconsole.practice.agent.function_calls import FunctionAnswer
from callconsole.practice.agent.protocol import INPUT_RATE_HZ, Json, Pcm16
from callconsole.practice.agent.recognition import Heard
from callconsole.practice.agent.upgrade import Door

KEPT_AUDIO_S = 180
_SECRET_HEADERS = frozenset({"authorization", "x-goog-api-key", "cookie"})


class Notice:
    """Lets others wait until something about the sessions is true."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def changed(self) -> None:
        """Let every waiter look again."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, predicate: Callable[[], bool]) -> None:
        """Wait until `predicate` holds; it is asked again after every change."""
        while not predicate():
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.add(waiter)
            try:
                await waiter
            finally:
                self._waiting.discard(waiter)


@dataclass(frozen=True, slots=True)
class MadeCall:
    """A function call as the agent meant it; `blocking` where it waits for the result."""

    id: str
    name: str
    arguments: Json
    blocking: bool


@dataclass(slots=True)
class SessionRecord:
    """One connection to the practice agent.

    Attributes:
        door: back end and API version.
        path: request target, without its query.
        headers: of the upgrade request, lower-case names, secrets masked.
        notice: told of every change.
        opened_at: aware UTC.
        closed_at: aware UTC, or None while open.
        setup: the setup with camelCase names, empty until it came.
        set_up: the setup was accepted.
        texts: realtime texts.
        contents: ``clientContent`` messages.
        whispers: texts to keep in mind that were heeded, however they came.
        sentences: what the agent was asked to say word for word.
        updates: ``contextUpdate`` messages.
        heard: what was recognised in the caller's turns.
        said: ids of the clips that were begun.
        calls: functions that were called.
        answers: results that were taken.
        late_answers: results of calls that had been taken back.
        cancelled: ids of calls that were taken back.
        interruptions: times that ``interrupted`` was sent.
        turns_completed: times that a turn came to its end.
        handles: resumption handles given out.
        audio_samples: received samples at 16000 Hz, kept or not.
        close_code: how the socket ended, or None.
        close_reason: the reason that went with it.
    """

    door: Door
    path: str
    headers: dict[str, str]
    notice: Notice
    opened_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    closed_at: datetime | None = None
    setup: Json = field(default_factory=dict)
    set_up: bool = False
    texts: list[str] = field(default_factory=list)
    contents: list[ClientContent] = field(default_factory=list)
    whispers: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    updates: list[ContextUpdate] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    calls: list[MadeCall] = field(default_factory=list)
    answers: list[FunctionAnswer] = field(default_factory=list)
    late_answers: list[FunctionAnswer] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    interruptions: int = 0
    turns_completed: int = 0
    handles: list[str] = field(default_factory=list)
    audio_samples: int = 0
    close_code: int | None = None
    close_reason: str = ""
    _audio: list[Pcm16] = field(default_factory=list, repr=False)

    @property
    def audio(self) -> Pcm16:
        """The first three minutes of the caller: shape (n,), int16, 16000 Hz."""
        return np.concatenate([np.zeros(0, np.int16), *self._audio])

    def keep_audio(self, pcm: Pcm16) -> None:
        """Take note of received audio."""
        if self.audio_samples < KEPT_AUDIO_S * INPUT_RATE_HZ:
            self._audio.append(pcm)
        self.audio_samples += len(pcm)
        self.notice.changed()

    @property
    def waits(self) -> bool:
        """True while the agent waits for the result of a blocking call."""
        done = {answer.id for answer in self.answers} | set(self.cancelled)
        unnamed = sum(answer.id is None for answer in self.answers)
        left = [call for call in self.calls if call.blocking and call.id not in done]
        return len(left) > unnamed

    def closed(self, code: int | None, reason: str) -> None:
        """Take note that the socket is gone."""
        self.close_code, self.close_reason = code, reason
        self.closed_at = datetime.now(UTC)
        self.notice.changed()


def masked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The same headers, by lower-case name; of secrets only their kind is left."""
    return {name: _masked(name, value) for name, value in headers.items()}


def _masked(name: str, value: str) -> str:
    if name not in _SECRET_HEADERS:
        return value
    kind, _, secret = value.partition(" ")
    return f"{kind} ***" if secret else "***"
