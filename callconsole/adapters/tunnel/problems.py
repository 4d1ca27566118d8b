"""What an operator reads when ngrok cannot be downloaded, started or used."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from callconsole.domain.problems import Problem

CODE: Final = re.compile(r"ERR_NGROK_(\d+)")
_TOKEN_PAGE = "https://dashboard.ngrok.com/get-started/your-authtoken"  # noqa: S105 (an address)
_DOMAIN_PAGE = "https://dashboard.ngrok.com/domains"
_DOWNLOAD_PAGE = "https://ngrok.com/download"

UNREACHABLE: Final = "Calls cannot reach this computer"
SILENT: Final = Problem(
    "ngrok.silent",
    UNREACHABLE,
    "The ngrok agent started, but did not connect in time.",
    "Check the internet connection and that a firewall lets ngrok out, then try again.",
)
NOT_STARTED: Final = Problem(
    "ngrok.not_started",
    UNREACHABLE,
    "The ngrok agent could not be started.",
    "Start `ngrok http 8080` in a terminal to see what it says, then try again.",
)
UNREADABLE: Final = Problem(
    "ngrok.unreadable",
    UNREACHABLE,
    "The ngrok program started, but does not answer as an ngrok agent of version 3 does.",
    "Type `ngrok update` in a terminal, or set NGROK_PATH to the right program, then try again.",
)
TOO_OLD: Final = Problem(
    "ngrok.too_old",
    UNREACHABLE,
    "The installed ngrok agent is too old; 3.30 or newer is needed.",
    "Type `ngrok update` in a terminal, then try again.",
)
LOST: Final = Problem(
    "ngrok.lost",
    "Calls cannot reach this computer just now",
    "The ngrok agent ended by itself.",
    "It is being started again with the same address; wait before you dial.",
)
_ADD_TOKEN = "Copy the token from the ngrok dashboard into NGROK_AUTHTOKEN."  # noqa: S105 (advice)
_END_OTHERS = "End the other ngrok agent, here or on another computer, then try again."
_USE_OWN = "Put a domain of your own account into NGROK_DOMAIN, or leave it empty."
_WAIT = "Wait until it starts anew, or choose a larger ngrok plan."

# Codes: ngrok's error reference.
_BY_CODE: dict[str, tuple[str, str, str | None]] = {
    "4018": ("ngrok was given no token.", _ADD_TOKEN, _TOKEN_PAGE),
    "105": ("The ngrok token is not complete.", _ADD_TOKEN, _TOKEN_PAGE),
    "107": ("ngrok does not accept this token any more.", _ADD_TOKEN, _TOKEN_PAGE),
    "108": ("The ngrok account runs too many agents at once.", _END_OTHERS, None),
    "334": ("The ngrok address is in use by another agent.", _END_OTHERS, None),
    "313": ("The ngrok plan does not include this domain.", _USE_OWN, _DOMAIN_PAGE),
    "314": ("The ngrok plan does not include this domain.", _USE_OWN, _DOMAIN_PAGE),
    "320": ("This ngrok domain belongs to another account.", _USE_OWN, _DOMAIN_PAGE),
    "326": ("This ngrok domain has a character that is not allowed.", _USE_OWN, _DOMAIN_PAGE),
    "121": (TOO_OLD.cause, TOO_OLD.cure, None),
    "9040": ("ngrok refuses this internet address.", "Use another internet connection.", None),
    "725": ("This month's ngrok data volume is used up.", _WAIT, None),
    "726": ("This month's ngrok connections are used up.", _WAIT, None),
    "727": ("This month's ngrok requests are used up.", _WAIT, None),
    "734": ("ngrok's rate limit is reached.", "Wait a minute, then try again.", None),
    "3200": (
        "ngrok says that no agent serves this address.",
        "Wait a moment for ours to connect again, then try again.",
        None,
    ),
    "8012": (
        "ngrok reaches this computer, but not our server on it.",
        "Check that no security program blocks loopback connections, then try again.",
        None,
    ),
    "3004": (
        "ngrok could not read our server's answer.",
        "Check that the address leads to callconsole's own port.",
        None,
    ),
}


def by_code(code: str) -> Problem:
    """The problem that ngrok's number, such as ``334``, stands for."""
    page = f"https://ngrok.com/docs/errors/err_ngrok_{code}"
    cause, cure, link = _BY_CODE.get(
        code,
        (f"ngrok refused with its error {code}.", "Follow the link to see what it means.", page),
    )
    return Problem(f"ngrok.{code}", UNREACHABLE, cause, cure, link or page)


def unwritable(path: Path, reason: str | None) -> Problem:
    """A file of ours cannot be written."""
    return Problem(
        "ngrok.config",
        UNREACHABLE,
        f"The file {path} could not be written ({reason or 'unknown reason'}).",
        "Make the folder writable, then try again.",
    )


def program_missing(size: str) -> Problem:
    """The ngrok program is not here; `size` is "12 MB", or empty where nobody knows."""
    told = f" ({size})" if size else ""
    return Problem(
        "ngrok.program_missing",
        "The tunnel needs the ngrok program",
        f"It is not on this computer, and is downloaded only if you say so{told}.",
        "Choose Download, or install ngrok yourself.",
        _DOWNLOAD_PAGE,
    )


def not_downloaded(cause: str) -> Problem:
    """The download came to nothing, for this reason."""
    return Problem(
        "ngrok.not_downloaded",
        "The ngrok program could not be downloaded",
        cause,
        "Check the internet connection and try again, or install ngrok yourself.",
        _DOWNLOAD_PAGE,
    )


def no_space(needed: str, folder: Path) -> Problem:
    """The disk has no room for the program."""
    return Problem(
        "ngrok.no_space",
        "There is no room for the ngrok program",
        f"It needs {needed} in {folder}.",
        "Free some space, then try again.",
    )
