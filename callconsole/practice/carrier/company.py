"""The phone company as a whole: its account, its callees, its calls, its server on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from aiohttp import web

from callconsole.practice import clips
from callconsole.practice.callees import CALLEES, Callee, Reaction, find
from callconsole.practice.callers import Caller
from callconsole.practice.carrier.alerts import AlertLog
from callconsole.practice.carrier.call import PracticeCall
from callconsole.practice.carrier.edge import Edge
from callconsole.practice.carrier.faults import CarrierFaults
from callconsole.practice.carrier.number import NumberSettings
from callconsole.practice.carrier.orders import Order, TwimlSource
from callconsole.practice.carrier.rest import RestApi
from callconsole.practice.carrier.services import Services, TaskKeeper
from callconsole.practice.carrier.webhooks import Timeouts, Webhooks

_LOOPBACK = "127.0.0.1"
_STOP_PATIENCE_S = 3.0
_LONGEST_RINGING_S = 120
_LONGEST_CALL_S = 14_400
_CALLBACK_PATIENCE_S = 1.0


class PracticeCarrier:
    """A phone company for one account.

    Args:
        account_sid: AC and 32 hex digits.
        auth_token: the account's secret, for Basic auth and signatures.
        number: the account's own number, E.164.
        edge: where the customer's public address leads.
        faults: what goes wrong; may be changed while the company runs.
        callees: who can be called; any other number is answered by the person.
        webhook_timeouts: limits of webhooks, Twilio's by default.

    Attributes:
        edge: as given, or an empty one.
        faults: as given, or all off.
        callees: as given.
        alerts: what Twilio's debugger would show.
        own: what the account's number is set to.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        number: str,
        edge: Edge | None = None,
        faults: CarrierFaults | None = None,
        callees: Iterable[Callee] = CALLEES,
        webhook_timeouts: Timeouts | None = None,
    ) -> None:
        self.edge = edge or Edge()
        self.faults = faults or CarrierFaults()
        self.callees = tuple(callees)
        self.alerts = AlertLog()
        self.own = NumberSettings()
        self._webhooks = Webhooks(auth_token, self.edge, self.alerts, webhook_timeouts)
        self._tasks = TaskKeeper()
        self._lives = TaskKeeper()
        self._services = Services(
            account_sid=account_sid,
            number=number,
            edge=self.edge,
            webhooks=self._webhooks,
            alerts=self.alerts,
            faults=self.faults,
            clips=clips.load("callee"),
            tasks=self._tasks,
            place=self.place,
            is_unverified=self.is_unverified,
            own=self.own,
        )
        self._api = RestApi(self._services, auth_token, number, self)
        self._calls: dict[str, PracticeCall] = {}
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def calls(self) -> Mapping[str, PracticeCall]:
        """All calls by SID, oldest first."""
        return MappingProxyType(self._calls)

    @property
    def base_url(self) -> str:
        """What stands for ``https://api.twilio.com``. Raises RuntimeError before the start."""
        if not self._port:
            raise RuntimeError("the practice carrier has not been started")
        return f"http://{_LOOPBACK}:{self._port}"

    async def start(self) -> None:
        """Open for business on a free port of 127.0.0.1."""
        self._webhooks.open()
        self._runner = web.AppRunner(
            self._api.application(), access_log=None, shutdown_timeout=0.1, handle_signals=False
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, _LOOPBACK, 0)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """End the live calls, send their last callbacks, close. Safe to call twice."""
        runner, self._runner = self._runner, None
        if runner is None:
            return
        live = [call for call in self._calls.values() if call.live]
        for call in live:
            call.hang_up(by="carrier")
        self._api.close()
        await self._lives.finish(_STOP_PATIENCE_S)
        await self._tasks.finish(_CALLBACK_PATIENCE_S)
        await self._webhooks.close()
        await runner.cleanup()
        self._port = 0

    def place(self, order: Order) -> PracticeCall:
        """Begin a call; it lives on by itself."""
        call = PracticeCall(order, find(self.callees, order.to), self._services)
        self._calls[call.sid] = call
        self._lives.spawn(call.run())
        return call

    def call_in(self, caller: Caller) -> PracticeCall:
        """Let somebody call the account's number; the call lives on by itself.

        What becomes of it is asked at the number's `voice_url`. As at Twilio, the number tells
        of the end of a call alone.
        """
        order = Order(
            to=self._services.number,
            from_number=caller.number,
            twiml=TwimlSource(url=self.own.voice_url, method=self.own.voice_method),
            status_callback=self.own.status_callback,
            status_callback_method=self.own.status_callback_method,
            status_events=frozenset({"completed"}),
            ring_timeout_s=_LONGEST_RINGING_S,
            time_limit_s=_LONGEST_CALL_S,
            amd=None,
            incoming=True,
        )
        call = PracticeCall(order, caller.on_the_line(), self._services)
        self._calls[call.sid] = call
        self._lives.spawn(call.run())
        return call

    def is_unverified(self, number: str) -> bool:
        """True for numbers that a trial account may not call."""
        return find(self.callees, number).reaction is Reaction.UNVERIFIED

    async def wait_until_idle(self) -> None:
        """Return when no call is live."""
        await asyncio.gather(*(call.wait_until_over() for call in self._calls.values()))
