"""One call's life at the phone company: dialled, ringing, in progress, over."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime

from callconsole.practice.callees import Callee, Reaction
from callconsole.practice.carrier.detection import Detection
from callconsole.practice.carrier.incoming import APOLOGY, Decided, until_decided
from callconsole.practice.carrier.instructions import Instructions
from callconsole.practice.carrier.line import Line
from callconsole.practice.carrier.orders import API_VERSION, Order, TwimlSource, party_fields
from callconsole.practice.carrier.person import Person
from callconsole.practice.carrier.progress import ProgressReporter
from callconsole.practice.carrier.services import Services, TaskKeeper, new_sid
from callconsole.practice.carrier.twiml import Say, TwimlError


class PracticeCall:
    """A call and everything that can be asked of it. Times are aware UTC.

    A declined call ends as ``busy``, like an engaged one, and only its SIP code tells them apart:
    603 (Decline) and 486 (Busy Here). Ringing that is stopped from our side ends as
    ``canceled`` with 487, whether ``completed`` or ``canceled`` was asked for.

    Attributes:
        sid: CA and 32 hex digits.
        status: Twilio's word: queued, ringing, in-progress, completed, busy, failed, no-answer,
            canceled.
        ended_by: callee, caller before an answer, api, twiml, limit, carrier, or parent where the
            call that dialled this one left it; None while the call lives.
        person: the callee at work, from the answer on.
        line: the voice path, from the answer on.
    """

    def __init__(self, order: Order, callee: Callee, services: Services) -> None:
        self.sid = new_sid("CA")
        self.order = order
        self.status = "queued"
        self.ended_by: str | None = None
        self.sip_code: int | None = None
        self.person: Person | None = None
        self.line: Line | None = None
        self.created_at = self.updated_at = datetime.now(UTC)
        self.answered_at: datetime | None = None
        self.ended_at: datetime | None = None
        self._callee = callee
        self._services = services
        self._time_limit_s = order.time_limit_s
        self._children = TaskKeeper()
        self._limit: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()
        self._over = asyncio.Event()
        self._instructions: Instructions | None = None
        self._instructing: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._joinable = False
        self._detection = Detection(order.amd, self.sid, services) if order.amd else None
        self._reporter = ProgressReporter(
            order, self.sid, services.webhooks, services.faults.callbacks, services.tasks.spawn
        )

    # What can be asked --------------------------------------------------------------------

    @property
    def live(self) -> bool:
        """True until the call has ended."""
        return self.ended_at is None

    @property
    def answered_by(self) -> str | None:
        """The machine detection's verdict, or None."""
        return self._detection.answered_by if self._detection else None

    @property
    def heard(self) -> bytes:
        """What the callee heard since the answer, mu-law, 8000 bytes a second, with silence."""
        return bytes(self.line.heard) if self.line else b""

    @property
    def spoken(self) -> bytes:
        """What the callee said since the answer, mu-law, on the same clock as `heard`."""
        return bytes(self.line.spoken) if self.line else b""

    @property
    def message_left(self) -> bool:
        """True where speech was recorded after a voicemail's beep."""
        return self.person is not None and self.person.message_left

    @property
    def duration_s(self) -> int:
        """Whole seconds since the answer; 0 without one."""
        if self.answered_at is None:
            return 0
        return math.ceil(((self.ended_at or datetime.now(UTC)) - self.answered_at).total_seconds())

    async def wait_until_over(self) -> None:
        """Return when the call has ended and its stream is closed."""
        await self._over.wait()

    async def wait_until_joinable(self) -> bool:
        """Return when a dialled call can be joined to its parent; False where it ended first."""
        await self._settled.wait()
        return self._joinable and self.live

    # What can be done ---------------------------------------------------------------------

    async def run(self) -> None:
        """The call's whole life."""
        self._children.spawn(self._come_in() if self.order.incoming else self._dial())
        await self._ending.wait()
        await self._children.finish()
        self._report("completed", self._terminal_fields())
        self._settled.set()
        self._over.set()

    def end(self, status: str, sip_code: int, by: str) -> None:
        """End the call now; the first ending is final."""
        if not self.live:
            return
        self.ended_at = datetime.now(UTC)
        self.sip_code = sip_code
        self.ended_by = by
        self._become(status)
        self._ending.set()

    def hang_up(self, by: str) -> None:
        """End the call as whatever it is by now."""
        if self.status == "in-progress":
            self.end("completed", 200, by)
        else:
            self.end("canceled", 487, by)

    def redirect(self, source: TwimlSource) -> None:
        """Put a new document in the place of the running one, whose stream is stopped first."""
        old = self._instructing
        self._instructing = self._children.spawn(self._follow(source, old))

    def limit(self, seconds: int) -> None:
        """Set how long the call may last, counted from its answer."""
        self._time_limit_s = seconds
        if self._limit is not None:
            self._limit.cancel()
        self._limit = self._children.spawn(self._end_at_limit())

    # Dialling -----------------------------------------------------------------------------

    async def _dial(self) -> None:
        callee = self._callee
        await asyncio.sleep(callee.dial_s / 2)
        self._report("initiated", {"CallStatus": "initiated"})
        await asyncio.sleep(callee.dial_s / 2)
        match callee.reaction:
            case Reaction.BUSY:
                self.end("busy", 486, by="callee")
            case Reaction.UNREACHABLE:
                self.end("failed", 404, by="carrier")
            case _:
                await self._ring()

    async def _come_in(self) -> None:
        """Somebody calls the customer: ask what to do while the call rings.

        The caller leaves by themselves after their patience, which is the callee's `ring_s`.
        """
        self._become("ringing")
        asking = self._children.spawn(self._ask())
        await asyncio.wait([asking], timeout=self._callee.ring_s)
        if self.status == "ringing":
            asking.cancel()
            self.hang_up(by="caller")

    async def _ask(self) -> None:
        try:
            decided = await until_decided(self.order.twiml, self.fields, self._services)
        except TwimlError as error:
            # Twilio picks up to say that there is an error.
            self._services.alerts.add(error.code, error.detail, self.sid)
            decided = Decided([Say(APOLOGY)], "")
        if not self.live:
            return
        if decided.rejected:
            busy = decided.rejected == "busy"
            self.end("busy" if busy else "no-answer", 486 if busy else 603, by="twiml")
        else:
            self._answer(decided)

    async def _ring(self) -> None:
        self._become("ringing")
        self._report("ringing")
        callee, timeout_s = self._callee, self.order.ring_timeout_s
        if callee.reaction is Reaction.NEVER_ANSWERS or callee.ring_s > timeout_s:
            await asyncio.sleep(timeout_s)
            self.end("no-answer", 487, by="carrier")
            return
        await asyncio.sleep(callee.ring_s)
        if callee.reaction is Reaction.DECLINES:
            self.end("busy", 603, by="callee")
        else:
            self._answer()

    # In progress --------------------------------------------------------------------------

    def _answer(self, decided: Decided | None = None) -> None:
        self.answered_at = datetime.now(UTC)
        self._become("in-progress")
        self._report("answered")
        self.person = Person(self._callee, self._services.clips, self._on_key)
        self.line = Line(self.person)
        self._instructions = Instructions(
            self.sid,
            self.line,
            self._document_fields,
            self._services,
            dialled=bool(self.order.parent_sid),
        )
        if self._detection is not None:
            self._detection.listen(self.line)
        self._children.spawn(self._talk(self.line))
        self.limit(self._time_limit_s)
        if decided is None:
            self._instructing = self._children.spawn(self._follow(self.order.twiml))
        else:
            self._instructing = self._children.spawn(self._go_on(decided, self._instructions))

    async def _talk(self, line: Line) -> None:
        await line.run()
        self.end("completed", 200, by="callee")

    async def _end_at_limit(self) -> None:
        if self.answered_at is None:
            return
        passed_s = (datetime.now(UTC) - self.answered_at).total_seconds()
        await asyncio.sleep(max(0.0, self._time_limit_s - passed_s))
        self.end("completed", 200, by="limit")

    async def _follow(self, source: TwimlSource, old: asyncio.Task[None] | None = None) -> None:
        if old is not None and not old.done():
            old.cancel()
            await asyncio.wait([old])
        if self._detection is not None and self._detection.blocks:
            await self._detection.wait_until_decided()
        if self._instructions is None:
            return
        await self._instructions.run(source)
        if self.order.parent_sid and not self._instructions.hung_up:
            self._joinable = True
            self._settled.set()
        else:
            self.end("completed", 200, by="twiml")

    async def _go_on(self, decided: Decided, instructions: Instructions) -> None:
        await instructions.go_on(decided.verbs, decided.base_url)
        self.end("completed", 200, by="twiml")

    def _on_key(self, digit: str) -> None:
        if self._instructions is not None and self._instructions.stream is not None:
            self._instructions.stream.press(digit)

    # Telling ------------------------------------------------------------------------------

    def fields(self) -> dict[str, str]:
        """The fields that every request about this call carries."""
        fields = {
            "CallSid": self.sid,
            "AccountSid": self._services.account_sid,
            "ApiVersion": API_VERSION,
            "Direction": self.order.direction,
            "CallStatus": self.status,
            **party_fields(self.order.to, self.order.from_number),
        }
        if self.order.parent_sid:
            fields["ParentCallSid"] = self.order.parent_sid
        if self.answered_by is not None:
            fields["AnsweredBy"] = self.answered_by
        return fields

    def _document_fields(self) -> dict[str, str]:
        return self.fields() | (self._detection.fields() if self._detection else {})

    def _terminal_fields(self) -> dict[str, str]:
        return {
            "CallDuration": str(self.duration_s),
            "Duration": str(math.ceil(self.duration_s / 60)),
            "SipResponseCode": str(self.sip_code),
        }

    def _become(self, status: str) -> None:
        self.status = status
        self.updated_at = datetime.now(UTC)

    def _report(self, event: str, more: dict[str, str] | None = None) -> None:
        self._reporter.report(event, self.fields() | (more or {}))
