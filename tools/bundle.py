"""What goes into the built program, what stays out, and its version as Windows wants it.

Used by `build_installer.spec`.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Callable, Iterable
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

Entry = tuple[str, str, str]
"""As PyInstaller has it: place in the program, source, kind."""

# Parts of Qt that nothing of ours reaches: other window systems, readers of pictures that we do not
# have, and GTK's look, which would bring the whole of GTK along.
_QT_LEFT_OUT = re.compile(
    r"PySide6/(Qt/)?(translations/"
    r"|plugins/(egldeviceintegrations|generic|networkinformation|tls)/"
    r"|plugins/imageformats/(?!.*svg)"
    r"|plugins/platforms/.*(eglfs|linuxfb|minimal|vkkhrdisplay|vnc|direct2d)"
    r"|plugins/platformthemes/.*gtk3"
    r"|plugins/wayland-shell-integration/(?!.*(xdg|qt)-shell))"
)
# The sound library talks to plug-ins of the system's own version.
_FROM_THE_SYSTEM = re.compile(r"libasound\.so")
_LIBRARY = re.compile(r"lib[^/]*\.so(\.|$)")
_PROGRAMS = frozenset({"BINARY", "EXTENSION"})
# Nobody's dependency by its file: found by name while the program runs.
_FOUND_BY_NAME = re.compile(r"lib(portaudio|python)")
# Imported by a name that is put together at work, where PyInstaller does not see it: by SQLAlchemy
# and by google-genai.
BY_NAME = ("aiosqlite", "google.auth.aio.credentials", "google.auth.aio.transport.sessions")
# Imported by parts that are at work only in a test or at a prompt.
# (Readline is for Python's own prompt, and under the GPL.)
_NEVER_USED = (
    "PySide6.QtNetwork",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "readline",
    "tkinter",
    "unittest.mock",
)


def needed(root: Path) -> dict[str, Distribution]:
    """Every installed distribution that the program needs at work, by its canonical name."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, Distribution] = {}
    asked = [Requirement(text) for text in project["dependencies"]]
    seen: set[tuple[str, str]] = set()
    while asked:
        requirement = asked.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        for extra in ("", *requirement.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            found[name] = distribution(requirement.name)
            asked += _requirements(found[name], extra)
    return found


def _requirements(dist: Distribution, extra: str) -> Iterable[Requirement]:
    for text in dist.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None:
            yield requirement
        elif requirement.marker.evaluate({"extra": extra}):
            requirement.marker = None
            yield requirement


def left_out(root: Path) -> list[str]:
    """Modules that are installed here for other ends: tests, checks, PyInstaller itself."""
    ours = needed(root)
    used = {module for dist in ours.values() for module in _modules(dist)}
    others = {
        module
        for dist in distributions()
        if canonicalize_name(dist.metadata["Name"]) not in {*ours, "callconsole"}
        for module in _modules(dist)
    }
    return sorted({*_NEVER_USED, *(others - used)})


def _modules(dist: Distribution) -> set[str]:
    """Names under which a distribution is imported."""
    tops = {PurePosixPath(str(path)).parts[0] for path in dist.files or ()}
    names = {top.removesuffix(".py").partition(".")[0] for top in tops if "info" not in top}
    return {name for name in names if name.isidentifier() and name != "__pycache__"}


def package_data(root: Path) -> list[tuple[str, str]]:
    """Files beside our modules that are read by their path, as (source, folder in the program)."""
    package = root / "callconsole"
    found = [path for path in package.rglob("*") if path.suffix not in {".py", ".pyc", ""}]
    # Alembic reads its steps as files.
    found += (package / "adapters" / "history" / "migrations").rglob("*.py")
    return [(str(path), str(path.parent.relative_to(root))) for path in sorted(found)]


def is_wanted(place: str) -> bool:
    """Whether a file that PyInstaller has found belongs into the program."""
    place = place.replace("\\", "/")
    return not (_QT_LEFT_OUT.match(place) or _FROM_THE_SYSTEM.match(place))


def reached(entries: list[Entry], imports: Callable[[str], Iterable[str]]) -> list[Entry]:
    """All files without those libraries that only a part needed which was left out.

    Args:
        entries: all that is wanted.
        imports: names of the libraries that the file at a path asks for.
    """
    kept = [entry for entry in entries if not _is_library(entry)]
    waiting = {PurePosixPath(entry[0]).name: entry for entry in entries if _is_library(entry)}
    fresh = list(kept)
    while fresh and waiting:
        programs = (source for _, source, kind in fresh if kind in _PROGRAMS)
        names = {name for source in programs for name in imports(source)}
        fresh = [waiting.pop(name) for name in names & waiting.keys()]
        kept += fresh
    places = {place for place, _, _ in kept}
    return [entry for entry in kept if entry[2] != "SYMLINK" or _target(entry) in places]


def _is_library(entry: Entry) -> bool:
    """Whether it is a shared library for others, on Linux."""
    place, _, kind = entry
    path = PurePosixPath(place.replace("\\", "/"))
    for_others = kind == "BINARY" and str(path.parent) in {".", "PySide6/Qt/lib"}
    return bool(for_others and _LIBRARY.match(path.name) and not _FOUND_BY_NAME.match(path.name))


def _target(link: Entry) -> str:
    """The place that a link leads to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(link[0]), link[1]))


def write_version(version: str, folder: Path) -> str:
    """Write what Windows shows of the program's version; returns the file's path."""
    numbers = [int(part) for part in re.findall(r"\d+", version)[:4]]
    four = (*numbers, *[0] * (4 - len(numbers)))
    strings = {
        "CompanyName": "The callconsole authors",
        "FileDescription": "Callconsole: AI phone calls, watched by a person",
        "FileVersion": version,
        "InternalName": "callconsole",
        "LegalCopyright": "The callconsole authors. MIT licence.",
        "ProductName": "Callconsole",
        "ProductVersion": version,
    }
    table = ", ".join(f"StringStruct({name!r}, {text!r})" for name, text in strings.items())
    path = folder / "version.txt"
    path.write_text(
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={four}, prodvers={four}, mask=0x3F, flags=0, "
        "OS=0x40004, fileType=1, subtype=0, date=(0, 0)), kids=["
        f"StringFileInfo([StringTable('040904B0', [{table}])]), "
        "VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n",
        encoding="utf-8",
    )
    return str(path)
