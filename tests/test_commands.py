"""The commands as a person types them: real processes, their output and exit codes."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from callconsole import __version__
from callconsole.practice.world import PracticeWorld
from support.command import Command, Server
from support.tls_edge import tls_edge

pytestmark = pytest.mark.limit(60)
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    started = await Server.ready(tmp_path, "--practice")
    yield started
    if started.process.returncode is None:
        started.process.send_signal(signal.SIGTERM)
        assert await started.end() == 0


async def test_serve_says_one_line_and_ends_politely_on_sigterm(server: Server) -> None:
    assert server.lines == [server.lines[0]]
    assert "practice line" in server.lines[0]
    async with aiohttp.ClientSession(server.address) as http:
        answer = await http.post("/place-call", json={"to": "+14155550104"})
        placed = await answer.json()
        assert placed["callSid"].startswith("CA")
        assert placed["status"] == "queued"
    server.process.send_signal(signal.SIGTERM)
    assert await server.end() == 0
    assert "Stopping; live calls are being ended." in server.text
    assert "Traceback" not in server.text


async def test_the_first_designs_endpoints_answer(server: Server) -> None:
    async with aiohttp.ClientSession(server.address) as http:
        root = await (await http.get("/")).json()
        assert root["version"] == __version__
        health = await (await http.get("/health")).json()
        assert (health["status"], health["line"]) == ("ok", "practice")
        for path in ("/call-status", "/twiml/stream", "/twiml/answered", "/twiml/whisper"):
            assert (await http.post(path, data={"CallSid": "CA1"})).status == 403
        assert (await http.get("/media-stream")).status == 403
        refused = await http.post("/place-call", json={"to": "911"})
        assert refused.status == 400
        assert (await refused.json())["error"]["code"] == "number.emergency"
        foreign = {"Origin": "https://evil.example"}
        assert (await http.post("/place-call", json={"to": "1"}, headers=foreign)).status == 403
        tunnelled = {"X-Forwarded-For": "203.0.113.7"}
        assert (await http.post("/place-call", json={"to": "1"}, headers=tunnelled)).status == 403


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        ("+14155550103", 3, "Busy"),
        ("+14155550105", 5, "Declined"),
        ("+14155550106", 6, "Voicemail, no message left"),
        ("+14155550109", 2, "verified"),
    ],
)
async def test_call_follows_a_call_and_exits_by_its_outcome(
    server: Server, tmp_path: Path, number: str, code: int, words: str
) -> None:
    call = await Command.start(tmp_path, "call", number, SERVER_PORT=str(server.port))
    assert await call.end() == code
    assert words in call.text


async def test_call_without_a_server_or_a_number_says_what_to_do(tmp_path: Path) -> None:
    alone = await Command.start(tmp_path, "call", "+14155550101", SERVER_PORT="9")
    assert await alone.end() == 2
    assert "callconsole serve" in alone.text
    nobody = await Command.start(tmp_path, "call")
    assert await nobody.end() == 2
    assert "TEST_PHONE_NUMBER" in nobody.text


async def test_call_dials_the_test_number_and_ctrl_c_hangs_up(
    server: Server, tmp_path: Path
) -> None:
    call = await Command.start(
        tmp_path, "call", SERVER_PORT=str(server.port), TEST_PHONE_NUMBER="+14155550104"
    )
    await call.line("Ringing")
    call.process.send_signal(signal.SIGINT)
    assert await call.end() == 130
    assert "Hung up" in call.text
    async with aiohttp.ClientSession(server.address) as http:
        health = await (await http.get("/health")).json()
    assert health["liveCalls"] == 0


async def test_practice_without_a_window_tells_of_the_call(tmp_path: Path) -> None:
    practice = await Command.start(tmp_path, "practice", "+14155550106")
    assert await practice.end() == 0
    for words in ("Queued", "Ringing", "In progress", "Answered by voicemail", "Recording"):
        assert words in practice.text
    recording = practice.lines[-1].split()[-1]
    assert Path(recording).is_file()


async def test_a_talkative_log_has_no_number_and_no_word_of_a_call(tmp_path: Path) -> None:
    """Libraries log the values of every SQL statement, and the arguments of every thread."""
    practice = await Command.start(tmp_path, "--verbose", "practice", "+14155550106")
    assert await practice.end() == 0
    logged = [line for line in practice.lines if " DEBUG " in line or " INFO " in line]
    assert not [line for line in logged if " callconsole." not in line]
    assert "+14155550106" not in practice.text
    program = (
        "import logging; from callconsole import cli; cli._log(verbose=True); "
        "print([name for name in ('qasync', 'aiosqlite', 'httpx', 'twilio', 'pyngrok') "
        "if logging.getLogger(name + '.part').isEnabledFor(logging.INFO)])"
    )
    levels = await Command.start(tmp_path, "-c", program)
    await levels.end()
    assert levels.lines == ["[]"]


async def test_without_a_display_the_window_becomes_a_practice_call(tmp_path: Path) -> None:
    environment = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    command = await Command.start(tmp_path, "window", **environment)
    assert "no display" in await command.line("display")
    await command.line("In progress")
    command.process.send_signal(signal.SIGINT)
    assert await command.end() == 130


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such signals")
async def test_a_command_that_is_ended_closes_what_it_opened(tmp_path: Path) -> None:
    practice = await Command.start(tmp_path, "practice", "+14155550104")
    await practice.line("Ringing")
    practice.process.send_signal(signal.SIGTERM)
    assert await practice.end() == 128 + signal.SIGTERM
    assert "Traceback" not in practice.text
    history = await Command.start(tmp_path, "-c", _ENDINGS, str(tmp_path / "data" / "history"))
    await history.end()
    assert history.lines == ["0 left open"]


_ENDINGS = """
import asyncio, sys
from pathlib import Path
from callconsole.adapters.history import SqlHistory

async def look():
    history = SqlHistory(Path(sys.argv[1]), print)
    await history.open()
    print(len(await history.unfinished()), "left open")
    await history.close()

asyncio.run(look())
"""


async def test_ctrl_c_while_the_window_is_made_closes_it(tmp_path: Path) -> None:
    """Qt prints an exception in a slot and goes on, so that the window would stay."""
    program = (
        "import os, signal\n"
        "from callconsole import cli\n"
        "from callconsole.ui.main_window import MainWindow as Window\n"
        "fold = Window._fold\n"
        "def pressed(window):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    Window._fold = fold\n"
        "    fold(window)\n"
        "Window._fold = pressed\n"
        "print('ends with', cli.main(['window']))\n"
    )
    window = await Command.start(tmp_path, "-c", program, QT_QPA_PLATFORM="offscreen")
    assert await window.end() == 0
    assert window.lines == ["ends with 0"]


@pytest.mark.parametrize("command", [("serve", "--practice"), ("practice",), ("window",)])
async def test_a_data_folder_that_cannot_be_made_is_told(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")
    folder = {"CALLCONSOLE_DATA_DIR": str(taken / "data"), "QT_QPA_PLATFORM": "offscreen"}
    told = await Command.start(tmp_path, *command, **folder)
    assert await told.end() == 2
    assert "Set CALLCONSOLE_DATA_DIR to a folder that you may write." in told.lines[-1]
    assert "Traceback" not in told.text


async def test_a_practice_call_whose_recording_cannot_be_written_ends_well(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "recordings").write_text("in the way")
    practice = await Command.start(tmp_path, "practice", "+14155550121")
    assert await practice.end() == 0
    assert "Recording   none" in practice.text
    assert "Traceback" not in practice.text


async def test_a_failure_that_nobody_thought_of_repeats_nothing(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from callconsole import cli\n"
        "def fail(*_): raise RuntimeError('tok-secret')\n"
        "cli._completion = fail\n"
        "sys.exit(cli.main(['completion', 'bash']))\n"
    )
    command = await Command.start(tmp_path, "-c", program)
    assert await command.end() == 1
    assert command.lines == [
        "callconsole has failed (RuntimeError). Run it again with --verbose before the command "
        "to see where, and report that."
    ]


async def test_serve_without_settings_names_every_missing_one(tmp_path: Path) -> None:
    serve = await Command.start(tmp_path, "serve")
    assert await serve.end() == 2
    for name in (
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_PHONE_NUMBER",
        "VERTEX_PROJECT_ID or GEMINI_API_KEY",
        "NGROK_AUTHTOKEN or SERVER_BASE_URL",
        "callconsole practice",
    ):
        assert name in serve.text


async def test_a_wrong_setting_is_named_without_its_value(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TWILIO_PHONE_NUMBER=12\nSERVER_BASE_URL=http://secret.host\n")
    serve = await Command.start(tmp_path, "serve")
    assert await serve.end() == 2
    assert "TWILIO_PHONE_NUMBER" in serve.text
    assert "SERVER_BASE_URL: the address has to begin with https://" in serve.text
    assert "secret.host" not in serve.text


async def test_the_engine_runs_without_qt(tmp_path: Path) -> None:
    program = (
        "import sys, json, callconsole.cli, callconsole.headless, callconsole.remote, "
        "callconsole.doctor; print(json.dumps(sorted(m for m in sys.modules "
        "if m.split('.')[0] in ('PySide6', 'shiboken6', 'qasync', 'qtawesome'))))"
    )
    python = await Command.start(tmp_path, "-c", program)
    assert await python.end() == 0
    assert json.loads(python.lines[-1]) == []


async def test_the_doctor_has_one_line_for_each_thing(tmp_path: Path) -> None:
    doctor = await Command.start(tmp_path, "doctor", "--silent", SERVER_PORT="0")
    code = await doctor.end()
    assert code == 1
    for name in ("Python", "Prompt", "Prices", "Server port", "Balance", "Session", "Speech"):
        assert f"ok    {name}" in doctor.text
    assert "Gemini, on the practice line" in doctor.lines
    assert "FAIL  Account SID          TWILIO_ACCOUNT_SID is missing" in doctor.text
    assert "to mend, from top to bottom." in doctor.lines[-1]


async def test_the_doctor_gives_json_and_a_bundle(tmp_path: Path) -> None:
    bundle = tmp_path / "support.zip"
    doctor = await Command.start(
        tmp_path,
        *("doctor", "--silent", "--json", "--country", "ch", "--bundle", str(bundle)),
        SERVER_PORT="0",
        TWILIO_AUTH_TOKEN="hush-hush-hush",
        TEST_PHONE_NUMBER="+14155552671",
    )
    assert await doctor.end() == 1
    told = json.loads(doctor.text)
    assert (told["line"], told["status"]) == ("practice", "red")
    by_id = {check["id"]: check for check in told["checks"]}
    assert by_id["computer.python"]["status"] == "green"
    assert by_id["settings.twilio_account_sid"]["status"] == "red"
    assert "settings.twilio_auth_token" not in by_id
    assert by_id["twilio.country"]["detail"] == "Switzerland may be called"
    with zipfile.ZipFile(bundle) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "hush-hush-hush" not in text
    assert "4155552671" not in text


async def test_the_doctor_examines_the_phone_line_where_it_is_set_up(tmp_path: Path) -> None:
    world = PracticeWorld()
    await world.start()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    async with tls_edge(tmp_path / "edge", port) as edge:
        trusted = tmp_path / "trusted.pem"
        trusted.write_bytes(edge.ca_file.read_bytes() + world.agent.ca_file.read_bytes())
        settings = {
            "TWILIO_ACCOUNT_SID": world.account_sid,
            "TWILIO_AUTH_TOKEN": world.auth_token,
            "TWILIO_PHONE_NUMBER": world.number,
            "TWILIO_API_BASE_URL": world.carrier.base_url,
            "GEMINI_API_KEY": world.api_key,
            "GOOGLE_GEMINI_BASE_URL": world.agent.base_url,
            "SSL_CERT_FILE": str(trusted),
            "SERVER_BASE_URL": edge.address,
            "SERVER_PORT": str(port),
        }
        doctor = await Command.start(tmp_path, "doctor", "--silent", "--json", **settings)
        await doctor.end()
        told = json.loads(doctor.text)
        red = [check["id"] for check in told["checks"] if check["status"] == "red"]
        assert told["line"] == "phone"
        assert set(red) <= {"sound.output"}  # there may be none on this computer
        assert [check["id"] for check in told["checks"] if check["group"] == "Settings"] == [
            "settings.complete"
        ]
        assert len(world.agent.sessions) == 2
        assert not world.carrier.calls
        assert not (tmp_path / "data" / "history" / "calls.sqlite").exists()
    await world.stop()


async def test_the_doctor_refuses_what_is_no_country(tmp_path: Path) -> None:
    doctor = await Command.start(tmp_path, "doctor", "--country", "Switzerland")
    assert await doctor.end() == 2
    assert "give the country's two letters, such as US or CH" in doctor.text


@pytest.mark.parametrize("port", ["-1", "65536", "99999", "http", "٣"])
async def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    """Some of them lead to another port than anybody meant."""
    serve = await Command.start(tmp_path, "serve", "--practice", f"--port={port}")
    assert await serve.end() == 2
    assert "give a number from 0 to 65535" in serve.text


@pytest.mark.parametrize(
    "words", [("--help",), ("completion", "bash"), ("doctor", "--silent", "--json")]
)
async def test_who_stops_reading_gets_no_traceback(tmp_path: Path, words: tuple[str, ...]) -> None:
    """As in ``callconsole doctor | head``."""
    reader, writer = os.pipe()
    os.close(reader)
    command = await Command.start(tmp_path, *words, stdout=writer, SERVER_PORT="0")
    os.close(writer)
    assert await command.end() == (1 if "doctor" in words else 0)
    assert command.text == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
async def test_words_that_could_not_be_written_are_no_success(tmp_path: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    command = await Command.start(tmp_path, "completion", "bash", stdout=full)
    os.close(full)
    assert await command.end() == 1
    assert command.text == "Not everything could be written: No space left on device."


@pytest.mark.parametrize(
    ("file", "words"), [("", "name of a file"), (".", "name of a file"), ("no/b.zip", "no folder")]
)
async def test_the_doctor_says_at_once_where_no_bundle_can_go(
    tmp_path: Path, file: str, words: str
) -> None:
    doctor = await Command.start(tmp_path, "doctor", "--silent", "--bundle", file)
    assert await doctor.end() == 2
    assert words in doctor.lines[-1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
async def test_the_doctor_says_that_the_bundle_could_not_be_written(tmp_path: Path) -> None:
    file = "/proc/b.zip"
    doctor = await Command.start(tmp_path, "doctor", "--silent", "--bundle", file, SERVER_PORT="0")
    assert await doctor.end() == 2
    assert "The support bundle was not saved" in doctor.lines[-1]


async def test_the_version_and_the_help(tmp_path: Path) -> None:
    version = await Command.start(tmp_path, "--version")
    assert await version.end() == 0
    assert version.text == f"callconsole {__version__}"
    usage = await Command.start(tmp_path, "--help")
    assert await usage.end() == 0
    for name in ("practice", "serve", "call", "doctor"):
        assert name in usage.text
