"""What Twilio tells us over HTTP: states of calls, who answered, and what to do with a call."""

from __future__ import annotations

from aiohttp import web

from callconsole.adapters.twilio import twiml_webhooks
from callconsole.adapters.twilio.addresses import STATUS_PATH
from callconsole.adapters.twilio.reports import report_of, verdict_of
from callconsole.adapters.twilio.signature import SignatureCheck
from callconsole.adapters.twilio.webhook_form import RefusedError, call_sid, signed_form
from callconsole.engine.ports import Switchboard


def routes(switchboard: Switchboard, signature: SignatureCheck) -> list[web.RouteDef]:
    """The webhooks: `POST /call-status`, and `POST /twiml/…` (see `twiml_webhooks`).

    `/call-status` takes status callbacks and answering-machine callbacks alike. They are passed
    on as they come, unordered and repeated; `CarrierReport.sequence` tells their order.
    """
    reports = _StatusWebhook(switchboard, signature)
    return [
        web.post(STATUS_PATH, reports.call_status),
        *twiml_webhooks.routes(switchboard, signature),
    ]


class _StatusWebhook:
    def __init__(self, switchboard: Switchboard, signature: SignatureCheck) -> None:
        self._switchboard = switchboard
        self._signature = signature

    async def call_status(self, request: web.Request) -> web.Response:
        """204 where it was taken in; 400, 403 or 404 with JSON where not."""
        try:
            form = await signed_form(request, self._signature)
            sid = call_sid(form)
            if not self._switchboard.knows(sid):
                raise RefusedError("This console has placed no such call.", 404)
            verdict, report = verdict_of(form, sid), report_of(form, sid)
            if verdict is None and report is None:
                raise RefusedError("CallStatus and AnsweredBy are both missing.")
        except RefusedError as refused:
            return refused.answer()
        if verdict is not None:
            self._switchboard.answer_judged(verdict)
        if report is not None:
            self._switchboard.carrier_reported(report)
        return web.Response(status=204)
