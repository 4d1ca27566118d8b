"""Twilio as our phone company: placing, ending, steering and looking up calls."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from pydantic import SecretStr

from callconsole.adapters.twilio import problems, twiml
from callconsole.adapters.twilio.account import TwilioAccount
from callconsole.adapters.twilio.api import API_BASE_URL, DOUBTFUL, TwilioApi, status_of
from callconsole.adapters.twilio.order_form import order_form
from callconsole.adapters.twilio.orders import Orders
from callconsole.domain.phone import pretty
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import (
    CallOrder,
    CarrierReport,
    CarrierStatus,
    PlacedCall,
    Transfer,
)

_UNKNOWN_CALL: Final = "twilio.20404"
_CALL_OVER: Final = "twilio.21220"
_KEYS: Final = re.compile(r"[0-9*#A-Dw]+")
_CLOSE_S: Final = 3.0
_log = logging.getLogger(__name__)


class TwilioCarrier:
    """Twilio as a `Carrier`.

    A request is sent once and never repeated: a repeated order would dial twice. Where it is
    unknown whether an order arrived, the account's calls are looked up instead.

    Args:
        account_sid: AC and 32 hex digits.
        auth_token: the account's secret.
        number: the number to call from, E.164.
        public_url: gives the https address that leads to our server, at the time of a call.
        api_base_url: Twilio's API, or what stands in for it.
        timeout_s: seconds for one whole request.
        lookup_pauses_s: seconds to wait before each look for a call that may have been placed.

    Attributes:
        account: what the account says of itself.
        number: the number to call from, E.164.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: SecretStr,
        number: str,
        public_url: Callable[[], str],
        api_base_url: str = API_BASE_URL,
        *,
        timeout_s: float = 10.0,
        lookup_pauses_s: Sequence[float] = (0.0, 1.0),
    ) -> None:
        self.number = number
        self._public_url = public_url
        self._api = TwilioApi(account_sid, auth_token, api_base_url, timeout_s)
        self.account = TwilioAccount(self._api)
        self._orders = Orders(self._api, number, lookup_pauses_s)
        self._abandoned: set[asyncio.Task[None]] = set()

    async def warm_up(self) -> None:
        """Import and build the SDK in a thread, so that the first call does not wait for it."""
        await self._api.client()

    # Placing ----------------------------------------------------------------------------------

    async def place_call(self, order: CallOrder) -> PlacedCall:
        """Dial, see `Carrier.place_call`; the call's audio comes to our media socket.

        Raises:
            ProblemError: Twilio refused, could not be reached, or has no way to reach us. Its
                code ends in ``.perhaps_placed`` where the phone may ring nevertheless.

        Where the caller is cancelled, the order is still followed up, and its call is ended.
        """
        form = order_form(order, self.number, self._public_url())
        placing = asyncio.create_task(self._orders.place(order.to, form))
        try:
            return await asyncio.shield(placing)
        except asyncio.CancelledError:
            self._abandon(placing)
            raise

    async def find_call(self, to: str, since: datetime) -> PlacedCall | None:
        """The call of an order that was sent at `since`, see `Carrier.find_call`.

        Calls that other orders have are left out; asking again gives the same call.
        """
        return await self._orders.find(to, since)

    def _abandon(self, placing: asyncio.Task[PlacedCall]) -> None:
        """End the call of an order that nobody waits for any more: no phone rings for nobody."""
        task = asyncio.create_task(self._end_abandoned(placing))
        self._abandoned.add(task)
        task.add_done_callback(self._abandoned.discard)

    async def _end_abandoned(self, placing: asyncio.Task[PlacedCall]) -> None:
        try:
            placed = await placing
            await self.end_call(placed.sid)
        except ProblemError as error:
            _log.info("an abandoned order ended with %s", error.problem.code)

    # Ending -----------------------------------------------------------------------------------

    async def end_call(self, call_sid: str) -> None:
        """End the call whatever its state, see `Carrier.end_call`."""
        client = await self._api.client()
        call = client.calls(call_sid)
        try:
            await self._api.asked(call.update_async(status="completed"))
        except ProblemError as error:
            if error.problem.code == _UNKNOWN_CALL:
                return
            if not _refusal_of_state(error):
                raise
            await self._cancel(call, error)

    async def _cancel(self, call: Any, first: ProblemError) -> None:
        """End a call that still waits or rings, where `completed` was not accepted.

        `canceled` never hurts an answered call. Two refusals for its state mean that it is over.
        """
        try:
            await self._api.asked(call.update_async(status="canceled"))
        except ProblemError as second:
            if second.problem.code == _UNKNOWN_CALL:
                return
            if first.problem.code != _CALL_OVER or second.problem.code != _CALL_OVER:
                raise first from second

    # Steering a live call ---------------------------------------------------------------------

    async def press_keys(self, call_sid: str, digits: str, stream_token: str) -> None:
        """Send tones, see `Carrier.press_keys`.

        Raises:
            ProblemError: nothing was sent, and the stream goes on; or, where the code ends in
                ``.perhaps_done``, nobody knows: either the stream goes on, or it ends and a new
                one comes with this token.
        """
        if not _KEYS.fullmatch(digits):
            raise ProblemError(problems.no_keys())
        document = twiml.keys_document(self._public_url(), digits, stream_token)
        await self._instruct(call_sid, document)

    async def transfer(self, call_sid: str, transfer: Transfer) -> None:
        """Join the call to another number, see `Carrier.transfer`. Raises as `press_keys`."""
        document = twiml.transfer_document(self._public_url(), self.number, transfer)
        await self._instruct(call_sid, document)

    async def _instruct(self, call_sid: str, document: str) -> None:
        """Put a document in the place of the running one."""
        client = await self._api.client()
        try:
            await self._api.asked(client.calls(call_sid).update_async(twiml=document))
        except ProblemError as error:
            if error.problem.code in DOUBTFUL:
                raise problems.perhaps_done(error.problem) from error
            raise

    # Looking ----------------------------------------------------------------------------------

    async def fetch_call(self, call_sid: str) -> CarrierReport:
        """The call's state now, see `Carrier.fetch_call`; it may lag behind the callbacks."""
        client = await self._api.client()
        call = await self._api.asked(client.calls(call_sid).fetch_async())
        status = status_of(call.status)
        if status is None:
            raise ProblemError(problems.unreadable())
        duration = str(call.duration or "")
        return CarrierReport(
            call_sid=call_sid,
            status=status,
            duration_s=int(duration) if duration.isascii() and duration.isdigit() else None,
            problem=problems.failed_call(None, None) if status is CarrierStatus.FAILED else None,
        )

    async def check(self) -> str:
        """Prove that the account answers and is active; return our number as people read it."""
        client = await self._api.client()
        accounts = client.api.v2010.accounts
        account = await self._api.asked(accounts(self._api.account_sid).fetch_async())
        if account.status in ("suspended", "closed"):
            raise ProblemError(problems.account_closed(account.status))
        shown = pretty(self.number)
        return f"{shown}, trial account" if account.type == "Trial" else shown

    async def close(self) -> None:
        """End abandoned calls, for at most 3 s, and let go of connections; safe to call twice."""
        if self._abandoned:
            _, late = await asyncio.wait(self._abandoned, timeout=_CLOSE_S)
            for task in late:
                task.cancel()
        await self._api.close()


def _refusal_of_state(error: ProblemError) -> bool:
    """True where Twilio understood the request and found the call in the wrong state for it."""
    code = error.problem.code
    if code in ("twilio.20003", "twilio.20429", "twilio.10004"):
        return False
    return code == "twilio.refused" or code.removeprefix("twilio.").isdigit()
