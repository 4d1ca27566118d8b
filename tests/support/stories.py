"""Stories of calls that are played at the same time, each on a practice line of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from callconsole.domain.prompt import Prompt
from callconsole.engine.ports import Microphone
from callconsole.practice.agent import AgentFaults
from callconsole.practice.carrier import CALLEES, Callee, CarrierFaults, hastened
from callconsole.practice.world import PracticeWorld
from support.room import Room

NUMBERS = {callee.name: callee.number for callee in CALLEES}


async def together(*stories: Coroutine[Any, Any, None]) -> None:
    """Play stories at the same time: their calls take as long as people talk."""
    async with asyncio.TaskGroup() as group:
        for story in stories:
            group.create_task(story)


@asynccontextmanager
async def practising(
    data: Path,
    *,
    prompt: Prompt | None = None,
    carrier: CarrierFaults | None = None,
    agent: AgentFaults | None = None,
    callees: Iterable[Callee] = hastened(),
    microphone: Microphone | None = None,
    **settings: object,
) -> AsyncIterator[Room]:
    """An app on a practice line of its own.

    Args:
        data: folder of recordings, history and prompts.
        prompt: takes the place of the one of the same name.
        carrier: what goes wrong at the phone company.
        agent: what goes wrong at the agent, once the console has looked at it.
        callees: who can be called.
        microphone: into which the operator speaks.
        settings: by their names.
    """
    world = PracticeWorld(callees=callees, carrier_faults=carrier)
    room = Room(data, world, microphone, **settings)
    if prompt is not None:
        room.app.prompts.write(prompt)
    try:
        await room.app.start("practice", practice=room.world)
        room.world.agent.faults = agent or room.world.agent.faults
        yield room
    finally:
        await room.app.stop()
