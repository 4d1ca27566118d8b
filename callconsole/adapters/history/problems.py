"""What can go wrong with the history, in words for the operator."""

from __future__ import annotations

from pathlib import Path

from callconsole.domain.problems import Problem

NOT_OPEN = Problem(
    "history.not_open",
    "The history is not open",
    "It has not been opened yet, or it is closed already.",
    "Wait a moment, then try again.",
)


def newer(path: Path) -> Problem:
    """The database was written by a later version of this program."""
    return Problem(
        "history.newer",
        "The history is from a newer version",
        f"The file {path} was written by a later version of callconsole, so nothing is kept now.",
        "Install the newest version, or choose another data folder.",
    )


def set_aside(path: Path, aside: Path) -> Problem:
    """The database was broken, and a new one was begun."""
    return Problem(
        "history.broken",
        "The history was damaged",
        f"The file {path.name} could not be read. It was renamed to {aside}, and a new history "
        "was begun.",
        "Older calls are in the renamed file and their recordings are untouched; "
        "put a copy from a backup in its place to have them back.",
    )


def in_use(path: Path) -> Problem:
    """The database is broken, but another console still writes to it."""
    return Problem(
        "history.in_use",
        "The history is damaged",
        f"The file {path} cannot be read, and another console has it open.",
        "Close the other console, then start this one again.",
    )


def unwritable(folder: Path, reason: str) -> Problem:
    """The database can be neither made nor opened."""
    return Problem(
        "history.unwritable",
        "Calls are not kept",
        f"The history in {folder} could not be opened ({reason}).",
        "Free some space or allow writing to that folder, then start again. "
        "Calls work all the same.",
    )


def not_written(path: Path, reason: str) -> Problem:
    """The disk refuses what is to be kept; it is tried again."""
    return Problem(
        "history.not_written",
        "Calls are not kept just now",
        f"The history {path} could not be written ({reason}).",
        "Free some space or allow writing to that folder. Calls work all the same, and what waits "
        "is written as soon as it can be.",
    )


def unreadable(path: Path, reason: str) -> Problem:
    """A question to the database was not answered."""
    return Problem(
        "history.unreadable",
        "The history cannot be read",
        f"The file {path} gave no answer ({reason}).",
        "Try again; if it fails again, start anew: a damaged file is found and set aside then.",
    )
