"""Checks of this computer: Python, libraries, disk, clock, keychain, files, prompt, port."""

from __future__ import annotations

import asyncio
import http.client
import json
import platform
import shutil
import socket
import sys
from collections.abc import Awaitable, Callable
from importlib import metadata
from pathlib import Path
from typing import Final

from callconsole import paths
from callconsole.adapters.file_prompts import FilePrompts
from callconsole.adapters.history.look import look
from callconsole.adapters.keychain_check import keychain
from callconsole.adapters.price_file import read_prices
from callconsole.domain.checkup import Action, ActionKind
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import checked
from callconsole.engine.checkup import Verdict, amber, green, red

OLDEST_PYTHON: Final = (3, 11)
NEWEST_PYTHON: Final = (3, 14)
"""Newer ones are not tried out."""
LIBRARIES: Final = (
    "PySide6-Essentials", "aiohttp", "google-genai", "numpy", "phonenumbers", "pyngrok",
    "qasync", "sounddevice", "soxr", "SQLAlchemy", "twilio", "websockets",
)  # fmt: skip
# PySide6 of this version on loses references to None on Python 3.11, and aborts under load.
_BAD_QT: Final = (6, 12)
_LITTLE_BYTES: Final = 500 * 2**20
_HARDLY_BYTES: Final = 50 * 2**20
_SKEW_S: Final = 2.0
_BAD_SKEW_S: Final = 300.0
_HEALTH_LIMIT_S: Final = 1.5
_NEAR: Final = 50
_LAST_PORT: Final = 65535


async def python(version: tuple[int, int] = sys.version_info[:2]) -> Verdict:
    """The interpreter is one that we support."""
    detail = f"{platform.python_version()} on {platform.system()}"
    if version < OLDEST_PYTHON:
        return red(_python_problem(version, "too old", "needs Python 3.11"), detail)
    if version > NEWEST_PYTHON:
        return amber(_python_problem(version, "very new", "has not been tried with it"), detail)
    return green(detail)


async def libraries(
    version_of: Callable[[str], str] = metadata.version,
    python_version: tuple[int, int] = sys.version_info[:2],
) -> Verdict:
    """Everything is installed, and no version among it is known to fail."""
    if getattr(sys, "frozen", False):
        return green("as they came with the program")
    found: dict[str, str] = {}
    missing = []
    for name in LIBRARIES:
        try:
            found[name] = version_of(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return red(_missing_libraries(missing))
    qt = found["PySide6-Essentials"]
    if python_version < (3, 12) and _numbers(qt) >= _BAD_QT:
        return red(_bad_qt(qt))
    return green(f"PySide6 {qt}, twilio {found['twilio']}, google-genai {found['google-genai']}")


async def disk(data: Path, free_bytes: Callable[[Path], int] | None = None) -> Verdict:
    """There is room for recordings: a call takes about 2 MB a minute."""
    free = await asyncio.to_thread(free_bytes or _free_bytes, data)
    detail = f"{free / 2**30:.1f} GB free" if free >= 2**30 else f"{free // 2**20} MB free"
    if free < _HARDLY_BYTES:
        return red(_full_disk(data, detail), detail)
    return amber(_full_disk(data, detail), detail) if free < _LITTLE_BYTES else green(detail)


async def clock(ahead_s: Callable[[], Awaitable[float]]) -> Verdict:
    """Our clock agrees with Twilio's; `ahead_s` asks."""
    ahead = await ahead_s()
    apart = abs(ahead)
    if apart <= _SKEW_S:
        return green("agrees with Twilio's clock")
    way = "ahead of" if ahead > 0 else "behind"
    by = f"{apart:.0f} s" if apart < 120 else f"{apart / 60:.0f} min"
    problem = _wrong_clock(f"This computer's clock is {by} {way} Twilio's.")
    return red(problem) if apart > _BAD_SKEW_S else amber(problem)


async def keychain_there(name: Callable[[], str | None] = keychain) -> Verdict:
    """The operating system has a keychain for secrets."""
    found = await asyncio.to_thread(name)
    return green(found) if found else amber(_NO_KEYCHAIN, "none")


async def folder(data: Path) -> Verdict:
    """The data folder can be written."""
    return green(await asyncio.to_thread(_writable, data))


async def history(data: Path, problem: Problem | None = None) -> Verdict:
    """The history can be read; `problem` is what the running console has met with it."""
    if problem is not None:
        raise ProblemError(problem)
    return green(await asyncio.to_thread(look, data / "history"))


async def prompt(data: Path, name: str) -> Verdict:
    """The prompt that calls follow is there, and valid."""
    prompts = FilePrompts(data / "prompts", paths.shipped("prompts"))
    try:
        return green((await asyncio.to_thread(lambda: checked(prompts.read(name)))).title)
    except ProblemError as error:
        return red(error.problem, action=Action(ActionKind.PROMPTS, "Open prompts"))


async def prices(data: Path) -> Verdict:
    """The price list can be used."""
    found = await asyncio.to_thread(read_prices, data, paths.resources())
    if found.problem is not None:
        raise ProblemError(found.problem)
    return green(f"of {found.as_of.isoformat()}, for {found.where}")


async def port(host: str, wanted: int, ours: int, *, may_change: bool = False) -> Verdict:
    """Our server has its port, or can have it.

    Args:
        host: address to listen on.
        wanted: the port that is set.
        ours: the port that our server listens on now; 0 for none.
        may_change: another port can be set from here, and nothing depends on this one.
    """
    if ours:
        return green(f"{host}:{ours} is ours")
    try:
        return green(await asyncio.to_thread(_port, host, wanted))
    except ProblemError as error:
        other = await asyncio.to_thread(_free_port, host, wanted) if may_change else None
        if other is None:
            raise
        action = Action(ActionKind.PORT, f"Use port {other}", str(other))
        return red(error.problem, action=action)


async def held_by_console(host: str, wanted: int) -> bool:
    """True where another console that is running has this port."""
    return await asyncio.to_thread(_console_at, host, wanted)


def _port(host: str, wanted: int) -> str:
    try:
        _bind(host, wanted)
    except OSError as error:
        if _console_at(host, wanted):
            return f"{host}:{wanted} is held by a console that is running"
        raise ProblemError(_port_taken(host, wanted)) from error
    return f"{host}:{wanted} is free"


def _free_port(host: str, wanted: int) -> int | None:
    """The next free port after this one, or None where there is none near it."""
    for other in range(wanted + 1, min(wanted + _NEAR, _LAST_PORT) + 1):
        try:
            _bind(host, other)
        except OSError:
            continue
        return other
    return None


def _bind(host: str, wanted: int) -> None:
    """Take a port for a moment. Raises OSError where that cannot be."""
    # The address may be one of IPv6.
    family, kind, _, _, place = socket.getaddrinfo(host or None, wanted, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        if sys.platform != "win32":  # there it would take a port from whoever has it
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(place)


def _console_at(host: str, wanted: int) -> bool:
    """True where a callconsole answers there."""
    link = http.client.HTTPConnection(host, wanted, timeout=_HEALTH_LIMIT_S)
    try:
        link.request("GET", "/health")
        answer = link.getresponse()
        body = json.loads(answer.read(64 * 1024))
        return answer.headers.get("Server") == "callconsole" and "services" in body
    except (OSError, ValueError, TypeError, http.client.HTTPException):
        return False
    finally:
        link.close()


def _writable(data: Path) -> str:
    probe = data / ".callconsole-probe"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise ProblemError(
            Problem(
                "data.not_writable",
                "The data folder cannot be written",
                f"{data}: {error.strerror}.",
                "Change its rights, or set CALLCONSOLE_DATA_DIR to another folder.",
            )
        ) from error
    return str(data)


def _free_bytes(data: Path) -> int:
    return shutil.disk_usage(data).free


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:3] if part.isdigit())


# What an operator reads ---------------------------------------------------------------------

_NO_KEYCHAIN: Final = Problem(
    "keychain.none",
    "There is no keychain for secrets",
    "The operating system offers none to this program.",
    "Secrets are kept in a file or in the environment instead; see that only you can read it.",
)


def _python_problem(version: tuple[int, int], how: str, why: str) -> Problem:
    return Problem(
        "python.version",
        f"This Python is {how}",
        f"It is {version[0]}.{version[1]}, and callconsole {why}.",
        "Install callconsole with Python 3.11, 3.12 or 3.13.",
    )


def _missing_libraries(names: list[str]) -> Problem:
    return Problem(
        "libraries.missing",
        "Libraries are missing",
        f"Not installed: {', '.join(names)}.",
        "Install callconsole again.",
    )


def _bad_qt(version: str) -> Problem:
    return Problem(
        "libraries.qt",
        "This version of Qt fails under load",
        f"PySide6 {version} ends the program during calls on Python 3.11.",
        "Install the version before it, or use a newer Python.",
    )


def _full_disk(data: Path, detail: str) -> Problem:
    return Problem(
        "disk.full",
        "There is little room on the disk",
        f"{detail} where {data} is.",
        "Delete what is not needed, or set CALLCONSOLE_DATA_DIR to a folder on another disk.",
    )


def _wrong_clock(cause: str) -> Problem:
    return Problem(
        "clock.wrong",
        "The clock is wrong",
        cause,
        "Let the operating system set the time automatically.",
    )


def _port_taken(host: str, wanted: int) -> Problem:
    return Problem(
        "server.port_in_use",
        "The server's port is taken",
        f"Another program listens on {host}:{wanted}.",
        "Close it, or set SERVER_PORT to another number.",
    )
