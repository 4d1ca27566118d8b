"""The commands as a person types them: real processes, their output and exit codes."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Self


class Command:
    """One running process of ours, in a folder of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []

    @classmethod
    async def start(
        cls, folder: Path, *arguments: str, stdout: int | None = None, **environment: str
    ) -> Self:
        """Start it; what it says to standard error alone is read where `stdout` is given."""
        env = {
            **os.environ,
            "CALLCONSOLE_DATA_DIR": str(folder / "data"),
            "PYTHONPATH": str(Path(__file__).parent.parent.parent),
            **environment,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *(arguments if arguments[0] == "-c" else ("-m", "callconsole", *arguments)),
            cwd=folder,
            env=env,
            stdout=asyncio.subprocess.PIPE if stdout is None else stdout,
            stderr=asyncio.subprocess.STDOUT if stdout is None else asyncio.subprocess.PIPE,
        )
        return cls(process)

    @property
    def _said(self) -> asyncio.StreamReader:
        said = self.process.stdout or self.process.stderr
        assert said is not None
        return said

    async def line(self, part: str) -> str:
        """Read on until a line holds this."""
        while raw := await self._said.readline():
            self.lines.append(raw.decode().rstrip())
            if part in self.lines[-1]:
                return self.lines[-1]
        raise AssertionError(f"{part!r} never came:\n" + "\n".join(self.lines))

    async def end(self) -> int:
        """Read to the end; the exit code."""
        self.lines += (await self._said.read()).decode().splitlines()
        return await self.process.wait()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


class Server(Command):
    """`callconsole serve` on a free port."""

    port = 0

    @classmethod
    async def ready(cls, folder: Path, *options: str, **environment: str) -> Server:
        """Start it and wait until it says that it is ready."""
        server = await cls.start(folder, "serve", *options, "--port", "0", **environment)
        line = await server.line("ready")
        server.port = int(line.split("http://127.0.0.1:")[1].split(" ")[0])
        return server

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"
