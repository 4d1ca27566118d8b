"""Where files live: what ships with the program, and what a person's calls leave behind."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs

from callconsole.domain.problems import Problem, ProblemError


def shipped(name: str) -> Path:
    """A folder that ships with the program: ``resources`` or ``prompts``.

    Looked for beside the package (a checkout), inside it (an installed wheel) and in the
    unpacked bundle (PyInstaller).
    """
    package = Path(__file__).resolve().parent
    bundle = getattr(sys, "_MEIPASS", None)
    places = [package.parent / name, package / "_shipped" / name]
    if bundle is not None:
        places.insert(0, Path(bundle) / name)
    for place in places:
        if place.is_dir():
            return place
    raise FileNotFoundError(f"callconsole was installed without its {name} folder: install again")


def resources() -> Path:
    """Icons, sounds and the practice line's speech."""
    return shipped("resources")


def data_folder(configured: Path | None = None) -> Path:
    """The folder for recordings, prompts and logs; made if it is not there.

    Raises `ProblemError` where it cannot be made.
    """
    folder = configured or Path(platformdirs.user_data_dir("callconsole", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ProblemError(_no_folder(folder, reason)) from None
    return folder


def _no_folder(folder: Path, reason: str) -> Problem:
    return Problem(
        "data.no_folder",
        "There is no folder for what callconsole keeps",
        f"{folder} could not be made ({reason.lower()}).",
        "Set CALLCONSOLE_DATA_DIR to a folder that you may write.",
    )


def settings_folder(data_dir: Path | None = None) -> Path:
    """The folder of the settings file: the platform's, or the data folder where one is named.

    Args:
        data_dir: the data folder that the environment or `.env` names, which then holds
            everything.
    """
    return data_dir or Path(platformdirs.user_config_dir("callconsole", appauthor=False))
