"""Starts the systems that are compared, and the load, each in a process on a core of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from load.exchange import NUMBER, PUBLIC_URL, Account
from load.generator import SETTLE_S, Task
from load.loops import cores, stay_on
from load.phone import FIRST_WORD_LIMIT_S

from callconsole.practice.certificates import make_loopback_certificate

ROOT = Path(__file__).parents[2]
SYSTEMS = ("callconsole", "naive", "floor")
WINDOW = "window"
OURS = ("callconsole", WINDOW)
COUNTS_FILE = "counts.json"
START_S = 60.0
STOP_S = 15.0
_FOREIGN = ("GOOGLE_", "GEMINI_", "TWILIO_", "CALLCONSOLE_", "NGROK_", "VERTEX_", "SERVER_")
_FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Load:
    """How much, how long; see `load.generator.Task`."""

    calls: int
    seconds: float
    burst_s: float
    chunk_ms: int
    dial_every_s: float


def measure(
    system: str,
    load: Load,
    folder: Path,
    *,
    profile: Path | None = None,
    environment: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The figures of one system under one load.

    Args:
        system: one of `SYSTEMS`, or `WINDOW` for callconsole with its window.
        load: the calls.
        folder: for certificates, recordings and what the system says.
        profile: where py-spy writes a profile of the system, or None.
        environment: variables for callconsole beside those that it needs here.

    Raises:
        RuntimeError: a process did not start or ended early; its words are in the text.
    """
    certificate = make_loopback_certificate(folder / "certificates")
    account = Account.new()
    system_core, load_core = cores()
    task = Task(
        orders=system in OURS,
        core=system_core,
        cert_file=str(certificate.cert_file),
        key_file=str(certificate.key_file),
        account_sid=account.sid,
        auth_token=account.token,
        **asdict(load),
    )
    generator = _process(("load.generator",), load_core, {}, folder / "load.txt", folder)
    try:
        ports = json.loads(_ask(generator, asdict(task), folder / "load.txt"))
        command, needed = _command(system, ports, account, str(certificate.ca_file), folder)
        needed["CALLCONSOLE_MAX_CALLS"] = str(load.calls)
        needed.update(environment or {})
        with _started(command, system_core, needed, folder) as (pid, port):
            spy = _spy(pid, load, load_core, profile)
            answer = _ask(generator, {"port": port, "pid": pid}, folder / "load.txt")
            if spy is not None:
                spy.wait(START_S)
            # Before the system, which would else hang up every call through it.
            _stop(generator, signal_first=False)
    finally:
        _stop(generator, signal_first=False)
    figures: dict[str, Any] = json.loads(answer) | _counts(folder)
    figures["problems"] += _problems(system, figures, load, folder)
    return figures


def _counts(folder: Path) -> dict[str, Any]:
    """What a system with a window has counted itself; empty without one."""
    counts = folder / COUNTS_FILE
    return json.loads(counts.read_text("utf-8")) if counts.exists() else {}


def _problems(system: str, figures: dict[str, Any], load: Load, folder: Path) -> list[str]:
    """What makes a measurement worthless, in words."""
    found = []
    if figures["lost calls"]:
        found.append(f"{figures['lost calls']} calls ended too early")
    recordings = len(list(folder.glob("data/recordings/*.wav")))
    if system in OURS and recordings != load.calls:
        found.append(f"{recordings} of {load.calls} calls were recorded")
    said = (folder / "system.txt").read_text("utf-8").splitlines()
    if said:
        found.append(f"it said {len(said)} lines, the last of them: {said[-1][:300]}")
    return found


def _command(
    system: str, ports: dict[str, int], account: Account, ca_file: str, folder: Path
) -> tuple[tuple[str, ...], dict[str, str]]:
    if system not in OURS:
        return (f"load.{system}", str(ports["gemini"]), ca_file), {}
    windowed = system == WINDOW
    program = ("load.window",) if windowed else ("callconsole", "serve", "--port", "0")
    return program, {
        "TWILIO_ACCOUNT_SID": account.sid,
        "TWILIO_AUTH_TOKEN": account.token,
        "TWILIO_PHONE_NUMBER": NUMBER,
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{ports['rest']}",
        "GEMINI_API_KEY": "bench-key",
        "GOOGLE_GEMINI_BASE_URL": f"https://127.0.0.1:{ports['gemini']}",
        "SSL_CERT_FILE": ca_file,
        "SERVER_BASE_URL": PUBLIC_URL,
        "CALLCONSOLE_DATA_DIR": str(folder / "data"),
        "CALLCONSOLE_RECORD": "true",
        "CALLCONSOLE_AMD": "false",
        "CALLCONSOLE_GATE": "off",
        "SERVER_PORT": "0",
        "BENCH_COUNTS": str(folder / COUNTS_FILE),
    }


@contextmanager
def _started(
    command: tuple[str, ...], core: int | None, environment: dict[str, str], folder: Path
) -> Iterator[tuple[int, int]]:
    """The system under test, ready: its process id and port; it is stopped politely."""
    started = _process(command, core, environment, folder / "system.txt", folder)
    try:
        yield started.pid, _ready_port(started, folder / "system.txt")
    finally:
        _stop(started, signal_first=True)


def _process(
    module: tuple[str, ...],
    core: int | None,
    environment: dict[str, str],
    errors: Path,
    folder: Path,
) -> subprocess.Popen[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(_FOREIGN)}
    paths = os.pathsep.join((str(ROOT), str(ROOT / "bench")))
    with errors.open("w", encoding="utf-8") as stderr:
        return subprocess.Popen(
            (sys.executable, "-m", *module),
            cwd=folder,  # no .env here
            env={**clean, "PYTHONPATH": paths, "PYTHONWARNINGS": "ignore", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            preexec_fn=partial(stay_on, core) if core is not None else None,
        )


def _ask(process: subprocess.Popen[str], content: dict[str, Any], errors: Path) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(content) + "\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer:
        raise RuntimeError(f"the load has {_FAILED}: {errors.read_text('utf-8')[-2000:]}")
    return answer


def _ready_port(process: subprocess.Popen[str], errors: Path) -> int:
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"^ready (\d+)$|http://127\.0\.0\.1:(\d+)", line)
    if found is None:
        words = line + errors.read_text("utf-8")[-2000:]
        raise RuntimeError(f"the system under test has {_FAILED}: {words}")
    return int(found[1] or found[2])


def _spy(
    pid: int, load: Load, core: int | None, profile: Path | None
) -> subprocess.Popen[bytes] | None:
    """Let py-spy look at the system while the endless turn is measured.

    It stops the system for every look, so that the delays of such a run count for nothing.
    """
    if profile is None:
        return None
    wait_s = load.calls * load.dial_every_s + FIRST_WORD_LIMIT_S + SETTLE_S
    later = (
        "import os, sys, time; time.sleep(float(sys.argv[1])); os.execv(sys.argv[2], sys.argv[2:])"
    )
    program = str(Path(sys.executable).with_name("py-spy"))
    return subprocess.Popen(
        (
            sys.executable, "-c", later, str(wait_s),
            program, "record", "--pid", str(pid), "--duration", str(round(load.seconds)),
            "--rate", "100", "--format", "raw", "--output", str(profile),
        ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=partial(stay_on, core) if core is not None else None,
    )  # fmt: skip


def _stop(process: subprocess.Popen[str], *, signal_first: bool) -> None:
    """End a process that we started; politely first, so that it can save what it has."""
    if process.poll() is None and signal_first:
        process.terminate()
        limit = time.monotonic() + STOP_S
        while process.poll() is None and time.monotonic() < limit:
            time.sleep(0.05)
    if process.poll() is None:
        process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
