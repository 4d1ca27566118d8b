"""One Live connection of the SDK: opened and closed in bounded time, read without end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import cache
from typing import TYPE_CHECKING, Literal

from callconsole.adapters.gemini.fast_path import audio_frame, audio_parts
from callconsole.adapters.gemini.tool_answer import ToolAnswer
from callconsole.adapters.gemini.uplink import RATE_HZ, Item
from callconsole.adapters.gemini.whisper import Whisper, WhisperWay

if TYPE_CHECKING:
    from google.genai import Client, types
    from google.genai.live import AsyncSession

    from callconsole.adapters.gemini.live_socket import LiveSocket

OPEN_S = 10.0
SEND_STALL_S = 5.0
MIME_TYPE = f"audio/pcm;rate={RATE_HZ}"
# An `APIError` below this is a message about an error; from here on the socket has closed.
_FIRST_CLOSE_CODE = 1000

_log = logging.getLogger(__name__)

TextWay = Literal["realtime_text", "client_content"]


class NotReadyError(ValueError):
    """The server's first message was not ``setupComplete``."""


class Connection:
    """A connection that is ready to talk. One task reads; one task sends.

    Attributes:
        unreadable: messages so far that the SDK could not read.
        on_audio: given audio the moment it arrives, one item for each part, int16 little-endian
            at 24000 Hz; returns False to have it from `receive`, in its turn.
        whisper_way: how whispers are sent.
    """

    def __init__(
        self,
        context: AbstractAsyncContextManager[AsyncSession],
        session: AsyncSession,
        text_way: TextWay,
        whisper_way: WhisperWay,
    ) -> None:
        self.unreadable = 0
        self.whisper_way = whisper_way
        self.on_audio: Callable[[list[bytes]], bool] = lambda _parts: False
        self._context = context
        self._session = session
        self._text_way = text_way
        self._socket = _live_socket(session)
        self._reads_fast: bool | None = None if self._socket else False
        self._writes_fast: bool | None = None if self._socket else False
        self._turn: AsyncIterator[types.LiveServerMessage] | None = None
        self._closed = False

    @classmethod
    async def open(
        cls,
        client: Client,
        model: str,
        config: types.LiveConnectConfig,
        text_way: TextWay,
        whisper_way: WhisperWay,
        *,
        within_s: float = OPEN_S,
    ) -> Connection:
        """Connect and wait until the server has accepted the set-up.

        Raises whatever the SDK, websockets, google-auth or the network raise, `TimeoutError`
        after `within_s` (the SDK itself would wait for ever), or `NotReadyError`.
        """
        context = client.aio.live.connect(model=model, config=config)
        async with asyncio.timeout(within_s):
            session = await context.__aenter__()
        connection = cls(context, session, text_way, whisper_way)
        if session.setup_complete is None:
            await connection.close()
            raise NotReadyError("no setupComplete")
        return connection

    async def receive(self) -> types.LiveServerMessage | list[bytes]:
        """The next message, or the parts of one that holds only audio; safe to cancel.

        Raises:
            google.genai.errors.APIError: the socket has closed; `code` says how.
        """
        from websockets.exceptions import ConnectionClosed

        if self._socket is None or self._reads_fast is False:
            return await self._receive_by_sdk()
        self._socket.caught_up()
        try:
            frame = await self._socket.recv(decode=False)
        except ConnectionClosed:
            return await self._receive_by_sdk()
        parts = audio_parts(frame)
        if parts is not None and self._reads_fast:
            return parts
        self._socket.unread(frame)
        message = await self._receive_by_sdk()
        if parts is not None:
            self._compare(parts, message)
        return message

    async def send(self, item: Item) -> None:
        """Send audio (int16 little-endian, mono, 16000 Hz), text, a whisper, or a result.

        Raises:
            websockets.ConnectionClosed: the socket has closed; `receive` says how.
            TimeoutError: the other end has stopped reading.
        """
        async with asyncio.timeout(SEND_STALL_S):
            if isinstance(item, bytes):
                await self._send_audio(item)
            elif isinstance(item, ToolAnswer):
                await self._session.send_tool_response(function_responses=item.to_response())
            elif isinstance(item, Whisper):
                await self._send_whisper(item)
            else:
                await self._send_text(item)

    def send_now(self, pcm: bytes) -> bool:
        """Send audio at once; False, and nothing sent, where that is not possible just now."""
        if not self._writes_fast or self._closed or self._socket is None:
            return False
        return self._socket.write_now(audio_frame(pcm, MIME_TYPE))

    async def seed(self, turns: Sequence[types.Content], *, complete: bool) -> None:
        """Put turns into the context; with `complete` no more of them follow.

        Raises as `send` does.
        """
        async with asyncio.timeout(SEND_STALL_S):
            await self._session.send_client_content(turns=list(turns), turn_complete=complete)

    async def close(self) -> None:
        """Close within about a second; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._context.__aexit__(None, None, None)
        except OSError as error:
            _log.debug("closing the Gemini connection: %s", type(error).__name__)

    async def _receive_by_sdk(self) -> types.LiveServerMessage:
        """The next message as the SDK reads it.

        The SDK's `receive` ends with every turn, and raises from inside its own error handling
        for a message that it does not know (`TypeError`), while the socket stays usable.
        """
        from google.genai.errors import APIError

        while True:
            if self._turn is None:
                self._turn = self._session.receive()
            try:
                return await anext(self._turn)
            except StopAsyncIteration:
                self._turn = None
            except APIError as error:
                if error.code >= _FIRST_CLOSE_CODE:
                    raise
                self._skip(error)
            except (TypeError, ValueError, AttributeError, LookupError) as error:
                self._skip(error)

    def _skip(self, error: Exception) -> None:
        self._turn = None
        self.unreadable += 1
        # Never the text: the SDK quotes the whole message in it.
        _log.warning("skipped a Gemini message that cannot be read (%s)", type(error).__name__)

    def _compare(self, parts: list[bytes], message: types.LiveServerMessage) -> None:
        """Read by ourselves from now on if the SDK has found the same audio in a message."""
        content = message.server_content
        turn = content.model_turn if content else None
        blobs = [part.inline_data for part in (turn.parts or [])] if turn else []
        self._reads_fast = parts == [blob.data if blob else None for blob in blobs]
        if not self._reads_fast:
            _log_slow("read")
        elif self._socket is not None:
            self._socket.on_frame = self._take_now

    def _take_now(self, frame: bytes) -> bool:
        parts = audio_parts(frame)
        return parts is not None and self.on_audio(parts)

    async def _send_audio(self, pcm: bytes) -> None:
        if self._socket is None or self._writes_fast is False:
            await self._send_by_sdk(pcm)
        elif self._writes_fast:
            await self._socket.send(audio_frame(pcm, MIME_TYPE), text=True)
        else:
            written: list[object] = []
            self._socket.sent = written
            try:
                await self._send_by_sdk(pcm)
            finally:
                self._socket.sent = None
            self._writes_fast = written == [audio_frame(pcm, MIME_TYPE).decode("ascii")]
            if not self._writes_fast:
                _log_slow("write")

    async def _send_by_sdk(self, pcm: bytes) -> None:
        from google.genai import types

        await self._session.send_realtime_input(audio=types.Blob(data=pcm, mime_type=MIME_TYPE))

    async def _send_text(self, text: str) -> None:
        from google.genai import types

        if self._text_way == "realtime_text":
            await self._session.send_realtime_input(text=text)
            return
        turn = types.Content(role="user", parts=[types.Part(text=text)])
        await self._session.send_client_content(turns=turn, turn_complete=True)

    async def _send_whisper(self, whisper: Whisper) -> None:
        from google.genai import types

        if self.whisper_way.by == "realtime_text":
            await self._session.send_realtime_input(text=whisper.in_words())
            return
        part = types.Part(text=whisper.text)
        turn = types.Content(role=self.whisper_way.role or None, parts=[part])
        await self._session.send_client_content(turns=turn, turn_complete=False)


def _live_socket(session: AsyncSession) -> LiveSocket | None:
    """The session's socket where the SDK uses ours as expected, else None."""
    from callconsole.adapters.gemini.live_socket import LiveSocket

    socket = getattr(session, "_ws", None)
    if isinstance(socket, LiveSocket) and socket.taken == 1:
        return socket
    _log_slow("reach")
    return None


@cache
def _log_slow(what: str) -> None:
    """Once in a program's life: calls work, at a higher cost."""
    _log.warning("Gemini's SDK has changed (%s): audio takes its slower path", what)
