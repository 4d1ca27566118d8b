"""Set-up on a machine that is not ours: packages by dpkg, apt where it may, else one command."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "tools" / "set_up.py"


@pytest.fixture
def set_up() -> ModuleType:
    spec = importlib.util.spec_from_file_location("set_up", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Debian that has Qt's libraries and no other: its programs note what they are told."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    program(folder, "dpkg-query", "printf 'libegl1 installed\\nlibglib2.0-0t64 installed\\n'")
    program(folder, "apt-cache", 'case "$2" in *t64) echo found;; esac')
    program(folder, "sudo", "exit 1")
    program(folder, "apt-get")
    return folder


def program(folder: Path, name: str, body: str = "") -> None:
    path = folder / name
    path.write_text(f'#!/bin/sh\necho "{name} $*" >> {folder}/notes\n{body}\n')
    path.chmod(0o755)


def notes(folder: Path) -> list[str]:
    return (folder / "notes").read_text().splitlines()


def test_only_what_is_missing_is_named(set_up: ModuleType, machine: Path) -> None:
    assert set_up._missing(("libegl1", "libglib2.0-0", "xvfb")) == ["xvfb"]


def test_without_rights_it_prints_one_command_and_stops(set_up: ModuleType, machine: Path) -> None:
    with pytest.raises(set_up.SetUpError) as caught:
        set_up._set_up_system("test", ("libegl1", "libportaudio2", "xvfb"))
    expected = "sudo sh -c 'apt-get update && apt-get install -y libportaudio2 xvfb'"
    assert expected in str(caught.value)
    assert not [note for note in notes(machine) if note.startswith("apt-get")]


def test_sound_alone_does_not_stop_the_console(
    set_up: ModuleType, machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up._set_up_system("run", ("libegl1", "libportaudio2"))
    assert "apt-get install -y libportaudio2" in capsys.readouterr().out


def test_a_window_without_its_libraries_stops(
    set_up: ModuleType, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":1")
    with pytest.raises(set_up.SetUpError, match="libgl1"):
        set_up._set_up_system("run", ("libegl1", "libgl1"))


def test_root_installs_by_the_name_that_the_release_has(
    set_up: ModuleType, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    set_up._set_up_system("run", ("libegl1", "libgl1"))
    calls = [note for note in notes(machine) if note.startswith("apt-get")]
    assert calls == [
        "apt-get -q -y update",
        "apt-get -q -y install --no-install-recommends libgl1t64",
    ]


def test_sudo_without_a_password_installs(set_up: ModuleType, machine: Path) -> None:
    program(machine, "sudo", 'shift; exec "$@"')
    set_up._set_up_system("run", ("libegl1", "libgl1"))
    assert notes(machine)[-1].startswith("apt-get -q -y install")


@pytest.mark.parametrize(
    ("goal", "serves"),
    [
        ("run", {"run"}),
        ("installer", {"run", "installer"}),
        ("test", {"run", "test", "lint"}),
    ],
)
def test_what_was_set_up_is_remembered_for_all_that_it_serves(
    set_up: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    goal: str,
    serves: set[str],
) -> None:
    monkeypatch.setattr(set_up, "STAMP", tmp_path / "set-up.json")
    set_up._write_stamp(goal)
    assert {name for name in set_up.GOALS if set_up._is_set_up(name)} == serves


def test_an_old_python_is_told_so(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    assert set_up.main("run") == 1
    assert "Python 3.11 or newer is needed" in capsys.readouterr().err


def test_no_file_of_the_build_names_a_place_of_one_machine() -> None:
    root = SCRIPT.parent.parent
    files = ["Makefile", ".ci/run", "tools/set_up.py", "pyproject.toml", "build_installer.spec"]
    files += [str(path.relative_to(root)) for path in (root / ".github/workflows").iterdir()]
    for name in files:
        text = (root / name).read_text(encoding="utf-8")
        assert "/home/" not in text
        assert "/root" not in text
        assert "://" not in text.replace("https://github.com", "")


@pytest.mark.skipif(sys.platform == "win32", reason="the Makefile is not for Windows")
def test_make_lists_its_targets() -> None:
    shown = subprocess.run(
        ["make", "-C", str(SCRIPT.parent.parent), "--no-print-directory"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.split()[1] for line in shown.stdout.splitlines()][:3] == ["help", "run", "test"]
