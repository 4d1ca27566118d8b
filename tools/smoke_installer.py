"""Tries the built program as on a computer that has nothing of ours: no Python, no `.venv`.

Run by `make installer` as ``python tools/smoke_installer.py dist/callconsole``. Plays a practice
call as text, asks the server for its health, and has the window play a call too, each from the
built program in an empty home. On Linux, where it may, it also hides the system's PortAudio, its
certificates and the Python that built the program.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes.util
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT_S = 180
# What Windows needs to start a program at all.
WINDOWS_NAMES = ("SYSTEMROOT", "WINDIR", "COMSPEC", "TEMP", "TMP", "USERPROFILE", "LOCALAPPDATA")
HIDE = 'for hidden in $HIDDEN; do mount --bind "$EMPTY" "$hidden" || exit 70; done; '
HIDE_FOLDERS = 'for hidden in $HIDDEN_FOLDERS; do mount -t tmpfs none "$hidden" || exit 70; done; '


class SmokeError(Exception):
    """The built program does not do what it should; the text says what."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="the built folder, or the .app")
    parser.add_argument("--picture", type=Path, help="save what the window looked like, as PNG")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="callconsole-smoke-") as home:
            Smoke(options.folder.resolve(), Path(home)).run(options.picture)
    except (SmokeError, subprocess.TimeoutExpired) as error:
        print(f"\nThe built program failed: {error}", file=sys.stderr)
        return 1
    return 0


class Smoke:
    """Goes through the built program's commands.

    Args:
        folder: what PyInstaller made.
        home: an empty folder that is the program's home.
    """

    def __init__(self, folder: Path, home: Path) -> None:
        self._folder, self._home = folder, home
        programs = folder / "Contents" / "MacOS" if folder.suffix == ".app" else folder
        windows = sys.platform == "win32"
        self._program = programs / ("callconsole-cli.exe" if windows else "callconsole")
        self._windowed = programs / "callconsole.exe" if windows else None
        self._environment = _bare_environment(home)
        self._prefix = _hiding(self._environment, home) if sys.platform == "linux" else []

    def run(self, picture: Path | None) -> None:
        """Try everything. Raises SmokeError, subprocess.TimeoutExpired."""
        print(f"size: {_size_mb(self._folder):.0f} MB in {_count(self._folder)} files")
        print(f"hidden from it: {self._environment.get('HIDDEN_FOLDERS', 'nothing')}")
        self._licences()
        self._expect(["--version"], "callconsole ")
        self._expect(["--help"], "completion")
        self._expect(["completion", "bash"], "complete -o")
        self._expect(["practice"], "Ending      Completed", "callee 4, AI 4", "Recording")
        self._serve()
        shown = ["--picture", str(picture.resolve())] if picture is not None else []
        self._expect(["selftest", *shown], "one practice call: completed", "everything works")
        if sys.platform == "linux" and shutil.which("xvfb-run") is not None:
            self._expect(["selftest"], "everything works", screen=True)
        if self._windowed is not None:
            self._without_output(self._windowed)
        print("The built program works.")

    def _licences(self) -> None:
        # The app for macOS has it twice, once by a link.
        indexes = sorted(self._folder.rglob("LICENSES/README.txt"))
        if not indexes:
            raise SmokeError("there is no list of licences")
        index = indexes[0]
        lines = index.read_text(encoding="utf-8").split("\n\n")[-1].splitlines()
        names = [line.split(" ")[0] for line in lines]
        empty = [name for name in names if not (index.parent / f"{name}.txt").stat().st_size]
        if empty or "PySide6_Essentials" not in names:
            raise SmokeError(f"licences are missing: {empty or 'the list is not whole'}")
        print(f"ok    licences of {len(names)} parts")

    def _expect(self, arguments: list[str], *words: str, screen: bool = False) -> None:
        """Run to the end; exit code 0 and all the words are expected."""
        before = ["xvfb-run", "-a"] if screen else []
        done = subprocess.run(
            [*before, *self._prefix, str(self._program), *arguments],
            env=self._environment,
            cwd=self._home,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=LIMIT_S,
            check=False,
        )
        missing = [word for word in words if word not in done.stdout]
        shown = " ".join([*before, *arguments])
        if done.returncode or missing:
            raise SmokeError(
                f"`{shown}` ended with {done.returncode}, without {missing}\n"
                f"{done.stdout}\n{done.stderr}"
            )
        print(f"ok    {shown}")

    def _serve(self) -> None:
        command = [*self._prefix, str(self._program), "serve", "--practice", "--port", "0"]
        with subprocess.Popen(
            command,
            env=self._environment,
            cwd=self._home,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        ) as server:
            try:
                self._ask_for_health(server)
            finally:
                _end(server)
        if sys.platform != "win32" and server.returncode:
            raise SmokeError(f"the server ended with {server.returncode}")
        print("ok    serve --practice, GET /health")

    def _ask_for_health(self, server: subprocess.Popen[str]) -> None:
        if server.stdout is None:
            raise SmokeError("the server has no output")
        line = server.stdout.readline()
        address = next((word for word in line.split() if word.startswith("http://")), None)
        if address is None:
            raise SmokeError(f"the server did not come up: {line}")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{address}/health", timeout=30) as answer:
            health = json.load(answer)
        if (health["status"], health["line"]) != ("ok", "practice"):
            raise SmokeError(f"the server is not well: {health}")

    def _without_output(self, program: Path) -> None:
        """On Windows: the windowed program, which has no output at all, plays a call too."""
        done = subprocess.run(
            [str(program), "practice"],
            env=self._environment,
            cwd=self._home,
            stdin=None,
            creationflags=getattr(subprocess, "DETACHED_PROCESS", 0),
            timeout=LIMIT_S,
            check=False,
        )
        if done.returncode:
            raise SmokeError(f"{program.name} practice ended with {done.returncode}")
        print(f"ok    {program.name} practice, without any output")


def _bare_environment(home: Path) -> dict[str, str]:
    """Next to nothing, as for somebody who has just logged in."""
    names = WINDOWS_NAMES if sys.platform == "linux" else (*WINDOWS_NAMES, "QT_QPA_PLATFORM")
    found = {name: os.environ[name] for name in names if name in os.environ}
    path = f"{os.environ['SYSTEMROOT']}\\System32" if sys.platform == "win32" else "/usr/bin:/bin"
    return {**found, "PATH": path, "HOME": str(home)}


def _hiding(environment: dict[str, str], home: Path) -> list[str]:
    """What goes before a command to hide the system's parts from it; nothing where it may not."""
    unshare = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    if shutil.which("unshare") is None:
        return []
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
        return []
    empty = home / "empty"
    empty.touch()
    folders = [ROOT / ".venv", Path("/etc/ssl/certs")]
    if not Path(sys.base_prefix).is_relative_to("/usr"):
        folders.append(Path(sys.base_prefix))
    environment["EMPTY"] = str(empty)
    environment["HIDDEN"] = " ".join(_portaudio())
    there = {str(folder.resolve()) for folder in folders if folder.is_dir()}
    environment["HIDDEN_FOLDERS"] = " ".join(sorted(there))
    return [*unshare, "sh", "-c", HIDE + HIDE_FOLDERS + 'exec "$@"', "sh"]


def _portaudio() -> Iterator[str]:
    """Every file of the system's PortAudio."""
    name = ctypes.util.find_library("portaudio")
    multiarch = sysconfig.get_config_var("MULTIARCH") or ""
    for folder in {Path("/usr/lib") / multiarch, Path("/usr/lib64"), Path("/usr/local/lib")}:
        if name is not None and (folder / name).exists():
            yield str((folder / name).resolve())


def _end(server: subprocess.Popen[str]) -> None:
    """Ask for a polite end; kill what does not go."""
    if server.poll() is not None:
        return
    server.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(30)
        return
    server.kill()


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def _size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in _files(folder)) / 1e6


def _count(folder: Path) -> int:
    return len(_files(folder))


if __name__ == "__main__":
    sys.exit(main())
