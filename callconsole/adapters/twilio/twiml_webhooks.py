"""Twilio's questions what to do next with a call, answered with TwiML."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from callconsole.adapters.twilio import addresses, twiml
from callconsole.adapters.twilio.reports import incoming_of, transfer_result, verdict_of
from callconsole.adapters.twilio.signature import SignatureCheck
from callconsole.adapters.twilio.webhook_form import Form, RefusedError, call_sid, signed_form
from callconsole.domain.incoming import IncomingReply, Reply
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import Switchboard

# From a call's name and the form's fields to a stream token, or None to hang up.
_Question = Callable[[str, Form], str | None]


def routes(switchboard: Switchboard, signature: SignatureCheck) -> list[web.RouteDef]:
    """POST `/twiml/…`: a stream document for a live call of ours, a hang-up document for others.

    `incoming`: somebody calls our number, or still does. `stream`: the call begins.
    `answered`: with blocking detection, it is known who answered.
    `stream-ended`: the stream is gone while the call goes on. `transfer-ended`: so is a transfer.
    `whisper`: whom a call of ours is transferred to has picked up.
    """
    asked = _TwimlWebhooks(switchboard, signature)
    return [
        web.post(addresses.INCOMING_PATH, asked.incoming),
        web.post(addresses.STREAM_PATH, asked.stream),
        web.post(addresses.ANSWERED_PATH, asked.answered),
        web.post(addresses.STREAM_ENDED_PATH, asked.stream_ended),
        web.post(addresses.TRANSFER_ENDED_PATH, asked.transfer_ended),
        web.post(addresses.WHISPER_PATH, asked.whisper),
    ]


class _TwimlWebhooks:
    def __init__(self, switchboard: Switchboard, signature: SignatureCheck) -> None:
        self._switchboard = switchboard
        self._signature = signature

    async def incoming(self, request: web.Request) -> web.Response:
        """Held back while the call rings, for less than Twilio waits."""
        try:
            form = await signed_form(request, self._signature)
            call = incoming_of(form, call_sid(form))
        except RefusedError as refused:
            return refused.answer()
        return _document(self._reply(await self._switchboard.incoming_call(call)))

    def _reply(self, reply: IncomingReply) -> str:
        public_url = self._signature.public_url
        try:
            match reply.reply:
                case Reply.CONNECT:
                    return twiml.stream_document(public_url, reply.token)
                case Reply.RING_ON:
                    return twiml.ring_on_document(public_url)
                case Reply.BUSY | Reply.REJECT:
                    return twiml.reject_document(busy=reply.reply is Reply.BUSY)
        except ProblemError:
            # The tunnel has just gone: Twilio could not reach us any more.
            return twiml.reject_document(busy=True)

    async def stream(self, request: web.Request) -> web.Response:
        return await self._next(request, lambda sid, _: self._switchboard.stream_token(sid))

    async def answered(self, request: web.Request) -> web.Response:
        def ask(sid: str, form: Form) -> str | None:
            return self._switchboard.call_answered(sid, verdict_of(form, sid))

        return await self._next(request, ask)

    async def stream_ended(self, request: web.Request) -> web.Response:
        return await self._next(request, lambda sid, _: self._switchboard.stream_ended(sid))

    async def transfer_ended(self, request: web.Request) -> web.Response:
        def ask(sid: str, form: Form) -> str | None:
            reached, status = transfer_result(form)
            return self._switchboard.transfer_ended(sid, reached=reached, status=status)

        return await self._next(request, ask)

    async def whisper(self, request: web.Request) -> web.Response:
        """Said to the other party alone; the request is about its call, a child of ours."""
        try:
            parent = call_sid(await signed_form(request, self._signature), "ParentCallSid")
        except RefusedError as refused:
            return refused.answer()
        if not self._switchboard.knows(parent):
            return _document(twiml.hangup_document())
        return _document(twiml.whisper_document(self._switchboard.transfer_answered(parent)))

    async def _next(self, request: web.Request, ask: _Question) -> web.Response:
        try:
            form = await signed_form(request, self._signature)
            sid = call_sid(form)
            token = ask(sid, form) if self._switchboard.knows(sid) else None
        except RefusedError as refused:
            return refused.answer()
        return _document(self._stream_or_hang_up(token))

    def _stream_or_hang_up(self, token: str | None) -> str:
        if token is None:
            return twiml.hangup_document()
        try:
            return twiml.stream_document(self._signature.public_url, token)
        except ProblemError:
            # The tunnel has just gone: Twilio could not open a stream.
            return twiml.hangup_document()


def _document(text: str) -> web.Response:
    return web.Response(text=text, content_type="application/xml", charset="utf-8")
