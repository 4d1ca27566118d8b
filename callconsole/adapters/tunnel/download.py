"""Fetches the ngrok program once somebody has asked for it: with progress, and stoppable."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from callconsole.adapters.tunnel import program
from callconsole.adapters.tunnel.problems import no_space, not_downloaded
from callconsole.adapters.tunnel.unpacking import BrokenArchiveError, unpack
from callconsole.domain.problems import ProblemError

_PIECE_BYTES: Final = 256 * 1024
_SILENCE_S: Final = 15.0
_SIZE_LIMIT_S: Final = 3.0
_TELL_EVERY_S: Final = 0.1
# The archive, the program in it (about three times as large), and something to spare.
_TIMES_ITS_SIZE: Final = 5
_LARGEST_BYTES: Final = 300_000_000
# The archive is to come as it is; a client that undoes its compression would miscount.
_AS_IT_IS: Final = {"Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is; `total_bytes` is None where the site does not say."""

    done_bytes: int
    total_bytes: int | None

    def told(self) -> str:
        """As people read it: "4.2 MB of 10.1 MB"."""
        done = program.megabytes(self.done_bytes)
        if self.total_bytes is None:
            return done
        return f"{done} of {program.megabytes(self.total_bytes)}"


async def size_told() -> str:
    """The download's size, "12.4 MB"; empty where it cannot be learnt in a moment."""
    from pyngrok import exception

    limit = aiohttp.ClientTimeout(total=_SIZE_LIMIT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=limit, trust_env=True) as session,
            session.head(program.address(), headers=_AS_IT_IS, allow_redirects=True) as answer,
        ):
            size = answer.content_length if answer.ok else None
    except (aiohttp.ClientError, OSError, ValueError, exception.PyngrokError):
        return ""
    return program.megabytes(size) if size else ""


class Download:
    """One download. Cancelling `run` stops it at once and leaves nothing.

    pyngrok knows the address. Its own downloader cannot be stopped, tells no bytes, and writes
    to a name that every user of the computer shares.

    Args:
        folder: where the program is put; it appears there whole or not at all.
        silence_s: how long the site may send nothing.
    """

    def __init__(self, folder: Path, *, silence_s: float = _SILENCE_S) -> None:
        self._folder = folder
        self._silence_s = silence_s

    async def run(self, on_progress: Callable[[Progress], None]) -> Path:
        """Fetch and unpack; returns the program.

        Args:
            on_progress: told about ten times a second.

        Raises:
            ProblemError: it came to nothing; what was fetched is gone.
        """
        try:
            await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
            place = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=self._folder))
            try:
                archive = await self._receive(place, on_progress)
                await asyncio.to_thread(unpack, archive, place / "unpacked")
                done = self._folder / program.NAME
                return await asyncio.to_thread((place / "unpacked").replace, done)
            finally:
                await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)
        except ProblemError:
            raise
        except Exception as error:
            raise ProblemError(not_downloaded(_cause(error))) from None

    async def _receive(self, place: Path, on_progress: Callable[[Progress], None]) -> Path:
        url = program.address()
        limit = aiohttp.ClientTimeout(
            total=None, sock_connect=self._silence_s, sock_read=self._silence_s
        )
        async with (
            aiohttp.ClientSession(timeout=limit, trust_env=True, auto_decompress=False) as session,
            session.get(url, headers=_AS_IT_IS) as answer,
        ):
            answer.raise_for_status()
            await self._look_for_room(answer.content_length)
            archive = place / url.rpartition("/")[2]
            await self._copy(answer, archive, on_progress)
        return archive

    async def _copy(
        self,
        answer: aiohttp.ClientResponse,
        archive: Path,
        on_progress: Callable[[Progress], None],
    ) -> None:
        loop, done, told_at = asyncio.get_running_loop(), 0, 0.0
        with await asyncio.to_thread(archive.open, "wb") as file:
            async for piece in answer.content.iter_chunked(_PIECE_BYTES):
                done += await asyncio.to_thread(file.write, piece)
                if done > _LARGEST_BYTES:
                    raise BrokenArchiveError("too large")
                if loop.time() - told_at >= _TELL_EVERY_S:
                    told_at = loop.time()
                    on_progress(Progress(done, answer.content_length))
        on_progress(Progress(done, answer.content_length))

    async def _look_for_room(self, total: int | None) -> None:
        needed = (total or 0) * _TIMES_ITS_SIZE
        usage = await asyncio.to_thread(shutil.disk_usage, self._folder)
        if usage.free < needed:
            raise ProblemError(no_space(program.megabytes(needed), self._folder))


def _cause(error: Exception) -> str:
    """Why a download came to nothing, as a sentence."""
    from pyngrok import exception

    if isinstance(error, exception.PyngrokError):
        return "There is no ngrok program for this kind of computer."
    if isinstance(error, BrokenArchiveError):
        return "What came is not a whole ngrok archive."
    if isinstance(error, TimeoutError):
        return "The download site stopped sending."
    if isinstance(error, aiohttp.ClientResponseError):
        return f"The download site answered with {error.status}."
    if isinstance(error, aiohttp.ClientConnectorError):
        return "The download site cannot be reached."
    if isinstance(error, aiohttp.ClientError):
        return "The download broke off."
    if isinstance(error, OSError):
        return f"It could not be written ({error.strerror or 'unknown reason'})."
    raise error
