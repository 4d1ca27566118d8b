from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from google.genai import types
from hypothesis import given
from hypothesis import strategies as st

from callconsole.adapters.gemini import tool_calls
from callconsole.adapters.gemini.tool_answer import ToolAnswer
from callconsole.adapters.gemini.tool_calls import ToolCalls, ToolTerms
from callconsole.adapters.gemini.uplink import Item, Uplink
from callconsole.engine.ports import AgentToolCall, AgentToolCancelled, ToolReply

FREE = ToolTerms(blocking=False, scheduling=True)
BLOCKING = ToolTerms(blocking=True)
NAMELESS = ToolTerms(blocking=True, ids=False)
DONE = {"output": "done"}


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def now(self) -> datetime:
        return datetime(2026, 11, 26, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.at


class Bench:
    """The calls of one conversation, and what they have queued."""

    def __init__(self, terms: ToolTerms = FREE) -> None:
        self.clock = Hands()
        self.uplink = Uplink()
        self.calls = ToolCalls(terms, self.uplink, self.clock)

    def call(
        self, wire_id: str | None = "1", *, by_part: bool = False, digits: str = "1"
    ) -> AgentToolCall | None:
        call = types.FunctionCall(id=wire_id, name="press_keys", args={"digits": digits})
        return self.calls.called(call, by_part=by_part)

    def told(self, *args: Any, **options: Any) -> AgentToolCall:
        call = self.call(*args, **options)
        assert call is not None
        return call

    def answer(self, call: AgentToolCall, result: dict[str, Any] = DONE) -> None:
        self.calls.answer(call, result, ToolReply.SILENT)

    def queued(self) -> list[Item]:
        return list(self.uplink._items)

    def ids(self) -> list[str | None]:
        return [item.id for item in self.queued() if isinstance(item, ToolAnswer)]

    def send(self) -> None:
        """Everything that waits goes out."""
        for item in self.queued():
            self.uplink.sent(item)
            if isinstance(item, ToolAnswer):
                self.calls.sent(item)


# Told once -----------------------------------------------------------------------------------


def test_a_call_is_told_as_the_model_wrote_it() -> None:
    bench = Bench()
    assert bench.call("7") == AgentToolCall("7", "press_keys", {"digits": "1"})
    bare = bench.calls.called(types.FunctionCall(id="8"), by_part=False)
    assert bare == AgentToolCall("8", "", {})


@pytest.mark.parametrize("by_part", [False, True])
def test_an_id_is_told_once_in_a_conversation(by_part: bool) -> None:
    bench = Bench()
    call = bench.told("1")
    assert bench.call("1", by_part=by_part) is None
    bench.answer(call)
    bench.send()
    bench.calls.remembered()
    bench.calls.moved(fresh=False)
    assert bench.call("1", by_part=by_part) is None
    assert bench.call("2", by_part=by_part) is not None


def test_calls_without_an_id_get_one_each() -> None:
    bench = Bench()
    assert bench.told(None).id != bench.told(None, digits="2").id


def test_a_call_without_an_id_is_told_once_in_both_its_forms() -> None:
    bench = Bench()
    call = bench.told(None)
    assert bench.call(None) is None
    bench.answer(call)
    assert bench.call(None, by_part=True) is None


def test_the_same_call_without_an_id_is_new_once_it_was_answered() -> None:
    bench = Bench()
    bench.answer(bench.told(None))
    assert bench.call(None) is not None


def test_the_same_call_without_an_id_is_new_in_the_next_turn() -> None:
    bench = Bench()
    bench.answer(bench.told(None))
    bench.calls.turn_done()
    assert bench.call(None, by_part=True) is not None


# Answered once -------------------------------------------------------------------------------


def test_an_answer_carries_what_the_back_end_needs() -> None:
    bench = Bench()
    bench.answer(bench.told("1"))
    (answer,) = bench.queued()
    assert isinstance(answer, ToolAnswer)
    assert (answer.id, answer.name, answer.result, answer.reply) == (
        "1",
        "press_keys",
        DONE,
        ToolReply.SILENT,
    )


@pytest.mark.parametrize(("terms", "expected"), [(NAMELESS, None), (BLOCKING, "unnamed-1")])
async def test_the_id_of_an_unnamed_call_is_sent_where_one_is_needed(
    terms: ToolTerms, expected: str | None
) -> None:
    bench = Bench(terms)
    bench.answer(bench.told(None))
    (answer,) = bench.queued()
    assert isinstance(answer, ToolAnswer)
    assert (answer.id, answer.reply) == (expected, None)


def test_a_second_answer_and_one_to_nothing_are_dropped() -> None:
    bench = Bench()
    call = bench.told("1")
    bench.answer(call)
    bench.answer(call)
    bench.answer(AgentToolCall("9", "press_keys", {}))
    assert bench.ids() == ["1"]


def test_a_cancelled_call_is_answered_no_more() -> None:
    bench = Bench()
    first, second = bench.told("1"), bench.told("2", digits="2")
    bench.answer(second)
    assert bench.calls.cancelled(["1", "2", "3"]) == AgentToolCancelled(("1", "2"))
    bench.answer(first)
    assert bench.queued() == []
    assert bench.calls.cancelled(["1"]) is None
    assert bench.call("3") is None


def test_a_call_whose_answer_is_out_cannot_be_cancelled() -> None:
    bench = Bench()
    bench.answer(bench.told("1"))
    bench.send()
    assert bench.calls.cancelled(["1"]) is None


# Over connections ----------------------------------------------------------------------------


@pytest.mark.parametrize("out", [False, True])
def test_an_answer_is_sent_again_to_a_session_that_waits_for_it(out: bool) -> None:
    bench = Bench()
    call = bench.told("1")
    bench.calls.remembered()
    bench.answer(call)
    if out:
        bench.send()
    bench.uplink.add_text("later")
    bench.calls.moved(fresh=False)
    answer, text = bench.queued()
    assert isinstance(answer, ToolAnswer)
    assert (answer.id, text) == ("1", "later")


@pytest.mark.parametrize(("after_s", "again"), [(1.0, []), (0.1, ["1"])])
def test_an_answer_that_a_handle_remembers_is_not_sent_again(
    after_s: float, again: list[str]
) -> None:
    bench = Bench()
    bench.answer(bench.told("1"))
    bench.send()
    bench.clock.at += after_s
    bench.calls.remembered()
    bench.calls.moved(fresh=False)
    assert bench.ids() == again


@pytest.mark.parametrize("fresh", [False, True])
def test_a_call_that_nobody_remembers_is_not_answered(fresh: bool) -> None:
    bench = Bench()
    first, second = bench.told("1"), bench.told("2", digits="2")
    if fresh:
        bench.calls.remembered()
    bench.answer(first)
    bench.calls.moved(fresh=fresh)
    bench.answer(second)
    assert bench.queued() == []
    assert not bench.calls.waited_for


@pytest.mark.parametrize("known", [False, True])
def test_a_call_that_is_made_again_after_a_loss_is_not_run_again(known: bool) -> None:
    bench = Bench()
    call = bench.told("1")
    if known:
        bench.answer(call, {"output": "pressed"})
    bench.calls.moved(fresh=True)
    assert bench.call("2") is None
    if not known:
        assert bench.ids() == []
        bench.answer(call, {"output": "pressed"})
    (answer,) = bench.queued()
    assert isinstance(answer, ToolAnswer)
    assert (answer.id, answer.result) == ("2", {"output": "pressed"})
    assert bench.call("3") is not None


def test_another_call_or_the_same_much_later_is_run() -> None:
    bench = Bench()
    bench.told("1")
    bench.calls.moved(fresh=True)
    assert bench.call("2", digits="2") is not None
    bench.clock.at += tool_calls.AGAIN_WITHIN_S + 1
    assert bench.call("3") is not None


def test_a_session_that_ends_over_a_call_is_told_from_others() -> None:
    bench = Bench()
    assert not bench.calls.waited_for
    bench.answer(bench.told("1"))
    assert bench.calls.waited_for
    bench.send()
    assert bench.calls.waited_for
    bench.clock.at += 10
    assert not bench.calls.waited_for


# Blocking ------------------------------------------------------------------------------------


async def test_input_is_withheld_until_every_blocking_call_is_answered() -> None:
    bench = Bench(BLOCKING)
    first, second = bench.told("1"), bench.told("2", digits="2")
    assert bench.calls.blocked
    assert bench.uplink.withheld
    bench.answer(first)
    assert bench.uplink.withheld
    bench.answer(second)
    assert not bench.calls.blocked
    assert not bench.uplink.withheld
    bench.calls.close()


async def test_a_cancelled_blocking_call_lets_input_go() -> None:
    bench = Bench(BLOCKING)
    bench.told("1")
    bench.calls.cancelled(["1"])
    assert not bench.uplink.withheld


def test_other_calls_withhold_nothing() -> None:
    bench = Bench(FREE)
    bench.told("1")
    assert not bench.calls.blocked
    assert not bench.uplink.withheld


async def test_a_blocking_call_without_a_result_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tool_calls, "GIVE_UP_S", 0.01)
    bench = Bench(BLOCKING)
    call = bench.told("1")
    async with asyncio.timeout(5):
        answer = await bench.uplink.next()
    assert isinstance(answer, ToolAnswer)
    assert (answer.id, list(answer.result)) == ("1", ["error"])
    assert bench.calls.given_up == 1
    bench.answer(call)
    assert bench.ids() == ["1"]


async def test_a_closed_conversation_starts_no_timer() -> None:
    bench = Bench(BLOCKING)
    bench.calls.close()
    bench.told("1")
    assert bench.calls._timer is None


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["call", "answer", "cancel", "send", "handle", "resume", "anew", "turn"]),
        st.integers(0, 3),
    ),
    max_size=40,
)


@given(STEPS, st.sampled_from([FREE, BLOCKING, NAMELESS]))
async def test_whatever_happens_each_call_is_told_once_and_answers_are_wanted(
    steps: list[tuple[str, int]], terms: ToolTerms
) -> None:
    bench = Bench(terms)
    told: dict[str, AgentToolCall] = {}
    out: list[str | None] = []
    for what, number in steps:
        name = str(number)
        if what == "call" and (call := bench.call(name, digits=name)) is not None:
            assert call.id not in told
            told[call.id] = call
        elif what == "answer" and name in told:
            bench.answer(told[name])
        elif what == "cancel":
            bench.calls.cancelled([name])
            assert name not in bench.ids()
        elif what == "send":
            out += bench.ids()
            bench.send()
        elif what == "handle":
            bench.calls.remembered()
        elif what in {"resume", "anew"}:
            bench.calls.moved(fresh=what == "anew")
            assert what == "resume" or bench.queued() == []
            out.clear()
        elif what == "turn":
            bench.calls.turn_done()
        # Over one connection no call is answered twice.
        sent = out + bench.ids()
        assert len(set(sent)) == len(sent)
        assert bench.uplink.withheld == bench.calls.blocked
    bench.calls.close()
