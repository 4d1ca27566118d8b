"""What one press can do about a problem: fetch, open a page, or open the setting it is about."""

from __future__ import annotations

import re
from typing import Final

from callconsole.domain.checkup import DOWNLOAD_CURES, Action, ActionKind, page
from callconsole.domain.problems import Problem
from callconsole.settings import Settings, variable

_NAMES: Final = {variable(name): name for name in Settings.model_fields}
_VARIABLE: Final = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")


def remedy(problem: Problem) -> Action | None:
    """The button for a problem, or None where a press does nothing about it."""
    if problem.code in DOWNLOAD_CURES:
        return Action(ActionKind.DOWNLOAD, "Download ngrok", "ngrok")
    return page(problem.link) or open_setting(problem)


def open_setting(problem: Problem) -> Action | None:
    """The button that opens the setting a problem is about: the first that its words name."""
    for word in _VARIABLE.findall(f"{problem.cure} {problem.title}"):
        if word in _NAMES:
            return Action(ActionKind.SETTINGS, "Open setting", _NAMES[word])
    return None
