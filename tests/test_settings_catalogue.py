"""Every setting is in the catalogue, and the table in the papers is made from it."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from callconsole.settings import Settings, is_secret
from callconsole.settings_catalogue import BY_NAME, CATALOGUE, Group, Kind
from callconsole.settings_layers import build, wrong_with

ROOT = Path(__file__).parent.parent


def test_every_setting_is_in_it_once() -> None:
    assert sorted(info.name for info in CATALOGUE) == sorted(Settings.model_fields)
    assert {info.group for info in CATALOGUE} == set(Group)


@pytest.mark.parametrize("info", CATALOGUE, ids=lambda info: info.name)
def test_what_is_told_of_a_setting_fits_it(info) -> None:  # type: ignore[no-untyped-def]
    assert info.label
    assert info.help.endswith(".")
    assert info.secret == is_secret(info.name) == (info.kind is Kind.SECRET)
    assert not info.page or info.page.startswith("https://")
    for value, words in info.choices:
        assert words
        if value:
            assert wrong_with(build({}), info.name, value) == ""
    if info.kind is Kind.NUMBER:
        low, high = info.bounds or (1, 0)
        assert wrong_with(build({}), info.name, str(low)) == ""
        assert wrong_with(build({}), info.name, str(high + 1)) == f"the most is {high}"


def test_a_search_finds_label_help_and_variable() -> None:
    found = {info.name for info in CATALOGUE if info.matches("ngrok TOKEN")}
    assert found == {"ngrok_authtoken"}
    assert [i.name for i in CATALOGUE if i.matches("callconsole_ring_s")] == ["ring_s"]
    assert not [i for i in CATALOGUE if i.matches("teapot")]


def test_defaults_are_told_in_words() -> None:
    assert BY_NAME["ring_s"].default == "25 s"
    assert BY_NAME["record"].default == "on"
    assert BY_NAME["gate"].default == "once a person is there"
    assert BY_NAME["early_barge_in"].default == "in the window only"
    assert BY_NAME["ngrok_domain"].default == ""


def test_the_table_in_the_papers_is_what_the_tool_makes() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "write_configuration.py"))["text"]()
    assert (ROOT / "docs" / "configuration.md").read_text("utf-8") == made
