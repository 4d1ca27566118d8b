"""A PulseAudio daemon of the tests' own: two null sinks in a private folder, nothing global.

`spk` is the default output, `mic.monitor` the default input. PortAudio reaches the daemon through
ALSA's pulse plug-in, which is why an ALSA configuration is written beside the socket. It names two
devices to choose from as well: `headset`, a sink that a test plugs in, and `desk_mic`.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ALSA_CONFIGURATION = """\
<{system}>
pcm.!default {{ type pulse }}
pcm.headset {{ type pulse device "headset" }}
pcm.desk_mic {{ type pulse device "mic.monitor" }}
ctl.!default {{ type pulse }}
"""
START_LIMIT_S = 15.0


class SoundServer:
    """Starts and stops the daemon.

    Attributes:
        folder: private folder (mode 0700) with socket, cookie and configuration.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._pace: subprocess.Popen[bytes] | None = None
        self._modules: list[str] = []

    def environment(self) -> dict[str, str]:
        """Variables that lead libpulse and PortAudio here, and away from the user's own daemon."""
        return {
            "XDG_RUNTIME_DIR": str(self.folder),
            "PULSE_RUNTIME_PATH": str(self.folder / "pulse"),
            "PULSE_SERVER": f"unix:{self.folder / 'pulse' / 'native'}",
            "PULSE_COOKIE": str(self.folder / "cookie"),
            "ALSA_CONFIG_PATH": str(self.folder / "asound.conf"),
        }

    def prepare(self) -> None:
        """Write the configuration; needed even where the daemon is never started."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        (self.folder / "asound.conf").write_text(
            ALSA_CONFIGURATION.format(system="/usr/share/alsa/alsa.conf"), encoding="utf-8"
        )

    def start(self) -> None:
        """Start the daemon and wait until it answers. Raises RuntimeError where it does not."""
        for program in ("pulseaudio", "pactl", "parec"):
            if shutil.which(program) is None:
                raise RuntimeError(f"{program} is not installed: `make test` installs it")
        command = ["pulseaudio", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "-n"]
        self._process = self._run(*command, "-L", "module-native-protocol-unix")
        self._wait_until_it_answers()
        self.plug_in_all()

    def plug_in_all(self) -> None:
        """Add `spk` and `mic` and make them the defaults."""
        self._modules = [self.plug_in("spk"), self.plug_in("mic")]
        self.control("set-default-sink", "spk")
        self.control("set-default-source", "mic.monitor")
        # A null sink that nobody listens to takes sound in steps of up to two seconds; a listener
        # who wants it early makes it take sound as a sound card does.
        self._pace = self._run("parec", "-d", "spk.monitor", "--latency-msec=20", "--raw")

    def control(self, *arguments: str) -> str:
        """Run `pactl` against this daemon and return what it prints."""
        done = subprocess.run(
            ["pactl", *arguments],
            env={**os.environ, **self.environment()},
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
        return done.stdout

    def unplug_all(self) -> None:
        """Take `spk` and `mic` away: the computer has no sound device any more."""
        if self._pace is not None:
            _end(self._pace)
            self._pace = None
        for module in self._modules:
            self.unplug(module)

    def plug_in(self, sink: str) -> str:
        """Add a null sink; return what `unplug` wants."""
        return self.control(
            "load-module", "module-null-sink", f"sink_name={sink}", "rate=48000"
        ).strip()

    def unplug(self, module: str) -> None:
        """Take a null sink away."""
        self.control("unload-module", module)

    def stop(self) -> None:
        """End the daemon; safe to call twice."""
        for process in (self._pace, self._process):
            if process is not None:
                _end(process)
        self._pace = self._process = None

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            env={**os.environ, **self.environment(), "HOME": str(self.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=end_with_parent if sys.platform == "linux" else None,
        )

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        limit = time.monotonic() + START_LIMIT_S
        while time.monotonic() < limit:
            if self._process.poll() is not None:
                raise RuntimeError(f"pulseaudio ended with code {self._process.returncode}")
            try:
                self.control("info")
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
                time.sleep(0.05)
            else:
                return
        self.stop()
        raise RuntimeError(f"pulseaudio did not answer within {START_LIMIT_S:.0f} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def end_with_parent() -> None:
    """Ask Linux to end this process with its parent, so that a killed test run leaves nothing.

    1 is PR_SET_PDEATHSIG of prctl(2).
    """
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
