"""Consoles that die, and consoles that run side by side."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from history_kit import a_call, an_ended_call, opened

from callconsole.adapters.history.desk_lock import DeskLock
from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.record import CallQuery
from callconsole.engine.clock import SystemClock
from callconsole.engine.recovery import STOPPED, recover
from fakes.engine import FakeCarrier

# The console that is killed is a process apart, with the computer's own clock.
pytestmark = pytest.mark.real_time

WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from callconsole.adapters.history import SqlHistory
from callconsole.domain.call import Call
from callconsole.domain.record import LoggedEvent
from callconsole.domain.transcript import Speaker, Turn

async def main(folder):
    history = SqlHistory(folder)
    await history.open()
    call = Call("CA1", "+14155552671", "+16285550100", "survey", "phone", datetime.now(UTC))
    history.keep_call(call)
    number = 0
    while True:
        number += 1
        history.keep_event("CA1", LoggedEvent(datetime.now(UTC), "Tick", {"number": number}))
        history.keep_turn("CA1", Turn(number, Speaker.AGENT, f"turn {number}", 0.0))
        print(number, flush=True)
        await asyncio.sleep(0.01)

asyncio.run(main(Path(sys.argv[1])))
"""


def killed_writer(folder: Path, after: int) -> int:
    """Kill -9 a console that keeps a turn and an event every 10 ms; how many it had kept."""
    command = [sys.executable, "-c", WRITER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if int(line) == after:
                writer.send_signal(signal.SIGKILL)
                break
        kept = after + sum(line.endswith("\n") for line in writer.stdout)
    assert writer.returncode == -signal.SIGKILL
    return kept


@pytest.mark.parametrize("after", [150, 171, 198])
async def test_a_killed_console_loses_at_most_the_last_second(tmp_path: Path, after: int) -> None:
    kept = await asyncio.to_thread(killed_writer, tmp_path / "history", after)
    async with opened(tmp_path / "history") as history:
        record = await history.record("CA1")
        assert record is not None
        assert kept - len(record.events) < 100
        assert len(record.turns) == len(record.events) > 0
        assert [turn.id for turn in record.turns] == list(range(1, len(record.turns) + 1))
        assert [call.sid for call in await history.unfinished()] == ["CA1"]


async def test_what_a_killed_console_left_open_is_ended_by_the_next(tmp_path: Path) -> None:
    await asyncio.to_thread(killed_writer, tmp_path / "history", 60)
    async with opened(tmp_path / "history") as history:
        (left,) = await recover(history, tmp_path / "recordings", {}.get, SystemClock())
        assert await history.unfinished() == [left]
        carrier = FakeCarrier()
        line = {"phone": carrier}.get
        assert await recover(history, tmp_path / "recordings", line, SystemClock()) == []
        assert carrier.ended == ["CA1"]
        assert await history.unfinished() == []
        record = await history.record("CA1")
        assert record is not None
        assert record.call.ending == Ending(Outcome.COMPLETED, EndedBy.CONSOLE, STOPPED)
        assert record.figures["turns"]["agent"] == len(record.turns)
        assert record.events[-1].name == "CallEnded"
        assert record.call.ended_at == record.events[-2].at


async def test_ended_calls_and_ones_own_are_not_unfinished(tmp_path: Path) -> None:
    async with opened(tmp_path) as history:
        history.keep_call(an_ended_call(1))
        history.keep_call(a_call(2))
        history.keep_call(a_call(3))
        assert await history.unfinished() == []
    async with opened(tmp_path) as history:
        assert await history.unfinished() == [a_call(2), a_call(3)]
        history.keep_call(an_ended_call(2))
        assert await history.unfinished() == [a_call(3)]


async def test_a_live_call_of_another_console_is_not_unfinished(tmp_path: Path) -> None:
    async with opened(tmp_path) as first:
        first.keep_call(a_call(1))
        await first.flush()
        async with opened(tmp_path) as second:
            second.keep_call(a_call(2))
            assert await second.unfinished() == []
            assert await first.unfinished() == []
            assert (await first.find(CallQuery())).total == 2
        # The second one has gone without ending its call.
        assert await first.unfinished() == [a_call(2)]
    async with opened(tmp_path) as third:
        assert await third.unfinished() == [a_call(1), a_call(2)]


async def test_two_consoles_write_at_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as first, opened(tmp_path) as second:
        for number in range(0, 100, 2):
            first.keep_call(a_call(number))
            second.keep_call(a_call(number + 1))
            await first.flush()
            await second.flush()
        assert first.problem is second.problem is None
        assert (await first.find(CallQuery())).total == 100


@pytest.fixture
def desks(tmp_path: Path) -> Path:
    folder = tmp_path / "desks"
    folder.mkdir()
    return folder


def test_a_desk_knows_the_living_from_the_dead(desks: Path) -> None:
    first = DeskLock(desks)
    assert (first.alone, first.after_crash, first.others()) == (True, False, set())
    second = DeskLock(desks)
    assert (second.alone, second.after_crash) == (False, False)
    assert (first.others(), second.others()) == ({second.desk}, {first.desk})
    second.release(clean=False)
    assert first.others() == set()
    third = DeskLock(desks)
    assert third.after_crash
    for desk in (first, third, third):
        desk.release()
    assert os.listdir(desks) == []


def test_a_killed_process_lets_go_of_its_desk(desks: Path) -> None:
    program = (
        "import sys, time, pathlib; from callconsole.adapters.history.desk_lock import DeskLock;"
        "lock = DeskLock(pathlib.Path(sys.argv[1])); print(lock.desk, flush=True); time.sleep(60)"
    )
    mine = DeskLock(desks)
    command = [sys.executable, "-c", program, str(desks)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        desk = other.stdout.readline().strip()
        assert mine.others() == {desk}
        other.kill()
    assert mine.others() == set()
    mine.release()
    assert os.listdir(desks) == [f"desk-{desk}.lock"]
