"""Looks at every setting and service, and says in one line each what is right or how to cure it."""

from __future__ import annotations

import asyncio
import platform
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from callconsole import paths
from callconsole.adapters import portaudio
from callconsole.adapters.file_prompts import FilePrompts
from callconsole.adapters.price_file import read_prices
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import checked
from callconsole.engine.ports import Tunnel
from callconsole.lines import Line, open_phone, open_practice
from callconsole.settings import Settings, missing_for_phone
from callconsole.terminal import say


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report; `problem` is None where all is well."""

    name: str
    detail: str
    problem: Problem | None = None

    def line(self) -> str:
        """As printed: mark, name, and either the detail or cause and cure."""
        if self.problem is None:
            return f"ok    {self.name:<14} {self.detail}"
        return f"FAIL  {self.name:<14} {self.problem.sentence()}"


Check = Callable[[], Awaitable[str]]


async def examine(settings: Settings) -> list[Finding]:
    """Every check, in the order in which a call needs them."""
    findings = [
        Finding("Python", f"{platform.python_version()} on {platform.system()}"),
        *await _local(settings),
        *await _practice(settings),
    ]
    missing = missing_for_phone(settings)
    if missing:
        return [*findings, *(Finding("Settings", "", problem) for problem in missing)]
    return [*findings, Finding("Settings", _both_back_ends(settings)), *await _phone(settings)]


async def report(settings: Settings) -> int:
    """Print the findings; 0 where nothing is wrong."""
    findings = await examine(settings)
    for finding in findings:
        say(finding.line())
    wrong = sum(finding.problem is not None for finding in findings)
    say("Everything is ready." if not wrong else f"{wrong} to mend, from top to bottom.")
    return 1 if wrong else 0


async def _local(settings: Settings) -> list[Finding]:
    data = paths.data_folder(settings.data_dir)
    prompts = FilePrompts(data / "prompts", paths.shipped("prompts"))

    async def prompt() -> str:
        return checked(prompts.read(settings.prompt)).title

    async def folder() -> str:
        return await asyncio.to_thread(_writable, data)

    async def prices() -> str:
        found = await asyncio.to_thread(read_prices, data, paths.resources())
        if found.problem is not None:
            raise ProblemError(found.problem)
        return f"of {found.as_of.isoformat()}, for {found.where}"

    async def port() -> str:
        return await asyncio.to_thread(_free_port, settings.server_host, settings.server_port)

    async def sound() -> str:
        return await asyncio.to_thread(portaudio.probe)

    checks = {
        "Data folder": folder,
        "Prompt": prompt,
        "Prices": prices,
        "Server port": port,
        "Sound": sound,
    }
    return [await _finding(name, check) for name, check in checks.items()]


async def _practice(settings: Settings) -> list[Finding]:
    line = await open_practice(settings)
    try:
        return await _services(line, "Practice ")
    finally:
        await line.close()


async def _phone(settings: Settings) -> list[Finding]:
    data = paths.data_folder(settings.data_dir)
    line = open_phone(settings, data)
    try:
        findings = await _services(line, "")
        findings.append(await _finding("Tunnel", lambda: _tunnel(line.tunnel, settings)))
        return findings
    finally:
        await line.close()


async def _services(line: Line, prefix: str) -> list[Finding]:
    names = ("phone", "agent") if prefix else ("Twilio", "Gemini")
    return [
        await _finding(prefix + names[0], line.carrier.check),
        await _finding(prefix + names[1], line.agent.check),
    ]


async def _tunnel(tunnel: Tunnel, settings: Settings) -> str:
    return await tunnel.open(settings.server_port)


async def _finding(name: str, check: Check) -> Finding:
    try:
        return Finding(name, await check())
    except ProblemError as error:
        return Finding(name, "", error.problem)


def _both_back_ends(settings: Settings) -> str:
    if settings.both_back_ends:
        return "complete; both Vertex AI and an API key are set, Vertex AI is used"
    return f"complete, Gemini through {settings.backend}"


def _writable(path: Path) -> str:
    probe = path / ".callconsole-probe"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise ProblemError(
            Problem(
                "data.not_writable",
                "The data folder cannot be written",
                f"{path}: {error.strerror}.",
                "Change its rights, or set CALLCONSOLE_DATA_DIR to another folder.",
            )
        ) from error
    return str(path)


def _free_port(host: str, port: int) -> str:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ProblemError(
                Problem(
                    "server.port_in_use",
                    "The server's port is taken",
                    f"Another program, perhaps another console, listens on {host}:{port}.",
                    "Close it, or set SERVER_PORT to another number.",
                )
            ) from error
    return f"{host}:{port} is free"
