"""What Twilio tells us over HTTP: states of calls, who answered, and what to do with a call."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict

from callconsole.adapters.twilio import problems, twiml
from callconsole.adapters.twilio.order_form import STATUS_PATH
from callconsole.adapters.twilio.signature import SignatureCheck
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import AnswerVerdict, CarrierReport, CarrierStatus, Switchboard

TWIML_PATH: Final = "/twiml/stream"
_FIELDS_AT_MOST: Final = 200
_CALL_SID: Final = re.compile(r"CA[0-9a-fA-F]{32}")
_WORD: Final = re.compile(r"[a-z][a-z_]{0,39}")


class _Refused(Exception):
    """The request is turned away; the text tells why, and repeats nothing that was sent."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


def routes(switchboard: Switchboard, signature: SignatureCheck) -> list[web.RouteDef]:
    """The webhooks: `POST /call-status` and `POST /twiml/stream`.

    `/call-status` takes status callbacks and answering-machine callbacks alike. They are passed
    on as they come, unordered and repeated; `CarrierReport.sequence` tells their order.
    """
    webhooks = _Webhooks(switchboard, signature)
    return [
        web.post(STATUS_PATH, webhooks.call_status),
        web.post(TWIML_PATH, webhooks.twiml_stream),
    ]


class _Webhooks:
    def __init__(self, switchboard: Switchboard, signature: SignatureCheck) -> None:
        self._switchboard = switchboard
        self._signature = signature

    async def call_status(self, request: web.Request) -> web.Response:
        """204 where it was taken in; 400, 403 or 404 with JSON where not."""
        try:
            form = await self._signed_form(request)
            call_sid = _call_sid(form)
            if not self._switchboard.knows(call_sid):
                raise _Refused("This console has placed no such call.", 404)
            verdict, report = verdict_of(form, call_sid), report_of(form, call_sid)
            if verdict is None and report is None:
                raise _Refused("CallStatus and AnsweredBy are both missing.")
        except _Refused as error:
            return _refusal(error.status, str(error))
        if verdict is not None:
            self._switchboard.answer_judged(verdict)
        if report is not None:
            self._switchboard.carrier_reported(report)
        return web.Response(status=204)

    async def twiml_stream(self, request: web.Request) -> web.Response:
        """Stream document for a live call of ours, hang-up document for any other."""
        try:
            form = await self._signed_form(request)
            call_sid = _call_sid(form)
        except _Refused as error:
            return _refusal(error.status, str(error))
        return web.Response(
            text=self._document(call_sid), content_type="application/xml", charset="utf-8"
        )

    async def _signed_form(self, request: web.Request) -> MultiDict[str]:
        form = await _form(request)
        if not self._signature.webhook(request, form or MultiDict()):
            raise _Refused("The signature is missing or is not Twilio's.", 403)
        if form is None:
            raise _Refused("The body is not a readable form.")
        return form

    def _document(self, call_sid: str) -> str:
        if not self._switchboard.knows(call_sid):
            return twiml.hangup_document()
        token = self._switchboard.stream_token(call_sid)
        if token is None:
            return twiml.hangup_document()
        try:
            url = twiml.stream_url(self._signature.public_url)
        except ProblemError:
            return twiml.hangup_document()
        return twiml.stream_document(url, token)


def report_of(form: MultiDict[str], call_sid: str) -> CarrierReport | None:
    """The status callback in a form, or None where the form has no CallStatus."""
    word = form.get("CallStatus")
    if not word:
        return None
    try:
        status = CarrierStatus(word)
    except ValueError:
        raise _Refused("CallStatus is not a status that Twilio has.") from None
    sip_code = _number(form, "SipResponseCode")
    failed = status is CarrierStatus.FAILED
    return CarrierReport(
        call_sid=call_sid,
        status=status,
        sequence=_number(form, "SequenceNumber"),
        sip_code=sip_code,
        duration_s=_number(form, "CallDuration"),
        problem=problems.failed_call(sip_code, _number(form, "ErrorCode")) if failed else None,
    )


def verdict_of(form: MultiDict[str], call_sid: str) -> AnswerVerdict | None:
    """The answering-machine verdict in a form; None without one, and on a call that is over.

    A final status callback repeats the verdict, when nothing can be done about it any more.
    """
    word = form.get("AnsweredBy")
    if not word or form.get("CallStatus") in _FINAL:
        return None
    if not _WORD.fullmatch(word):
        raise _Refused("AnsweredBy is not a word that Twilio uses.")
    return AnswerVerdict(call_sid=call_sid, answered_by=_answered_by(word), detail=word)


_FINAL: Final = frozenset(status.value for status in CarrierStatus if status.terminal)


def _answered_by(word: str) -> AnsweredBy:
    if word == "human":
        return AnsweredBy.PERSON
    if word == "fax":
        return AnsweredBy.FAX
    if word.startswith("machine_"):
        return AnsweredBy.VOICEMAIL
    return AnsweredBy.UNKNOWN


async def _form(request: web.Request) -> MultiDict[str] | None:
    """All fields of a form body, repeats and empty ones included; None where it is no form."""
    if request.content_type != "application/x-www-form-urlencoded":
        return None
    try:
        text = (await request.read()).decode()
        return MultiDict(
            parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS_AT_MOST, errors="strict")
        )
    except ValueError:
        return None


def _call_sid(form: MultiDict[str]) -> str:
    call_sid = form.get("CallSid", "")
    if not _CALL_SID.fullmatch(call_sid):
        raise _Refused("CallSid is missing or is not a call's name.")
    return call_sid


def _number(form: MultiDict[str], name: str) -> int | None:
    """A field's whole number; None where the field is missing or empty."""
    text = form.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise _Refused(f"{name} is not a whole number.")
    return int(text)


def _refusal(status: int, why: str) -> web.Response:
    error = {"code": f"webhook.{status}", "title": "The request was refused", "cause": why}
    return web.json_response({"error": {**error, "cure": "", "link": None}}, status=status)
