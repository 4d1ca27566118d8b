"""Collects the licences of everything that the built program ships, one file for each part.

Used by `build_installer.spec`; the build stops where a part has no licence text.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

OWN_TEXTS = Path(__file__).resolve().parent.parent / "packaging" / "licences"
# Distributions that come without their licence's text; ours lies in `OWN_TEXTS`.
_TEXTS_FOR = {"pyside6_essentials": "Qt.txt", "shiboken6": "Qt.txt"}
# Texts that belong to a part of a distribution, or to none.
_ALWAYS = ("Qt.txt", "LGPL-3.0.txt", "GPL-3.0.txt", "Phosphor.txt", "PortAudio.txt")
_LICENCE = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
_HEAD = """\
What this program is made of, and under which licences. Each part's own text lies beside this list.

callconsole itself: MIT, callconsole.txt. The letters on the screen are the system's own, Inter
where it is installed; no text font is shipped.

"""


@dataclass(frozen=True, slots=True)
class Notice:
    """One part of the program and the texts that have to go with it.

    Attributes:
        name: what the part is called.
        version: its version, or where it is from.
        licence: the licence's name in its metadata; empty where there is only the text.
        text: everything that its makers want to be told.
    """

    name: str
    version: str
    licence: str
    text: str


def write(sources: Iterable[str], folder: Path, root: Path) -> list[Path]:
    """Write `folder` anew with a list and the licence of every part; returns the files.

    Args:
        sources: paths of all files that are shipped.
        folder: where the texts go.
        root: the checkout.

    Raises:
        LookupError: a part has no licence text; names it.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    parts = [*of_distributions({Path(source).resolve() for source in sources})]
    parts += [of_python(), *of_system(sources)]
    for part in parts:
        (folder / f"{part.name}.txt").write_text(part.text, encoding="utf-8")
    for name in _ALWAYS:
        shutil.copyfile(OWN_TEXTS / name, folder / name)
    shutil.copyfile(root / "LICENSE", folder / "callconsole.txt")
    lines = [f"{part.name} {part.version}: {part.licence or 'see its text'}" for part in parts]
    text = _HEAD + "\n".join(sorted(lines, key=str.lower)) + "\n"
    (folder / "README.txt").write_text(text, encoding="utf-8")
    return sorted(folder.iterdir())


def of_distributions(sources: set[Path]) -> Iterable[Notice]:
    """The licence of each Python distribution that has a file among these resolved paths."""
    for dist in distributions():
        if any(Path(str(dist.locate_file(path))).resolve() in sources for path in dist.files or ()):
            yield of_distribution(dist)


def of_distribution(dist: Distribution) -> Notice:
    """The licence of one. Raises LookupError where it has no text."""
    name = dist.metadata["Name"]
    own = _TEXTS_FOR.get(name.lower().replace("-", "_"))
    paths = [OWN_TEXTS / own] if own is not None else sorted(_texts(dist))
    if not paths:
        raise LookupError(f"{name} comes without a licence text: put one into packaging/licences")
    text = "\n\n".join(path.read_text(encoding="utf-8", errors="replace") for path in paths)
    return Notice(name, dist.version, _licence_name(dist), text)


def _texts(dist: Distribution) -> Iterable[Path]:
    for path in dist.files or ():
        if ".dist-info" in path.parts[0] and _LICENCE.search("/".join(path.parts[1:])):
            yield Path(str(dist.locate_file(path)))


def _licence_name(dist: Distribution) -> str:
    # keyring brings its own reader of this data, to which a missing field is no empty one.
    said = dist.metadata.get
    told = said("License-Expression") or said("License") or ""
    return told if "\n" not in told and len(told) < 80 else ""


def of_python() -> Notice:
    """Python's own licence, which tells of OpenSSL and the other libraries inside too."""
    places = (Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix))
    for place in places:
        path = place / "LICENSE.txt"
        if path.is_file():
            version = sys.version.split()[0]
            return Notice("Python", version, "PSF-2.0", path.read_text(encoding="utf-8"))
    raise LookupError("this Python has no LICENSE.txt")


def of_system(sources: Iterable[str]) -> list[Notice]:
    """The copyright files of the Debian packages whose libraries are among these paths."""
    if shutil.which("dpkg-query") is None:
        return []
    names = [name for source in sources if ".so" in source for name in _dpkg_names(Path(source))]
    asked = subprocess.run(
        ["dpkg-query", "--search", *sorted(set(names))], capture_output=True, text=True, check=False
    )
    packages = sorted({line.split(":")[0] for line in asked.stdout.splitlines()})
    return [_of_package(package) for package in packages]


def _dpkg_names(path: Path) -> set[str]:
    """A library's path as dpkg may know it: before or after /lib became a part of /usr."""
    real = str(path.resolve())
    return {real, real.removeprefix("/usr")} if real.startswith("/usr/lib") else set()


def _of_package(package: str) -> Notice:
    path = Path("/usr/share/doc") / package / "copyright"
    if not path.is_file():
        raise LookupError(f"the system package {package} has no copyright file")
    return Notice(package, "of this system", "", path.read_text(encoding="utf-8", errors="replace"))
