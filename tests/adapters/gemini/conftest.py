"""A scripted server, an agent at each back end, and what tests read events with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from gemini_kit import ACCOUNTS, BRIEF
from scripted_gemini import ScriptedGemini

from callconsole.adapters.gemini import ApiKey, GeminiAccess, GeminiAgent, Vertex
from callconsole.adapters.gemini.session import GeminiSession
from callconsole.practice.certificates import LoopbackCertificate, make_loopback_certificate


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> LoopbackCertificate:
    return make_loopback_certificate(tmp_path_factory.mktemp("gemini-certificates"))


@pytest.fixture
async def server(certificate: LoopbackCertificate) -> AsyncIterator[ScriptedGemini]:
    server = ScriptedGemini(certificate)
    await server.start()
    yield server
    await server.stop()
    assert server.failures == []


@pytest.fixture(params=sorted(ACCOUNTS))
def account(request: pytest.FixtureRequest) -> ApiKey | Vertex:
    return ACCOUNTS[request.param]


@pytest.fixture
async def make_agent(
    server: ScriptedGemini, account: ApiKey | Vertex
) -> AsyncIterator[Callable[..., GeminiAgent]]:
    agents: list[GeminiAgent] = []

    def make(
        base_url: str | None = None, ca_file: Path | None = None, **options: Any
    ) -> GeminiAgent:
        access = GeminiAccess(account, base_url or server.base_url, ca_file or server.ca_file)
        agents.append(GeminiAgent(access, **options))
        return agents[-1]

    yield make
    for agent in agents:
        await agent.close()


@pytest.fixture
def agent(make_agent: Callable[..., GeminiAgent]) -> GeminiAgent:
    return make_agent()


@pytest.fixture
async def open_session(
    agent: GeminiAgent,
) -> AsyncIterator[Callable[[], Awaitable[GeminiSession]]]:
    sessions: list[GeminiSession] = []

    async def open_one() -> GeminiSession:
        sessions.append(await agent.open(BRIEF))
        return sessions[-1]

    yield open_one
    for session in sessions:
        await session.close()
