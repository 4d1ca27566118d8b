"""What the agent may do: allowed or not, well said or not, once or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.domain import events
from callconsole.domain.abilities import Abilities, Ability, TransferTarget
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.ports import AgentToolCall, AgentToolCancelled, ToolReply
from callconsole.engine.tool_specs import tool_specs
from callconsole.engine.tools import Tools
from fakes.engine import SID, FakeAgentSession, FakeClock

pytestmark = pytest.mark.virtual_time

DESK = TransferTarget("Front desk", "+14155550117")
EVERYTHING = Abilities(transfers=(DESK,))


class Deeds:
    """A call to which everything can be done."""

    def __init__(self) -> None:
        self.agent_spoke_last = True
        self.in_other_hands = False
        self.done: list[tuple[Any, ...]] = []
        self.refusal: Problem | None = None
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def say_goodbye_and_end(self, *, asked: bool) -> None:
        self.done.append(("end", asked))
        await self.goes_on.wait()
        self.done.append(("ended",))

    async def press_keys(self, digits: str) -> None:
        if self.refusal is not None:
            raise ProblemError(self.refusal)
        self.done.append(("keys", digits))

    async def transfer(self, target: TransferTarget, reason: str, *, asked: bool) -> None:
        self.done.append(("transfer", target.number, reason, asked))


class Bench:
    def __init__(self, abilities: Abilities = EVERYTHING) -> None:
        self.agent = FakeAgentSession()
        self.deeds = Deeds()
        self.events: list[events.CallEvent] = []
        self.tools = Tools(SID, self.agent, abilities, self.deeds, FakeClock(), self.events.append)
        self._count = 0

    async def call(self, name: str, **arguments: Any) -> tuple[dict[str, Any], ToolReply]:
        self._count += 1
        self.agent.answered.clear()
        self.tools.take(AgentToolCall(f"f{self._count}", name, arguments))
        async with asyncio.timeout(5):
            await self.agent.answered.wait()
        _, result, reply = self.agent.results[-1]
        return result, reply

    def notes(self) -> list[events.NoteTaken]:
        return [event for event in self.events if isinstance(event, events.NoteTaken)]

    def used(self) -> list[tuple[str, bool]]:
        return [(e.ability, e.done) for e in self.events if isinstance(e, events.AbilityUsed)]


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    yield made
    await made.tools.close()


async def test_a_note_is_kept_silently(bench: Bench) -> None:
    details = [{"name": "new time", "value": "Friday 9:30"}, {"name": "", "value": "x"}, 7]
    result, reply = await bench.call("take_note", note=" Moved. ", details=details)
    (taken,) = bench.notes()
    assert (taken.note.text, dict(taken.note.details)) == ("Moved.", {"new time": "Friday 9:30"})
    assert (result, reply) == ({"status": "Noted."}, ToolReply.SILENT)
    assert bench.used() == [("take_note", True)]


async def test_a_call_back_has_a_time(bench: Bench) -> None:
    await bench.call("schedule_callback", when="2026-11-23T14:30", note="Bring the papers")
    due = bench.notes()[0].note.due
    assert due is not None
    assert f"{due.astimezone():%Y-%m-%dT%H:%M}" == "2026-11-23T14:30"


@pytest.mark.parametrize("when", ["tomorrow", "2026-11-01T10:00", "2031-01-01T10:00", ""])
async def test_a_time_that_is_none_is_explained_with_todays_date(bench: Bench, when: str) -> None:
    result, _ = await bench.call("schedule_callback", when=when)
    assert "when has to" in result["error"]
    assert bench.notes() == []
    assert bench.used() == [("schedule_callback", False)]


async def test_keys_are_pressed_and_nothing_else(bench: Bench) -> None:
    await bench.call("press_keys", digits="1w #")
    await bench.call("press_keys", digits=12)
    refused, _ = await bench.call("press_keys", digits="call 911; rm -rf")
    assert bench.deeds.done == [("keys", "1w#"), ("keys", "12")]
    assert "digits" in refused["error"]


async def test_a_carrier_that_refuses_is_told_in_words(bench: Bench) -> None:
    bench.deeds.refusal = Problem("twilio.21220", "The call is over", "It has ended.", "Stop.")
    result, _ = await bench.call("press_keys", digits="1")
    assert "The call is over" in result["error"]


async def test_only_whom_the_prompt_names_can_be_reached(bench: Bench) -> None:
    await bench.call("transfer_call", to="front DESK", reason="Wants a refund")
    refused, _ = await bench.call("transfer_call", to="+19005550100")
    assert bench.deeds.done == [("transfer", DESK.number, "Wants a refund", False)]
    assert "Front desk" in refused["error"]


async def test_a_goodbye_that_was_not_said_is_asked_for(bench: Bench) -> None:
    _, reply = await bench.call("end_call")
    assert reply is ToolReply.SILENT
    bench.deeds.agent_spoke_last = False
    result, reply = await bench.call("end_call")
    assert "goodbye" in result["status"]
    assert reply is ToolReply.WHEN_IDLE
    assert [d for d in bench.deeds.done if d[0] == "end"] == [("end", False), ("end", True)]


async def test_what_is_switched_off_or_unknown_is_refused() -> None:
    bench = Bench(Abilities(allowed=frozenset({Ability.TAKE_NOTE})))
    off, _ = await bench.call("end_call")
    unknown, _ = await bench.call("send_money", to="me")
    assert "switched off" in off["error"]
    assert "no such function" in unknown["error"]
    assert bench.deeds.done == []
    assert [spec.name for spec in tool_specs(Abilities(frozenset({Ability.TAKE_NOTE})))] == [
        "take_note"
    ]


async def test_while_the_operator_has_the_call_the_agent_only_takes_notes(bench: Bench) -> None:
    bench.deeds.in_other_hands = True
    for name, arguments in (
        ("end_call", {}),
        ("press_keys", {"digits": "1"}),
        ("transfer_call", {"to": "Front desk", "reason": "Wants the afternoon."}),
    ):
        result, _ = await bench.call(name, **arguments)
        assert "colleague has the call" in result["error"]
    await bench.call("take_note", note="Prefers mornings.")
    assert bench.deeds.done == []
    assert len(bench.notes()) == 1


async def test_a_repeated_call_is_carried_out_once(bench: Bench) -> None:
    call = AgentToolCall("same", "take_note", {"note": "Once."})
    bench.tools.take(call)
    bench.tools.take(call)
    await bench.agent.answered.wait()
    await bench.call("take_note", note="Another.")
    assert [taken.note.text for taken in bench.notes()] == ["Once.", "Another."]


async def test_a_call_that_is_taken_back_stops(bench: Bench) -> None:
    bench.deeds.goes_on.clear()
    bench.tools.take(AgentToolCall("bye", "end_call", {}))
    await bench.agent.answered.wait()
    while not bench.deeds.done:
        await asyncio.sleep(0)
    bench.tools.take(AgentToolCancelled(("bye", "never")))
    bench.deeds.goes_on.set()
    await bench.call("take_note", note="Still here.")
    assert bench.deeds.done == [("end", False)]


def test_a_transfer_is_offered_only_with_somebody_to_transfer_to() -> None:
    assert "transfer_call" not in [spec.name for spec in tool_specs(Abilities())]
    spec = next(s for s in tool_specs(EVERYTHING) if s.name == "transfer_call")
    assert spec.parameters["properties"]["to"]["enum"] == ["Front desk"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@given(
    st.sampled_from([*Ability, "other"]),
    st.dictionaries(st.sampled_from(["note", "details", "when", "digits", "to", "reason"]), JSON),
)
def test_whatever_a_model_writes_it_gets_an_answer(name: str, arguments: dict[str, Any]) -> None:
    async def play() -> None:
        bench = Bench()
        result, _ = await bench.call(str(name), **arguments)
        assert list(result) in (["status"], ["error"])
        await bench.tools.close()

    asyncio.run(play())
