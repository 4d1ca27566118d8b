"""The program tries itself, as the built one is tried, and tells of what does not work."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from support.command import Command

pytestmark = pytest.mark.limit(60)
NO_SCREEN = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
# As in a built program for Windows, that has no console.
WITHOUT_OUTPUT = """
import sys
from pathlib import Path
sys.stdout = sys.stderr = sys.stdin = None
from callconsole.cli import main
try:
    code = main({arguments})
except SystemExit as error:
    code = error.code
Path("code").write_text(repr(code))
"""


async def test_it_opens_the_window_and_plays_a_call(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    command = await Command.start(tmp_path, "selftest", "--picture", str(picture), **NO_SCREEN)
    assert await command.end() == 0, command.text
    for words in ("sound: PortAudio", "the window is drawn: 1280 by 800", "2 turns, recorded"):
        assert words in command.text
    assert command.lines[-1] == "ok    the window closed; everything works"
    assert QImage(str(picture)).width() == 1280
    # Nothing of it stays where the operator's own calls are.
    assert not (tmp_path / "data").exists()


async def test_a_picture_without_a_folder_is_told_at_once(tmp_path: Path) -> None:
    where = str(tmp_path / "nowhere" / "window.png")
    command = await Command.start(tmp_path, "selftest", "--picture", where, **NO_SCREEN)
    assert await command.end() == 1
    assert command.lines == [f"FAIL  there is no folder for the picture: {tmp_path / 'nowhere'}"]


@pytest.mark.skipif(sys.platform == "win32", reason="PortAudio comes along there")
async def test_a_missing_sound_library_is_told(tmp_path: Path) -> None:
    program = (
        "import ctypes.util, sys; ctypes.util.find_library = lambda name: None\n"
        "from callconsole.cli import main; sys.exit(main(['selftest']))"
    )
    command = await Command.start(tmp_path, "-c", program, **NO_SCREEN)
    assert await command.end() == 1
    assert "FAIL  This computer's sound cannot be used" in command.text


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], "0"),
        (["--help"], "0"),
        (["no-such-command"], "2"),
        (["completion", "bash"], "0"),
        (["serve"], "2"),
        (["--verbose", "practice", "+14155550103"], "1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
async def test_no_command_needs_an_output(tmp_path: Path, arguments: list[str], code: str) -> None:
    program = WITHOUT_OUTPUT.format(arguments=arguments)
    command = await Command.start(tmp_path, "-c", program, **NO_SCREEN)
    assert await command.end() == 0
    assert (tmp_path / "code").read_text() == code
    assert command.text == ""


async def test_a_terminal_without_a_letter_shows_a_question_mark(tmp_path: Path) -> None:
    program = (
        "from callconsole.cli import main; from callconsole.terminal import say\n"
        "main(['completion', 'tcsh']); say('“ready”')"
    )
    command = await Command.start(tmp_path, "-c", program, PYTHONIOENCODING="ascii")
    assert await command.end() == 0
    assert command.lines[-1] == "?ready?"


async def test_the_window_needs_no_output_either(tmp_path: Path) -> None:
    program = WITHOUT_OUTPUT.format(arguments=["selftest"])
    command = await Command.start(tmp_path, "-c", program, QT_QPA_PLATFORM="offscreen")
    assert await command.end() == 0
    assert (tmp_path / "code").read_text() == "0"
