"""A live call's state: moved on by facts, told to everybody at each step."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from callconsole.domain import call as life
from callconsole.domain import events
from callconsole.domain.call import Call, Ending, Phase
from callconsole.engine.bus import Bus
from callconsole.engine.call_meter import CallMeter
from callconsole.engine.changes import Changes
from callconsole.engine.figures import CallFigures
from callconsole.engine.ports import CarrierReport, Clock
from callconsole.engine.progress import reported
from callconsole.engine.world import PHONE, Habits


class CallState:
    """The one place where a call's state changes.

    Attributes:
        call: the call as it stands.
        requested: the ending that this console has asked for, or None.
        figures: what is counted.
        changes: told of each report and each change.
        over: set once the call has ended.
    """

    def __init__(self, call: Call, bus: Bus, clock: Clock, meter: CallMeter | None = None) -> None:
        self.call = call
        self.requested: Ending | None = None
        self.figures = CallFigures(meter)
        self.changes = Changes()
        self.over = asyncio.Event()
        self._bus = bus
        self._clock = clock

    @property
    def live(self) -> bool:
        """True until the call has ended."""
        return self.call.live

    @property
    def going_on(self) -> bool:
        """True while the call lives and nobody has asked for its end."""
        return self.call.live and self.requested is None

    def take(self, report: CarrierReport) -> None:
        """Take in a report of the carrier; late, doubled and disordered ones change nothing."""
        self._become(reported(self.call, report, self.requested, self._clock.now()))

    def answered(self) -> None:
        """Audio flows, so somebody has picked up, whatever has been reported."""
        self._become(life.answered(self.call, self._clock.now()))

    def end(self, ending: Ending) -> None:
        """The call is over; the first ending is final."""
        self._become(life.ended(self.call, ending, self._clock.now()))

    def change(self, **fields: Any) -> None:
        """Set fields of the call that are no phase; an event has to follow."""
        self.call = replace(self.call, **fields)

    def tell(self, kind: type[events.CallEvent], **fields: Any) -> None:
        """Publish an event of this kind about this call, at this moment."""
        self.publish(kind(call_sid=self.call.sid, at=self._clock.now(), **fields))

    def publish(self, event: events.CallEvent) -> None:
        """Keep what an event says of the call's state, count it, and tell everybody."""
        match event:
            case events.FloorChanged(floor=floor):
                self.change(floor=floor)
            case events.AnswerJudged(answered_by=answered_by, by=by, obeyed=True):
                self.change(answered_by=answered_by, judged_by=by, deciding=False)
        self.figures.take(event)
        self._bus.publish(event)

    def _become(self, call: Call) -> None:
        before, self.call = self.call, call
        sid, now = call.sid, self._clock.now()
        if call.phase is not before.phase:
            match call.phase:
                case Phase.RINGING:
                    self.publish(events.CallRinging(call_sid=sid, at=now))
                case Phase.IN_PROGRESS:
                    self.publish(events.CallAnswered(call_sid=sid, at=now))
                case Phase.ENDED if call.ending is not None:
                    self.publish(events.CallEnded(call_sid=sid, at=now, ending=call.ending))
                    self.over.set()
        self.changes.happened()


def first_state(call: Call, bus: Bus, clock: Clock, habits: Habits) -> CallState:
    """A call's state at its beginning, with what it is charged by."""
    asked_who = habits.detect_machine and not call.incoming
    meter = CallMeter(
        habits.tariff,
        charged=call.line == PHONE,
        detections=int(asked_who),
        direction=call.direction,
    )
    return CallState(call, bus, clock, meter)
