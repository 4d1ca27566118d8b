from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from practice_live_kit import ACCESS_TOKEN, API_KEY, Desk

from callconsole.practice.agent import AT_ONCE, PracticeAgent

StartAgent = Callable[..., Awaitable[PracticeAgent]]


@pytest.fixture(scope="session")
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def start_agent(tmp_path: Path) -> AsyncIterator[StartAgent]:
    started: list[PracticeAgent] = []

    async def start(**options: Any) -> PracticeAgent:
        folder = tmp_path / f"agent{len(started)}"
        agent = PracticeAgent(folder, API_KEY, ACCESS_TOKEN, **{"pace": AT_ONCE, **options})
        await agent.start()
        started.append(agent)
        return agent

    yield start
    for agent in started:
        await agent.stop()
