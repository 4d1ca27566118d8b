"""Each check of this computer, green and otherwise."""

from __future__ import annotations

import http.server
import os
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null

from callconsole.adapters.history import SqlHistory
from callconsole.adapters.keychain_check import keychain
from callconsole.app import App
from callconsole.checkup import computer
from callconsole.domain.checkup import Action, ActionKind, Status
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.checkup import Verdict
from callconsole.settings import Settings

MB = 2**20


async def red(work: object) -> Problem:
    """The problem that a check raises."""
    with pytest.raises(ProblemError) as caught:
        await work  # type: ignore[misc]
    return caught.value.problem


def code(verdict: Verdict) -> str:
    assert verdict.problem is not None
    return verdict.problem.code


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ((3, 10), Status.RED),
        ((3, 11), Status.GREEN),
        ((3, 14), Status.GREEN),
        ((3, 15), Status.AMBER),
    ],
)
async def test_python(version: tuple[int, int], status: Status) -> None:
    assert (await computer.python(version)).status is status


async def test_the_libraries_are_there_and_none_is_known_to_fail() -> None:
    assert (await computer.libraries()).status is Status.GREEN

    def without_soxr(name: str) -> str:
        if name == "soxr":
            raise metadata.PackageNotFoundError(name)
        return "1.0"

    missing = await computer.libraries(without_soxr)
    assert (missing.status, code(missing)) == (Status.RED, "libraries.missing")
    assert missing.problem is not None
    assert "soxr" in missing.problem.cause
    failing = await computer.libraries(lambda _name: "6.12.0", (3, 11))
    assert (failing.status, code(failing)) == (Status.RED, "libraries.qt")
    assert (await computer.libraries(lambda _name: "6.12.0", (3, 12))).status is Status.GREEN
    assert (await computer.libraries(lambda _name: "6.11.9", (3, 11))).status is Status.GREEN


@pytest.mark.parametrize(
    ("free", "status"),
    [
        (50 * MB - 1, Status.RED),
        (50 * MB, Status.AMBER),
        (500 * MB - 1, Status.AMBER),
        (500 * MB, Status.GREEN),
    ],
)
async def test_the_disk(tmp_path: Path, free: int, status: Status) -> None:
    verdict = await computer.disk(tmp_path, lambda _data: free)
    assert verdict.status is status
    assert verdict.detail.endswith("MB free")


async def test_the_disk_as_it_is(tmp_path: Path) -> None:
    assert (await computer.disk(tmp_path)).detail.endswith("free")


@pytest.mark.parametrize(
    ("ahead_s", "status", "words"),
    [
        (1.9, Status.GREEN, ""),
        (-1.9, Status.GREEN, ""),
        (3.0, Status.AMBER, "3 s ahead of"),
        (-299.0, Status.AMBER, "5 min behind"),
        (301.0, Status.RED, "5 min ahead of"),
    ],
)
async def test_the_clock(ahead_s: float, status: Status, words: str) -> None:
    async def ahead() -> float:
        return ahead_s

    verdict = await computer.clock(ahead)
    assert verdict.status is status
    assert words in (verdict.problem.cause if verdict.problem else "")


class Vault(KeyringBackend):
    """A keychain without anything in it."""

    priority = 1  # type: ignore[assignment]
    name = "A vault"

    def get_password(self, service: str, username: str) -> str | None:
        raise AssertionError("nothing may be read")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("nothing may be written")


@pytest.fixture
def ring() -> Iterator[Callable[[KeyringBackend], None]]:
    former = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(former)


async def test_the_keychain(ring: Callable[[KeyringBackend], None]) -> None:
    ring(Vault())
    assert await computer.keychain_there() == Verdict(Status.GREEN, "A vault")
    for nothing in (fail.Keyring(), null.Keyring()):
        ring(nothing)
        assert keychain() is None
        verdict = await computer.keychain_there()
        assert (verdict.status, code(verdict)) == (Status.AMBER, "keychain.none")


async def test_of_several_keychains_the_first_counts(
    ring: Callable[[KeyringBackend], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = chainer.ChainerBackend()
    ring(chain)
    monkeypatch.setattr(type(chain), "backends", [null.Keyring(), Vault()])
    assert keychain() == "A vault"
    monkeypatch.setattr(type(chain), "backends", [])
    assert keychain() is None


async def test_the_data_folder(tmp_path: Path) -> None:
    assert (await computer.folder(tmp_path)).detail == str(tmp_path)
    assert list(tmp_path.glob(".callconsole-probe")) == []
    gone = tmp_path / "gone"
    assert (await red(computer.folder(gone))).code == "data.not_writable"


async def test_a_history_that_is_not_there_or_whole(tmp_path: Path) -> None:
    assert (await computer.history(tmp_path)).detail == "no calls yet"
    store = SqlHistory(tmp_path / "history", lambda _problem: None)
    await store.open()
    # Also while a console has it open.
    assert (await computer.history(tmp_path)).detail == "0 calls are kept"
    await store.close()
    before = sorted(path.name for path in (tmp_path / "history").iterdir())
    assert (await computer.history(tmp_path)).detail == "0 calls are kept"
    assert sorted(path.name for path in (tmp_path / "history").iterdir()) == before


async def test_a_history_that_is_broken_or_newer_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "history" / "calls.sqlite"
    store = SqlHistory(file.parent, lambda _problem: None)
    await store.open()
    await store.close()
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    assert (await red(computer.history(tmp_path))).code == "history.newer"
    file.write_bytes(b"no database at all" * 100)
    assert (await red(computer.history(tmp_path))).code == "history.unreadable"
    assert file.read_bytes().startswith(b"no database")


async def test_what_the_running_console_met_counts(tmp_path: Path) -> None:
    met = Problem("history.not_written", "Calls are not kept", "The disk is full.", "Free space.")
    assert await red(computer.history(tmp_path, met)) == met


async def test_the_prompt_and_the_prices(tmp_path: Path) -> None:
    good = await computer.prompt(tmp_path, "appointment_reminder")
    assert good.detail == "Appointment reminder"
    gone = await computer.prompt(tmp_path, "nobody")
    assert gone.status is Status.RED
    assert gone.problem is not None
    assert gone.action == Action(ActionKind.PROMPTS, "Open prompts")
    assert (await computer.prices(tmp_path)).detail.startswith("of 20")
    (tmp_path / "prices.toml").write_text("not = [")
    assert (await red(computer.prices(tmp_path))).code == "prices.malformed"


async def test_a_port_that_is_free_ours_or_taken() -> None:
    assert (await computer.port("127.0.0.1", 8080, 41)).detail == "127.0.0.1:41 is ours"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        number = taken.getsockname()[1]
        taken.listen()
        # Nobody answers there: a program, and not a console.
        assert (await red(computer.port("127.0.0.1", number, 0))).code == "server.port_in_use"
    assert (await computer.port("127.0.0.1", number, 0)).detail.endswith("is free")


async def test_a_port_at_an_address_of_ipv6() -> None:
    try:
        taken = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this computer has no IPv6")
    with taken:
        number = taken.getsockname()[1]
        assert (await red(computer.port("::1", number, 0))).code == "server.port_in_use"
    assert (await computer.port("::1", number, 0)).detail == f"::1:{number} is free"


async def test_a_port_that_another_server_has() -> None:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"services": {}}')

        def log_message(self, *_: object) -> None:
            return

    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            problem = await red(computer.port("127.0.0.1", server.server_port, 0))
        finally:
            server.shutdown()
            thread.join()
    assert problem.code == "server.port_in_use"


async def test_a_port_that_a_running_console_has(tmp_path: Path) -> None:
    app = App(Settings(_env_file=None, CALLCONSOLE_DATA_DIR=tmp_path, server_port=0))
    await app.open_line("practice")
    try:
        verdict = await computer.port("127.0.0.1", app.port, 0)
    finally:
        await app.stop()
    assert verdict.status is Status.GREEN
    assert "a console that is running" in verdict.detail


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
async def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert (await red(computer.folder(tmp_path))).code == "data.not_writable"
    finally:
        tmp_path.chmod(0o700)
