"""How a carrier's last word about a call becomes an ending that an operator can read."""

from __future__ import annotations

from dataclasses import replace

from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.problems import Problem
from callconsole.engine.ports import CarrierReport, CarrierStatus

SIP_DECLINED = frozenset({603, 607})
SIP_UNREACHABLE = frozenset({404, 410, 480, 484, 604})

_BUSY = Problem(
    "call.busy",
    "The line is busy",
    "The person is on another call, or the phone refuses calls just now.",
    "Try again in a few minutes.",
)
_NO_ANSWER = Problem(
    "call.no_answer",
    "Nobody answered",
    "The phone rang until the ring time was over.",
    "Try again later, or at another time of day.",
)
_DECLINED = Problem(
    "call.declined",
    "The call was declined",
    "The person pressed Decline, or the phone blocks this caller.",
    "Do not call again at once; send a message first, or try tomorrow.",
)
_UNREACHABLE = Problem(
    "call.unreachable",
    "The number cannot be reached",
    "The network knows no working phone behind this number.",
    "Check the digits, or ask for another number.",
)
_FAILED = Problem(
    "call.failed",
    "The call failed",
    "The phone network could not put the call through.",
    "Try again; if it fails again, run the doctor.",
)


def ending_of(report: CarrierReport, requested: Ending | None) -> Ending | None:
    """The ending that a report means, or None while the call lives.

    Args:
        report: what the carrier says.
        requested: the ending that this console asked for, where it asked for one.
    """
    if not report.status.terminal:
        return None
    if requested is not None:
        return requested
    ending = _carriers(report)
    if ending.problem is None or report.sip_code is None:
        return ending
    cause = f"{ending.problem.cause} (SIP {report.sip_code})"
    return replace(ending, problem=replace(ending.problem, cause=cause))


def _carriers(report: CarrierReport) -> Ending:
    match report.status:
        case CarrierStatus.COMPLETED:
            return Ending(Outcome.COMPLETED, EndedBy.CALLER)
        case CarrierStatus.BUSY if report.sip_code in SIP_DECLINED:
            return Ending(Outcome.DECLINED, EndedBy.CALLER, _DECLINED)
        case CarrierStatus.BUSY:
            return Ending(Outcome.BUSY, EndedBy.CARRIER, _BUSY)
        case CarrierStatus.NO_ANSWER if report.sip_code in SIP_DECLINED:
            return Ending(Outcome.DECLINED, EndedBy.CALLER, _DECLINED)
        case CarrierStatus.NO_ANSWER:
            return Ending(Outcome.NO_ANSWER, EndedBy.CARRIER, _NO_ANSWER)
        case CarrierStatus.CANCELED:
            return Ending(Outcome.CANCELED, EndedBy.CARRIER)
        case _:
            return Ending(Outcome.FAILED, EndedBy.CARRIER, report.problem or _failed(report))


def _failed(report: CarrierReport) -> Problem:
    return _UNREACHABLE if report.sip_code in SIP_UNREACHABLE else _FAILED
