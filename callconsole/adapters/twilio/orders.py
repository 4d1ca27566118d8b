"""Ordering calls, and finding those of which nobody knows whether they were placed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from callconsole.adapters.twilio import problems
from callconsole.adapters.twilio.api import DOUBTFUL, TwilioApi, status_of
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import CarrierStatus, PlacedCall

# Twilio's clock and ours may differ by this much.
_CLOCK_TOLERANCE: Final = timedelta(seconds=30)
_log = logging.getLogger(__name__)


class Orders:
    """Sends an order once, and looks its call up where no answer came.

    Two orders to one number may be so close together that their times do not tell whose call is
    whose. So each call belongs to the first order that it was given to.

    Args:
        api: the account.
        number: the number that is called from, E.164.
        lookup_pauses_s: seconds to wait before each look for a call that may have been placed.
    """

    def __init__(self, api: TwilioApi, number: str, lookup_pauses_s: Sequence[float]) -> None:
        self._api = api
        self._number = number
        self._lookup_pauses_s = tuple(lookup_pauses_s)
        self._ordered_at: dict[str, datetime] = {}

    async def place(self, to: str, form: dict[str, Any]) -> PlacedCall:
        """Order a call with the arguments of the SDK's `calls.create`.

        Raises:
            ProblemError: see `TwilioCarrier.place_call`.
        """
        client = await self._api.client()
        ordered_at = datetime.now(UTC)
        try:
            call = await self._api.asked(client.calls.create_async(**form))
            return self._placed(call, ordered_at)
        except ProblemError as error:
            if error.problem.code not in DOUBTFUL:
                raise
            return await self._adopted(to, ordered_at, error)

    async def find(self, to: str, ordered_at: datetime) -> PlacedCall | None:
        """The newest call to a number that was made at an order's time or later, or None.

        Neither a transfer's second call nor one that belongs to another order. Raises
        `ProblemError`.
        """
        client = await self._api.client()
        # No StartTime here: a call that still waits at Twilio has none, and would be left out.
        calls = await self._api.asked(
            client.calls.list_async(to=to, from_=self._number, limit=20, page_size=20)
        )
        found = next((call for call in calls if self._may_be_ours(call, ordered_at)), None)
        return self._placed(found, ordered_at) if found is not None else None

    async def _adopted(self, to: str, ordered_at: datetime, reason: ProblemError) -> PlacedCall:
        """The call that a doubtful order has placed, or the error that says that we do not know."""
        for pause_s in self._lookup_pauses_s:
            await asyncio.sleep(pause_s)
            try:
                found = await self.find(to, ordered_at)
            except ProblemError:
                continue
            if found is not None:
                _log.info("an order without an answer was found again as call %s", found.sid)
                return found
        raise problems.perhaps_placed(reason.problem) from reason

    def _may_be_ours(self, call: Any, ordered_at: datetime) -> bool:
        if not isinstance(call.sid, str) or call.parent_call_sid:
            return False
        if self._ordered_at.get(call.sid, ordered_at) != ordered_at:
            return False
        made_at = call.date_created or call.start_time
        if isinstance(made_at, datetime):
            return made_at >= ordered_at - _CLOCK_TOLERANCE
        status = status_of(call.status)
        return status is not None and not status.terminal

    def _placed(self, call: Any, ordered_at: datetime) -> PlacedCall:
        sid = call.sid
        if not isinstance(sid, str) or not sid:
            raise ProblemError(problems.unreadable())
        self._ordered_at[sid] = ordered_at
        status = status_of(call.status) or CarrierStatus.QUEUED
        number = getattr(call, "_from", None)
        return PlacedCall(sid, status, number if isinstance(number, str) else self._number)
