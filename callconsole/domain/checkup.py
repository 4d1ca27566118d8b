"""What is checked before real calls, and what a check has found: facts without a look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from callconsole.domain.problems import Problem


class Status(StrEnum):
    """How a check stands."""

    WAITING = "waiting"
    """Not asked yet."""
    RUNNING = "running"
    GREEN = "green"
    AMBER = "amber"
    """Calls can be made; somebody should know all the same."""
    RED = "red"
    SKIPPED = "skipped"
    """It does not apply, or what it needs is not set up."""


class Group(StrEnum):
    """Under which heading a check stands, in the order of the board."""

    COMPUTER = "This computer"
    SOUND = "Sound"
    SETTINGS = "Settings"
    TWILIO = "Twilio"
    ADDRESS = "Public address"
    GEMINI = "Gemini"


class ActionKind(StrEnum):
    """What a cure's button does."""

    PAGE = "page"
    """Opens a web page."""
    COMMAND = "command"
    """Copies a command for a terminal."""
    PROMPTS = "prompts"
    """Opens the Prompts page."""
    SETTINGS = "settings"
    """Opens the settings at one of them."""
    DOWNLOAD = "download"
    """Fetches the program that the tunnel needs."""
    PORT = "port"
    """Has the server listen on another port from now on."""
    NUMBER = "number"
    """Has the phone company send calls to our number here."""


# Where the tunnel says one of these, its program can be fetched.
DOWNLOAD_CURES: Final = frozenset(
    {
        "ngrok.program_missing",
        "ngrok.not_downloaded",
        "ngrok.no_space",
        "ngrok.download_stopped",
    }
)


@dataclass(frozen=True, slots=True)
class Action:
    """What can be done about a finding with one press.

    Attributes:
        kind: what happens.
        label: the button's words.
        target: an https address, a command, the name of a setting, or a port.
    """

    kind: ActionKind
    label: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at.

    Attributes:
        id: stable name for programs: ``twilio.balance``.
        title: as a person reads it, one or two words.
        group: its heading.
        needed: a real call cannot be made while it is red.
    """

    id: str
    title: str
    group: Group
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check has found.

    Attributes:
        check: which one.
        status: how it stands.
        detail: the same in words; may be empty where there is a problem.
        problem: why it is amber or red, and the cure; else None.
        action: what one press does about it, or None.
    """

    check: Check
    status: Status
    detail: str = ""
    problem: Problem | None = None
    action: Action | None = None

    @property
    def over(self) -> bool:
        """True once the check has come to a result."""
        return self.status not in (Status.WAITING, Status.RUNNING)


def in_the_way(findings: Iterable[Finding]) -> list[Problem]:
    """Why real calls cannot be made, in the order of the findings; empty where they can."""
    return [
        finding.problem
        for finding in findings
        if finding.check.needed and finding.status is Status.RED and finding.problem is not None
    ]


def page(link: str | None) -> Action | None:
    """The button that opens a page, where there is one."""
    return Action(ActionKind.PAGE, "Open page", link) if link else None
