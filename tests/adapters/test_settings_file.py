"""The settings file: whatever is in it, reading never fails and writing loses nothing."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callconsole.adapters.settings_file import LIMIT_BYTES, SettingsFile, parse
from callconsole.domain.problems import ProblemError

TOML_LIKE = st.text(alphabet="abz_=\"'[]{}.,#\n\r\t 0123456789truefals-+:T\\é\x00", max_size=120)


def test_a_file_that_is_not_there_is_empty(tmp_path: Path) -> None:
    contents = SettingsFile(tmp_path / "none.toml").read()
    assert (contents.values, contents.problem) == ({}, None)


def test_writing_keeps_comments_and_other_lines(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("# my desk\nrecord = true  # told everybody\nprompt = 'a'\n")
    SettingsFile(path).write({"record": False, "ring_s": 30, "prompt": None})
    assert path.read_text() == "# my desk\nrecord = false  # told everybody\nring_s = 30\n"
    assert SettingsFile(path).read().lines == {"record": 2, "ring_s": 3}


def test_a_new_file_is_its_owners_alone_and_begins_with_its_head(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secrets.toml"
    SettingsFile(path, head="Mine.").write({"api_token": "s3cret"})
    assert path.read_text() == '# Mine.\napi_token = "s3cret"\n'
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "s3cret" not in repr(SettingsFile(path).read())
    assert [item.name for item in path.parent.iterdir()] == ["secrets.toml"]


def test_a_broken_file_is_named_with_its_line_and_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('record = true\napi = "s3cret\n')
    problem = SettingsFile(path).read().problem
    assert problem is not None
    assert "line 2" in problem.cause
    assert "s3cret" not in problem.sentence()
    SettingsFile(path).write({"ring_s": 30})
    assert tomllib.loads(path.read_text()) == {"ring_s": 30}
    assert (tmp_path / "settings.toml.broken").read_text() == 'record = true\napi = "s3cret\n'


def test_too_much_is_not_read() -> None:
    problem = parse(b"#" * (LIMIT_BYTES + 1), Path("x.toml")).problem
    assert problem is not None
    assert "far too much" in problem.cause


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ProblemError, match="not saved"):
        SettingsFile(tmp_path / "settings.toml").write({"ring_s": 30})


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("")
    with pytest.raises(ProblemError) as caught:
        SettingsFile(tmp_path / "folder" / "settings.toml").write({"ring_s": 30})
    assert caught.value.problem.code == "settings.not_saved"


@given(st.one_of(st.binary(max_size=200), TOML_LIKE.map(str.encode)))
@example(b"\xef\xbb\xbfrecord = true\n")
@example(b"a = " + b"[" * 2000)
@example(b"a = 1e999\nb = nan\nc = 9999-99-99")
@example(b"a.b.c = 1\n[a]\n")
@example(b"x = " + b"9" * 5000)
def test_nothing_in_a_file_makes_reading_fail(data: bytes) -> None:
    contents = parse(data, Path("x.toml"))
    assert contents.problem is None or not contents.values


@given(TOML_LIKE)
@example("a = [[1], {b = 2}]\nring_s = 1\n[t]\nx = 1\n")
def test_writing_over_anything_leaves_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("any") / "settings.toml"
    path.write_bytes(text.encode())
    before = parse(text.encode(), path)
    SettingsFile(path).write({"ring_s": 30})
    after = SettingsFile(path).read()
    assert after.problem is None
    assert after.values == {**before.values, "ring_s": 30}
