"""A console died under its calls: the next one ends them and completes their records."""

from __future__ import annotations

import logging
import os
import struct
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from callconsole.audio import wavfile
from callconsole.domain.call import Call, EndedBy, Ending, Outcome, Phase
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.record import CallRecord, LoggedEvent
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine import recovery
from callconsole.engine.ports import Carrier, CarrierReport, CarrierStatus, History
from callconsole.engine.recovery import STOPPED, recover
from fakes.engine import SID, FakeCarrier, FakeClock
from fakes.history import FakeHistory

CLOCK = FakeClock()
PLACED = CLOCK.now() - timedelta(minutes=10)
TALKING = Call(
    SID,
    "+14155552671",
    "+16285550100",
    "order_status",
    "phone",
    PLACED,
    phase=Phase.IN_PROGRESS,
    rang_at=PLACED + timedelta(seconds=2),
    answered_at=PLACED + timedelta(seconds=8),
)
RINGING = replace(TALKING, phase=Phase.RINGING, answered_at=None)
DOWN = Problem("twilio.unreachable", "Twilio cannot be reached", "No network.", "Wait.")


class Exchange(FakeCarrier):
    """A phone company that ends a call when it likes, and reports what the test says."""

    def __init__(self, *reports: CarrierReport | Problem) -> None:
        super().__init__()
        self.reports = list(reports)

    async def fetch_call(self, call_sid: str) -> CarrierReport:
        report = self.reports.pop(0) if len(self.reports) > 1 else self.reports[0]
        if isinstance(report, Problem):
            raise ProblemError(report)
        return report


def said(status: CarrierStatus, duration_s: int | None = None, **more: int) -> CarrierReport:
    return CarrierReport(SID, status, duration_s=duration_s, **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "recordings"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "LOOK_EVERY_S", 0.0)


async def recovered(
    history: FakeHistory, folder: Path, carrier: FakeCarrier | None = None
) -> list[Call]:
    port: History = history
    given: Carrier | None = carrier  # type: ignore[assignment]
    return await recover(port, folder, {"phone": given}.get, CLOCK)


def left_open(folder: Path, name: str, frames: int, at: datetime | None = None) -> Path:
    """A recording whose program died: half a second is behind the header, and half a frame."""
    path = folder / name
    writer = wavfile.WavWriter(path, 8000, channels=2)
    writer.append(np.ones((frames - 4000, 2), np.int16))
    writer.close()
    with path.open("ab") as file:
        file.write(struct.pack("<h", 7) * 2 * 4000 + b"\x01\x02\x03")
    stamp = (at or CLOCK.now() - timedelta(minutes=5)).timestamp()
    os.utime(path, (stamp, stamp))
    return path


async def test_a_call_that_the_carrier_still_has_is_ended_and_completed(folder: Path) -> None:
    path = left_open(folder, f"20261122-092008_{SID}.wav", 8000 * 61)
    events = (
        LoggedEvent(PLACED + timedelta(seconds=20), "AgentReplied", {"delay_ms": 600}),
        LoggedEvent(PLACED + timedelta(seconds=21), "AgentHeard", {"delay_ms": 700}),
        LoggedEvent(PLACED + timedelta(seconds=22), "AgentReplied", {"of": "another version"}),
    )
    turns = (Turn(1, Speaker.AGENT, "Hello", 1.0, final=True),)
    history = FakeHistory(CallRecord(TALKING, turns=turns, events=events))
    carrier = Exchange(
        said(CarrierStatus.IN_PROGRESS), said(CarrierStatus.COMPLETED, duration_s=75)
    )
    assert await recovered(history, folder, carrier) == []
    assert carrier.ended == [SID]
    assert carrier.orders == []
    record = history.records[SID]
    assert record.call.ending == Ending(Outcome.COMPLETED, EndedBy.CONSOLE, STOPPED)
    assert record.call.phase is Phase.ENDED
    assert record.call.ended_at == PLACED + timedelta(seconds=8 + 75)
    assert record.call.recording == str(path)
    assert history.recorded_s == {SID: 61.0}
    assert record.figures["replies"]["heard_median_ms"] == 700
    assert record.figures["turns"]["agent"] == 1
    assert record.events[-1].name == "CallEnded"
    assert record.events[-1].details["ending"]["problem"]["code"] == "console.stopped"
    assert len(wavfile.read(path)[0]) == 8000 * 61
    assert history.flushed == 1


@pytest.mark.parametrize(
    ("report", "ending"),
    [
        (said(CarrierStatus.CANCELED), Ending(Outcome.CANCELED, EndedBy.CONSOLE, STOPPED)),
        (said(CarrierStatus.BUSY), (Outcome.BUSY, "call.busy")),
        (said(CarrierStatus.BUSY, sip_code=603), (Outcome.DECLINED, "call.declined")),
        (said(CarrierStatus.NO_ANSWER), (Outcome.NO_ANSWER, "call.no_answer")),
        (said(CarrierStatus.FAILED, sip_code=404), (Outcome.FAILED, "call.unreachable")),
    ],
)
async def test_a_call_that_never_began_ends_as_the_carrier_says(
    folder: Path, report: CarrierReport, ending: Ending | tuple[Outcome, str]
) -> None:
    history = FakeHistory(CallRecord(RINGING))
    assert await recovered(history, folder, Exchange(report)) == []
    call = history.records[SID].call
    assert call.ending is not None
    if isinstance(ending, Ending):
        assert call.ending == ending
    else:
        assert call.ending.problem is not None
        assert (call.ending.outcome, call.ending.problem.code) == ending
    # Nothing was heard of it after it rang.
    assert call.ended_at == RINGING.rang_at
    assert call.answered_at is None


async def test_a_call_that_was_answered_after_the_crash_has_its_length(folder: Path) -> None:
    history = FakeHistory(CallRecord(RINGING))
    await recovered(history, folder, Exchange(said(CarrierStatus.COMPLETED, duration_s=30)))
    call = history.records[SID].call
    assert call.duration_s(CLOCK.now()) == 30.0
    assert call.ended_at == CLOCK.now()


async def test_a_practice_call_died_with_its_world(folder: Path) -> None:
    call = replace(TALKING, line="practice")
    sign = PLACED + timedelta(seconds=50)
    history = FakeHistory(CallRecord(call, events=(LoggedEvent(sign, "KeyReceived", {}),)))
    assert await recovered(history, folder, None) == []
    kept = history.records[SID].call
    assert kept.ending == Ending(Outcome.FAILED, EndedBy.CONSOLE, STOPPED)
    assert kept.ended_at == sign


@pytest.mark.parametrize(
    "carrier",
    [
        None,
        Exchange(DOWN),
        Exchange(said(CarrierStatus.IN_PROGRESS)),
    ],
    ids=["no line", "no network", "never ends"],
)
async def test_a_call_of_which_nothing_can_be_learnt_waits(
    folder: Path, carrier: Exchange | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    path = left_open(folder, f"20261122-092008_{SID}.wav", 8000 * 3)
    history = FakeHistory(CallRecord(TALKING))
    assert await recovered(history, folder, carrier) == [TALKING]
    assert history.records[SID] == CallRecord(TALKING)
    assert len(wavfile.read(path)[0]) == 8000 * 3
    # Later the carrier answers.
    again = Exchange(said(CarrierStatus.COMPLETED, duration_s=5))
    assert await recovered(history, folder, again) == []
    assert history.records[SID].call.recording == str(path)
    assert "4155552671" not in caplog.text


async def test_a_way_to_hang_up_that_fails_leaves_the_call_for_later(folder: Path) -> None:
    carrier = Exchange(said(CarrierStatus.COMPLETED))
    carrier.end_fails = True
    history = FakeHistory(CallRecord(TALKING))
    assert await recovered(history, folder, carrier) == [TALKING]


async def test_after_a_day_no_carrier_need_be_asked(folder: Path) -> None:
    for call, outcome in ((TALKING, Outcome.COMPLETED), (RINGING, Outcome.FAILED)):
        old = replace(call, placed_at=CLOCK.now() - timedelta(hours=25))
        history = FakeHistory(CallRecord(old))
        assert await recovered(history, folder, None) == []
        assert history.records[SID].call.ending == Ending(outcome, EndedBy.CONSOLE, STOPPED)


async def test_the_recording_is_found_by_the_record_as_well(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    path = left_open(elsewhere, "any name.wav", 8000 * 2)
    call = replace(TALKING, recording=str(path), line="practice")
    history = FakeHistory(CallRecord(call))
    await recovered(history, folder)
    assert history.records[SID].call.recording == str(path)
    assert history.recorded_s == {SID: 2.0}
    # It ended with its recording, the last that is known of it.
    assert history.records[SID].call.ended_at == PLACED + timedelta(seconds=8 + 2)


async def test_a_recording_that_is_gone_or_empty_changes_nothing(folder: Path) -> None:
    (folder / f"20261122-092008_{SID}.wav").write_bytes(b"")
    call = replace(TALKING, recording=str(folder / "gone.wav"), line="practice")
    history = FakeHistory(CallRecord(call))
    await recovered(history, folder)
    assert history.recorded_s == {SID: 0.0}
    assert history.records[SID].call.ending is not None


async def test_recordings_of_no_call_are_repaired_unless_they_grow(folder: Path) -> None:
    orphan = left_open(folder, "20261121-080000_CA0.wav", 8000 * 4)
    growing = left_open(folder, "20261122-093000_CA9.wav", 8000 * 4, at=CLOCK.now())
    whole = folder / "whole.wav"
    with wavfile.WavWriter(whole, 8000, channels=2) as writer:
        writer.append(np.ones((800, 2), np.int16))
    os.utime(whole, (0, 0))
    before, size = growing.read_bytes(), whole.read_bytes()
    assert await recovered(FakeHistory(), folder) == []
    assert len(wavfile.read(orphan)[0]) == 8000 * 4
    assert orphan.stat().st_size == 44 + 8000 * 4 * 4
    assert growing.read_bytes() == before
    assert whole.read_bytes() == size
    assert whole.stat().st_mtime == 0


async def test_a_history_that_cannot_be_read_still_has_its_recordings_repaired(
    folder: Path, tmp_path: Path
) -> None:
    orphan = left_open(folder, "20261121-080000_CA0.wav", 8000)
    history = FakeHistory(CallRecord(TALKING))
    history.problem = DOWN
    assert await recovered(history, folder) == []
    assert orphan.stat().st_size == 44 + 8000 * 4
    assert await recovered(FakeHistory(), tmp_path / "nowhere") == []


async def test_many_calls_are_ended_at_once(folder: Path) -> None:
    calls = [replace(TALKING, sid=f"CA{number:032x}") for number in range(20)]
    history = FakeHistory(*map(CallRecord, calls))
    carrier = Exchange(said(CarrierStatus.COMPLETED, duration_s=9))
    assert await recovered(history, folder, carrier) == []
    assert sorted(carrier.ended) == sorted(call.sid for call in calls)
    assert not [record for record in history.records.values() if record.call.live]
