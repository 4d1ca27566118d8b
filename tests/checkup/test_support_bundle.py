"""Nothing secret and no phone number is in a support bundle, wherever it was planted."""

from __future__ import annotations

import json
import logging
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from callconsole import logbook
from callconsole.checkup import bundle, report
from callconsole.checkup.bundle import Evidence
from callconsole.checkup.recent_log import KEPT, LogLine, RecentLog
from callconsole.domain.checkup import Action, ActionKind, Check, Finding, Group, Status
from callconsole.domain.problems import Problem, ProblemError
from callconsole.redaction import NUMBER, SECRET, Redactor
from callconsole.settings import Settings
from callconsole.settings_layers import SettingSource
from callconsole.settings_store import open_store

AT = datetime(2026, 11, 26, 14, 30, 5, tzinfo=UTC)
CHECK = Check("twilio.balance", "Balance", Group.TWILIO, True)
NUMBERS = ("+16285550100", "+14155552671", "+442079460018", "+41446681800", "+498912345678")
FORMATS = tuple(
    getattr(phonenumbers.PhoneNumberFormat, name)
    for name in ("E164", "INTERNATIONAL", "NATIONAL", "RFC3966")
)

# Letters that our own words do not have in a row, so that finding one means that it was let out.
secrets = st.text('0123456789abcdefghijklmnopqrstuvwxyzABC-_.~é"\\', min_size=4, max_size=40).map(
    lambda tail: f"zqx{tail}qzx"
)
numbers = st.builds(
    lambda number, shape: phonenumbers.format_number(phonenumbers.parse(number), shape),
    st.sampled_from(NUMBERS),
    st.sampled_from(FORMATS),
)
around = st.text(st.characters(codec="utf-8", exclude_characters="0123456789"), max_size=12)


def finding(words: str) -> Finding:
    problem = Problem(f"code.{words}", words, words, words, words)
    return Finding(CHECK, Status.RED, words, problem, Action(ActionKind.PAGE, words, words))


def whole(settings: Settings, words: str) -> str:
    """Everything in a bundle where these words were found, logged and are in an error."""
    line = LogLine(AT, "WARNING", f"logger.{words}", f"{words}\nTraceback: {words}")
    files = bundle.contents(Evidence(settings, [finding(words)], "phone", log=[line]))
    for name, text in files.items():
        if name.endswith(".json"):
            json.loads(text)
    # JSON spells some characters differently: read as it stands and decoded.
    decoded = [json.dumps(json.loads(t), ensure_ascii=False) for n, t in files.items()
               if n.endswith(".json")]  # fmt: skip
    return "\n".join([*files.values(), *decoded])


@given(secret=secrets, before=around, after=around)
def test_a_planted_secret_never_appears(secret: str, before: str, after: str) -> None:
    for field, info in Settings.model_fields.items():
        if "Secret" not in str(info.annotation):
            continue
        settings = Settings.model_construct(_fields_set={field}, **{field: SecretStr(secret)})
        text = whole(settings, f"{before}{secret}{after}")
        assert secret not in text
        assert json.dumps(secret)[1:-1] not in text


@given(secret=secrets, field=st.sampled_from(["twilio_account_sid", "vertex_project_id"]))
def test_what_names_the_customer_never_appears(secret: str, field: str) -> None:
    settings = Settings.model_construct(_fields_set={field}, **{field: secret})
    assert secret not in whole(settings, f"about {secret} we know")


@given(number=numbers, before=around, after=around)
def test_a_planted_number_never_appears(number: str, before: str, after: str) -> None:
    text = whole(Settings.model_construct(), f"{before} {number}{after}")
    assert number not in text
    assert number.removeprefix("tel:").lstrip("+") not in text


@given(number=st.sampled_from(NUMBERS))
def test_the_numbers_that_are_set_never_appear(number: str) -> None:
    values = {"twilio_phone_number": number, "test_phone_number": number}
    settings = Settings.model_construct(_fields_set=set(values), **values)
    text = whole(settings, "nothing")
    assert number not in text
    shown = json.loads(bundle.contents(Evidence(settings, [], "phone"))["settings.json"])
    assert shown["TWILIO_PHONE_NUMBER"] == {"value": NUMBER, "source": None}


@pytest.mark.parametrize(
    "token",
    [
        "AC" + "0123456789abcdef" * 2,
        "Basic QUMxMjM6dG9rZW4=",
        "Bearer abc",
        "AIzaSyA-1234567890abcdefghij",
        "ya29.a0Af_By-abcdef",
        "0123456789abcdef" * 2,
        "2nXvC4Jr6zQmT8wL1kPsY9bHd3Ef_5gRa7UcNoViW0x",
    ],
)
def test_what_looks_like_a_secret_is_taken_for_one(token: str) -> None:
    assert token not in Redactor([]).text(f"refused: {token}, try again")


def test_ordinary_words_stay() -> None:
    words = "twilio 9.13.0, port 8080, 640 ms, 3.10 USD, prompt appointment_reminder, 2026-11-26"
    assert Redactor(["", "a"]).text(words) == words.replace("2026-11-26", NUMBER)
    path = "File site-packages/callconsole/adapters/twilio/api_session.py, line 12"
    assert Redactor([]).text(path) == path
    assert Redactor([]).text(f"{Path.home()}/data") == "~/data"
    assert Redactor(["hush"]).data({"a": ["hush", 1, None]}) == {"a": [SECRET, 1, None]}


def test_the_file_is_whole_and_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(b"an older one")
    bundle.save(path, Settings(_env_file=None), [finding("words")], "practice")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == [
            "log.txt",
            "platform.json",
            "report.json",
            "settings.json",
            "versions.json",
        ]
        found = json.loads(archive.read("report.json"))
        assert found["status"] == "red"
        assert json.loads(archive.read("versions.json"))["twilio"]
    assert [item.name for item in tmp_path.iterdir() if item.is_file()] == ["bundle.zip"]


def test_a_bundle_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as caught:
        bundle.save(tmp_path / "no" / "b.zip", Settings(_env_file=None), [], "phone")
    assert caught.value.problem.code == "bundle.not_written"


def test_settings_tell_where_they_are_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Path(".env").write_text("GEMINI_VOICE=Kore\nGEMINI_API_KEY=hush-hush\n")
    (tmp_path / "settings.toml").write_text("max_calls = 3\n")
    monkeypatch.setenv("GEMINI_MODEL", "gemini-x")
    monkeypatch.setenv("CALLCONSOLE_DATA_DIR", str(tmp_path))
    store = open_store()
    evidence = Evidence(store.settings, [], "phone", store.source)
    shown = json.loads(bundle.contents(evidence)["settings.json"])
    assert shown["GEMINI_VOICE"] == {"value": "Kore", "source": SettingSource.ENV_FILE}
    assert shown["GEMINI_MODEL"] == {"value": "gemini-x", "source": SettingSource.ENVIRONMENT}
    assert shown["GEMINI_API_KEY"] == {"value": SECRET, "source": SettingSource.ENV_FILE}
    assert shown["CALLCONSOLE_MAX_CALLS"] == {"value": 3, "source": SettingSource.FILE}
    assert shown["SERVER_PORT"] == {"value": 8080, "source": SettingSource.DEFAULT}
    assert shown["NGROK_AUTHTOKEN"] == {"value": None, "source": SettingSource.DEFAULT}


def test_the_log_file_is_in_it_without_what_became_a_secret_later(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, gemini_api_key="hush-hush")
    path = tmp_path / logbook.NAME
    path.parent.mkdir()
    path.write_text("2026-11-25 09:00:00,001 INFO callconsole: it is hush-hush\n")
    bundle.save(tmp_path / "b.zip", settings, [], "phone", data=tmp_path)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        told = archive.read("log-file.txt").decode()
    assert told == f"2026-11-25 09:00:00,001 INFO callconsole: it is {SECRET}"


def test_the_log_keeps_its_last_lines() -> None:
    log = RecentLog()
    logger = logging.getLogger("callconsole.tests")
    logger.addHandler(log)
    try:
        for number in range(KEPT + 3):
            logger.warning("line %d", number)
        try:
            raise ValueError("the reason")
        except ValueError:
            logger.exception("it failed")
    finally:
        logger.removeHandler(log)
    lines = log.lines()
    assert len(lines) == KEPT
    assert lines[0].message == "line 4"
    assert lines[-1].level == "ERROR"
    assert "ValueError: the reason" in lines[-1].message


def test_the_report_in_lines_and_in_json() -> None:
    good = Finding(CHECK, Status.GREEN, "18.42 USD")
    low = Problem("twilio.low_balance", "Low", "It is low.", "Add money.", "https://twilio.com")
    amber = Finding(CHECK, Status.AMBER, "3.10 USD", low)
    red = Finding(CHECK, Status.RED, "", Problem("x", "Gone", "It is gone.", "Find it."))
    skipped = Finding(CHECK, Status.SKIPPED, "not needed")
    assert report.line(good) == "ok    Balance              18.42 USD"
    assert report.line(amber) == (
        "warn  Balance              Low: It is low. Add money. https://twilio.com"
    )
    assert report.line(red) == "FAIL  Balance              Gone: It is gone. Find it."
    assert report.line(skipped) == "-     Balance              not needed"
    assert report.closing([good, skipped]) == "Everything is ready."
    assert report.closing([good, amber]) == "Ready, with 1 to look at."
    assert report.closing([amber, red]) == "1 to mend, from top to bottom."
    assert report.as_json([good, amber], "phone")["status"] == "amber"
    assert report.as_json([good, skipped], "phone")["status"] == "green"
    assert report.as_json([red], "phone")["checks"] == [
        {
            "id": "twilio.balance",
            "title": "Balance",
            "group": "Twilio",
            "needed": True,
            "status": "red",
            "detail": "",
            "problem": {
                "code": "x",
                "title": "Gone",
                "cause": "It is gone.",
                "cure": "Find it.",
                "link": None,
            },
            "action": None,
        }
    ]
