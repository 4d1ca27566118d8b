"""The commands: the window, a practice call, the engine as a server, a call, the doctor."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from callconsole import __version__
from callconsole.domain.problems import ProblemError
from callconsole.settings_store import load_everything, open_store
from callconsole.terminal import say

PRACTICE_NUMBER = "+14155550101"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    # Vendors' loggers write addresses and headers.
    for vendor in ("twilio", "google_genai", "websockets", "pyngrok", "aiohttp", "httpx"):
        logging.getLogger(vendor).setLevel(logging.WARNING)
    command = options.command or "window"
    try:
        if command == "window":
            return _window(options)
        return _run(_headless(command, options), fast=command == "serve")
    except ProblemError as error:
        say(error.problem.sentence(), sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="callconsole",
        description="Let an AI make phone calls, watch every second of them, and step in.",
        epilog="Without a command the window opens. "
        "Exit codes of call: 0 completed, 1 failed, 2 not possible, 3 busy, 4 no answer, "
        "5 declined, 6 voicemail, 7 canceled.",
    )
    parser.add_argument("--version", action="version", version=f"callconsole {__version__}")
    parser.add_argument("--verbose", action="store_true", help="log more, to standard error")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("window", help="open the window (the default)")
    practice = commands.add_parser("practice", help="one practice call in the terminal")
    practice.add_argument("number", nargs="?", default=PRACTICE_NUMBER, help="practice callee")
    serve = commands.add_parser("serve", help="the engine and its HTTP interface, no window")
    serve.add_argument("--practice", action="store_true", help="on the practice line")
    serve.add_argument("--port", type=int, help="instead of SERVER_PORT")
    call = commands.add_parser("call", help="place a call through a running server")
    call.add_argument("number", nargs="?", help="default: TEST_PHONE_NUMBER")
    call.add_argument("--prompt", help="name of the prompt to follow")
    commands.add_parser("doctor", help="check every setting and service, with cures")
    return parser


def _headless(command: str, options: argparse.Namespace) -> Coroutine[Any, Any, int]:
    """The command's coroutine; heavy modules are imported only for the command that needs them."""
    settings = load_everything()
    if command == "call":
        from callconsole.remote import remote_call

        return remote_call(settings, options.number, options.prompt)
    if command == "doctor":
        from callconsole.doctor import report

        return report(settings)
    from callconsole import headless
    from callconsole.engine.world import PHONE, PRACTICE

    if command == "practice":
        return headless.practice_call(settings, options.number)
    if options.port is not None:
        settings = settings.model_copy(update={"server_port": options.port})
    return headless.serve(settings, PRACTICE if options.practice else PHONE)


def _window(options: argparse.Namespace) -> int:
    if not display_available():
        say("There is no display here, so one practice call is played in the terminal.")
        options.number = PRACTICE_NUMBER
        return _run(_headless("practice", options))
    from callconsole.desktop import run

    # It opens with whatever is set, and shows what is wrong.
    return run(open_store())


def display_available() -> bool:
    """False on a Linux or BSD computer with neither X11 nor Wayland, unless Qt was told how."""
    if sys.platform in {"win32", "darwin"} or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _run(coroutine: Coroutine[Any, Any, int], *, fast: bool = False) -> int:
    """Run to the end, on uvloop where the platform has it and speed counts."""
    with asyncio.Runner(loop_factory=_fast_loop() if fast else None) as runner:
        return runner.run(coroutine)


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
