"""A console that is killed during calls: the next one ends them and completes their records."""

from __future__ import annotations

import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from callconsole.adapters.history import SqlHistory
from callconsole.audio import wavfile
from callconsole.domain.record import CallRecord
from callconsole.domain.transcript import Speaker
from callconsole.practice.carrier import CALLEES, hastened
from callconsole.practice.carrier.faults import StreamFaults
from callconsole.practice.world import PracticeWorld
from support.command import Server
from support.room import until_audio

pytestmark = pytest.mark.limit(90)

NUMBERS = {callee.name: callee.number for callee in CALLEES}
PUBLIC = "https://desk.example.com"
# Whatever was said this long before the end has to be on the disk.
LOST_S_AT_MOST = 1
HANGS_AFTER_MS = 1000


class Desk:
    """The phone line's outside in this process, and consoles of their own processes inside."""

    def __init__(self, folder: Path, world: PracticeWorld) -> None:
        self.folder = folder
        self.world = world
        self.server: Server

    async def open(self) -> None:
        """Start a console that is led to the practice services by its settings alone."""
        world = self.world
        self.server = await Server.ready(
            self.folder,
            SERVER_BASE_URL=PUBLIC,
            TWILIO_ACCOUNT_SID=world.account_sid,
            TWILIO_AUTH_TOKEN=world.auth_token,
            TWILIO_PHONE_NUMBER=world.number,
            TWILIO_API_BASE_URL=world.carrier.base_url,
            GEMINI_API_KEY=world.api_key,
            GOOGLE_GEMINI_BASE_URL=world.agent.base_url,
            SSL_CERT_FILE=str(world.agent.ca_file),
        )
        world.carrier.edge.map(PUBLIC, self.server.address)

    async def kill(self) -> None:
        """End the console as `kill -9` does."""
        self.server.process.send_signal(signal.SIGKILL)
        assert await self.server.end() == -signal.SIGKILL

    async def place(self, name: str) -> str:
        """Place a call over HTTP; its SID."""
        async with aiohttp.ClientSession(self.server.address) as http:
            answer = await http.post("/place-call", json={"to": NUMBERS[name]})
            return str((await answer.json())["callSid"])

    async def told(self, path: str) -> Any:
        async with (
            aiohttp.ClientSession(self.server.address) as http,
            http.get(path) as answer,
        ):
            assert answer.status == 200
            return await answer.json()

    async def until_event(self, sid: str, name: str) -> list[dict[str, Any]]:
        """Follow a call's events over HTTP until one of this name has come; the turns so far."""
        turns: dict[int, dict[str, Any]] = {}
        async with (
            aiohttp.ClientSession(self.server.address) as http,
            http.get(f"/calls/{sid}/events") as events,
        ):
            async for line in events.content:
                event = json.loads(line)
                if turn := event.get("turn"):
                    turns[turn["id"]] = turn
                if event.get("event") == name:
                    return list(turns.values())
        raise AssertionError(f"{name} never came")

    async def record(self, sid: str) -> CallRecord:
        """What the file holds while no console runs."""
        history = SqlHistory(self.folder / "data" / "history")
        await history.open()
        found = await history.record(sid)
        await history.close()
        assert found is not None
        return found


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    world = PracticeWorld(callees=hastened())
    await world.start()
    made = Desk(tmp_path, world)
    await made.open()
    yield made
    if made.server.process.returncode is None:
        made.server.process.send_signal(signal.SIGTERM)
        assert await made.server.end() == 0
    await world.stop()


async def test_a_killed_console_leaves_no_call_open_and_loses_no_record(desk: Desk) -> None:
    carrier = desk.world.carrier
    ring, talk = await desk.place("No answer"), await desk.place("A person")
    before = await desk.until_event(talk, "AgentHeard")
    assert [turn["speaker"] for turn in before] == ["caller", "agent"]
    # The phone company does not notice that this one's socket is dead.
    carrier.faults.stream = StreamFaults(hang_after_ms=HANGS_AFTER_MS)
    hung = await desk.place("A short hello")
    await desk.until_event(hung, "StreamStarted")
    ringing, talking, hanging = (carrier.calls[sid] for sid in (ring, talk, hung))
    await until_audio(hanging, 2 * HANGS_AFTER_MS)
    lasted_s = len(talking.spoken) / 8000
    await desk.kill()

    left = await desk.record(talk)
    assert left.call.live
    assert [turn.speaker for turn in left.turns] == [Speaker.CALLER, Speaker.AGENT]
    for kept, told in zip(left.turns, before, strict=True):
        assert kept.text.startswith(told["text"])
    assert (ringing.status, hanging.status) == ("ringing", "in-progress")

    await desk.open()
    for call in (ringing, talking, hanging):
        await call.wait_until_over()
    assert (ringing.status, ringing.ended_by) == ("canceled", "api")
    assert (hanging.status, hanging.ended_by) == ("completed", "api")
    rang, talked, hung_up = [await until_ended(desk, sid) for sid in (ring, talk, hung)]
    assert rang["ending"]["outcome"] == "canceled"
    for record in (talked, hung_up):
        assert record["ending"]["outcome"] == "completed"
        assert record["ending"]["problem"]["code"] == "console.stopped"
    assert [turn["speaker"] for turn in talked["turns"]] == ["caller", "agent"]
    assert talked["verdict"]["answered_by"] == "person"
    assert talked["figures"]["replies"]["count"] == 1
    recording, rate_hz = wavfile.read(Path(talked["recording"]))
    assert len(recording) / rate_hz > lasted_s - LOST_S_AT_MOST
    assert abs(recording).max(axis=0).min() > 1000  # both voices are in it
    assert await desk.told("/calls") == {"calls": []}


async def until_ended(desk: Desk, sid: str) -> dict[str, Any]:
    """A call's record as soon as it has an ending; recovery goes on while the console is ready."""
    while True:
        record: dict[str, Any] = await desk.told(f"/history/{sid}")
        if record["ending"] is not None:
            return record


@pytest.fixture
async def practice(tmp_path: Path) -> AsyncIterator[Server]:
    server = await Server.ready(tmp_path, "--practice")
    yield server
    server.process.send_signal(signal.SIGTERM)
    assert await server.end() == 0


async def test_what_was_said_and_done_is_told_over_http(practice: Server) -> None:
    async with aiohttp.ClientSession(practice.address) as http:
        placed = await http.post("/place-call", json={"to": NUMBERS["Has no time"]})
        sid = (await placed.json())["callSid"]
        async with http.get(f"/calls/{sid}/events") as events:
            names = [json.loads(line).get("event") async for line in events.content]
        assert names[-1] == "RecordingSaved"
        kept = await (await http.get(f"/history/{sid}")).json()
        (row,) = (await (await http.get("/history", params={"text": "415 555 0127"})).json())[
            "calls"
        ]
        none = await (await http.get("/history", params={"outcome": "busy"})).json()
    assert (row["sid"], row["ending"]["outcome"]) == (sid, "completed")
    assert none["total"] == 0
    assert kept["ending"] == {"outcome": "completed", "by": "agent", "problem": None}
    assert kept["verdict"]["answered_by"] == "person"
    assert kept["verdict"]["evidence"]
    assert [turn["speaker"] for turn in kept["turns"]][:2] == ["caller", "agent"]
    assert all(turn["final"] for turn in kept["turns"])
    (note,) = kept["notes"]
    assert (note["text"], note["due"][11:16]) == ("Call back", "10:00")
    assert "FarewellBegan" in [entry["name"] for entry in kept["events"]]
    assert Path(kept["recording"]).is_file()
