"""A flat TOML file of settings: read whatever is in it, changed in place, written whole."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callconsole import whole_file
from callconsole.domain.problems import Problem, ProblemError

if TYPE_CHECKING:
    import tomlkit

LIMIT_BYTES = 256 * 1024
BROKEN_SUFFIX = ".broken"
_LINE = re.compile(r"""^\s*["']?([\w-]+)["']?\s*=""")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds; its repr shows no value.

    Attributes:
        values: by key, as TOML has them.
        lines: the line of each key, from 1.
        problem: why nothing could be read, or None.
    """

    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    lines: Mapping[str, int] = field(default_factory=dict)
    problem: Problem | None = None


class SettingsFile:
    """One file; every read looks at the disk. Blocks, so that a loop asks it from a thread.

    Attributes:
        path: the file; it need not exist.
    """

    def __init__(self, path: Path, *, head: str = "") -> None:
        """Name the file; nothing is touched yet.

        Args:
            path: where it is.
            head: the comment that a new file begins with, without ``#``.
        """
        self.path = path
        self._head = head

    def read(self) -> Contents:
        """What it holds now; empty where there is no file. Never raises."""
        try:
            with self.path.open("rb") as file:
                data = file.read(LIMIT_BYTES + 1)
        except FileNotFoundError:
            return Contents()
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            return Contents(problem=_unreadable(self.path, f"it could not be opened ({reason})"))
        return parse(data, self.path)

    def write(self, changes: Mapping[str, Any]) -> None:
        """Set these keys, and take away those whose value is None; comments stay.

        A file that cannot be read is set aside under ``.broken``, so that nothing is lost. The
        file can be read by its owner alone. Raises `ProblemError`.
        """
        # Reading needs none of it, and the window is to be there soon.
        import tomlkit

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            document = self._document()
            for key, value in changes.items():
                if value is None:
                    document.pop(key, None)
                else:
                    document[key] = value
            whole_file.replace(self.path, tomlkit.dumps(document).encode())
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise ProblemError(_not_written(self.path, reason)) from None

    def _document(self) -> tomlkit.TOMLDocument:
        import tomlkit
        from tomlkit.exceptions import TOMLKitError

        contents = self.read()
        if contents.problem is not None:
            self.path.replace(self.path.with_name(self.path.name + BROKEN_SUFFIX))
        elif self.path.exists():
            try:
                return tomlkit.parse(self.path.read_text("utf-8-sig"))
            except (TOMLKitError, ValueError, RecursionError):
                # The two readers differ in rare corners; then the values stay, the comments go.
                return _document_of(contents.values)
        made = tomlkit.document()
        if self._head:
            made.add(tomlkit.comment(self._head))
        return made


def parse(data: bytes, path: Path) -> Contents:
    """Read TOML that may hold anything; `path` is only named in a problem. Never raises."""
    if len(data) > LIMIT_BYTES:
        return Contents(problem=_unreadable(path, "there is far too much in it"))
    try:
        text = data.decode("utf-8-sig")
        values = tomllib.loads(text)
    except UnicodeDecodeError:
        return Contents(problem=_unreadable(path, "it is not UTF-8 text"))
    except tomllib.TOMLDecodeError as error:
        # The parser's words name the place; they quote no value.
        return Contents(problem=_unreadable(path, _place(str(error))))
    except (ValueError, RecursionError, OverflowError):
        return Contents(problem=_unreadable(path, "it is not TOML"))
    return Contents(values, _lines(text))


def dumps(values: Mapping[str, Any], head: str) -> str:
    """The values as a TOML text that begins with a comment."""
    import tomlkit

    document = tomlkit.document()
    document.add(tomlkit.comment(head))
    for key, value in values.items():
        document[key] = value
    return tomlkit.dumps(document)


def _document_of(values: Mapping[str, Any]) -> tomlkit.TOMLDocument:
    import tomlkit

    made = tomlkit.document()
    for key, value in values.items():
        made[key] = value
    return made


def _lines(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if match := _LINE.match(line):
            found.setdefault(match[1], number)
    return found


def _place(words: str) -> str:
    found = re.search(r"\(at (line \d+, column \d+|end of document)\)", words)
    return f"it is not TOML ({found[1]})" if found else "it is not TOML"


def _unreadable(path: Path, why: str) -> Problem:
    return Problem(
        "settings.file",
        "The settings file cannot be read",
        f"{path}: {why}.",
        "Correct it in a text editor. Until then the defaults are used; the next change under "
        f"Settings sets the file aside as {path.name}{BROKEN_SUFFIX}.",
    )


def _not_written(path: Path, reason: str) -> Problem:
    return Problem(
        "settings.not_saved",
        "The setting was not saved",
        f"The file {path} could not be written ({reason}).",
        "Free some space or allow writing to that folder, then change it again.",
    )
