"""The door of the media socket: only streams of our own calls, with their one-time token."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from aiohttp import WSCloseCode, WSMsgType, web

from callconsole.adapters.twilio.addresses import MEDIA_PATH
from callconsole.adapters.twilio.signature import SignatureCheck
from callconsole.adapters.twilio.stream_line import StreamLimits, TwilioStream, close_socket
from callconsole.adapters.twilio.stream_messages import (
    BadMessage,
    Connected,
    Started,
    read_message,
)
from callconsole.engine.ports import LineAudio, Switchboard

# Answered only where it is offered; reports differ on whether Twilio offers it.
_SUBPROTOCOL: Final = "audio.twilio.com"
_log = logging.getLogger(__name__)


def routes(
    switchboard: Switchboard,
    signature: SignatureCheck,
    account_sid: str,
    limits: StreamLimits | None = None,
) -> list[web.RouteDef]:
    """WebSocket `/media-stream`, handed to `Switchboard.serve_line` once it is admitted."""
    door = _Door(switchboard, signature, account_sid, limits or StreamLimits())
    return [web.get(MEDIA_PATH, door.opened)]


class _Refused(Exception):
    """The stream is not let in; the text is the reason in the close frame."""


class _Door:
    def __init__(
        self,
        switchboard: Switchboard,
        signature: SignatureCheck,
        account_sid: str,
        limits: StreamLimits,
    ) -> None:
        self._switchboard = switchboard
        self._signature = signature
        self._account_sid = account_sid
        self._limits = limits
        self._waiting = 0

    async def opened(self, request: web.Request) -> web.StreamResponse:
        if not self._signature.handshake(request):
            raise web.HTTPForbidden
        if self._waiting >= self._limits.waiting_sockets:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(
            protocols=(_SUBPROTOCOL,),
            max_msg_size=self._limits.message_bytes,
            timeout=self._limits.close_s,
            compress=False,
        )
        transport = request.transport

        def cut() -> None:
            if transport is not None:
                transport.abort()

        self._waiting += 1
        try:
            await socket.prepare(request)
            start = await self._admitted(socket)
        except _Refused as refusal:
            _log.warning("a media stream was refused: %s", refusal)
            code = WSCloseCode.POLICY_VIOLATION
            await close_socket(socket, cut, self._limits.close_s, code, str(refusal))
            return socket
        finally:
            self._waiting -= 1
        await self._serve(
            TwilioStream(socket, start.call_sid, start.stream_sid, cut, self._limits, transport)
        )
        return socket

    async def _serve(self, line: TwilioStream) -> None:
        try:
            await self._switchboard.serve_line(line)
        except Exception:
            # The answer has begun, so that nobody after us could report this.
            _log.exception("call %s: its audio ended by a fault", line.call_sid)
        finally:
            await line.close()

    async def _admitted(self, socket: web.WebSocketResponse) -> Started:
        try:
            async with asyncio.timeout(self._limits.start_s):
                start = await _start_message(socket)
        except TimeoutError:
            raise _Refused("no start in time") from None
        if start.account_sid != self._account_sid:
            raise _Refused("another account")
        if not self._switchboard.knows(start.call_sid):
            raise _Refused("unknown call")
        if not start.token or not await self._token_spent(start):
            raise _Refused("no valid token")
        return start

    async def _token_spent(self, start: Started) -> bool:
        try:
            async with asyncio.timeout(self._limits.admit_s):
                return await self._switchboard.admit(start.call_sid, start.token)
        except TimeoutError:
            return False


async def _start_message(socket: web.WebSocketResponse) -> Started:
    """Read up to `start`: first `connected`, and no audio before we know whose it is."""
    connected = False
    while True:
        received = await socket.receive()
        if received.type is not WSMsgType.TEXT:
            raise _Refused("closed or not text before start")
        try:
            message = read_message(received.data)
        except BadMessage as error:
            raise _Refused(str(error)) from None
        if isinstance(message, Connected):
            connected = True
        elif isinstance(message, LineAudio):
            raise _Refused("media before start")
        elif isinstance(message, Started):
            if not connected:
                raise _Refused("start before connected")
            return message
