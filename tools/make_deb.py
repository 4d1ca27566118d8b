"""Packs the built program for Debian and Ubuntu: `make deb`, after `make installer`.

The program goes to /opt/callconsole; /usr gets the command, the menu entry, the icon, completion
and the licences. What it asks of the system is read from its libraries.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
LINUX = ROOT / "packaging" / "linux"
OPT = PurePosixPath("opt/callconsole")
ICON_SIZES = (48, 128, 256)
COMPLETIONS = {
    "bash": "usr/share/bash-completion/completions/callconsole",
    "zsh": "usr/share/zsh/vendor-completions/_callconsole",
}
# What is looked for by name at work: sound, and the plug-in that leads it to the desktop's daemon.
FOUND_BY_NAME = ("libasound2",)
RECOMMENDED = ("libasound2-plugins", "fonts-inter", "ca-certificates")
ELF = b"\x7fELF"


def main() -> int:
    parser = argparse.ArgumentParser(description="Pack the built program as a .deb")
    parser.add_argument("folder", type=Path, help="what PyInstaller made, such as dist/callconsole")
    parser.add_argument("--into", type=Path, help="where to put it; beside the folder otherwise")
    options = parser.parse_args()
    folder = options.folder.resolve()
    try:
        path = pack(folder, options.into or folder.parent)
    except subprocess.CalledProcessError as error:
        print(f"`{error.cmd[0]}` failed (see above).", file=sys.stderr)
        return 1
    print(f"{path} ({path.stat().st_size / 1e6:.0f} MB)")
    return 0


def pack(folder: Path, into: Path) -> Path:
    """Make the package in `into` and return its path. Raises CalledProcessError, OSError."""
    architecture = _said_by("dpkg", "--print-architecture")
    version = _said_by(str(folder / "callconsole"), "--version").split()[-1]
    into.mkdir(parents=True, exist_ok=True)
    path = into / f"callconsole_{version}_{architecture}.deb"
    with tempfile.TemporaryDirectory(prefix="callconsole-deb-", dir=into) as place:
        tree = Path(place)
        tree.chmod(0o755)
        lay_out(folder, tree)
        control = tree / "DEBIAN" / "control"
        control.parent.mkdir()
        control.write_text(
            control_text(version, architecture, _installed_kb(tree), depends(folder)),
            encoding="utf-8",
        )
        # A tenth of the time that xz takes, for a sixth more of size; read since Debian 12.
        pack_with = ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z12"]
        command = [*pack_with, "--build", str(tree), str(path)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return path


def lay_out(folder: Path, tree: Path) -> None:
    """Put every file where it belongs on a Debian system, under `tree`."""
    from app_icons import SVG, png

    shutil.copytree(folder, tree / OPT, symlinks=True)
    command = tree / "usr/bin/callconsole"
    command.parent.mkdir(parents=True)
    command.symlink_to(os.path.relpath("/" / OPT / "callconsole", "/usr/bin"))
    icons = tree / "usr/share/icons/hicolor"
    _write(icons / "scalable/apps/callconsole.svg", SVG.read_bytes())
    for size in ICON_SIZES:
        _write(icons / f"{size}x{size}/apps/callconsole.png", png(size))
    for file, place in (("*.desktop", "applications"), ("*.metainfo.xml", "metainfo")):
        for path in LINUX.glob(file):
            _write(tree / "usr/share" / place / path.name, path.read_bytes())
    for shell, place in COMPLETIONS.items():
        script = _said_by(str(folder / "callconsole"), "completion", shell)
        _write(tree / place, script.encode() + b"\n")
    _write(tree / "usr/share/doc/callconsole/copyright", copyright_text().encode())


def copyright_text() -> str:
    """Our licence, and where those of the parts are."""
    own = (ROOT / "LICENSE").read_text(encoding="utf-8")
    return f"{own}\nThe licences of what it is made of: /{OPT}/_internal/LICENSES\n"


def control_text(version: str, architecture: str, size_kb: int, packages: Iterable[str]) -> str:
    """The package's description for dpkg."""
    return (
        "Package: callconsole\n"
        f"Version: {version}\n"
        f"Architecture: {architecture}\n"
        "Maintainer: The callconsole authors\n"
        "Section: comm\n"
        "Priority: optional\n"
        f"Installed-Size: {size_kb}\n"
        f"Depends: {', '.join(packages)}\n"
        f"Recommends: {', '.join(RECOMMENDED)}\n"
        "Description: desktop console for AI phone calls\n"
        " A person lets an AI make phone calls, watches every second of them, listens in,\n"
        " and steps in when it is time. Comes with a practice line that needs no account.\n"
    )


def depends(folder: Path) -> list[str]:
    """Debian packages with the libraries that the program asks for and does not bring."""
    from PyInstaller.depend.bindepend import get_imports

    files = [path for path in folder.rglob("*") if path.is_file() and _is_elf(path)]
    brought = {path.name for path in folder.rglob("*")}
    asked = {pair for path in files for pair in get_imports(str(path))}
    outside = {Path(place).resolve() for name, place in asked if name not in brought and place}
    names = {str(path) for path in outside} | {str(path).removeprefix("/usr") for path in outside}
    found = subprocess.run(
        ["dpkg-query", "--search", *sorted(names)], capture_output=True, text=True, check=False
    )
    packages = {line.split(":")[0] for line in found.stdout.splitlines()} | set(FOUND_BY_NAME)
    return sorted(_relation(package) for package in packages)


def _relation(package: str) -> str:
    """A package, by both names where its time is 64 bits wide; the C library at least as new."""
    if package == "libc6":
        version = _said_by("dpkg-query", "--show", "--showformat=${Version}", "libc6")
        return f"libc6 (>= {re.split('[-+]', version)[0]})"
    if package.endswith("t64"):
        return f"{package} | {package.removesuffix('t64')}"
    return package


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(ELF)) == ELF


def _installed_kb(tree: Path) -> int:
    files = (path for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) // 1024


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o644)


def _said_by(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
