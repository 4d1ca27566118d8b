"""Prompt files: two folders, safe names, whole writes, and faults said in words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callconsole import paths
from callconsole.adapters.file_prompts import LIMIT_BYTES, FilePrompts, check_name
from callconsole.domain.problems import ProblemError
from callconsole.domain.prompt import Prompt, checked
from callconsole.engine.ports import Prompts

NAMES = ["appointment_reminder", "cooking_assistant", "customer_survey", "order_status"]


@pytest.fixture
def files(tmp_path: Path) -> FilePrompts:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "order_status.md").write_text("Shipped.\n", encoding="utf-8")
    return FilePrompts(tmp_path / "data" / "prompts", shipped)


def code_of(error: pytest.ExceptionInfo[ProblemError]) -> str:
    return error.value.problem.code


def test_it_is_the_port(files: FilePrompts) -> None:
    port: Prompts = files
    assert port.names() == ["order_status"]


def test_an_edited_prompt_wins_and_the_shipped_file_stays(files: FilePrompts) -> None:
    assert files.read("order_status") == Prompt("order_status", "Shipped.\n")
    files.write(Prompt("order_status", "Mine.\n"))
    assert files.read("order_status").text == "Mine.\n"
    assert (files.folder / "order_status.md").read_bytes() == b"Mine.\n"
    assert (files.shipped / "order_status.md").read_text(encoding="utf-8") == "Shipped.\n"
    assert files.names() == ["order_status"]


def test_names_are_sorted_and_other_files_are_left_out(files: FilePrompts) -> None:
    files.write(Prompt("beta", "b"))
    files.write(Prompt("Alpha", "a"))
    for name in (".hidden.md", "notes.pdf", "a.b.md", "con.md", "~draft.md"):
        (files.folder / name).write_text("x", encoding="utf-8")
    (files.folder / "folder.md").mkdir()
    (files.folder / "plain.txt").write_text("t", encoding="utf-8")
    assert files.names() == ["Alpha", "beta", "order_status", "plain"]


def test_a_txt_file_is_read_and_saved_in_place(files: FilePrompts) -> None:
    files.folder.mkdir(parents=True)
    (files.folder / "plain.txt").write_text("one", encoding="utf-8")
    files.write(Prompt("plain", "two"))
    assert sorted(path.name for path in files.folder.iterdir()) == ["plain.txt"]
    assert files.read("plain").text == "two"


def test_a_change_outside_is_seen_on_the_next_read(files: FilePrompts) -> None:
    files.write(Prompt("a", "one"))
    assert files.read("a").text == "one"
    (files.folder / "a.md").write_text("two", encoding="utf-8")
    assert files.read("a").text == "two"


def test_byte_order_mark_and_foreign_line_ends_are_taken_off(files: FilePrompts) -> None:
    files.folder.mkdir(parents=True)
    (files.folder / "a.md").write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree")
    assert files.read("a").text == "one\ntwo\nthree"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"caf\xe9", "prompt.encoding"),
        (b"\xff\xfea\x00", "prompt.encoding"),
        (b"x" * (LIMIT_BYTES + 1), "prompt.too_big"),
    ],
)
def test_what_cannot_be_a_prompt_is_said(files: FilePrompts, data: bytes, code: str) -> None:
    files.folder.mkdir(parents=True)
    (files.folder / "a.md").write_bytes(data)
    with pytest.raises(ProblemError) as error:
        files.read("a")
    assert code_of(error) == code
    assert str(files.folder / "a.md") in error.value.problem.cause


def test_a_file_that_vanishes_or_is_forbidden_is_said(
    files: FilePrompts, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write(Prompt("a", "one"))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ProblemError) as error:
        files.read("a")
    assert code_of(error) == "prompt.unreadable"
    assert "permission denied" in error.value.problem.cause


def test_a_missing_prompt_is_said(files: FilePrompts) -> None:
    with pytest.raises(ProblemError) as error:
        files.read("nothing")
    assert code_of(error) == "prompt.missing"


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    files = FilePrompts(tmp_path / "file", tmp_path)
    with pytest.raises(ProblemError) as error:
        files.names()
    assert code_of(error) == "prompt.folder"
    with pytest.raises(ProblemError) as error:
        files.write(Prompt("a", "x"))
    assert code_of(error) == "prompt.not_saved"


@pytest.mark.parametrize("step", ["replace", "fsync"])
def test_a_write_that_breaks_leaves_the_old_text_and_no_scratch(
    files: FilePrompts, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    files.write(Prompt("a", "old"))

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, refuse)
    with pytest.raises(ProblemError) as error:
        files.write(Prompt("a", "new"))
    monkeypatch.undo()
    assert code_of(error) == "prompt.not_saved"
    assert "no space left" in error.value.problem.cause
    assert [path.name for path in files.folder.iterdir()] == ["a.md"]
    assert files.read("a").text == "old"


@pytest.mark.parametrize(
    ("text", "code"), [("a\ud800", "prompt.encoding"), ("x" * (LIMIT_BYTES + 1), "prompt.too_big")]
)
def test_what_cannot_be_written_is_refused(files: FilePrompts, text: str, code: str) -> None:
    with pytest.raises(ProblemError) as error:
        files.write(Prompt("a", text))
    assert code_of(error) == code
    assert not files.folder.exists()


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../a", "a/b", "a\\b", "/etc/passwd", "C:a", "a\0", "a\n", " a", "a "),
        *("-a", ".a", "a.", "a.md", "CON", "nul", "lpt1", "é" * 51, "x" * 101, "\ud800"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(files: FilePrompts, name: str) -> None:
    with pytest.raises(ProblemError) as read:
        files.read(name)
    with pytest.raises(ProblemError) as written:
        files.write(Prompt(name, "x"))
    assert (code_of(read), code_of(written)) == ("prompt.name", "prompt.name")


@pytest.mark.parametrize("name", ["a", "A 1", "Überfällig", "予約", "x-y_z", "x" * 100])
def test_names_of_any_language_pass(name: str) -> None:
    check_name(name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=20) | st.from_regex(r"[./\\a ~-]{0,8}", fullmatch=True))
def test_no_name_ever_writes_outside_its_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in" / "side"
    files = FilePrompts(folder, tmp_path / "none")
    try:
        files.write(Prompt(name, "x"))
    except ProblemError as error:
        assert error.problem.code == "prompt.name"
    else:
        assert files.read(name).text == "x"
        assert name in files.names()
    allowed = {tmp_path / "in", folder, tmp_path / "surrounding"}
    outside = {path for path in tmp_path.rglob("*") if folder not in path.parents} - allowed
    assert outside == set()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_comes_back(tmp_path: Path, text: str) -> None:
    files = FilePrompts(tmp_path / "data", tmp_path)
    files.write(Prompt("a", text))
    expected = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    assert files.read("a").text == expected


def test_the_prompts_that_ship_can_be_called_with(tmp_path: Path) -> None:
    files = FilePrompts(tmp_path / "data", paths.shipped("prompts"))
    assert files.names() == NAMES
    for name in NAMES:
        prompt = checked(files.read(name))
        # Nothing fills in variables yet, so a shipped prompt must not hold one.
        assert "{{" not in prompt.text
        assert prompt.text.startswith("# Who you are\n")
        assert "You are an AI" in prompt.text
        assert "interrupted, stop at once" in prompt.text
