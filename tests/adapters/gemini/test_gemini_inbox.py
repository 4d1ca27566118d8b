from __future__ import annotations

import asyncio

import numpy as np
import pytest

from callconsole.adapters.gemini.inbox import Inbox
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.ports import AgentAudio, AgentCutOff, AgentTurnDone

PROBLEM = ProblemError(Problem(code="agent.lost", title="t", cause="c", cure="c"))


async def test_events_come_in_order_and_then_the_end() -> None:
    inbox = Inbox()
    inbox.put(AgentCutOff())
    inbox.put(AgentTurnDone())
    inbox.end(None)
    inbox.put(AgentCutOff())
    assert [await inbox.get() for _ in range(4)] == [AgentCutOff(), AgentTurnDone(), None, None]


async def test_the_problem_comes_last_and_again() -> None:
    inbox = Inbox()
    inbox.put(AgentCutOff())
    inbox.end(PROBLEM)
    assert await inbox.get() == AgentCutOff()
    for _ in range(2):
        with pytest.raises(ProblemError):
            await inbox.get()


async def test_a_waiting_consumer_wakes() -> None:
    inbox = Inbox()
    waiting = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    inbox.put(AgentCutOff())
    async with asyncio.timeout(1):
        assert await waiting == AgentCutOff()


async def test_the_producer_waits_while_it_is_full() -> None:
    inbox = Inbox(held_bytes=3000)
    second = AgentAudio(np.zeros(1000, np.int16))
    inbox.put(second)
    assert inbox.has_room
    inbox.put(second)
    assert (inbox.has_room, inbox.waiting_bytes) == (False, 5000)
    waiting = asyncio.create_task(inbox.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    await inbox.get()
    async with asyncio.timeout(1):
        await waiting
    await inbox.get()
    assert (inbox.has_room, inbox.waiting_bytes) == (True, 0)


async def test_the_end_lets_the_producer_go() -> None:
    inbox = Inbox(held_bytes=1)
    inbox.put(AgentCutOff())
    waiting = asyncio.create_task(inbox.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    inbox.end(None)
    await waiting
    assert inbox.has_room
