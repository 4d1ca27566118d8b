"""After a crash: ends the calls that the dead console left open, and completes their records."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from callconsole.audio import wavfile
from callconsole.domain import call as life
from callconsole.domain.call import Call, EndedBy, Ending, Outcome
from callconsole.domain.events import (
    AgentHeard,
    AgentInterrupted,
    AgentRenewed,
    AgentReplied,
    AgentStalled,
    CallEnded,
    CallEvent,
    TurnChanged,
)
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.record import CallRecord
from callconsole.engine.archivist import logged
from callconsole.engine.endings import ending_of
from callconsole.engine.figures import CallFigures
from callconsole.engine.ports import Carrier, CarrierReport, CarrierStatus, Clock, History
from callconsole.engine.timeline import RATE_HZ
from callconsole.engine.world import PRACTICE

logger = logging.getLogger(__name__)

# A call that was just ended is seen to have ended within a moment.
LOOKS = 5
LOOK_EVERY_S = 0.4
# No carrier lets a call live longer.
LONGEST_CALL = timedelta(hours=24)
# A recording grows twice a second; what has not grown for this long is not being written.
QUIET_S = 5.0

STOPPED = Problem(
    "console.stopped",
    "The console stopped during the call",
    "callconsole was ended, or the computer failed, while the call went on.",
    "Listen to the recording to hear how far it came, and call again if need be.",
)

_COUNTED: dict[str, type[CallEvent]] = {
    kind.__name__: kind
    for kind in (AgentReplied, AgentHeard, AgentInterrupted, AgentStalled, AgentRenewed)
}


@dataclass(frozen=True, slots=True)
class Recording:
    """A repaired file and its length in seconds."""

    path: Path
    duration_s: float


async def recover(
    history: History,
    recordings_folder: Path,
    carrier_of: Callable[[str], Carrier | None],
    clock: Clock,
) -> list[Call]:
    """End what a dead console left open and complete its records; never dials.

    Recordings that were left open are repaired, whether a record knows them or not.

    Args:
        history: open; what it calls unfinished is taken for dead.
        recordings_folder: where calls are recorded; need not be there.
        carrier_of: the carrier of a line's name, or None where that line is not open now.
        clock: for the time of the end where nobody knows it.

    Returns:
        Calls whose carrier could not be asked; nothing was changed about them. Call this again
        later for these.
    """
    try:
        dead = await history.unfinished()
    except ProblemError as error:
        logger.error("calls that were left open cannot be looked up: %s", error.problem.code)
        dead = []
    # People may still be on the line: calls are ended while recordings are repaired.
    mended, reports = await asyncio.gather(
        asyncio.to_thread(_repair_all, recordings_folder, dead, clock.now()),
        asyncio.gather(*(_end(call, carrier_of(call.line)) for call in dead)),
    )
    left = []
    for call, report in zip(dead, reports, strict=True):
        if not await _complete(history, call, report, mended.get(call.sid), clock.now()):
            left.append(call)
    await history.flush()
    if dead:
        logger.info("%d calls were left open: %d have ended now", len(dead), len(dead) - len(left))
    return left


# Ending -------------------------------------------------------------------------------------


async def _end(call: Call, carrier: Carrier | None) -> CarrierReport | None:
    """End a call; the carrier's last word on it, or None where it has none now."""
    if carrier is None or call.line == PRACTICE:
        return None
    try:
        await carrier.end_call(call.sid)
        for _ in range(LOOKS):
            report = await carrier.fetch_call(call.sid)
            if report.status.terminal:
                return report
            await asyncio.sleep(LOOK_EVERY_S)
    except ProblemError as error:
        logger.warning("a call that was left open cannot be ended now: %s", error.problem.code)
    return None


def _ending_of(call: Call, report: CarrierReport | None, now: datetime) -> Ending | None:
    """How the call ended, or None where that cannot be known now."""
    if call.line == PRACTICE:
        # Its phone company died with the console.
        return Ending(Outcome.FAILED, EndedBy.CONSOLE, STOPPED)
    if report is None:
        if now - call.placed_at < LONGEST_CALL:
            return None
        outcome = Outcome.COMPLETED if call.answered_at is not None else Outcome.FAILED
        return Ending(outcome, EndedBy.CONSOLE, STOPPED)
    match report.status:
        case CarrierStatus.COMPLETED:
            return Ending(Outcome.COMPLETED, EndedBy.CONSOLE, STOPPED)
        case CarrierStatus.CANCELED:
            return Ending(Outcome.CANCELED, EndedBy.CONSOLE, STOPPED)
        case _:
            return ending_of(report, None)


async def _complete(
    history: History,
    call: Call,
    report: CarrierReport | None,
    recording: Recording | None,
    now: datetime,
) -> bool:
    """Write the end of a call into its record; False where it is not known yet."""
    ending = _ending_of(call, report, now)
    if ending is None:
        return False
    try:
        record = await history.record(call.sid) or CallRecord(call)
    except ProblemError as error:
        logger.error("the record of a call cannot be completed: %s", error.problem.code)
        return False
    if recording is not None:
        call = replace(call, recording=str(recording.path))
    recorded_s = recording.duration_s if recording is not None else 0.0
    lasted_s = report.duration_s if report is not None else None
    answered_at, at = _times(record, recorded_s, lasted_s, now)
    call = life.ended(replace(call, answered_at=answered_at), ending, at)
    history.keep_call(call)
    history.keep_event(call.sid, logged(CallEnded(call_sid=call.sid, at=at, ending=ending)))
    history.keep_figures(call.sid, record.figures or _counted(record), recorded_s)
    return True


def _times(
    record: CallRecord, recorded_s: float, lasted_s: int | None, now: datetime
) -> tuple[datetime | None, datetime]:
    """When the call was answered, and when it ended, as far as anybody knows.

    The carrier's word on its length comes first; without it, it ended with its last sign of life.
    """
    call = record.call
    signs = [call.placed_at, call.rang_at, call.answered_at, *(it.at for it in record.events)]
    if call.answered_at is not None:
        signs.append(call.answered_at + timedelta(seconds=recorded_s))
    last_sign = min(now, max(sign for sign in signs if sign is not None))
    if not lasted_s:
        return call.answered_at, last_sign
    if call.answered_at is None:
        # It was answered after the console had died.
        return max(call.placed_at, now - timedelta(seconds=lasted_s)), now
    return call.answered_at, min(now, call.answered_at + timedelta(seconds=lasted_s))


def _counted(record: CallRecord) -> dict[str, Any]:
    """The figures of a call, counted anew from its record."""
    figures, call = CallFigures(), record.call
    for turn in record.turns:
        figures.take(TurnChanged(call_sid=call.sid, at=call.placed_at, turn=turn))
    for entry in record.events:
        if (kind := _COUNTED.get(entry.name)) is not None:
            # An older version may have said less of such an event.
            with suppress(TypeError):
                figures.take(kind(call_sid=call.sid, at=entry.at, **entry.details))
    return figures.as_json()


# Recordings ---------------------------------------------------------------------------------


def _repair_all(folder: Path, dead: Iterable[Call], now: datetime) -> dict[str, Recording]:
    """Repair what was left open; returns the longest recording of each dead call by its SID.

    A file of no dead call that is still growing is left alone: another console writes it.
    """
    of_the_dead: dict[str, Recording] = {}
    sids = {call.sid for call in dead}
    known = {Path(call.recording): call.sid for call in dead if call.recording is not None}
    for path in sorted({*folder.glob("*.wav"), *known}):
        sid = known.get(path) or path.stem.rpartition("_")[2]
        if sid not in sids and not _is_quiet(path, now):
            continue
        duration_s = _repair(path) / RATE_HZ
        if sid in sids and duration_s > 0:
            before = of_the_dead.get(sid)
            if before is None or before.duration_s < duration_s:
                of_the_dead[sid] = Recording(path, duration_s)
    return of_the_dead


def _is_quiet(path: Path, now: datetime) -> bool:
    try:
        return now.timestamp() - path.stat().st_mtime > QUIET_S
    except OSError:
        return False


def _repair(path: Path) -> int:
    """Frames that can be heard; 0 where there are none."""
    try:
        return wavfile.repair(path)
    except FileNotFoundError:
        return 0
    except (OSError, ValueError) as error:
        logger.warning("a recording cannot be repaired: %s", type(error).__name__)
        return 0
