"""Prompts as text files: the operator's own in the data folder, over those that ship."""

from __future__ import annotations

import re
from pathlib import Path

from callconsole import whole_file
from callconsole.adapters import prompt_head
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import Prompt, missing

SUFFIXES = (".md", ".txt")
LIMIT_BYTES = 256 * 1024
NAME_LIMIT_BYTES = 100

_NAME = re.compile(r"\w(?:[\w \-]*[\w\-])?")
# Windows keeps these for devices, with any suffix.
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)


class FilePrompts:
    """`engine.ports.Prompts` over two folders; every read looks at the disk.

    Attributes:
        folder: the operator's prompts; made at the first save. A prompt here wins over a
            shipped one of the same name.
        shipped: the prompts that come with the program; never written to.
    """

    def __init__(self, folder: Path, shipped: Path) -> None:
        self.folder = folder
        self.shipped = shipped

    def names(self) -> list[str]:
        """Names of both folders, sorted without regard to case. Raises `ProblemError`."""
        found = _names_in(self.folder) | _names_in(self.shipped)
        return sorted(found, key=lambda name: (Prompt(name, "").title.casefold(), name))

    def read(self, name: str) -> Prompt:
        """The prompt as it is on the disk now, with line ends as ``\\n``.

        Raises `ProblemError`: a bad name, no such file, unreadable, too big, not UTF-8, or a
        head that cannot be followed.
        """
        check_name(name)
        path = _file_of(name, self.folder) or _file_of(name, self.shipped)
        if path is None:
            raise missing(name, str(self.folder))
        abilities, text = prompt_head.parted(_text_of(path))
        return Prompt(name, text, abilities)

    def write(self, prompt: Prompt) -> None:
        """Save in the operator's folder: whole or not at all. Raises `ProblemError`."""
        check_name(prompt.name)
        data = _encoded(prompt)
        path = _file_of(prompt.name, self.folder) or self.folder / f"{prompt.name}{SUFFIXES[0]}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            whole_file.replace(path, data)
        except OSError as error:
            raise _problem(
                "prompt.not_saved",
                "The prompt was not saved",
                f"The file {path} could not be written ({_reason(error)}).",
                "Free some space or allow writing to that folder, then save again. "
                "Your text is still in the editor.",
            ) from error


def check_name(name: str) -> None:
    """Raise `ProblemError` where the name could not be a file on every system.

    Letters and digits of any language, spaces, hyphens and underscores pass. What could lead
    out of the folder, hide the file or mean a device does not.
    """
    fits = _NAME.fullmatch(name) is not None and len(name.encode()) <= NAME_LIMIT_BYTES
    if fits and name.casefold() not in _DEVICES:
        return
    raise _problem(
        "prompt.name",
        "This name cannot be used",
        "A prompt's name is also its file's name.",
        f"Use letters, digits, spaces, hyphens and underscores, at most {NAME_LIMIT_BYTES} "
        "bytes, and no name that Windows keeps for a device.",
    )


def _names_in(folder: Path) -> set[str]:
    try:
        files = [path for path in folder.iterdir() if path.suffix in SUFFIXES and path.is_file()]
    except FileNotFoundError:
        return set()
    except OSError as error:
        raise _problem(
            "prompt.folder",
            "The prompts cannot be listed",
            f"The folder {folder} could not be read ({_reason(error)}).",
            "Check that it is a folder and that you may read it.",
        ) from error
    return {path.stem for path in files if _usable(path.stem)}


def _usable(name: str) -> bool:
    try:
        check_name(name)
    except ProblemError:
        return False
    return True


def _file_of(name: str, folder: Path) -> Path | None:
    for suffix in SUFFIXES:
        path = folder / f"{name}{suffix}"
        if path.is_file():
            return path
    return None


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise _problem(
            "prompt.unreadable",
            "The prompt cannot be read",
            f"The file {path} could not be opened ({_reason(error)}).",
            "Check that the file is there and that you may read it.",
        ) from error
    if len(data) > LIMIT_BYTES:
        raise _too_big(f"The file {path}")
    try:
        # Editors on Windows begin a file with a byte order mark and end lines with CR LF.
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _problem(
            "prompt.encoding",
            "The prompt cannot be read",
            f"The file {path} is not UTF-8 text (byte {error.start} does not fit).",
            "Open it in a text editor and save it as UTF-8.",
        ) from error
    return _plain_line_ends(text)


def _encoded(prompt: Prompt) -> bytes:
    try:
        data = prompt_head.joined(prompt.abilities, _plain_line_ends(prompt.text)).encode()
    except UnicodeEncodeError as error:
        raise _problem(
            "prompt.encoding",
            "The prompt was not saved",
            f"The character at place {error.start + 1} is broken and cannot be written.",
            "Delete that character and save again.",
        ) from error
    if len(data) > LIMIT_BYTES:
        raise _too_big(f"The prompt “{prompt.title}”")
    return data


def _plain_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _too_big(what: str) -> ProblemError:
    return _problem(
        "prompt.too_big",
        "The prompt is too long",
        f"{what} is longer than {LIMIT_BYTES // 1024} KB.",
        "Shorten it: a phone prompt seldom needs more than a few pages.",
    )


def _problem(code: str, title: str, cause: str, cure: str) -> ProblemError:
    return ProblemError(Problem(code=code, title=title, cause=cause, cure=cure))
