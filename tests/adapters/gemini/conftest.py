"""A scripted server, an agent at each back end, and what tests read events with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from gemini_kit import ACCOUNTS, BRIEF, MODELS
from gemini_talk import Start, Talk, agent_for
from scripted_gemini import ScriptedGemini

from callconsole.adapters.gemini import ApiKey, GeminiAccess, GeminiAgent, Vertex, resume
from callconsole.adapters.gemini.models import BackEnd
from callconsole.adapters.gemini.resume import Lifetime
from callconsole.adapters.gemini.session import GeminiSession
from callconsole.engine.ports import AgentBrief
from callconsole.practice.agent import AT_ONCE, AgentFaults, Pace, PracticeAgent
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


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lost connection is tried as often as in earnest, without a pause to speak of."""
    pauses = tuple(min(pause_s, 0.01) for pause_s in resume.RETRY_DELAYS_S)
    monkeypatch.setattr(resume.Retries.__init__, "__defaults__", (pauses,))


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


@pytest.fixture
async def practice(tmp_path: Path) -> AsyncIterator[Start]:
    started: list[PracticeAgent] = []

    async def start(
        faults: AgentFaults | None = None, pace: Pace = AT_ONCE, **options: Any
    ) -> PracticeAgent:
        folder = tmp_path / f"agent-{len(started)}"
        started.append(
            PracticeAgent(
                folder,
                faults=faults or AgentFaults(),
                pace=pace,
                today=lambda: date(2025, 6, 1),
                **options,
            )
        )
        await started[-1].start()
        return started[-1]

    yield start
    for agent in started:
        await agent.stop()


@pytest.fixture(params=sorted(BackEnd))
async def talk(
    request: pytest.FixtureRequest, practice: Start
) -> AsyncIterator[Callable[..., Awaitable[Talk]]]:
    open_now: list[tuple[GeminiAgent, GeminiSession]] = []

    async def begin(
        faults: AgentFaults | None = None,
        pace: Pace = AT_ONCE,
        lifetime: Lifetime | None = None,
        brief: AgentBrief = BRIEF,
        models: Mapping[str, str] = MODELS,
        **options: Any,
    ) -> Talk:
        server = await practice(faults, pace, **options)
        agent = agent_for(server, request.param, models[request.param], lifetime=lifetime)
        session = await agent.open(brief)
        open_now.append((agent, session))
        return Talk(server, session)

    yield begin
    for agent, session in open_now:
        await session.close()
        await agent.close()
