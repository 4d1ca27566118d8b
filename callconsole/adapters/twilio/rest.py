"""Placing, ending and looking up calls through Twilio's REST API."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import aiohttp
from pydantic import SecretStr

from callconsole.adapters.twilio import problems
from callconsole.adapters.twilio.order_form import order_form
from callconsole.domain.phone import pretty
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import CallOrder, CarrierReport, CarrierStatus, PlacedCall

if TYPE_CHECKING:
    from twilio.rest import Client

    from callconsole.adapters.twilio.api_session import ApiSession

API_BASE_URL: Final = "https://api.twilio.com"
_OVER: Final = frozenset({"twilio.20404"})
# A refusal that leaves nothing in doubt: Twilio understood the order and said no.
_DOUBTFUL: Final = frozenset(
    {
        "twilio.timeout",
        "twilio.connection_lost",
        "twilio.unavailable",
        "twilio.unreadable",
    }
)
_CLOCK_TOLERANCE: Final = timedelta(seconds=30)
_CLOSE_S: Final = 3.0
_log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")


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
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._number = number
        self._public_url = public_url
        self._api_base_url = api_base_url
        self._timeout_s = timeout_s
        self._lookup_pauses_s = tuple(lookup_pauses_s)
        self._seen: set[str] = set()
        self._abandoned: set[asyncio.Task[None]] = set()
        self._session: ApiSession | None = None
        self._client: Client | None = None

    async def warm_up(self) -> None:
        """Import and build the SDK in a thread, so that the first call does not wait for it."""
        await self._ready()

    async def place_call(self, order: CallOrder) -> PlacedCall:
        """Dial, see `Carrier.place_call`; the call's audio comes to our media socket.

        Raises:
            ProblemError: Twilio refused, could not be reached, or has no way to reach us. Its
                code ends in ``.perhaps_placed`` where the phone may ring nevertheless.

        Where the caller is cancelled, the order is still followed up, and its call is ended.
        """
        form = order_form(order, self._number, self._public_url())
        placing = asyncio.create_task(self._place(order, form))
        try:
            return await asyncio.shield(placing)
        except asyncio.CancelledError:
            self._abandon(placing)
            raise

    async def end_call(self, call_sid: str) -> None:
        """End the call whatever its state, see `Carrier.end_call`."""
        client = await self._ready()
        call = client.calls(call_sid)
        try:
            await self._asked(call.update_async(status="completed"))
        except ProblemError as error:
            if error.problem.code in _OVER:
                return
            if not _refusal_of_state(error):
                raise
            await self._cancel(call, error)

    async def fetch_call(self, call_sid: str) -> CarrierReport:
        """The call's state now, see `Carrier.fetch_call`; it may lag behind the callbacks."""
        client = await self._ready()
        call = await self._asked(client.calls(call_sid).fetch_async())
        status = _status(call.status)
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
        client = await self._ready()
        accounts = client.api.v2010.accounts
        account = await self._asked(accounts(self._account_sid).fetch_async())
        if account.status in ("suspended", "closed"):
            raise ProblemError(problems.account_closed(account.status))
        shown = pretty(self._number)
        return f"{shown}, trial account" if account.type == "Trial" else shown

    async def close(self) -> None:
        """End abandoned calls, for at most 3 s, and let go of connections; safe to call twice."""
        if self._abandoned:
            _, late = await asyncio.wait(self._abandoned, timeout=_CLOSE_S)
            for task in late:
                task.cancel()
        if self._session is not None:
            await self._session.close()

    # Inside -----------------------------------------------------------------------------

    async def _ready(self) -> Client:
        if self._client is None:
            client, session = await asyncio.to_thread(self._built)
            if self._client is None:
                self._client, self._session = client, session
        return self._client

    def _built(self) -> tuple[Client, ApiSession]:
        from twilio.rest import Client

        from callconsole.adapters.twilio.api_session import ApiSession

        session = ApiSession(self._api_base_url, self._timeout_s)
        secret = self._auth_token.get_secret_value()
        client = Client(
            self._account_sid,
            secret,
            http_client=session,
            # Without this, TWILIO_EDGE and TWILIO_REGION of the surroundings would count.
            environment={"TWILIO_ACCOUNT_SID": self._account_sid},
        )
        _ = client.calls, client.api.v2010.accounts  # imports the heavy part of the SDK
        return client, session

    async def _place(self, order: CallOrder, form: dict[str, Any]) -> PlacedCall:
        client = await self._ready()
        ordered_at = datetime.now(UTC)
        try:
            call = await self._asked(client.calls.create_async(**form))
            return self._placed(call)
        except ProblemError as error:
            if error.problem.code not in _DOUBTFUL:
                raise
            return await self._adopted(order, ordered_at, error)

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

    def _placed(self, call: Any) -> PlacedCall:
        sid = call.sid
        if not isinstance(sid, str) or not sid:
            raise ProblemError(problems.unreadable())
        self._seen.add(sid)
        status = _status(call.status) or CarrierStatus.QUEUED
        number = getattr(call, "_from", None)
        return PlacedCall(sid, status, number if isinstance(number, str) else self._number)

    async def _adopted(
        self, order: CallOrder, ordered_at: datetime, reason: ProblemError
    ) -> PlacedCall:
        """The call that a doubtful order has placed, or the error that says that we do not know."""
        for pause_s in self._lookup_pauses_s:
            await asyncio.sleep(pause_s)
            try:
                found = await self._look_up(order.to, ordered_at)
            except ProblemError:
                continue
            if found is not None:
                _log.info("an order without an answer was found again as call %s", found.sid)
                return self._placed(found)
        raise problems.perhaps_placed(reason.problem) from reason

    async def _look_up(self, to: str, ordered_at: datetime) -> Any | None:
        client = await self._ready()
        since = ordered_at - _CLOCK_TOLERANCE
        # No StartTime here: a call that still waits at Twilio has none, and would be left out.
        calls = await self._asked(
            client.calls.list_async(to=to, from_=self._number, limit=20, page_size=20)
        )
        return next((call for call in calls if self._may_be_ours(call, since)), None)

    def _may_be_ours(self, call: Any, since: datetime) -> bool:
        if not isinstance(call.sid, str) or call.sid in self._seen:
            return False
        made_at = call.date_created or call.start_time
        if isinstance(made_at, datetime):
            return made_at >= since
        status = _status(call.status)
        return status is not None and not status.terminal

    async def _cancel(self, call: Any, first: ProblemError) -> None:
        """End a call that still waits or rings, where `completed` was not accepted.

        `canceled` never hurts an answered call. Two refusals for its state mean that it is over.
        """
        try:
            await self._asked(call.update_async(status="canceled"))
        except ProblemError as second:
            if second.problem.code in _OVER:
                return
            over = "twilio.21220"
            if first.problem.code != over or second.problem.code != over:
                raise first from second

    async def _asked(self, request: Awaitable[_Answer]) -> _Answer:
        """The answer to one SDK request, or its failure as a `ProblemError`."""
        from twilio.base.exceptions import (
            TwilioException,
            TwilioRestException,
            TwilioServiceException,
        )

        from callconsole.adapters.twilio.api_session import UnreadableAnswer

        try:
            return await request
        except TwilioRestException as error:
            raise ProblemError(problems.refused(error.status, error.code, error.msg)) from None
        except TwilioServiceException as error:
            words = error.detail or error.title
            raise ProblemError(problems.refused(error.status, error.code, words)) from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise ProblemError(problems.unreachable(error)) from error
        except (TwilioException, UnreadableAnswer, ValueError, TypeError, KeyError) as error:
            raise ProblemError(problems.unreadable()) from error


def _refusal_of_state(error: ProblemError) -> bool:
    """True where Twilio understood the request and found the call in the wrong state for it."""
    code = error.problem.code
    if code in ("twilio.20003", "twilio.20429", "twilio.10004"):
        return False
    return code == "twilio.refused" or code.removeprefix("twilio.").isdigit()


def _status(word: object) -> CarrierStatus | None:
    try:
        return CarrierStatus(str(word))
    except ValueError:
        return None
