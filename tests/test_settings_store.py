"""Settings from every source: who wins, where they are saved, and what is never told."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st
from keyring.backends import fail

from callconsole.adapters.keychain import SERVICE, Keychain
from callconsole.domain.problems import ProblemError
from callconsole.paths import settings_folder
from callconsole.settings import Settings
from callconsole.settings_layers import Layers, SettingSource, combine
from callconsole.settings_store import SettingsStore, load_everything, open_store
from support.keychains import LockedKeychain, MemoryKeychain, SilentKeychain, keychain

SECRET = "tok-s3cret"


def config() -> Path:
    """Where the settings file is in a test."""
    return settings_folder()


def write_file(text: str) -> None:
    config().mkdir(parents=True, exist_ok=True)
    (config() / "settings.toml").write_text(text)


async def test_each_source_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    with keychain(MemoryKeychain()) as backend:
        for name in ("twilio_auth_token", "gemini_api_key"):
            backend.set_password(SERVICE, name, "from-keychain")
        write_file(
            'prompt = "from_file"\ngemini_model = "from-file"\nring_s = 31\nmax_calls = 3\n'
            'secrets_in_keychain = ["twilio_auth_token", "gemini_api_key"]\n'
        )
        Path(".env").write_text("GEMINI_MODEL=from-env-file\nRING=1\nCALLCONSOLE_RING_S=32\n")
        monkeypatch.setenv("CALLCONSOLE_RING_S", "33")
        monkeypatch.setenv("TWILIO_AUTH_TOKEN", "from-environment")
        store = open_store()
        await store.recall()
        found = store.settings
        assert (found.ring_s, store.source("ring_s")) == (33, SettingSource.ENVIRONMENT)
        assert found.gemini_model == "from-env-file"
        assert store.source("gemini_model") is SettingSource.ENV_FILE
        assert (found.prompt, store.source("prompt")) == ("from_file", SettingSource.FILE)
        assert (found.max_calls, found.record) == (3, True)
        assert store.source("record") is SettingSource.DEFAULT
        assert found.twilio_auth_token is not None
        assert found.twilio_auth_token.get_secret_value() == "from-environment"
        assert store.source("gemini_api_key") is SettingSource.KEYCHAIN
        assert found.gemini_api_key is not None
        assert found.gemini_api_key.get_secret_value() == "from-keychain"
        assert load_everything().settings == found
        assert store.problems == ()


async def test_an_empty_line_in_env_hides_nothing() -> None:
    write_file('ngrok_domain = "mine.ngrok-free.app"\n')
    Path(".env").write_text("NGROK_DOMAIN=\n")
    assert open_store().settings.ngrok_domain == "mine.ngrok-free.app"
    assert open_store().source("ngrok_domain") is SettingSource.FILE


@pytest.mark.parametrize("blank", ["", " ", "\u200b"])
def test_an_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch, blank: str) -> None:
    """An empty host would have the server listen at every address of this computer."""
    monkeypatch.setenv("SERVER_HOST", blank)
    Path(".env").write_text(
        f"GEMINI_MODEL={blank}\nSERVER_PORT={blank}\nCALLCONSOLE_GATE=\n", "utf-8"
    )
    store = open_store()
    assert store.fault is None
    assert store.settings.server_host == "127.0.0.1"
    assert (store.settings.server_port, store.settings.gemini_model) == (8080, "gemini-3.8-live")
    assert store.source("server_host") is SettingSource.DEFAULT


async def test_a_setting_is_saved_and_reset() -> None:
    store = open_store()
    await store.save("ring_s", "40")
    await store.save("record", False)
    await store.save("gate", "strict")
    await store.save("test_phone_number", "(415) 555-2671")
    again = open_store()
    assert (again.settings.ring_s, again.settings.record) == (40, False)
    assert again.settings.test_phone_number == "+14155552671"
    assert again.settings.gate.value == "strict"
    await again.reset("ring_s")
    assert (again.settings.ring_s, again.source("ring_s")) == (25, SettingSource.DEFAULT)
    assert "ring_s" not in (config() / "settings.toml").read_text()


async def test_what_is_not_valid_is_not_saved() -> None:
    store = open_store()
    for name, value, words in (
        ("ring_s", "4", "the least is 5"),
        ("ring_s", "soon", "whole number"),
        ("ring_s", True, "whole number"),
        ("server_base_url", "http://x", "https://"),
        ("gemini_model", " ", "cannot be empty"),
        ("prompt", "a\x00b", "cannot be typed"),
    ):
        assert words in store.wrong(name, value)
        with pytest.raises(ProblemError):
            await store.save(name, value)
    assert not (config() / "settings.toml").exists()
    await store.save("gate", "strict")
    assert "CALLCONSOLE_AMD=on" in store.wrong("amd", False)


async def test_what_the_environment_sets_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCONSOLE_RECORD", "off")
    Path(".env").write_text(f"TWILIO_AUTH_TOKEN={SECRET}\n")
    store = open_store()
    with pytest.raises(ProblemError, match="environment"):
        await store.save("record", True)
    with pytest.raises(ProblemError, match=r"\.env"):
        await store.save_secret("twilio_auth_token", "other")


async def test_a_secret_goes_to_the_keychain_and_no_file_has_it() -> None:
    with keychain(MemoryKeychain()) as backend:
        store = open_store()
        assert await store.save_secret("twilio_auth_token", SECRET) is SettingSource.KEYCHAIN
        assert backend.get_password(SERVICE, "twilio_auth_token") == SECRET
        assert SECRET not in (config() / "settings.toml").read_text()
        assert not store.secrets_path.exists()
        again = open_store()
        assert again.settings.twilio_auth_token is None
        await again.recall()
        assert again.settings == store.settings
        await again.reset("twilio_auth_token")
        assert backend.get_password(SERVICE, "twilio_auth_token") is None
        assert again.settings.twilio_auth_token is None
        assert "keychain" not in (config() / "settings.toml").read_text()


async def test_a_keychain_that_keeps_nothing_of_ours_is_not_asked() -> None:
    memory = MemoryKeychain()
    with keychain(memory):
        store = open_store()
        await store.recall()
        load_everything()
        assert memory.asked == 0
        await store.save_secret("api_token", SECRET)
        Path(".env").write_text("CALLCONSOLE_API_TOKEN=given\n")
        asked = memory.asked
        load_everything()
        assert memory.asked == asked


async def test_without_a_keychain_a_file_is_used_only_once_that_was_said() -> None:
    with keychain(fail.Keyring()):
        store = open_store()
        with pytest.raises(ProblemError) as caught:
            await store.save_secret("gemini_api_key", SECRET)
        assert caught.value.problem.code == "keychain.missing"
        assert not store.secrets_path.exists()
        await store.allow_file()
        assert await store.save_secret("gemini_api_key", SECRET) is SettingSource.SECRETS_FILE
        assert stat.S_IMODE(store.secrets_path.stat().st_mode) == 0o600
        assert SECRET not in (config() / "settings.toml").read_text()
        again = open_store()
        assert again.file_allowed
        assert again.source("gemini_api_key") is SettingSource.SECRETS_FILE
        assert again.problems == ()
        await again.reset("gemini_api_key")
        assert SECRET not in store.secrets_path.read_text()


async def test_a_secret_moves_from_the_file_to_a_keychain_that_is_there_again() -> None:
    with keychain(fail.Keyring()):
        store = open_store()
        await store.allow_file()
        await store.save_secret("api_token", "old")
    with keychain(MemoryKeychain()):
        store = open_store()
        assert await store.save_secret("api_token", SECRET) is SettingSource.KEYCHAIN
        assert "old" not in store.secrets_path.read_text()
        assert store.settings.api_token is not None
        assert store.settings.api_token.get_secret_value() == SECRET


@pytest.mark.parametrize("backend", [fail.Keyring(), LockedKeychain()], ids=["none", "locked"])
async def test_a_keychain_that_fails_is_told_and_stops_nothing(
    backend: Any, caplog: pytest.LogCaptureFixture
) -> None:
    write_file('secrets_in_keychain = ["api_token"]\nprompt = "mine"\n')
    with keychain(backend), caplog.at_level(logging.DEBUG):
        store = open_store()
        await store.recall()
        assert store.settings.prompt == "mine"
        assert [problem.code.split(".")[0] for problem in store.problems] == ["keychain"]
        assert load_everything().settings.api_token is None
    assert "keychain" in caplog.text


async def test_a_silent_keychain_is_given_up() -> None:
    write_file('secrets_in_keychain = ["api_token"]\n')
    silent = SilentKeychain()
    with keychain(silent):
        store = open_store(keychain=Keychain(limit_s=0.05))
        await store.recall()
        silent.released.set()
    assert [problem.code for problem in store.problems] == ["keychain.silent"]


def test_a_data_folder_has_its_settings_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings.toml").write_text("max_calls = 2\n")
    monkeypatch.setenv("CALLCONSOLE_DATA_DIR", str(tmp_path))
    assert load_everything().settings.max_calls == 2


def test_bad_lines_are_reported_and_their_defaults_used() -> None:
    write_file(
        'ring_s = "soon"\nteapot = 1\nmax_calls = 7\nopening = ["greet"]\n'
        f'twilio_auth_token = "{SECRET}"\n[table]\nx = 1\n'
    )
    store = open_store()
    assert (store.settings.ring_s, store.settings.max_calls) == (25, 7)
    assert store.settings.twilio_auth_token is None
    told = " ".join(problem.sentence() for problem in store.problems)
    for words in (
        "settings.toml, line 2: there is no such setting as 'teapot'",
        "line 5: a secret does not belong here",
        "CALLCONSOLE_RING_S in the settings file: this has to be a whole number",
        "CALLCONSOLE_OPENING",
    ):
        assert words in told
    assert SECRET not in told
    assert SECRET not in repr(store.settings)


def test_what_is_wrong_outside_still_ends_a_command_and_not_the_window() -> None:
    Path(".env").write_text("SERVER_PORT=99999\nGEMINI_VOICE=Kore\n")
    with pytest.raises(ProblemError, match="SERVER_PORT"):
        load_everything()
    store = open_store()
    assert store.fault is not None
    assert (store.settings.server_port, store.settings.gemini_voice) == (8080, "Kore")


@pytest.mark.parametrize(
    "content",
    ["TWILIO_AUTH_TOKEN=tök\n".encode("latin-1"), "SERVER_PORT=8081\n".encode("utf-16")],
)
def test_an_env_file_that_is_no_utf8_is_told(content: bytes) -> None:
    Path(".env").write_bytes(content)
    store = open_store()
    assert store.fault is not None
    assert ".env has to be saved as UTF-8 text" in store.fault.cause
    assert store.settings.twilio_auth_token is None
    with pytest.raises(ProblemError, match="UTF-8"):
        load_everything()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_an_env_file_that_may_not_be_read_is_told() -> None:
    Path(".env").write_text("SERVER_PORT=8081\n")
    Path(".env").chmod(0)
    fault = open_store().fault
    assert fault is not None
    assert ".env could not be opened (permission denied)" in fault.cause


async def test_what_is_pasted_loses_what_stands_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", " AC1\r\n")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", f"\t{SECRET} \n")
    monkeypatch.setenv("GEMINI_MODEL", "\u200bgemini-live\ufeff ")
    monkeypatch.setenv("NGROK_DOMAIN", " https://calls.ngrok.app/ ")
    store = open_store()
    found = store.settings
    assert (store.fault, store.problems) == (None, ())
    assert (found.twilio_account_sid, found.gemini_model) == ("AC1", "gemini-live")
    assert found.ngrok_domain == "calls.ngrok.app"
    assert found.twilio_auth_token is not None
    assert found.twilio_auth_token.get_secret_value() == SECRET
    with keychain(MemoryKeychain()) as backend:
        await store.save_secret("ngrok_authtoken", f" {SECRET}\n")
        assert backend.get_password(SERVICE, "ngrok_authtoken") == SECRET


def test_a_token_with_a_line_break_within_is_wrong_where_it_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is not ignored: an interface that was to have a token must not come up without one."""
    monkeypatch.setenv("CALLCONSOLE_API_TOKEN", f"{SECRET}\nmore")
    store = open_store()
    assert store.fault is not None
    assert "CALLCONSOLE_API_TOKEN" in store.fault.cause
    assert "environment" in store.fault.cure
    assert SECRET not in store.fault.sentence()


def test_where_two_do_not_fit_ours_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCONSOLE_GATE", "strict")
    write_file("amd = false\n")
    store = open_store()
    assert store.fault is None
    assert (store.settings.gate.value, store.settings.amd) == ("strict", True)
    assert store.source("amd") is SettingSource.DEFAULT


def test_an_export_has_no_secret_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    write_file("ring_s = 40\nrecord = false\nopening = 'greet'\n")
    Path(".env").write_text(f"TWILIO_AUTH_TOKEN={SECRET}\nCALLCONSOLE_MAX_CALLS=4\n")
    text = open_store().export()
    assert SECRET not in text
    assert tomlkit.parse(text).unwrap() == {
        "max_calls": 4, "ring_s": 40, "record": False, "opening": "greet",
    }  # fmt: skip
    (config() / "settings.toml").unlink()
    plan = open_store().plan_import_text(text)
    assert {(c.name, c.before, c.after, c.locked) for c in plan.changes} == {
        ("ring_s", "25 s", "40 s", False),
        ("record", "on", "off", False),
        ("opening", "the callee", "the AI", False),
    }


async def test_an_import_shows_what_is_locked_and_saves_the_rest() -> None:
    Path(".env").write_text("CALLCONSOLE_MAX_CALLS=4\n")
    store = open_store()
    plan = store.plan_import_text("max_calls = 9\nring_s = 40\ngate = 'strict'\namd = true\n")
    assert {(c.name, c.locked) for c in plan.changes} == {
        ("max_calls", True), ("ring_s", False), ("gate", False),
    }  # fmt: skip
    await store.save_many(plan.values)
    assert (store.settings.max_calls, store.settings.ring_s) == (4, 40)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ring_s = 30\nteapot = 1\n", "line 2: there is no setting called 'teapot'"),
        ("ring_s = 3\n", "line 1: CALLCONSOLE_RING_S: the least is 5"),
        (f"api_token = '{SECRET}'\n", "line 1: CALLCONSOLE_API_TOKEN is a secret"),
        ("ring_s = \n", "line 1"),
        ("amd = false\ngate = 'strict'\n", "CALLCONSOLE_AMD=on"),
    ],
)
def test_an_import_that_is_wrong_is_refused_whole(text: str, words: str) -> None:
    with pytest.raises(ProblemError) as caught:
        open_store().plan_import_text(text, "desk.toml")
    assert words in caught.value.problem.cause
    assert "desk.toml" in caught.value.problem.cause
    assert SECRET not in str(caught.value)


def test_gate_and_detection_can_be_imported_together() -> None:
    write_file("amd = false\n")
    plan = open_store().plan_import_text("gate = 'strict'\namd = true\n")
    assert {change.name for change in plan.changes} == {"gate", "amd"}


LEAF = st.one_of(
    st.text(max_size=20), st.integers(), st.booleans(), st.floats(), st.dates(),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.text(max_size=3), st.integers()),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(sorted(Settings.model_fields)), LEAF, max_size=12))
def test_nothing_in_our_files_stops_the_window(values: dict[str, Any]) -> None:
    loaded = combine(Layers(file=values))
    assert loaded.fault is None
    usual = Settings.model_construct()
    for name, source in loaded.sources.items():
        if source is SettingSource.DEFAULT:
            assert getattr(loaded.settings, name) == getattr(usual, name)


@given(st.text(max_size=200))
def test_nothing_imported_fails_in_another_way(text: str) -> None:
    store = SettingsStore(Layers(), Path("nowhere"))
    try:
        plan = store.plan_import_text(text)
    except ProblemError as error:
        assert error.problem.code == "settings.import"
    else:
        assert plan.changes == ()
