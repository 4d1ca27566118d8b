from __future__ import annotations

import asyncio
import json
import logging
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from gemini_kit import BRIEF, KEY, TOKEN
from pydantic import SecretStr
from scripted_gemini import SETUP_DONE, Peer, ScriptedGemini, content

from callconsole.adapters.gemini import ApiKey, GeminiAccess, GeminiAgent, Vertex, connection
from callconsole.domain.problems import Problem, ProblemError
from callconsole.practice.certificates import make_loopback_certificate

Make = Callable[..., GeminiAgent]


async def refused(agent: GeminiAgent) -> Problem:
    with pytest.raises(ProblemError) as caught:
        await agent.open(BRIEF)
    problem = caught.value.problem
    for secret in (KEY, TOKEN):
        assert secret not in str(caught.value) + repr(problem)
    return problem


async def test_check_says_model_and_back_end(
    server: ScriptedGemini, agent: GeminiAgent, account: ApiKey | Vertex
) -> None:
    where = "Gemini API" if isinstance(account, ApiKey) else "Vertex us-central1"
    assert await agent.check() == f"gemini-3.8-live, {where}"
    async with asyncio.timeout(5):
        await server.peers[0].closed.wait()
    assert server.peers[0].socket.close_code == 1000


async def test_model_may_be_spelt_as_a_resource(
    server: ScriptedGemini, make_agent: Make, account: ApiKey | Vertex
) -> None:
    await make_agent(model="models/gemini-3.8-live").check()
    assert server.peers[0].setup["model"] == (
        "models/gemini-3.8-live"
        if isinstance(account, ApiKey)
        else "projects/desk/locations/us-central1/publishers/google/models/gemini-3.8-live"
    )


@pytest.mark.parametrize(
    ("status", "message", "by_key", "by_project"),
    [
        (400, "API key not valid.", "agent.key_refused", "agent.key_refused"),
        (401, "Who are you.", "agent.key_refused", "agent.credentials_refused"),
        (403, "Not you.", "agent.not_allowed", "agent.not_allowed"),
        (403, "", "agent.key_refused", "agent.not_allowed"),
        (404, "No such thing.", "agent.model_not_found", "agent.model_not_found"),
        (429, "Too much.", "agent.quota", "agent.quota"),
        (500, "Oh dear.", "agent.unavailable", "agent.unavailable"),
        (503, "Not now.", "agent.unavailable", "agent.unavailable"),
        (418, "Teapot.", "agent.settings_refused", "agent.settings_refused"),
    ],
)
async def test_refused_upgrade(
    server: ScriptedGemini,
    agent: GeminiAgent,
    account: ApiKey | Vertex,
    status: int,
    message: str,
    by_key: str,
    by_project: str,
) -> None:
    server.refusal = (status, json.dumps({"error": {"code": status, "message": message}}))
    problem = await refused(agent)
    assert problem.code == (by_key if isinstance(account, ApiKey) else by_project)
    said = f" Gemini said: “{message.rstrip('.')}”." if message else ""
    assert problem.cause.endswith(said)
    assert ("Gemini said" in problem.cause) == bool(said)


@pytest.mark.parametrize(
    ("code", "reason", "expected"),
    [
        (1007, "Request contains an invalid argument.", "agent.settings_refused"),
        (1007, "API key not valid. Please pass a valid API key.", "agent.key_refused"),
        (
            1008,
            "models/gemini-3.8-live is not found for API version v1beta, or is not supported",
            "agent.model_not_found",
        ),
        (1008, "Project not allowed.", "agent.not_allowed"),
        (1011, "The service is currently unavailable.", "agent.unavailable"),
        (1011, "You exceeded your current quota, please check your plan.", "agent.quota"),
        (1013, "", "agent.unavailable"),
    ],
)
async def test_close_during_the_setup(
    server: ScriptedGemini, agent: GeminiAgent, code: int, reason: str, expected: str
) -> None:
    async def refuse(peer: Peer) -> None:
        await peer.close(code, reason)

    server.play(refuse)
    problem = await refused(agent)
    assert problem.code == expected
    assert reason.rstrip(".") in problem.cause


async def test_server_that_repeats_the_secret_is_not_quoted_with_it(
    server: ScriptedGemini, agent: GeminiAgent, account: ApiKey | Vertex
) -> None:
    server.refusal = (403, f"The secret {KEY} {TOKEN} is wrong.")
    problem = await refused_plain(agent)
    assert (KEY if isinstance(account, ApiKey) else TOKEN) not in repr(problem)


async def refused_plain(agent: GeminiAgent) -> Problem:
    with pytest.raises(ProblemError) as caught:
        await agent.open(BRIEF)
    assert caught.value.__cause__ is None
    return caught.value.problem


class NextYear:
    """A clock on which the last models of 2026 are gone."""

    def now(self) -> datetime:
        return datetime(2027, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0


async def test_retired_model_is_said_to_be_retired(
    server: ScriptedGemini, make_agent: Make, account: ApiKey | Vertex
) -> None:
    async def refuse(peer: Peer) -> None:
        await peer.close(1008, "models/x is not found for API version v1alpha")

    server.play(refuse)
    model, day = (
        ("gemini-2.5-flash-native-audio-preview-09-2025", "19 March 2026")
        if isinstance(account, ApiKey)
        else ("gemini-live-2.5-flash-native-audio", "13 December 2026")
    )
    problem = await refused(make_agent(model=model, clock=NextYear()))
    assert problem.code == "agent.model_retired"
    assert problem.cause == (
        f"Google named {day} as the last day of {model}. "
        "Gemini said: “models/x is not found for API version v1alpha”."
    )


async def test_model_of_the_other_back_end_is_refused_before_connecting(
    server: ScriptedGemini, make_agent: Make, account: ApiKey | Vertex
) -> None:
    model = (
        "gemini-live-2.5-flash-native-audio"
        if isinstance(account, ApiKey)
        else "gemini-3.1-flash-live-preview"
    )
    assert (await refused(make_agent(model=model))).code == "agent.wrong_back_end"
    assert server.peers == []


async def test_nobody_listens(make_agent: Make) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base_url = f"https://127.0.0.1:{unused.getsockname()[1]}"
    problem = await refused(make_agent(base_url=base_url))
    assert problem.code == "agent.unreachable"
    assert problem.cause == f"Nothing answers at the address of the Gemini server ({base_url})."


async def test_certificate_of_a_stranger(make_agent: Make, tmp_path: Path) -> None:
    stranger = make_loopback_certificate(tmp_path / "stranger")
    problem = await refused(make_agent(ca_file=stranger.ca_file))
    assert problem.code == "agent.certificate"
    assert "The secure connection could not be made (" in problem.cause


async def test_missing_file_of_certificates(make_agent: Make, tmp_path: Path) -> None:
    problem = await refused(make_agent(ca_file=tmp_path / "nothing.pem"))
    assert problem.code == "agent.certificate"


async def test_certificates_of_the_environment_are_honoured(
    server: ScriptedGemini, account: ApiKey | Vertex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.ca_file))
    agent = GeminiAgent(GeminiAccess(account, server.base_url))
    assert (await agent.check()).startswith("gemini-3.8-live, ")
    await agent.close()


async def test_environment_cannot_bend_what_was_given(
    server: ScriptedGemini, agent: GeminiAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_GENAI_API_VERSION", "v7")
    monkeypatch.setenv("GOOGLE_API_KEY", "another-key")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "another-project")
    monkeypatch.setenv("GOOGLE_CLOUD_LOCATION", "mars")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "https://127.0.0.1:1")
    monkeypatch.setenv("GOOGLE_VERTEX_BASE_URL", "https://127.0.0.1:1")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    await agent.check()
    (peer,) = server.peers
    assert "another" not in str((peer.headers, peer.setup))
    assert ".v1beta" in peer.path


async def test_silence_instead_of_setup_complete(
    server: ScriptedGemini, agent: GeminiAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "OPEN_S", 0.3)

    async def hang(peer: Peer) -> None:
        await peer.socket.wait_closed()

    server.play(hang)
    assert (await refused(agent)).code == "agent.time_out"
    async with asyncio.timeout(5):
        await server.peers[0].closed.wait()


@pytest.mark.parametrize(
    "answer", ["no JSON", "[]", content(turnComplete=True), {"error": {"code": 3}}]
)
async def test_anything_else_instead_of_setup_complete(
    server: ScriptedGemini, agent: GeminiAgent, answer: object
) -> None:
    async def babble(peer: Peer) -> None:
        await peer.say(answer)
        await peer.socket.wait_closed()

    server.play(babble)
    assert (await refused(agent)).code == "agent.unreadable"
    async with asyncio.timeout(5):
        await server.peers[0].closed.wait()


async def test_agent_opens_again_after_a_fault_and_after_close(
    server: ScriptedGemini, agent: GeminiAgent
) -> None:
    server.refusal = (503, "")
    assert (await refused(agent)).code == "agent.unavailable"
    server.refusal = None
    await agent.check()
    await agent.close()
    await agent.close()
    await agent.check()


async def test_empty_key_is_not_taken_from_the_environment(
    server: ScriptedGemini, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", "another-key")
    access = GeminiAccess(ApiKey(SecretStr(" ")), server.base_url, server.ca_file)
    assert (await refused(GeminiAgent(access))).code == "agent.key_missing"
    assert server.peers == []


async def test_debug_logs_show_no_secret(
    server: ScriptedGemini, agent: GeminiAgent, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await agent.check()
    ours = [entry for entry in caplog.records if not entry.name.startswith("websockets.server")]
    text = "\n".join(entry.getMessage() for entry in ours)
    assert KEY not in text
    assert TOKEN not in text
    assert BRIEF.prompt.text not in text


async def test_warm_up_opens_nothing_and_hides_no_fault(
    server: ScriptedGemini, make_agent: Make, tmp_path: Path
) -> None:
    agent = make_agent()
    await agent.warm_up()
    assert server.peers == []
    await agent.check()
    broken = make_agent(ca_file=tmp_path / "nothing.pem")
    await broken.warm_up()
    assert (await refused(broken)).code == "agent.certificate"


async def test_opening_is_one_client_for_all(server: ScriptedGemini, agent: GeminiAgent) -> None:
    async def quick(peer: Peer) -> None:
        await peer.say(SETUP_DONE)
        await peer.socket.wait_closed()

    server.play(quick)
    await asyncio.gather(*(agent.check() for _ in range(3)))
    assert len(server.peers) == 3


def test_nothing_heavy_is_imported_with_the_package() -> None:
    code = (
        "import sys, callconsole.adapters.gemini as g; from pydantic import SecretStr;"
        "g.GeminiAgent(g.GeminiAccess(g.ApiKey(SecretStr('k'))));"
        "print([name for name in ('google.genai', 'google.auth', 'websockets', 'aiohttp')"
        " if name in sys.modules])"
    )
    root = Path(connection.__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_repr_shows_no_secret() -> None:
    for account in (
        ApiKey(SecretStr(KEY)),
        Vertex("desk", "global", SecretStr(TOKEN)),
    ):
        shown = repr(GeminiAccess(account)) + str(account)
        assert KEY not in shown
        assert TOKEN not in shown
