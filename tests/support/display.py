"""A screen of the tests' own: Xvfb on a free display number."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from support.sound_server import end_with_parent


class VirtualDisplay:
    """Starts and stops Xvfb.

    Attributes:
        name: what ``DISPLAY`` has to say, such as ``:99``.
    """

    def __init__(self, size: str = "1600x1000x24") -> None:
        self.name = ""
        self._size = size
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start Xvfb and return the display's name. Raises RuntimeError where it does not start."""
        if shutil.which("Xvfb") is None:
            raise RuntimeError("Xvfb is not installed: `make test` installs it")
        reader, writer = os.pipe()
        command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", self._size]
        self._process = subprocess.Popen(
            [*command, "-nolisten", "tcp"],
            pass_fds=(writer,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=end_with_parent if sys.platform == "linux" else None,
        )
        os.close(writer)
        with os.fdopen(reader) as pipe:
            number = pipe.readline().strip()
        if not number:
            self.stop()
            raise RuntimeError("Xvfb did not start")
        self.name = f":{number}"
        return self.name

    def stop(self) -> None:
        """End Xvfb; safe to call twice."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
