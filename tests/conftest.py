"""What every test gets: a private surrounding, the right event loop, a limit, and a leak check."""

from __future__ import annotations

import asyncio
import functools
import gc
import inspect
import os
import signal
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"
sys.path.insert(0, str(Path(__file__).parent))

import hypothesis
import pytest
import pytest_asyncio
import pytestqt.plugin
from hypothesis.configuration import set_hypothesis_home_dir

from callconsole.engine.clock import SystemClock
from support import leaks
from support.display import VirtualDisplay
from support.patient_time import PatientClock, PatientLoop, PatientTime
from support.sound_server import SoundServer
from support.virtual_time import VirtualLoop

LIMIT_S = 60.0
# How much slower the machine may be than one on which the limits were set: they end what hangs.
SLOWNESS = 4
OWN_VARIABLES = ("TWILIO_", "GEMINI_", "GOOGLE_", "NGROK_", "CALLCONSOLE_", "SERVER_", "VERTEX_")
OWN_NAMES = ("TEST_PHONE_NUMBER", "PYNGROK_NGROK_PATH", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT")

set_hypothesis_home_dir(Path(__file__).parent.parent / ".hypothesis")
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "desk")

_KNOWN_THREADS: set[threading.Thread] = set()
_SOUND = pytest.StashKey[SoundServer]()
_FOLDER = pytest.StashKey["tempfile.TemporaryDirectory[str]"]()


def pytest_configure(config: pytest.Config) -> None:
    """Lead sound to a private place before anything loads PortAudio, which looks only once."""
    config.addinivalue_line(
        "markers", "limit(seconds): how long this test may run on a good machine, instead of 60"
    )
    config.addinivalue_line(
        "markers", "leaves(reason): threads, tasks or timers may outlive this test, for this reason"
    )
    config.addinivalue_line("markers", "real_time: on asyncio's own loop, stalls and all")
    config.addinivalue_line(
        "markers", "virtual_time: without sockets or processes; no time passes while work is done"
    )
    pytestqt.plugin._process_events = leaks.process_events
    # Garbage is collected between the tests, see `leaks.collect_now_and_then`.
    gc.disable()
    # Short on purpose: a socket's path has at most 107 characters.
    folder = tempfile.TemporaryDirectory(prefix="ccsnd-")
    server = SoundServer(Path(folder.name))
    server.prepare()
    os.environ.update(server.environment())
    config.stash[_FOLDER] = folder
    config.stash[_SOUND] = server


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take the private place away."""
    if server := config.stash.get(_SOUND, None):
        server.stop()
    if folder := config.stash.get(_FOLDER, None):
        folder.cleanup()


# The event loop -----------------------------------------------------------------------------


def _qt_loop() -> asyncio.AbstractEventLoop:
    from support.patient_qt import PatientQtLoop

    return PatientQtLoop()


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """qasync's loop for tests that ask for `qtbot`, one that forgives stalls for the rest."""
    if "qtbot" in getattr(item, "fixturenames", ()):
        return {"qt": _qt_loop}
    if item.get_closest_marker("virtual_time") is not None:
        return {"virtual": VirtualLoop}
    # Windows starts programs from a loop of its own only.
    if item.get_closest_marker("real_time") is not None or sys.platform == "win32":
        return {"asyncio": asyncio.new_event_loop}
    return {"patient": PatientLoop}


# The limit ----------------------------------------------------------------------------------


def _limit_s(item: pytest.Item) -> float:
    marker = item.get_closest_marker("limit")
    return SLOWNESS * (float(marker.args[0]) if marker else LIMIT_S)


def _limited(test: Callable[..., Any], limit_s: float) -> Callable[..., Any]:
    @functools.wraps(test)
    async def run(*args: Any, **kwargs: Any) -> None:
        guard = asyncio.timeout(limit_s)
        try:
            async with guard:
                await test(*args, **kwargs)
        except TimeoutError:
            if guard.expired():
                pytest.fail(f"still running after {limit_s:.0f} s")
            raise

    return run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each async test its limit inside its own loop, where it can still clean up."""
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.obj = _limited(item.obj, _limit_s(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Give every test a limit by alarm; pytest's faulthandler ends what does not even hear that."""
    if not hasattr(signal, "SIGALRM"):
        return (yield)
    limit_s = _limit_s(item)

    def ring(*_: object) -> None:
        raise TimeoutError(f"{item.nodeid} is still running after {2 * limit_s:.0f} s")

    former = signal.signal(signal.SIGALRM, ring)
    # Some loops count less time than passes.
    signal.setitimer(signal.ITIMER_REAL, 2 * limit_s)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


# Leaks --------------------------------------------------------------------------------------


def _may_leave(item: pytest.Item) -> bool:
    return item.get_closest_marker("leaves") is not None


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Iterator[object]:
    """What a fixture of more than one test starts is not the test's to end."""
    result = yield
    if fixturedef.scope != "function":
        _KNOWN_THREADS.update(leaks.threads())
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Remember which threads were there before the test."""
    _KNOWN_THREADS.intersection_update(leaks.threads())
    _KNOWN_THREADS.update(leaks.threads())
    return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Fail a test that leaves a thread, a running timer or a running animation."""
    yield
    if "qtbot" in getattr(item, "fixturenames", ()):
        leaks.delete_later_now()
    leaks.collect_now_and_then()
    if _may_leave(item):
        return
    if names := leaks.left(_KNOWN_THREADS):
        pytest.fail(f"threads left running: {', '.join(names)}", pytrace=False)
    if "qtbot" in getattr(item, "fixturenames", ()) and (running := leaks.qt_activity()):
        pytest.fail(f"Qt left running: {', '.join(running)}", pytrace=False)


@pytest_asyncio.fixture
async def _no_task_left(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    if not _may_leave(request.node) and (names := await leaks.tasks_left(before)):
        pytest.fail(f"tasks left running: {'; '.join(names)}", pytrace=False)


@pytest.fixture(autouse=True)
def _watch_tasks(request: pytest.FixtureRequest) -> None:
    """Set the task check up before a test's own fixtures, so that it looks after they are gone."""
    if request.node.get_closest_marker("asyncio") is None:
        return
    if "qtbot" in request.fixturenames:
        request.getfixturevalue("qapp")
    request.getfixturevalue("_no_task_left")


# The surrounding ----------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _patient_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """What engine and practice line take for the time is what passes on the test's loop."""
    for name in ("now", "monotonic"):
        monkeypatch.setattr(SystemClock, name, vars(PatientClock)[name])
    for module in ("agent.records", "carrier.call"):
        monkeypatch.setattr(f"callconsole.practice.{module}.datetime", PatientTime)


@pytest.fixture(autouse=True)
def _private_surrounding(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No account, token or `.env` of the developer reaches a test, and no file of a test stays."""
    for name in list(os.environ):
        if name.startswith(OWN_VARIABLES) or name in OWN_NAMES:
            monkeypatch.delenv(name)
    home = tmp_path / "surrounding"
    home.mkdir()
    monkeypatch.chdir(home)
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(home / "gcloud"))


@pytest.fixture(scope="session")
def pulse(request: pytest.FixtureRequest) -> Iterator[SoundServer]:
    """A running sound daemon whose outputs `spk` and `mic` are null sinks; PortAudio sees it."""
    server = request.config.stash[_SOUND]
    server.start()
    if sounddevice := sys.modules.get("sounddevice"):
        sounddevice._terminate()
        sounddevice._initialize()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """The name of a virtual screen, for a program that a test starts with ``DISPLAY`` set."""
    screen = VirtualDisplay()
    try:
        yield screen.start()
    finally:
        screen.stop()
