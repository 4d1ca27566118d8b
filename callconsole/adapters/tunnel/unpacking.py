"""Takes the ngrok program out of the archive that it comes in."""

from __future__ import annotations

import gzip
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from callconsole.adapters.tunnel import program

_PIECE_BYTES: Final = 1 << 20
_LARGEST_BYTES: Final = 300_000_000


class BrokenArchiveError(Exception):
    """The archive is cut short, damaged, or holds no program."""


def unpack(archive: Path, target: Path) -> None:
    """Write the program, and nothing else of the archive, to `target`; blocks.

    Raises:
        BrokenArchiveError: there is no whole program in it.
        OSError: it cannot be written.
    """
    try:
        with _opened(archive) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, _PIECE_BYTES)
    except (tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, zlib.error) as error:
        raise BrokenArchiveError(str(error)) from None
    except (EOFError, KeyError, NotImplementedError) as error:
        raise BrokenArchiveError(str(error)) from None
    target.chmod(0o700)


@contextmanager
def _opened(archive: Path) -> Iterator[IO[bytes]]:
    """The program within the archive, to be read. Raises KeyError where it is not in there."""
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as box:
            _require_size(box.getinfo(program.NAME).file_size)
            with box.open(program.NAME) as file:
                yield file
        return
    with gzip.open(archive) as stream, tarfile.open(fileobj=stream) as rolled:
        member = rolled.getmember(program.NAME)
        found = rolled.extractfile(member) if member.isreg() else None
        _require_size(member.size if found is not None else 0)
        if found is not None:
            with found:
                yield found
        # The checksum stands at the very end, where nothing else looks.
        while stream.read(_PIECE_BYTES):
            pass


def _require_size(size_bytes: int) -> None:
    if not 0 < size_bytes <= _LARGEST_BYTES:
        raise BrokenArchiveError(f"a program of {size_bytes} bytes")
