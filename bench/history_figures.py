"""What the history costs with ten thousand calls: opening, writing, listing, searching, reading.

Beside each question the same one put by Python's own sqlite3, in a thread, in the same run: the
ratio is the price of SQLAlchemy and of the way to the writing task. Run
`python bench/history_figures.py [--calls 10000]`. It asserts nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from callconsole.adapters.history import SqlHistory
from callconsole.domain.call import Call, EndedBy, Ending, Outcome, answered, ended, rung
from callconsole.domain.events import AgentReplied
from callconsole.domain.record import CallQuery, LoggedEvent, Note
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine.archivist import logged
from callconsole.engine.figures import CallFigures

TURNS, EVENTS, ROUNDS, LIVE = 24, 60, 30, 50
START = datetime(2026, 1, 1, tzinfo=UTC)
PROMPTS = ("appointment_reminder", "customer_survey", "order_status", "cooking_assistant")
WORDS = ("good", "morning", "this", "is", "the", "practice", "about", "your", "appointment", "at")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder) / "history", options.calls))


async def measure(folder: Path, count: int) -> None:
    await opening(folder, "open, first time (imports, tables)")
    history = SqlHistory(folder)
    await history.open()
    await filling(history, count)
    newest = sid(count - 1)
    questions: list[tuple[str, Callable[[], Awaitable[object]], str, tuple[object, ...]]] = [
        ("first page of all", lambda: history.find(CallQuery()), PAGE.format("1"), ()),
        (
            "page 100",
            lambda: history.find(CallQuery(offset=count // 2)),
            PAGE.format("1").replace("LIMIT 50", f"LIMIT 50 OFFSET {count // 2}"),
            (),
        ),
        (
            "number as typed, few match",
            lambda: history.find(CallQuery(text="415 555 00")),
            PAGE.format(LIKE),
            ("%41555500%", "%415 555 00%"),
        ),
        (
            "number as typed, none matches",
            lambda: history.find(CallQuery(text="999999")),
            PAGE.format(LIKE),
            ("%999999%", "%999999%"),
        ),
        (
            "prompt's name",
            lambda: history.find(CallQuery(text="survey")),
            PAGE.format(LIKE),
            ("%survey%", "%survey%"),
        ),
        (
            "one outcome",
            lambda: history.find(CallQuery(outcomes=frozenset({Outcome.BUSY}))),
            PAGE.format("outcome = 'busy'"),
            (),
        ),
        ("open one record", lambda: history.record(newest), RECORD, (newest,)),
    ]
    print(f"{'':36}{'median':>10}{'worst':>10}{'sqlite3':>10}{'ratio':>8}{'stall':>9}")
    for title, ask, statement, values in questions:
        await asked(history.path, title, ask, statement, values)
    await history.close()
    await opening(folder, "open, up to date")
    (folder / "desk-dead.lock").touch()
    await opening(folder, "open after a crash (all is read)")
    size = history.path.stat().st_size
    print(f"{'file size':36}{size / 2**20:10.1f} MiB{size / count / 1024:10.1f} KiB a call")


async def opening(folder: Path, title: str) -> None:
    history = SqlHistory(folder)
    before = time.perf_counter()
    stall = await stalled(history.open(), pause_s=0.002)
    print(f"{title:36}{ms_since(before):10.1f} ms, longest stall of the loop {stall:.1f} ms")
    await history.close()


async def filling(history: SqlHistory, count: int) -> None:
    """Keep every call's whole life, as many as the writer takes, then a busy desk's every flush."""
    before = time.perf_counter()
    keeping = 0.0
    stalls = []
    for number in range(count):
        begun = time.perf_counter()
        keep_one(history, number)
        keeping += time.perf_counter() - begun
        if number % 100 == 99:
            stalls.append(await stalled(history.flush()))
    took = time.perf_counter() - before
    rows, things = count * (TURNS + EVENTS + 2), count * (5 + TURNS * 3 + EVENTS)
    print(f"{'write, calls a second':36}{count / took:10.0f} ({rows / took:.0f} rows a second)")
    print(f"{'keep one thing, us for the caller':36}{keeping / things * 1e6:10.2f}")
    print(f"{'write 100 whole calls, stall, ms':36}{statistics.median(stalls):10.2f}")
    stalls, times = [], []
    for moment in range(ROUNDS):
        for number in range(LIVE):
            history.keep_turn(sid(number), Turn(1, Speaker.AGENT, f"{moment} words", 4.5))
            at = START + timedelta(seconds=moment)
            history.keep_event(sid(number), LoggedEvent(at, "AgentHeard", {"delay_ms": moment}))
        begun = time.perf_counter()
        stalls.append(await stalled(history.flush()))
        times.append(ms_since(begun))
    print(f"{f'one write with {LIVE} live calls, ms':36}{statistics.median(times):10.2f}", end="")
    print(f", longest stall of the loop {statistics.median(stalls):.2f} ms")


def keep_one(history: SqlHistory, number: int) -> None:
    chance = random.Random(number)
    placed = START + timedelta(minutes=number * 7)
    call = Call(
        sid(number),
        f"+1415555{chance.randrange(10_000):04}",
        "+16285550100",
        chance.choice(PROMPTS),
        "phone",
        placed,
    )
    history.keep_call(call)
    history.keep_call(rung(call, placed))
    call = answered(call, placed + timedelta(seconds=7))
    history.keep_call(call)
    figures = CallFigures()
    for turn in range(1, TURNS + 1):
        text = " ".join(chance.choices(WORDS, k=14))
        speaker = Speaker.AGENT if turn % 2 else Speaker.CALLER
        for end in (5, 30, len(text)):
            history.keep_turn(call.sid, Turn(turn, speaker, text[:end], turn * 4.5, final=True))
    for event in range(EVENTS):
        at = placed + timedelta(seconds=event)
        replied = AgentReplied(call_sid=call.sid, at=at, delay_ms=600 + event)
        history.keep_event(call.sid, logged(replied))
        if event % 5 == 0:
            figures.take(replied)
    history.keep_note(call.sid, Note(placed, "Wants to be called back", {"when": "Friday"}))
    outcome = chance.choice(tuple(Outcome))
    history.keep_call(ended(call, Ending(outcome, EndedBy.CALLER), placed + timedelta(minutes=2)))
    history.keep_figures(call.sid, figures.as_json(), 113.0)


async def asked(
    path: Path,
    title: str,
    ask: Callable[[], Awaitable[object]],
    statement: str,
    values: tuple[object, ...],
) -> None:
    times, stalls, floor = [], [], []
    await ask()
    with closing(sqlite3.connect(path, check_same_thread=False)) as plain:
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            await ask()
            times.append(ms_since(begun))
            stalls.append(await stalled(ask()))
            begun = time.perf_counter()
            await asyncio.to_thread(plain_answer, plain, statement, values)
            floor.append(ms_since(begun))
    own, bare = statistics.median(times), statistics.median(floor)
    print(
        f"{title + ', ms':36}{own:10.2f}{max(times):10.2f}{bare:10.2f}{own / bare:8.1f}"
        f"{statistics.median(stalls):9.2f}"
    )


def plain_answer(plain: sqlite3.Connection, statements: str, values: tuple[object, ...]) -> None:
    for statement in statements.split(";"):
        plain.execute(statement, values).fetchall()


async def stalled(work: Awaitable[object], pause_s: float = 0.0) -> float:
    """The longest time in ms for which the loop did nothing else during the work.

    Without a pause the look is precise, but takes time from a thread that works.
    """
    longest, running = 0.0, True

    async def tick() -> None:
        nonlocal longest
        while running:
            begun = time.perf_counter()
            await asyncio.sleep(pause_s)
            longest = max(longest, ms_since(begun) - pause_s * 1000)

    ticking = asyncio.create_task(tick())
    await work
    running = False
    await ticking
    return longest


def sid(number: int) -> str:
    return f"CA{number:032x}"


def ms_since(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000


LIKE = "(to_number LIKE ? OR prompt_key LIKE ?)"
PAGE = (
    "SELECT * FROM calls WHERE {0} ORDER BY placed_at DESC, sid DESC LIMIT 50;"
    "SELECT count(*), sum(recorded_s) FROM calls WHERE {0}"
)
RECORD = (
    "SELECT * FROM calls WHERE sid = ?; SELECT * FROM turns WHERE call_sid = ?;"
    "SELECT * FROM events WHERE call_sid = ?; SELECT * FROM notes WHERE call_sid = ?"
)

if __name__ == "__main__":
    main()
