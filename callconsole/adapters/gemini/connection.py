"""One Live connection of the SDK: opened and closed in bounded time, read without end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Literal

from callconsole.adapters.gemini.uplink import RATE_HZ

if TYPE_CHECKING:
    from google.genai import Client, types
    from google.genai.live import AsyncSession

OPEN_S = 10.0
SEND_STALL_S = 5.0
MIME_TYPE = f"audio/pcm;rate={RATE_HZ}"
# An `APIError` below this is a message about an error; from here on the socket has closed.
_FIRST_CLOSE_CODE = 1000

_log = logging.getLogger(__name__)


class NotReadyError(ValueError):
    """The server's first message was not ``setupComplete``."""


class Connection:
    """A connection that is ready to talk. One task reads; one task sends.

    Attributes:
        unreadable: messages so far that the SDK could not read.
    """

    def __init__(
        self,
        context: AbstractAsyncContextManager[AsyncSession],
        session: AsyncSession,
        text_way: Literal["realtime_text", "client_content"],
    ) -> None:
        self.unreadable = 0
        self._context = context
        self._session = session
        self._text_way = text_way
        self._turn: AsyncIterator[types.LiveServerMessage] | None = None
        self._closed = False

    @classmethod
    async def open(
        cls,
        client: Client,
        model: str,
        config: types.LiveConnectConfig,
        text_way: Literal["realtime_text", "client_content"],
    ) -> Connection:
        """Connect and wait until the server has accepted the set-up.

        Raises whatever the SDK, websockets, google-auth or the network raise, `TimeoutError`
        after ten seconds (the SDK itself would wait for ever), or `NotReadyError`.
        """
        context = client.aio.live.connect(model=model, config=config)
        async with asyncio.timeout(OPEN_S):
            session = await context.__aenter__()
        connection = cls(context, session, text_way)
        if session.setup_complete is None:
            await connection.close()
            raise NotReadyError("no setupComplete")
        return connection

    async def receive(self) -> types.LiveServerMessage:
        """The next message; safe to cancel, and to call again.

        The SDK's `receive` ends with every turn, and raises from inside its own error handling
        for a message that it does not know (`TypeError`), while the socket stays usable.

        Raises:
            google.genai.errors.APIError: the socket has closed; `code` says how.
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

    async def send(self, item: bytes | str) -> None:
        """Send audio (int16 little-endian, mono, 16000 Hz) or text that the model acts on.

        Raises:
            websockets.ConnectionClosed: the socket has closed; `receive` says how.
            TimeoutError: the other end has stopped reading.
        """
        async with asyncio.timeout(SEND_STALL_S):
            if isinstance(item, bytes):
                await self._send_audio(item)
            else:
                await self._send_text(item)

    async def close(self) -> None:
        """Close within about a second; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._context.__aexit__(None, None, None)
        except OSError as error:
            _log.debug("closing the Gemini connection: %s", type(error).__name__)

    def _skip(self, error: Exception) -> None:
        self._turn = None
        self.unreadable += 1
        # Never the text: the SDK quotes the whole message in it.
        _log.warning("skipped a Gemini message that cannot be read (%s)", type(error).__name__)

    async def _send_audio(self, pcm: bytes) -> None:
        from google.genai import types

        await self._session.send_realtime_input(audio=types.Blob(data=pcm, mime_type=MIME_TYPE))

    async def _send_text(self, text: str) -> None:
        from google.genai import types

        if self._text_way == "realtime_text":
            await self._session.send_realtime_input(text=text)
            return
        turn = types.Content(role="user", parts=[types.Part(text=text)])
        await self._session.send_client_content(turns=turn, turn_complete=True)
