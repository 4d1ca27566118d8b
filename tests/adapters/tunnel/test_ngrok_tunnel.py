"""The tunnel through unmodified pyngrok against a stand-in for the agent."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import threading
from asyncio.subprocess import PIPE
from pathlib import Path

import psutil
import pytest
import yaml
from pydantic import SecretStr
from pyngrok import installer

from callconsole.adapters.tunnel import ngrok
from callconsole.adapters.tunnel.fixed import FixedAddress
from callconsole.adapters.tunnel.ngrok import NgrokTunnel
from callconsole.domain.problems import Problem, ProblemError
from support import standin_ngrok

TOKEN = "2abcSECRETtoken: with # marks"


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def alive(pid: int) -> bool:
    """False for a process that has ended, be it that nobody has looked at its end yet."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def pids(program: Path) -> list[int]:
    return [note["pid"] for note in standin_ngrok.notes(program) if "pid" in note]


def tunnel(program: Path, domain: str | None = None, limit_s: float = 10.0) -> NgrokTunnel:
    folder = program.parent / "config"
    return NgrokTunnel(SecretStr(TOKEN), domain, folder, program, start_limit_s=limit_s)


async def failure(line: NgrokTunnel) -> Problem:
    with pytest.raises(ProblemError) as caught:
        await line.open(8080)
    assert TOKEN not in str(caught.value)
    return caught.value.problem


async def test_a_fixed_address_is_returned_without_its_slash() -> None:
    address = FixedAddress("https://desk.example/")
    assert await address.open(8080) == "https://desk.example"
    await address.close()


async def test_opens_on_the_domain_and_leaves_nothing(tmp_path: Path) -> None:
    program = standin_ngrok.write(tmp_path / "bin")
    line = tunnel(program, "my-desk.ngrok.app")
    assert await line.open(8765) == "https://my-desk.ngrok.app"
    posted = next(note for note in standin_ngrok.notes(program) if "post" in note)
    assert posted["post"] == "/api/endpoints"
    assert posted["asked"]["upstream"] == {"url": "http://127.0.0.1:8765"}
    assert posted["asked"]["url"] == "https://my-desk.ngrok.app"
    assert posted["asked"]["inspect"] is False
    await line.close()
    await line.close()
    assert not any(running(pid) for pid in pids(program))
    assert list((tmp_path / "bin" / "config").iterdir()) == []


async def test_without_a_domain_the_account_gives_the_address(tmp_path: Path) -> None:
    program = standin_ngrok.write(tmp_path / "bin")
    line = tunnel(program)
    assert await line.open(8765) == standin_ngrok.DEFAULT_URL
    await line.close()


async def test_the_token_is_in_a_private_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NGROK_AUTHTOKEN", "another-token")
    program = standin_ngrok.write(tmp_path / "bin")
    line = tunnel(program)
    await line.open(8765)
    await line.close()
    start = standin_ngrok.notes(program)[0]
    assert start["start"][:4] == ["start", "--none", "--log", "stdout"]
    assert "--authtoken" not in start["start"]
    assert TOKEN not in " ".join(start["start"])
    assert start["token_in_environment"] is False
    assert start["config_mode"] == 0o600
    assert yaml.safe_load(start["config"]) == {
        "version": "3",
        "agent": {
            "authtoken": TOKEN,
            "inspect_db_size": -1,
            "remote_management": False,
            "update_check": False,
            "console_ui": False,
        },
    }
    assert os.environ["NGROK_AUTHTOKEN"] == "another-token"


@pytest.mark.parametrize("code", ["4018", "105", "107", "108", "121", "9040"])
async def test_a_refused_start_says_why_and_keeps_the_token(
    tmp_path: Path, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    program = standin_ngrok.write(tmp_path / "bin", start_error=code)
    problem = await failure(tunnel(program))
    assert problem.code == f"ngrok.{code}"
    assert problem.cause.endswith(".")
    assert problem.cure.endswith(".")
    assert "SECRET" not in caplog.text
    assert not any(running(pid) for pid in pids(program))


@pytest.mark.parametrize("code", ["334", "313", "320", "725"])
async def test_a_refused_endpoint_says_why(tmp_path: Path, code: str) -> None:
    program = standin_ngrok.write(tmp_path / "bin", create_error=code)
    problem = await failure(tunnel(program, "taken.ngrok.app"))
    assert problem.code == f"ngrok.{code}"
    assert not any(running(pid) for pid in pids(program))


async def test_an_unknown_code_leads_to_its_page(tmp_path: Path) -> None:
    program = standin_ngrok.write(tmp_path / "bin", create_error="99999")
    problem = await failure(tunnel(program))
    assert problem.code == "ngrok.99999"
    assert problem.link == "https://ngrok.com/docs/errors/err_ngrok_99999"


@pytest.mark.parametrize(
    ("status", "text", "code"),
    [
        (201, "[]", "ngrok.unreadable"),
        (201, "null", "ngrok.unreadable"),
        (201, '{"url": 5}', "ngrok.unreadable"),
        (201, '{"url": "http://plain.example", "uri": "/x", "name": "y"}', "ngrok.unreadable"),
        (201, "{}", "ngrok.not_started"),
        (201, "<html>Bad gateway</html>", "ngrok.not_started"),
        (503, "[1]", "ngrok.not_started"),
    ],
)
async def test_an_agent_that_answers_oddly_is_told_and_ended(
    tmp_path: Path, status: int, text: str, code: str
) -> None:
    program = standin_ngrok.write(tmp_path / "bin", create_answer=text, create_status=status)
    assert (await failure(tunnel(program))).code == code
    assert not any(running(pid) for pid in pids(program))


async def test_a_silent_agent_is_ended_in_time(tmp_path: Path) -> None:
    program = standin_ngrok.write(tmp_path / "bin", silent=True)
    line = tunnel(program, limit_s=1.0)
    async with asyncio.timeout(8):
        problem = await failure(line)
    assert problem.code == "ngrok.silent"
    assert len(pids(program)) == 1
    assert not running(pids(program)[0])


async def test_a_slow_agent_is_waited_for(tmp_path: Path) -> None:
    program = standin_ngrok.write(tmp_path / "bin", slow_s=0.7)
    line = tunnel(program)
    assert await line.open(8765) == standin_ngrok.DEFAULT_URL
    await line.close()


async def test_an_agent_that_dies_while_it_starts_is_told(tmp_path: Path) -> None:
    program = standin_ngrok.write(tmp_path / "bin", dies=True)
    async with asyncio.timeout(8):
        assert (await failure(tunnel(program))).code == "ngrok.not_started"


async def test_an_old_agent_is_told_from_a_silent_one(tmp_path: Path) -> None:
    program = standin_ngrok.write(tmp_path / "bin", old=True)
    assert (await failure(tunnel(program, limit_s=2.0))).code == "ngrok.too_old"


async def test_giving_up_while_it_starts_leaves_no_agent(tmp_path: Path) -> None:
    program = standin_ngrok.write(tmp_path / "bin", silent=True)
    opening = asyncio.create_task(tunnel(program).open(8080))
    async with asyncio.timeout(10):
        while not pids(program):
            await asyncio.sleep(0.02)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
    assert not running(pids(program)[0])


async def test_a_file_that_is_no_program_cannot_be_started(tmp_path: Path) -> None:
    program = tmp_path / "ngrok"
    program.write_text("not a program")
    assert (await failure(tunnel(program))).code == "ngrok.not_started"


async def test_a_dead_agent_is_told_of_and_brought_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ngrok, "WATCH_INTERVAL_S", 0.05)
    monkeypatch.setattr(ngrok, "RETRY_S", (0.05,))
    program = standin_ngrok.write(tmp_path / "bin")
    line = tunnel(program)
    lost: asyncio.Queue[Problem] = asyncio.Queue()
    restored = asyncio.get_running_loop().create_future()
    line.on_lost, line.on_restored = lost.put_nowait, restored.set_result
    url = await line.open(8765)
    standin_ngrok.behave(program, start_error="108")
    os.kill(pids(program)[0], signal.SIGKILL)
    async with asyncio.timeout(20):
        assert [(await lost.get()).code, (await lost.get()).code] == ["ngrok.lost", "ngrok.108"]
        standin_ngrok.behave(program)
        assert await restored == url
    posts = [note["asked"] for note in standin_ngrok.notes(program) if "post" in note]
    assert posts[-1]["url"] == url
    await line.close()
    assert not any(running(pid) for pid in pids(program))


async def test_a_death_is_told_within_two_seconds(tmp_path: Path) -> None:
    program = standin_ngrok.write(tmp_path / "bin")
    line = tunnel(program)
    lost = asyncio.get_running_loop().create_future()
    line.on_lost = lost.set_result
    await line.open(8765)
    os.kill(pids(program)[0], signal.SIGKILL)
    async with asyncio.timeout(2):
        assert (await lost).code == "ngrok.lost"
    await line.close()


async def test_without_a_program_nothing_is_fetched_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = dict.fromkeys(installer.PLATFORMS, "http://127.0.0.1:9/ngrok.tgz")
    monkeypatch.setattr(installer, "PLATFORMS", nowhere)
    monkeypatch.setenv("PATH", str(tmp_path))
    line = NgrokTunnel(SecretStr(TOKEN), None, tmp_path / "ngrok")
    problem = await failure(line)
    assert problem.code == "ngrok.program_missing"
    assert "Download" in problem.cure
    assert not (tmp_path / "ngrok").exists()


async def test_the_program_on_the_path_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = standin_ngrok.write(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    line = NgrokTunnel(SecretStr(TOKEN), None, tmp_path / "ngrok")
    assert await line.open(8765) == standin_ngrok.DEFAULT_URL
    await line.close()


async def test_one_that_was_fetched_is_taken_without_another_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standin_ngrok.write(tmp_path / "ngrok")
    monkeypatch.setattr("shutil.which", lambda _: None)
    line = NgrokTunnel(SecretStr(TOKEN), None, tmp_path / "ngrok")
    assert await line.open(8765) == standin_ngrok.DEFAULT_URL
    await line.close()


CONSOLE_THAT_DIES = """
import asyncio, os, signal, sys
from pathlib import Path
from pydantic import SecretStr
from callconsole.adapters.tunnel.ngrok import NgrokTunnel

async def main():
    program = Path(sys.argv[1])
    await NgrokTunnel(SecretStr("t"), None, program.parent / "config", program).open(8765)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_an_agent_that_outlived_its_console_is_ended(tmp_path: Path) -> None:
    program = standin_ngrok.write(tmp_path / "bin")
    command = (sys.executable, "-c", CONSOLE_THAT_DIES, str(program))
    killed = await asyncio.create_subprocess_exec(*command)
    assert await killed.wait() == -signal.SIGKILL
    (orphan,) = pids(program)
    assert running(orphan)
    line = tunnel(program)
    await line.open(8765)
    assert not alive(orphan)
    assert running(pids(program)[-1])
    await line.close()


async def test_somebody_elses_process_is_left_alone(tmp_path: Path) -> None:
    program = standin_ngrok.write(tmp_path / "bin")
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=PIPE)
    config = program.parent / "config"
    config.mkdir()
    for noted in (json.dumps({"pid": other.pid, "console": 1}), "{}", "nonsense", "[]"):
        (config / "agent.json").write_text(noted)
        line = tunnel(program)
        await line.open(8765)
        await line.close()
        assert running(other.pid)
    await other.communicate(b"\n")


async def test_opening_again_takes_the_place_of_the_first(tmp_path: Path) -> None:
    program = standin_ngrok.write(tmp_path / "bin")
    line = tunnel(program)
    await line.open(8765)
    await line.open(8766)
    first, second = pids(program)
    assert not running(first)
    assert running(second)
    await line.close()
    assert not running(second)
    assert not [it for it in threading.enumerate() if "_monitor_process" in it.name]
