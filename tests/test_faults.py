"""What breaks during a call and how the call goes on: the whole app, both back ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from callconsole.app import App
from callconsole.domain import events
from callconsole.domain.call import Call, EndedBy, Outcome
from callconsole.domain.events import Event
from callconsole.domain.transcript import Speaker
from callconsole.practice.agent import AgentFaults
from callconsole.practice.agent.faults import CloseSocket, DropConnection, GoAway, Moment, Strike
from callconsole.practice.callees import AwaitTurn, Callee, Say, Wait
from callconsole.practice.world import PracticeWorld
from callconsole.settings import Settings

pytestmark = pytest.mark.limit(60)
BACK_ENDS: dict[str, dict[str, str]] = {
    "gemini api": {},
    "vertex ai": {"vertex_project_id": "a-project"},
}
ASKS = Callee(
    "+14155550101",
    "Asks who is calling",
    "Asks, is answered, says goodbye.",
    dial_s=0.01,
    ring_s=0.05,
    script=(
        Wait(0.2),
        Say("interrupter_who"),
        AwaitTurn(patience_s=30.0),
        Say("interrupter_bye"),
        AwaitTurn(patience_s=6.0, or_hang_up=False),
    ),
)
WORDS = ["This is Ada from Bayside Dental.", "Thank you very much. Goodbye."]


class Room:
    """One call on the practice line, with something wrong."""

    def __init__(self, data: Path, faults: AgentFaults, **settings: str) -> None:
        values = {
            "CALLCONSOLE_DATA_DIR": data,
            "server_port": 0,
            "CALLCONSOLE_AMD": False,
            **settings,
        }
        self.world = PracticeWorld(callees=(ASKS,), agent_faults=AgentFaults())
        self.faults = faults
        self.app = App(Settings(_env_file=None, **values))
        self.said: list[Event] = []
        self._more = asyncio.Event()
        self.app.console.subscribe(self._keep)

    def _keep(self, event: Event) -> None:
        self.said.append(event)
        self._more.set()

    def of(self, kind: type) -> list:
        return [event for event in self.said if isinstance(event, kind)]

    async def until(self, true: Callable[[], bool]) -> None:
        while not true():
            self._more.clear()
            await self._more.wait()

    async def call(self) -> Call:
        """One call to its end; the fault is switched on after the console's own check."""
        await self.app.start("practice", practice=self.world)
        self.world.agent.faults = self.faults
        try:
            call = await self.app.console.place_call(ASKS.number)
            await self.until(lambda: bool(self.of(events.CallEnded)))
            ended = self.app.console.call(call.sid)
            assert ended is not None
            self.turns = self.app.console.turns(call.sid)
            return ended
        finally:
            await self.app.stop()

    def agent_words(self) -> list[str]:
        return [turn.text for turn in self.turns if turn.speaker is Speaker.AGENT]


def struck(*strikes: Strike) -> AgentFaults:
    """Strike the call's first connection; the very first one was the console's own check."""
    return AgentFaults(strikes=strikes, first_connections=2)


async def played(rooms: dict[str, Room]) -> dict[str, Call]:
    """All calls at the same time, each with a world of its own."""
    calls = await asyncio.gather(*(room.call() for room in rooms.values()))
    return dict(zip(rooms, calls, strict=True))


async def test_a_broken_session_is_resumed_and_the_callee_notices_nothing(tmp_path: Path) -> None:
    faults = {
        "1011": struck(Strike(CloseSocket(1011, "Internal error"), Moment.READY, 1200.0)),
        "lost link": struck(Strike(DropConnection(), Moment.READY, 1200.0)),
        "go away": struck(Strike(GoAway(time_left_s=8.0), Moment.READY, 500.0)),
    }
    rooms = {
        f"{fault}, {back_end}": Room(tmp_path / fault / back_end, given, **settings)
        for fault, given in faults.items()
        for back_end, settings in BACK_ENDS.items()
    }
    for name, call in (await played(rooms)).items():
        room = rooms[name]
        assert call.ending is not None, name
        assert call.ending.outcome is Outcome.COMPLETED, name
        # After the goodbye either side may be the first to hang up.
        assert call.ending.by in {EndedBy.AGENT, EndedBy.CALLER}, name
        assert [event.fresh for event in room.of(events.AgentRenewed)] == [False], name
        # No second greeting, no lost and no doubled turn.
        assert [text[:32] for text in room.agent_words()] == WORDS, name


async def test_stalls_are_mended_step_by_step_or_end_politely(tmp_path: Path) -> None:
    unanswered = AgentFaults(unanswered_turns=1)
    rooms = {
        **{
            back_end: Room(tmp_path / back_end, unanswered, **settings)
            for back_end, settings in BACK_ENDS.items()
        },
        "silent": Room(tmp_path / "silent", AgentFaults(silent_turns=1)),
        "mute": Room(tmp_path / "mute", AgentFaults(unanswered_turns=99)),
    }
    calls = await played(rooms)

    def remedies(name: str) -> list[tuple[str, str]]:
        return [(event.stall, event.remedy) for event in rooms[name].of(events.AgentStalled)]

    for back_end in BACK_ENDS:
        assert remedies(back_end) == [("no answer", "nudged")]
        ending = calls[back_end].ending
        assert ending is not None
        assert ending.outcome is Outcome.COMPLETED
        assert rooms[back_end].agent_words()[0].startswith("This is Ada")

    assert remedies("silent")[0][0] in {"a turn without sound", "words without sound"}
    assert rooms["silent"].agent_words()

    given_up = calls["mute"].ending
    assert given_up is not None
    assert given_up.problem is not None
    assert (given_up.outcome, given_up.problem.code) == (Outcome.FAILED, "agent.silent")
    assert [remedy for _, remedy in remedies("mute")] == [
        "nudged",
        "session resumed",
        "new session",
        "given up",
    ]


async def test_what_google_forbids_ends_the_call_with_its_reason(tmp_path: Path) -> None:
    forbidden = CloseSocket(1007, "Request contains an invalid argument.")
    room = Room(tmp_path, struck(Strike(forbidden, Moment.READY, 900.0)))
    call = await room.call()
    assert call.ending is not None
    assert call.ending.problem is not None
    assert (call.ending.outcome, call.ending.by) == (Outcome.FAILED, EndedBy.CONSOLE)
    assert "invalid argument" in call.ending.problem.cause
    assert room.of(events.AgentRenewed) == []
