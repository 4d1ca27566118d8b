"""Settings from the environment and from `.env`; what is missing and where to get it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from callconsole import settings as module
from callconsole.domain.answering import (
    USUAL_THRESHOLDS,
    AnswerThresholds,
    GateMode,
    Undecided,
)
from callconsole.domain.problems import ProblemError
from callconsole.lines import gemini_access
from callconsole.settings import Settings, load, missing_for_phone, missing_message
from callconsole.settings_catalogue import CATALOGUE

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


def test_strict_without_the_carriers_word_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCONSOLE_GATE", "strict")
    monkeypatch.setenv("CALLCONSOLE_AMD", "off")
    with pytest.raises(ProblemError) as refused:
        load(None)
    assert "strict needs CALLCONSOLE_AMD=on" in refused.value.problem.cause


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
        ("SERVER_BASE_URL=https://", "SERVER_BASE_URL: this is not a whole address"),
        ("SERVER_BASE_URL=https://x:99999", "SERVER_BASE_URL: this is not a whole address"),
        ("SERVER_BASE_URL=https://me:tok@x", "SERVER_BASE_URL: the address must have no user"),
        ("TWILIO_API_BASE_URL=junk", "TWILIO_API_BASE_URL"),
        ("NGROK_DOMAIN=my domain", "NGROK_DOMAIN: this has to be a name"),
        ("GEMINI_API_KEY=AIza\u2013dash", "GEMINI_API_KEY: there is a letter in it"),
        ("CALLCONSOLE_RECORD=perhaps", "CALLCONSOLE_RECORD"),
        ("CALLCONSOLE_OPENING=shout", "CALLCONSOLE_OPENING"),
        ("CALLCONSOLE_GATE=ajar", "CALLCONSOLE_GATE"),
        ("CALLCONSOLE_UNDECIDED=wait", "CALLCONSOLE_UNDECIDED"),
    ],
)
def test_a_wrong_value_is_named_and_not_repeated(line: str, words: str) -> None:
    Path(".env").write_text(f"TWILIO_AUTH_TOKEN=tok-secret\n{line}\n", "utf-8")
    with pytest.raises(ProblemError) as caught:
        load()
    assert words in caught.value.problem.cause
    assert "tok-secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    Path(".env").write_text("CALLCONSOLE_DATA_DIR=~/calls\n")
    assert load().data_dir == tmp_path / "calls"


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


NAMES = {(info.alias or name).upper(): name for name, info in Settings.model_fields.items()}


def test_the_papers_name_every_setting() -> None:
    told = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    assert NAMES.keys() <= set(re.findall(r"[A-Z][A-Z_]{4,}", told))
    assert "docs/configuration.md" in (ROOT / "README.md").read_text("utf-8")
    for info in Settings.model_fields.values():
        assert info.description
    assert module.load(None).backend is None


def test_the_example_has_every_setting_and_no_other() -> None:
    lines = re.findall(r"^#?([A-Z][A-Z_]{4,})=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(lines) == sorted(NAMES)


def test_the_example_is_what_holds_without_it(tmp_path: Path) -> None:
    whole = (ROOT / ".env.example").read_text()
    copy = tmp_path / "copied.env"
    copy.write_text(whole)
    assert load(copy) == Settings(_env_file=None)
    # What is commented out shows its default, where it has one; what is not, has none.
    shown = dict(re.findall(r"^#([A-Z][A-Z_]{4,})=(.+)$", whole, re.MULTILINE))
    by_variable = {info.variable: info for info in CATALOGUE}
    assert shown.pop("CALLCONSOLE_EARLY_BARGE_IN") == "on"
    assert shown == {name: by_variable[name].raw_default for name in shown}
    assert not re.findall(r"^[A-Z][A-Z_]{4,}=.+$", whole, re.MULTILINE)


def test_times_and_numbers_of_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(
        "CALLCONSOLE_GATE=strict\nCALLCONSOLE_UNDECIDED=hang-up\nCALLCONSOLE_ANSWER_SHORT_MS=1500\n"
        "CALLCONSOLE_ANSWER_LONG_MS=4000\nCALLCONSOLE_ANSWER_PAUSE_MS=700\n"
        "CALLCONSOLE_ANSWER_SILENCE_MS=5000\nCALLCONSOLE_ANSWER_LIMIT_MS=12000\n"
        "CALLCONSOLE_RING_S=40\nCALLCONSOLE_TIME_LIMIT_S=600\n"
    )
    monkeypatch.setenv("CALLCONSOLE_MAX_CALLS", "3")
    settings = load()
    assert (settings.gate, settings.undecided) == (GateMode.STRICT, Undecided.HANG_UP)
    assert settings.thresholds == AnswerThresholds(
        short_ms=1500, long_ms=4000, pause_ms=700, silence_ms=5000, limit_ms=12_000
    )
    assert (settings.ring_s, settings.time_limit_s, settings.max_calls) == (40, 600, 3)


def test_nothing_set_is_the_usual() -> None:
    settings = Settings(_env_file=None)
    assert (settings.gate, settings.undecided) == (GateMode.ON, Undecided.SPEAK)
    assert settings.thresholds == USUAL_THRESHOLDS
    assert (settings.ring_s, settings.time_limit_s, settings.max_calls) == (25, 1800, 10)


@pytest.mark.parametrize(
    ("name", "lowest", "highest"),
    [
        ("CALLCONSOLE_ANSWER_SHORT_MS", 500, 6000),
        ("CALLCONSOLE_ANSWER_LONG_MS", 1000, 20_000),
        ("CALLCONSOLE_ANSWER_PAUSE_MS", 300, 5000),
        ("CALLCONSOLE_ANSWER_SILENCE_MS", 1000, 20_000),
        ("CALLCONSOLE_ANSWER_LIMIT_MS", 2000, 60_000),
        ("CALLCONSOLE_RING_S", 5, 600),
        ("CALLCONSOLE_TIME_LIMIT_S", 30, 14_400),
        ("CALLCONSOLE_MAX_CALLS", 1, 500),
    ],
)
def test_the_ends_of_a_range_are_taken_and_what_lies_beyond_is_not(
    name: str, lowest: int, highest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for inside in (lowest, highest):
        monkeypatch.setenv(name, str(inside))
        assert getattr(load(), NAMES[name]) == inside
    for outside in (str(lowest - 1), str(highest + 1), "soon"):
        monkeypatch.setenv(name, outside)
        with pytest.raises(ProblemError) as caught:
            load()
        assert name in caught.value.problem.cause
