"""What importing an exported settings file would change, worked out before anything is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callconsole.domain.problems import Problem, ProblemError
from callconsole.settings import Settings, is_secret, variable
from callconsole.settings_catalogue import BY_NAME
from callconsole.settings_layers import (
    Raw,
    SettingSource,
    faults_of,
    plain,
    raw_values,
    taken,
)

SHOWN_FAULTS = 5


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that an import would change.

    Attributes:
        name: field of `Settings`.
        before, after: as an operator reads them.
        locked: the environment or `.env` wins, so that it stays as it is.
    """

    name: str
    before: str
    after: str
    locked: bool


@dataclass(frozen=True, slots=True)
class Transfer:
    """A whole import that is valid; `values` are what would be saved."""

    changes: tuple[Change, ...]
    values: Mapping[str, Raw]


def plan(
    settings: Settings,
    sources: Mapping[str, SettingSource],
    values: Mapping[str, Raw],
    lines: Mapping[str, int],
    file_name: str,
) -> Transfer:
    """Compare a file's values with the present ones.

    Raises `ProblemError` that names line and cause of every value that is unknown, a secret or
    not valid; then nothing of the file is taken.
    """
    strange = {key: why for key in values if (why := _strange(key))}
    known = {key: raw for key, raw in values.items() if key not in strange}
    faults = strange | {
        key: f"{variable(key)}: {words}" for key, words in faults_of(settings, known).items()
    }
    if faults:
        told = [f"{_where(key, lines)}{faults[key]}" for key in values if key in faults]
        raise ProblemError(refused(file_name, told))
    changed = taken(settings, values)
    was, will_be = raw_values(settings), raw_values(changed)
    names = [key for key in values if was[key] != will_be[key]]
    changes = [
        Change(name, shown(name, was[name]), shown(name, will_be[name]), sources[name].locked)
        for name in names
    ]
    return Transfer(
        tuple(changes),
        {change.name: plain(will_be[change.name]) for change in changes if not change.locked},
    )


def shown(name: str, value: object) -> str:
    """A setting's value, which is no secret, in the words of its page."""
    return BY_NAME[name].words(plain(value)) or "not set"


def refused(file_name: str, faults: list[str]) -> Problem:
    """Why nothing was imported."""
    more = len(faults) - SHOWN_FAULTS
    told = "; ".join(faults[:SHOWN_FAULTS]) + (f"; and {more} more" if more > 0 else "")
    return Problem(
        "settings.import",
        "Nothing was imported",
        f"{file_name}: {told.rstrip('.')}.",
        "Correct the file and import it again.",
    )


def _strange(key: str) -> str:
    """Why a key has no place in such a file; "" where it has."""
    if key not in Settings.model_fields:
        return f"there is no setting called {key[:60]!r}"
    if is_secret(key):
        return f"{variable(key)} is a secret, which is not taken from such a file"
    return ""


def _where(key: str, lines: Mapping[str, int]) -> str:
    return f"line {lines[key]}: " if key in lines else ""
