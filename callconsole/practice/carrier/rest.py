"""The phone company's REST API, in the part of Twilio's 2010-04-01 that concerns calls."""

from __future__ import annotations

import asyncio
import hmac
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Protocol

from aiohttp import web
from multidict import MultiDict, MultiDictProxy

from callconsole.practice.carrier import resources
from callconsole.practice.carrier.account import AccountDesk
from callconsole.practice.carrier.call import PracticeCall
from callconsole.practice.carrier.call_filter import CallFilter
from callconsole.practice.carrier.faults import RestFault
from callconsole.practice.carrier.orders import API_VERSION, Order
from callconsole.practice.carrier.rest_checks import (
    choice,
    order_from,
    page_size_from,
    source_from,
    time_limit_from,
)
from callconsole.practice.carrier.rest_errors import RestError, error_response
from callconsole.practice.carrier.services import Services, new_sid

_FORM = "application/x-www-form-urlencoded"
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Exchange(Protocol):
    """Where calls are made; the company itself."""

    @property
    def calls(self) -> Mapping[str, PracticeCall]:
        """All calls by SID, oldest first."""
        ...

    def place(self, order: Order) -> PracticeCall:
        """Begin a call."""
        ...

    def is_unverified(self, number: str) -> bool:
        """True for numbers that a trial account may not call."""
        ...


class RestApi:
    """Handlers of one account's REST requests."""

    def __init__(
        self, services: Services, auth_token: str, number: str, exchange: Exchange
    ) -> None:
        self._services = services
        self._auth_token = auth_token
        self._number = number
        self._number_sid = new_sid("PN")
        self._account = AccountDesk(services, number, self._number_sid)
        self._exchange = exchange
        self._closing = asyncio.Event()

    def close(self) -> None:
        """Let go of requests that a fault keeps waiting."""
        self._closing.set()

    def application(self) -> web.Application:
        """The aiohttp application that serves the API."""
        app = web.Application(middlewares=[self._guard])
        base = f"/{API_VERSION}/Accounts/{{account}}"
        app.router.add_post(f"{base}/Calls.json", self._create)
        app.router.add_get(f"{base}/Calls.json", self._list)
        app.router.add_post(f"{base}/Calls/{{sid}}.json", self._update)
        app.router.add_get(f"{base}/Calls/{{sid}}.json", self._fetch)
        self._account.add_routes(app)
        app.on_response_prepare.append(self._date)
        return app

    # Doors --------------------------------------------------------------------------------

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Check who asks and whose account it is, play the faults, and word the refusals."""
        try:
            self._authenticate(request)
            return await self._with_fault(request, handler, await self._fault(request))
        except RestError as error:
            return error.response()
        except web.HTTPNotFound:
            return RestError(20404, request.path).response()
        except web.HTTPMethodNotAllowed:
            return error_response(405, 20004, "Method not allowed")

    async def _date(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Date the answer, by a wrong clock where that fault is on."""
        lag = timedelta(seconds=self._services.faults.account.clock_behind_s)
        response.headers["Date"] = format_datetime(datetime.now(UTC) - lag, usegmt=True)

    def _authenticate(self, request: web.Request) -> None:
        scheme, _, coded = request.headers.get("Authorization", "").partition(" ")
        try:
            given = b64decode(coded, validate=True)
        except ValueError:
            given = b""
        wanted = f"{self._services.account_sid}:{self._auth_token}".encode()
        if scheme.lower() != "basic" or not hmac.compare_digest(given, wanted):
            raise RestError(20003)
        if request.match_info.get("account", self._services.account_sid) != (
            self._services.account_sid
        ):
            raise RestError(20404, request.path)

    async def _fault(self, request: web.Request) -> RestFault | None:
        """The fault that strikes this request, or None."""
        faults = self._services.faults
        if request.method == "GET":
            concerned = [faults.rest, faults.fetch]
        elif "sid" not in request.match_info:
            concerned = [faults.rest, faults.create]
        else:
            form = await _form(request)
            redirects = "Twiml" in form or "Url" in form
            concerned = [faults.rest, faults.update, faults.redirect if redirects else None]
        return next((fault for fault in concerned if fault is not None and fault.strike()), None)

    async def _with_fault(
        self, request: web.Request, handler: _Handler, fault: RestFault | None
    ) -> web.StreamResponse:
        if fault is None:
            return await handler(request)
        acted = await handler(request) if fault.acts else None
        with suppress(TimeoutError):
            async with asyncio.timeout(None if fault.hang else fault.delay_s):
                await self._closing.wait()
                raise web.HTTPServiceUnavailable
        if fault.drop:
            if request.transport is not None:
                request.transport.abort()
            raise web.HTTPServiceUnavailable
        if fault.status is None:
            return acted or await handler(request)
        if fault.code is None:
            return web.Response(status=fault.status, text=fault.body, content_type="text/html")
        return error_response(fault.status, fault.code, "A fault was switched on")

    # Calls --------------------------------------------------------------------------------

    async def _create(self, request: web.Request) -> web.Response:
        order = order_from(await _form(request), self._number, self._exchange.is_unverified)
        self._account.refuse_order(order.to)
        return self._call_response(self._exchange.place(order), status=201)

    async def _fetch(self, request: web.Request) -> web.Response:
        return self._call_response(self._known(request))

    async def _update(self, request: web.Request) -> web.Response:
        form = await _form(request)
        call = self._known(request)
        status = choice(form, "Status", "", ("", "completed", "canceled"))
        source = source_from(form)
        limit_s = time_limit_from(form)
        if not status and source is None and limit_s is None:
            raise RestError(20001, "nothing to change")
        if source is not None and call.order.parent_sid:
            raise RestError(20001, "this company gives a dialled leg no other document")
        if not call.live or (source is not None and call.status != "in-progress"):
            raise RestError(21220)
        if limit_s is not None:
            call.limit(limit_s)
        if source is not None:
            call.redirect(source)
        # Twilio's ``canceled`` does nothing to a call that was answered.
        if status == "completed" or (status and call.status != "in-progress"):
            call.hang_up(by="api")
        return self._call_response(call)

    async def _list(self, request: web.Request) -> web.Response:
        wanted = CallFilter.read(request.query)
        size = page_size_from(request.query)
        found = [
            resources.call_json(call, self._services.account_sid, self._number_sid)
            for call in reversed(list(self._exchange.calls.values()))
            if wanted.fits(call)
        ]
        return web.json_response(resources.page_json("calls", found[:size], request.path_qs, size))

    def _known(self, request: web.Request) -> PracticeCall:
        call = self._exchange.calls.get(request.match_info["sid"])
        if call is None:
            raise RestError(20404, request.path)
        return call

    def _call_response(self, call: PracticeCall, status: int = 200) -> web.Response:
        body = resources.call_json(call, self._services.account_sid, self._number_sid)
        return web.json_response(body, status=status)


async def _form(request: web.Request) -> MultiDictProxy[str]:
    """The fields of a form; any other body has none, as at Twilio."""
    if request.content_type != _FORM:
        return MultiDictProxy(MultiDict())
    fields = await request.post()
    return MultiDictProxy(MultiDict((k, v) for k, v in fields.items() if isinstance(v, str)))
