"""One call's audio over a Media Streams socket."""

from __future__ import annotations

import asyncio
import binascii
import json
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from aiohttp import WSCloseCode, WSMsgType, web

from callconsole.adapters.twilio.stream_messages import (
    BadMessage,
    Stopped,
    StreamMessage,
    read_message,
)
from callconsole.engine.ports import LineAudio, LineDigit, LineEvent, LineMark

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """How long a media socket may take, and how much it may hold.

    Attributes:
        start_s: from the handshake to the `start` message.
        admit_s: for the engine to admit the stream; it may still be waiting for the call's name.
        send_s: for one message to be taken by the socket.
        close_s: for the closing handshake; then the connection is cut.
        message_bytes: longest message that is read.
        waiting_sockets: sockets that have not been admitted yet, at one time.
        queued_bytes: messages that wait here for a slow socket; beyond it, the socket is
            given up. The default is ten minutes of speech, the most that Twilio holds.
        bad_messages: unreadable messages that are skipped; beyond it, the stream is ended.
    """

    start_s: float = 3.0
    admit_s: float = 12.0
    send_s: float = 5.0
    close_s: float = 0.5
    message_bytes: int = 64 * 1024
    waiting_sockets: int = 8
    queued_bytes: int = 6_400_000
    bad_messages: int = 50


class TwilioStream:
    """The `MediaLine` of an admitted Media Streams socket.

    A message is written at once where the connection has taken all that was written before;
    otherwise it waits in a queue that one task drains in order.

    Args:
        socket: the prepared WebSocket, on which `start` has been received.
        call_sid: the call whose audio this is.
        stream_sid: Twilio's name of the stream, letters and digits only.
        cut: drops the TCP connection without waiting for anything.
        transport: what the socket writes to; with it, messages leave in the call that sends
            them while the connection keeps up.
    """

    def __init__(
        self,
        socket: web.WebSocketResponse,
        call_sid: str,
        stream_sid: str,
        cut: Callable[[], None],
        limits: StreamLimits,
        transport: asyncio.WriteTransport | None = None,
    ) -> None:
        self._socket = socket
        self._transport = transport
        self._call_sid = call_sid
        self._stream_sid = stream_sid
        self._cut = cut
        self._limits = limits
        self._queue: deque[_Outgoing] = deque()
        self._queued_bytes = 0
        self._wake = asyncio.Event()
        self._unsent_marks: deque[str] = deque()
        self._bad_messages = 0
        self._sending = False
        self._lost = False
        self._closed = False
        self._media_head = f'{{"event":"media","streamSid":"{stream_sid}","media":{{"payload":"'
        self._mark_head = f'{{"event":"mark","streamSid":"{stream_sid}","mark":{{"name":'
        self._clear = f'{{"event":"clear","streamSid":"{stream_sid}"}}'
        self._sender = asyncio.create_task(self._send_queued(), name=f"send {stream_sid}")

    @property
    def call_sid(self) -> str:
        """The call whose audio this is."""
        return self._call_sid

    @property
    def stream_sid(self) -> str:
        """Twilio's name of this stream."""
        return self._stream_sid

    async def events(self) -> AsyncIterator[LineEvent]:
        """What arrives, until Twilio stops the stream or the socket is lost or closed.

        Marks that `clear` dropped before they were sent come back here with the next message,
        as Twilio echoes those that it had already.
        """
        while (message := await self._received()) is not None:
            while self._unsent_marks:
                yield LineMark(self._unsent_marks.popleft())
            if isinstance(message, (LineAudio, LineMark, LineDigit)):
                yield message
        while self._unsent_marks:
            yield LineMark(self._unsent_marks.popleft())

    def send_audio(self, mulaw: bytes) -> None:
        """Queue μ-law audio of any length, 8000 bytes a second."""
        if mulaw:
            payload = binascii.b2a_base64(mulaw, newline=False).decode("ascii")
            self._put(_Outgoing(f'{self._media_head}{payload}"}}}}'))

    def send_mark(self, name: str) -> None:
        """Queue a mark."""
        self._put(_Outgoing(f"{self._mark_head}{json.dumps(name)}}}}}", name))

    def clear(self) -> None:
        """Drop what is queued here, then what Twilio holds.

        In this order: audio sent after the `clear` message would be played.
        """
        self._unsent_marks.extend(item.mark for item in self._queue if item.mark is not None)
        self._queue.clear()
        self._queued_bytes = 0
        self._put(_Outgoing(self._clear))

    async def close(self) -> None:
        """Close the socket and end the task; within `StreamLimits.close_s`, and safe twice."""
        await self._end(WSCloseCode.OK, "")

    # Inside -----------------------------------------------------------------------------

    async def _received(self) -> StreamMessage | _Skipped | None:
        """The next message; None where there will be no more."""
        try:
            received = await self._socket.receive()
        except asyncio.CancelledError:
            # aiohttp raises this at the server's end too, when this task was not cancelled.
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return None
        if received.type is WSMsgType.TEXT:
            try:
                message = read_message(received.data)
            except BadMessage as error:
                return await self._skipped(str(error))
            return None if isinstance(message, Stopped) else message or _SKIPPED
        if received.type is WSMsgType.BINARY:
            return await self._skipped("not text")
        return None

    async def _skipped(self, why: str) -> _Skipped | None:
        """Pass over a bad message: one lost frame is better than a lost call."""
        self._bad_messages += 1
        if self._bad_messages == 1:
            _log.warning("stream %s: a bad message was skipped: %s", self._stream_sid, why)
        if self._bad_messages <= self._limits.bad_messages:
            return _SKIPPED
        _log.warning("stream %s: ended after too many bad messages", self._stream_sid)
        await self._end(WSCloseCode.POLICY_VIOLATION, "too many bad messages")
        return None

    def _put(self, item: _Outgoing) -> None:
        if self._closed or self._lost:
            return
        if self._written_now(item.text):
            return
        self._queued_bytes += len(item.text)
        if self._queued_bytes > self._limits.queued_bytes:
            self._give_up("it takes nothing any more")
            return
        self._queue.append(item)
        self._wake.set()

    def _written_now(self, text: str) -> bool:
        """Write without waiting; False, and nothing done, where it might wait.

        Into an empty write buffer `send_str` writes without suspending, so that its first step
        is the whole of it. Should it suspend all the same, the message has been written.
        """
        transport = self._transport
        if (
            transport is None
            or self._sending
            or self._queue
            or transport.is_closing()
            or transport.get_write_buffer_size()
        ):
            return False
        step = self._socket.send_str(text)
        try:
            step.send(None)
        except StopIteration:
            return True
        except (ConnectionError, RuntimeError):
            self._lost = True
        step.close()
        return True

    async def _send_queued(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            self._sending = True
            while self._queue:
                item = self._queue.popleft()
                self._queued_bytes -= len(item.text)
                try:
                    async with asyncio.timeout(self._limits.send_s):
                        await self._socket.send_str(item.text)
                except TimeoutError:
                    self._give_up("it takes too long to send")
                    return
                except (ConnectionError, RuntimeError):
                    self._lost = True  # closed at the other end, as every call's socket is
                    return
            self._sending = False

    def _give_up(self, why: str) -> None:
        """Treat the socket as lost; `events` ends by that."""
        self._lost = True
        self._queue.clear()
        _log.warning("stream %s: the connection is cut: %s", self._stream_sid, why)
        self._cut()

    async def _end(self, code: WSCloseCode, reason: str) -> None:
        if self._closed:
            return
        self._closed = True
        self._sender.cancel()
        self._queue.clear()
        await close_socket(self._socket, self._cut, self._limits.close_s, code, reason)
        await asyncio.wait([self._sender])


@dataclass(frozen=True, slots=True)
class _Outgoing:
    """A finished message, and the mark's name where it is a mark."""

    text: str
    mark: str | None = None


class _Skipped:
    """A message that concerns nobody."""


_SKIPPED = _Skipped()


async def close_socket(
    socket: web.WebSocketResponse,
    cut: Callable[[], None],
    limit_s: float,
    code: WSCloseCode,
    reason: str,
) -> None:
    """Close a socket politely, and cut the connection where that takes longer than `limit_s`."""
    try:
        async with asyncio.timeout(limit_s):
            await socket.close(code=code, message=reason.encode()[:120])
    except TimeoutError:
        cut()
