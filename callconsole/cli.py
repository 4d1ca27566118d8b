"""The commands: the window, a practice call, the server, a call, the doctor, the self-test."""

from __future__ import annotations

import argparse
import asyncio
import io
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from callconsole import __version__, logbook, paths
from callconsole.checkup.recent_log import recent
from callconsole.domain.problems import ProblemError
from callconsole.leaving import Leave, until_asked
from callconsole.settings_store import SettingsStore, load_everything, open_store
from callconsole.terminal import say

PRACTICE_NUMBER = "+14155550101"
LAST_PORT = 65535
SHELLS = ("bash", "zsh", "tcsh")
_REPORT = "Run it again with --verbose before the command to see where, and report that."
EXAMPLES = """\
examples:
  callconsole                             the window; on the practice line until you are connected
  callconsole practice +14155550106       a practice call to a voicemail, as text
  callconsole serve --practice            the HTTP interface, to try programs of your own
  callconsole call +14155550101           a call through the server that runs already
  callconsole doctor                      what is missing, and what cures it
  callconsole completion bash > ~/.local/share/bash-completion/completions/callconsole

Without a command the window opens; where there is no display, a practice call is played as text.
`callconsole COMMAND --help` tells of one command. Settings come from the environment, .env
and the Settings page.

exit codes of call: 0 completed, 1 failed, 2 not possible, 3 busy, 4 no answer, 5 declined,
6 voicemail, 7 canceled
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    _write_any_letter()
    options = _parser().parse_args(arguments)
    _log(verbose=options.verbose)
    command = options.command or "window"
    try:
        if command == "window":
            return _window(options)
        if command == "completion":
            return _completion(options.shell)
        if command == "selftest":
            from callconsole import selftest

            return selftest.run(display=display_available(), picture=options.picture)
        return _run_headless(command, options)
    except ProblemError as error:
        say(error.problem.sentence(), sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        # What an exception says may hold what nobody should see on a screen.
        if options.verbose:
            raise
        say(f"callconsole has failed ({type(error).__name__}). {_REPORT}", sys.stderr)
        return 1


def _log(*, verbose: bool) -> None:
    """Warnings to standard error, where there is one; ours of any weight to whoever keeps them.

    Of libraries, warnings alone however much is wanted: they log what they are given, such as the
    values of an SQL statement, arguments of what runs in a thread, addresses and headers.
    """
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    logging.getLogger("callconsole").setLevel(logging.DEBUG if verbose else logging.INFO)
    root.addHandler(recent)
    # A windowed program has none.
    if sys.stderr is not None:
        terminal = logging.StreamHandler()
        terminal.setLevel(logging.DEBUG if verbose else logging.WARNING)
        terminal.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        root.addHandler(terminal)


def _write_any_letter() -> None:
    """A terminal that lacks a letter shows a question mark; nothing fails for it."""
    for stream in (sys.stdout, sys.stderr):
        # A windowed program has neither.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="callconsole",
        description="Let an AI make phone calls, watch every second of them, and step in.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"callconsole {__version__}")
    parser.add_argument(
        "--verbose", action="store_true", help="log more, to standard error and the log file"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("window", help="open the window (the default)")
    practice = commands.add_parser("practice", help="one practice call in the terminal")
    practice.add_argument("number", nargs="?", default=PRACTICE_NUMBER, help="practice callee")
    serve = commands.add_parser("serve", help="the engine and its HTTP interface, no window")
    serve.add_argument("--practice", action="store_true", help="on the practice line")
    serve.add_argument("--port", type=_port, help="instead of SERVER_PORT; 0 takes a free one")
    serve.add_argument(
        "--download-ngrok",
        action="store_true",
        help="fetch the ngrok program where the tunnel needs it",
    )
    call = commands.add_parser("call", help="place a call through a running server")
    call.add_argument("number", nargs="?", help="default: TEST_PHONE_NUMBER")
    call.add_argument("--prompt", help="name of the prompt to follow")
    selftest = commands.add_parser("selftest", help="try window, sound and a practice call; close")
    selftest.add_argument("--picture", type=Path, help="save the window's picture here, as PNG")
    completion = commands.add_parser("completion", help="print what completes commands in a shell")
    completion.add_argument("shell", choices=SHELLS)
    doctor = commands.add_parser("doctor", help="check every setting and service, with cures")
    doctor.add_argument("--json", action="store_true", help="for programs; ids are stable")
    doctor.add_argument("--country", metavar="ISO", type=_country, help="may it be called? US, CH")
    doctor.add_argument("--bundle", metavar="FILE.zip", type=_file, help="save a support bundle")
    doctor.add_argument("--silent", action="store_true", help="play no tone")
    return parser


def _country(text: str) -> str:
    """Two letters of ISO 3166. Raises argparse's ArgumentTypeError."""
    if len(text) != 2 or not text.isascii() or not text.isalpha():
        raise argparse.ArgumentTypeError("give the country's two letters, such as US or CH")
    return text.upper()


def _file(text: str) -> Path:
    """A file to write, in a folder that is there. Raises argparse's ArgumentTypeError."""
    path = Path(text)
    if not path.name or path.is_dir():
        raise argparse.ArgumentTypeError("give the name of a file")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path.parent}")
    return path


def _port(text: str) -> int:
    """A port to listen on. Raises argparse's ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or len(text) > 5 or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"give a number from 0 to {LAST_PORT}")
    return int(text)


def _completion(shell: str) -> int:
    """Print the script with which a shell completes our commands and options."""
    import shtab

    say(shtab.complete(_parser(), shell=shell))
    return 0


def _run_headless(command: str, options: argparse.Namespace) -> int:
    """Run a command without a window; a server, which runs for long, keeps a log file."""
    store = load_everything()
    coroutine = partial(_headless, command, options, store)
    if command != "serve":
        return _run(coroutine())
    data = paths.data_folder(store.settings.data_dir)
    with logbook.written(data, lambda: store.settings, verbose=options.verbose):
        return _run(coroutine(), fast=True)


def _headless(
    command: str, options: argparse.Namespace, store: SettingsStore
) -> Coroutine[Any, Any, int]:
    """The command's coroutine; heavy modules are imported only for the command that needs them."""
    settings = store.settings
    if command == "call":
        from callconsole.remote import remote_call

        return remote_call(settings, options.number, options.prompt)
    if command == "doctor":
        from callconsole import doctor

        wishes = doctor.Wishes(options.json, options.country, options.bundle, options.silent)
        return doctor.run(settings, wishes, store.source)
    from callconsole import headless
    from callconsole.engine.world import PHONE, PRACTICE

    if command == "practice":
        return headless.practice_call(settings, options.number)
    if options.port is not None:
        settings = settings.model_copy(update={"server_port": options.port})
    line = PRACTICE if options.practice else PHONE
    return headless.serve(settings, line, download_ngrok=options.download_ngrok)


def _window(options: argparse.Namespace) -> int:
    if not display_available():
        say("There is no display here, so one practice call is played in the terminal.")
        options.number = PRACTICE_NUMBER
        return _run_headless("practice", options)
    leave = Leave()
    from callconsole.desktop import run, show_problem

    # It opens with whatever is set, and shows what is wrong.
    store = open_store()
    try:
        data = paths.data_folder(store.settings.data_dir)
    except ProblemError as error:
        # Started from a menu, nobody reads what goes to standard error.
        if sys.stderr is None or not sys.stderr.isatty():
            show_problem(error.problem, leave)
        raise
    with logbook.written(data, lambda: store.settings, verbose=options.verbose):
        return run(store, leave)


def display_available() -> bool:
    """False on a Linux or BSD computer with neither X11 nor Wayland, unless Qt was told how."""
    if sys.platform in {"win32", "darwin"} or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _run(coroutine: Coroutine[Any, Any, int], *, fast: bool = False) -> int:
    """Run to the end, on uvloop where the platform has it and speed counts."""
    with asyncio.Runner(loop_factory=_fast_loop() if fast else None) as runner:
        return runner.run(until_asked(coroutine))


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
