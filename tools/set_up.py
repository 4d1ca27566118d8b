"""Makes a checkout ready to run or to test: system libraries, virtual environment, dependencies.

Run by the Makefile as ``python3 tools/set_up.py run|test|lint|installer`` with nothing but the
standard library. What was set up is written into `.venv`, so that the next start has nothing to do.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "set-up.json"
OLDEST = (3, 11)

WINDOW = (
    "libegl1",
    "libgl1",
    "libxkbcommon0",
    "libdbus-1-3",
    "libfontconfig1",
    "libglib2.0-0",
    "libxcb-cursor0",
    "libxkbcommon-x11-0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-shape0",
    "libxcb-image0",
    "libxcb-render-util0",
    "libxcb-randr0",
    "libxcb-xinerama0",
    "libxcb-xkb1",
)
SOUND = ("libportaudio2",)
TESTS = (
    "xvfb",
    "xauth",
    "pulseaudio",
    "pulseaudio-utils",
    "libasound2-plugins",
    "fonts-inter",
    "fonts-dejavu-core",
)
# objcopy, with which PyInstaller writes programs.
BUILD = ("binutils",)
GOALS = {
    "run": (WINDOW + SOUND, ""),
    "test": (WINDOW + SOUND + TESTS, "dev"),
    "lint": ((), "dev"),
    "installer": (WINDOW + SOUND + BUILD, "installer"),
}


class SetUpError(Exception):
    """Set-up cannot go on; the text says why and what to type."""


def main(goal: str) -> int:
    """Set up for one goal; return the exit code."""
    packages, extra = GOALS[goal]
    try:
        if sys.version_info < OLDEST:
            raise SetUpError(
                f"Python {_version(OLDEST)} or newer is needed; {sys.executable} is "
                f"{_version(sys.version_info)}. Name another one: make PYTHON=python3.12 {goal}"
            )
        if not _is_set_up(goal):
            _set_up_system(goal, packages)
            _make_environment()
            _install(extra)
            _write_stamp(goal)
    except SetUpError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"\nSet-up stopped: `{_shown(error.cmd)}` failed (see above).", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up stopped. The same command goes on from here.", file=sys.stderr)
        return 130
    return 0


# What was done already ----------------------------------------------------------------------


def _fingerprint() -> str:
    """Changes when anything that set-up depends on has changed, the checkout's place included."""
    parts = [(ROOT / "pyproject.toml").read_bytes(), Path(__file__).read_bytes()]
    parts += [str(ROOT).encode(), _version(sys.version_info).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _stamp() -> dict[str, object]:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _is_set_up(goal: str) -> bool:
    stamp = _stamp()
    return (
        stamp.get("fingerprint") == _fingerprint()
        and goal in stamp.get("goals", ())
        and _python().exists()
    )


def _write_stamp(goal: str) -> None:
    """Remember the goal; what serves `test` serves the others too."""
    stamp = _stamp()
    same = stamp.get("fingerprint") == _fingerprint()
    goals = set(stamp.get("goals", ())) if same else set()
    goals |= {"test": {"run", "test", "lint"}, "installer": {"run", "installer"}}.get(goal, {goal})
    text = json.dumps({"fingerprint": _fingerprint(), "goals": sorted(goals)})
    STAMP.write_text(text + "\n", encoding="utf-8")


# System packages ----------------------------------------------------------------------------


def _set_up_system(goal: str, packages: tuple[str, ...]) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        packages = (f"python{_version(sys.version_info)}-venv", *packages)
    if not packages or not sys.platform.startswith("linux"):
        return
    if shutil.which("apt-get") is None or shutil.which("dpkg-query") is None:
        print(f"This is no Debian system: {_in_words(packages)} are needed in its own words.")
        return
    missing = _missing(packages)
    if not missing:
        return
    prefix = _apt_prefix()
    if prefix is not None and _apt_install(prefix, missing):
        return
    _say_what_to_type(goal, missing)


def _missing(packages: tuple[str, ...]) -> list[str]:
    """Packages that dpkg does not have, neither so named nor by the name of the 64-bit time_t."""
    names = [name + end for name in packages for end in ("", "t64")]
    shown = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (line.split() for line in shown.stdout.splitlines())
    there = {name for name, *status in lines if status == ["installed"]}
    return [name for name in packages if not {name, name + "t64"} & there]


def _apt_prefix() -> list[str] | None:
    """What goes before apt-get here, or None where this user may not install."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return None if asked.returncode else ["sudo", "-n"]


def _apt_install(prefix: list[str], missing: list[str]) -> bool:
    print(f"Installing system packages: {' '.join(missing)}", flush=True)
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    subprocess.run([*prefix, *quiet, "update"], stdin=subprocess.DEVNULL, check=False)
    names = [_name_here(name) for name in missing]
    command = [*prefix, *quiet, "install", "--no-install-recommends", *names]
    return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode == 0


def _name_here(name: str) -> str:
    """The name under which this release has the package."""
    for candidate in (name, name + "t64"):
        found = subprocess.run(["apt-cache", "show", candidate], capture_output=True, check=False)
        if found.returncode == 0 and found.stdout:
            return candidate
    return name


def _say_what_to_type(goal: str, missing: list[str]) -> None:
    """Print the one command; stop unless the goal can be reached without the packages."""
    command = f"apt-get update && apt-get install -y {' '.join(missing)}"
    typed = command if os.geteuid() == 0 else f"sudo sh -c '{command}'"
    text = f"These system packages are missing. Type this, then `make {goal}` again:\n\n  {typed}\n"
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    needed = set(missing) - set(SOUND) - (set() if screen else set(WINDOW))
    if goal in {"test", "installer"} or needed:
        raise SetUpError(text)
    print(f"{text}\nGoing on without them for now.\n")


# The virtual environment --------------------------------------------------------------------


def _python() -> Path:
    return VENV / "bin" / "python"


def _make_environment() -> None:
    """Make `.venv`, anew where it belongs to another Python version or is broken."""
    if _environment_version() == _version(sys.version_info):
        return
    print(f"Making the virtual environment (Python {_version(sys.version_info)})", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)


def _environment_version() -> str:
    code = "import pip, sys; print('%d.%d' % sys.version_info[:2])"
    try:
        asked = subprocess.run(
            [str(_python()), "-c", code], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return asked.stdout.strip()


def _install(extra: str) -> None:
    print("Installing callconsole and what it stands on (a minute or two)", flush=True)
    target = f".[{extra}]" if extra else "."
    pip = [str(_python()), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    command = [*pip, "--no-input", "--editable", target]
    if subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode:
        raise SetUpError(
            "Python packages could not be installed; pip's own words are above. "
            "Check the connection to the package index, then give the same command again."
        )


# Words --------------------------------------------------------------------------------------


def _version(version: tuple[int, ...]) -> str:
    return ".".join(str(number) for number in version[:2])


def _in_words(packages: tuple[str, ...]) -> str:
    return ", ".join(packages)


def _shown(command: object) -> str:
    return " ".join(map(str, command)) if isinstance(command, list) else str(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
