from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from gemini_kit import BRIEF, TOKEN
from google.oauth2.credentials import Credentials
from pydantic import SecretStr
from scripted_gemini import ScriptedGemini

from callconsole.adapters.gemini import GeminiAccess, GeminiAgent, Vertex
from callconsole.adapters.gemini.credentials import load_credentials
from callconsole.domain.problems import ProblemError


@pytest.fixture(autouse=True)
def _no_cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.setenv("PATH", "")


def write_service_account(path: Path, token_uri: str) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    account = {
        "type": "service_account",
        "project_id": "desk",
        "private_key_id": "1",
        "private_key": pem.decode(),
        "client_email": "desk@desk.example",
        "token_uri": token_uri,
    }
    path.write_text(json.dumps(account))


async def problem_of(server: ScriptedGemini, vertex: Vertex) -> str:
    agent = GeminiAgent(GeminiAccess(vertex, server.base_url, server.ca_file))
    with pytest.raises(ProblemError) as caught:
        await agent.open(BRIEF)
    await agent.close()
    return caught.value.problem.code


def test_a_ready_token_needs_no_refresh() -> None:
    credentials = load_credentials(Vertex("desk", "global", SecretStr(TOKEN)))
    assert (credentials.token, credentials.expired) == (TOKEN, False)


def test_given_credentials_are_used_as_they_are() -> None:
    given = Credentials(TOKEN)
    assert load_credentials(Vertex("desk", "global", given)) is given
    assert TOKEN not in repr(Vertex("desk", "global", given))


def test_application_default_credentials_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_service_account(tmp_path / "account.json", "https://127.0.0.1:1/token")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "account.json"))
    credentials = load_credentials(Vertex("desk", "global"))
    assert credentials.service_account_email == "desk@desk.example"
    assert credentials.scopes == ["https://www.googleapis.com/auth/cloud-platform"]


async def test_no_sign_in_says_which_command_helps(server: ScriptedGemini) -> None:
    with pytest.raises(ProblemError) as caught:
        load_credentials(Vertex("desk", "global"))
    assert caught.value.problem.code == "agent.credentials_missing"
    assert "gcloud auth application-default login" in caught.value.problem.cure
    assert await problem_of(server, Vertex("desk", "global")) == "agent.credentials_missing"
    assert server.peers == []


async def test_broken_sign_in(
    server: ScriptedGemini, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "account.json").write_text("{")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "account.json"))
    assert await problem_of(server, Vertex("desk", "global")) == "agent.credentials_missing"


async def test_expired_sign_in(server: ScriptedGemini) -> None:
    empty = Credentials(None)
    assert await problem_of(server, Vertex("desk", "global", empty)) == "agent.credentials_refused"


async def test_token_server_out_of_reach(
    server: ScriptedGemini, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_service_account(tmp_path / "account.json", "http://127.0.0.1:1/token")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "account.json"))
    assert await problem_of(server, Vertex("desk", "global")) == "agent.unreachable"
