"""Settings from the environment and from `.env`; what is missing and where to get it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from callconsole import settings as module
from callconsole.domain.problems import ProblemError
from callconsole.lines import gemini_access
from callconsole.settings import Settings, load, missing_for_phone, missing_message

ROOT = Path(__file__).parent.parent


def complete(**more: str) -> Settings:
    values = {
        "twilio_account_sid": "AC" + "1" * 32,
        "twilio_auth_token": "tok-secret",
        "twilio_phone_number": "+16285550100",
        "gemini_api_key": "key-secret",
        "ngrok_authtoken": "ngrok-secret",
        **more,
    }
    return Settings(_env_file=None, **values)


def test_defaults() -> None:
    settings = Settings(_env_file=None)
    assert settings.twilio_api_base_url == "https://api.twilio.com"
    assert (settings.server_host, settings.server_port) == ("127.0.0.1", 8080)
    assert settings.gemini_model == "gemini-3.8-live"
    assert (settings.record, settings.amd, settings.opening) == (True, True, "listen")
    assert settings.backend is None


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(
        "GEMINI_MODEL=from-file\nGEMINI_VOICE=Kore\nCALLCONSOLE_RECORD=off\nNGROK_DOMAIN=\n"
    )
    monkeypatch.setenv("GEMINI_MODEL", "from-environment")
    settings = load()
    assert (settings.gemini_model, settings.gemini_voice) == ("from-environment", "Kore")
    assert settings.record is False
    assert settings.ngrok_domain is None


def test_numbers_become_e164_and_addresses_lose_their_slash() -> None:
    settings = complete(
        test_phone_number="(415) 555-2671", server_base_url="https://desk.example.com/"
    )
    assert settings.test_phone_number == "+14155552671"
    assert settings.server_base_url == "https://desk.example.com"


def test_everything_missing_is_named_with_where_to_get_it() -> None:
    problems = missing_for_phone(Settings(_env_file=None))
    assert [problem.title for problem in problems] == [
        "TWILIO_ACCOUNT_SID is missing",
        "TWILIO_AUTH_TOKEN is missing",
        "TWILIO_PHONE_NUMBER is missing",
        "VERTEX_PROJECT_ID or GEMINI_API_KEY is missing",
        "NGROK_AUTHTOKEN or SERVER_BASE_URL is missing",
    ]
    message = missing_message(problems)
    assert all(problem.cure in message for problem in problems)
    assert missing_for_phone(complete()) == []


def test_vertex_wins_where_both_back_ends_are_set() -> None:
    assert complete().backend == "api key"
    both = complete(vertex_project_id="a-project", vertex_location="europe-west4")
    assert both.backend == "vertex"
    assert both.both_back_ends
    assert not complete().both_back_ends
    assert gemini_access(both).account.where == "Vertex europe-west4"
    assert gemini_access(complete()).account.where == "Gemini API"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("TWILIO_PHONE_NUMBER=12", "TWILIO_PHONE_NUMBER"),
        ("SERVER_PORT=99999", "SERVER_PORT"),
        ("SERVER_BASE_URL=http://x", "SERVER_BASE_URL"),
        ("CALLCONSOLE_RECORD=perhaps", "CALLCONSOLE_RECORD"),
        ("CALLCONSOLE_OPENING=shout", "CALLCONSOLE_OPENING"),
    ],
)
def test_a_wrong_value_is_named_and_not_repeated(line: str, words: str) -> None:
    Path(".env").write_text(f"TWILIO_AUTH_TOKEN=tok-secret\n{line}\n")
    with pytest.raises(ProblemError) as caught:
        load()
    assert words in caught.value.problem.cause
    assert "tok-secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_certificates_from_the_file_reach_openssl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "")
    Path("ca.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    Path(".env").write_text("SSL_CERT_FILE=ca.pem\n")
    monkeypatch.delenv("SSL_CERT_FILE")
    assert load().ssl_cert_file == Path("ca.pem")
    assert os.environ["SSL_CERT_FILE"] == "ca.pem"
    Path(".env").write_text("SSL_CERT_FILE=elsewhere.pem\n")
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ProblemError) as caught:
        load()
    assert "SSL_CERT_FILE: there is no such file" in caught.value.problem.cause


def test_secrets_never_show() -> None:
    text = repr(complete()) + str(complete()) + repr(gemini_access(complete()))
    for secret in ("tok-secret", "key-secret", "ngrok-secret"):
        assert secret not in text


def test_the_papers_name_every_setting() -> None:
    names = {(info.alias or name).upper() for name, info in Settings.model_fields.items()}
    example = (ROOT / ".env.example").read_text()
    readme = (ROOT / "README.md").read_text()
    assert names <= set(re.findall(r"[A-Z][A-Z_]{4,}", example))
    assert names <= set(re.findall(r"[A-Z][A-Z_]{4,}", readme))
    for info in Settings.model_fields.values():
        assert info.description
    assert module.load(None).backend is None
