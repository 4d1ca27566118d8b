"""How a carrier's report moves a call on: a pure function of the call, the report and the time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from callconsole.domain import call as life
from callconsole.domain.call import Call, EndedBy, Ending, Outcome
from callconsole.engine.endings import ending_of
from callconsole.engine.ports import CarrierReport, CarrierStatus


def reported(call: Call, report: CarrierReport, requested: Ending | None, at: datetime) -> Call:
    """The call after this report.

    Reports arrive unordered, doubled or never (Twilio docs, call resource): the carrier's number
    of a report decides, one that is not newer than what is known changes nothing, and an end is
    final however late its number. That an incoming call was picked up is proven by its audio
    alone: the carrier may pick it up while we let it ring.

    Args:
        call: as it was.
        report: a status callback, or a fetched state, which has no number and counts as new.
        requested: the ending that this console has asked for, or None.
        at: aware UTC.
    """
    if not call.live:
        return call
    ending = ending_of(report, requested)
    if ending is not None:
        return life.ended(call, _of_incoming(call, ending, requested), at)
    if report.sequence is not None:
        if report.sequence <= call.sequence:
            return call
        call = replace(call, sequence=report.sequence)
    match report.status:
        case CarrierStatus.RINGING:
            return life.rung(call, at)
        case CarrierStatus.IN_PROGRESS if not call.incoming:
            return life.answered(call, at)
        case _:
            return call


def _of_incoming(call: Call, ending: Ending, requested: Ending | None) -> Ending:
    """A caller who leaves before anybody has picked up is missed, whatever the carrier calls it."""
    unheard = call.incoming and call.answered_at is None
    if unheard and requested is None and ending.outcome is not Outcome.FAILED:
        return Ending(Outcome.MISSED, EndedBy.CALLER)
    return ending
