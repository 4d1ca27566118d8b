"""A shell completes the commands: bash itself is asked."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.command import Command

ASK = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
_shtab_callconsole
printf '%s\\n' "${COMPREPLY[@]}"
"""

needs_bash = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("bash") is None, reason="there is no bash"
)


async def script(folder: Path, shell: str) -> str:
    printed = await Command.start(folder, "completion", shell)
    assert await printed.end() == 0
    return printed.text


@needs_bash
async def test_bash_completes_commands_and_options(tmp_path: Path) -> None:
    path = tmp_path / "callconsole.bash"
    path.write_text(await script(tmp_path, "bash"))

    def completed(*words: str) -> set[str]:
        command = ["bash", "--norc", "-c", ASK, "bash", str(path), *words]
        return set(
            subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        )

    assert completed("callconsole", "ser") == {"serve"}
    assert {"window", "practice", "serve", "call", "doctor", "selftest"} <= completed(
        "callconsole", ""
    )
    assert completed("callconsole", "serve", "--p") == {"--practice", "--port"}
    assert completed("callconsole", "completion", "z") == {"zsh"}


@pytest.mark.parametrize("shell", ["zsh", "tcsh"])
async def test_other_shells_get_a_script_of_their_own(tmp_path: Path, shell: str) -> None:
    text = await script(tmp_path, shell)
    assert {"zsh": "#compdef callconsole", "tcsh": "complete callconsole"}[shell] in text
    assert "practice" in text


async def test_an_unknown_shell_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    refused = await Command.start(tmp_path, "completion", "fish")
    assert await refused.end() == 2
    assert "'bash', 'zsh', 'tcsh'" in refused.text
