"""What one press is offered for a problem."""

from __future__ import annotations

import pytest

from callconsole.checkup.remedies import open_setting, remedy
from callconsole.domain.checkup import DOWNLOAD_CURES, Action, ActionKind
from callconsole.domain.problems import Problem
from callconsole.settings import Settings, missing_for_phone


def problem(cure: str, title: str = "", link: str | None = None, code: str = "x.y") -> Problem:
    return Problem(code, title, "", cure, link)


@pytest.mark.parametrize("code", sorted(DOWNLOAD_CURES))
def test_a_missing_program_is_downloaded(code: str) -> None:
    found = remedy(problem("Install it.", link="https://ngrok.com/download", code=code))
    assert found is not None
    assert found.kind is ActionKind.DOWNLOAD


def test_a_page_is_opened_before_a_setting_is() -> None:
    link = "https://aistudio.google.com/apikey"
    told = problem("Create a key and put it into GEMINI_API_KEY.", link=link)
    assert remedy(told) == Action(ActionKind.PAGE, "Open page", link)


@pytest.mark.parametrize(
    ("cure", "title", "name"),
    [
        ("Close it, or set SERVER_PORT to another number.", "", "server_port"),
        ("Set CALLCONSOLE_DATA_DIR to another folder.", "", "data_dir"),
        ("Set SSL_CERT_FILE or SERVER_PORT.", "", "ssl_cert_file"),
        ("Enter it under Settings.", "TWILIO_AUTH_TOKEN is missing", "twilio_auth_token"),
    ],
)
def test_the_setting_is_the_first_that_the_words_name(cure: str, title: str, name: str) -> None:
    assert open_setting(problem(cure, title)) == Action(ActionKind.SETTINGS, "Open setting", name)


@pytest.mark.parametrize("cure", ["Wait.", "Set SERVER_PORTS.", "Set server_port.", "MY_PORT", ""])
def test_nothing_is_offered_where_no_setting_is_named(cure: str) -> None:
    assert remedy(problem(cure)) is None


def test_everything_that_real_calls_lack_leads_to_its_setting() -> None:
    lacking = missing_for_phone(Settings(_env_file=None))
    targets = [found.target for told in lacking if (found := remedy(told)) is not None]
    assert targets == [
        "twilio_account_sid",
        "twilio_auth_token",
        "twilio_phone_number",
        "vertex_project_id",
        "ngrok_authtoken",
    ]
