"""The trial of the built program finds what is wrong with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.tool import tool

smoke = tool("smoke_installer")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the stand-in is a shell script")


@pytest.fixture
def trial(tmp_path: Path) -> smoke.Smoke:
    """A trial of a stand-in program that says its arguments and ends with 3 for `fail`."""
    folder, home = tmp_path / "callconsole", tmp_path / "home"
    licences = folder / "_internal" / "LICENSES"
    licences.mkdir(parents=True)
    home.mkdir()
    (licences / "README.txt").write_text("What is in it.\n\nPySide6_Essentials 6: LGPL\nb 1: MIT\n")
    (licences / "PySide6_Essentials.txt").write_text("text")
    (licences / "b.txt").write_text("text")
    program = folder / "callconsole"
    program.write_text('#!/bin/sh\necho "said $* in $HOME"\n[ "$1" != fail ] || exit 3\n')
    program.chmod(0o755)
    return smoke.Smoke(folder, home)


def test_a_program_that_says_what_it_should_passes(
    trial: smoke.Smoke,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    trial._expect(["practice", "now"], "said practice now", str(tmp_path / "home"))
    trial._licences()
    assert capsys.readouterr().out == "ok    practice now\nok    licences of 2 parts\n"


def test_a_wrong_word_and_a_wrong_code_are_told(trial: smoke.Smoke) -> None:
    with pytest.raises(smoke.SmokeError, match=r"ended with 0, without \['Completed'\]"):
        trial._expect(["practice"], "said", "Completed")
    with pytest.raises(smoke.SmokeError, match="`fail` ended with 3"):
        trial._expect(["fail"], "said")


def test_a_missing_licence_is_told(trial: smoke.Smoke, tmp_path: Path) -> None:
    licences = tmp_path / "callconsole" / "_internal" / "LICENSES"
    (licences / "b.txt").write_text("")
    with pytest.raises(smoke.SmokeError, match="b"):
        trial._licences()
    (licences / "README.txt").unlink()
    with pytest.raises(smoke.SmokeError, match="no list"):
        trial._licences()


def test_a_server_that_does_not_come_up_is_told(trial: smoke.Smoke) -> None:
    with pytest.raises(smoke.SmokeError, match="did not come up: said serve --practice"):
        trial._serve()


def test_the_program_gets_next_to_nothing_of_this_computer(tmp_path: Path) -> None:
    assert smoke._bare_environment(tmp_path) == {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}


def test_what_built_it_is_hidden_from_it(tmp_path: Path) -> None:
    environment = {**os.environ}
    prefix = smoke._hiding(environment, tmp_path)
    if not prefix:
        pytest.skip("this user may not hide anything")
    hidden = environment["HIDDEN_FOLDERS"].split()
    shown = subprocess.run(
        [*prefix, "ls", *hidden], env=environment, capture_output=True, text=True, check=True
    )
    assert str(smoke.ROOT / ".venv").split("/")[-1] in " ".join(hidden)
    assert not [
        line for line in shown.stdout.splitlines() if line and line.rstrip(":") not in hidden
    ]
