"""What a call leaves behind for programs: its figures and the metrics, from the running app."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from callconsole import __version__
from callconsole.app import App
from callconsole.domain.events import (
    AgentHeard,
    AgentReplied,
    CallEnded,
    Event,
    LevelsMeasured,
    StreamStopped,
)
from callconsole.practice.carrier import hastened
from callconsole.practice.world import PracticeWorld
from callconsole.settings import Settings

INTERRUPTER, BUSY = "+14155550102", "+14155550103"


class Room:
    """An app on the practice line, what its console said, and a client of its server."""

    def __init__(self, app: App, client: ClientSession) -> None:
        self.app = app
        self.client = client
        self.said: list[Event] = []
        self._said_more = asyncio.Event()
        app.console.subscribe(self._keep)

    def _keep(self, event: Event) -> None:
        self.said.append(event)
        self._said_more.set()

    def delays_ms(self, kind: type[AgentReplied | AgentHeard]) -> list[int]:
        return [event.delay_ms for event in self.said if isinstance(event, kind)]

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(50):
            while not true():
                self._said_more.clear()
                await self._said_more.wait()

    async def told(self, path: str) -> Any:
        async with self.client.get(f"http://127.0.0.1:{self.app.port}{path}") as answer:
            assert answer.status == 200
            return await answer.json()

    async def metrics(self) -> dict[tuple[str, str], float]:
        """Values by name and by the labels' values."""
        async with self.client.get(f"http://127.0.0.1:{self.app.port}/metrics") as answer:
            text = await answer.text()
        return {
            (sample.name.removeprefix("callconsole_"), ",".join(sample.labels.values())): (
                sample.value
            )
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    settings = Settings(_env_file=None, CALLCONSOLE_DATA_DIR=tmp_path, server_port=0)
    app = App(settings)
    await app.start("practice", practice=PracticeWorld(callees=hastened()))
    async with ClientSession() as client:
        yield Room(app, client)
    await app.stop()


@pytest.mark.limit(100)
async def test_an_interrupted_call_is_told_in_figures_and_metrics(room: Room) -> None:
    sid = (await room.app.console.place_call(INTERRUPTER)).sid
    await room.until(lambda: len(room.delays_ms(AgentHeard)) == 2)
    await room.until(lambda: isinstance(room.said[-1], LevelsMeasured))
    assert (await room.told(f"/calls/{sid}"))["figures"]["queue"]["now_ms"] > 0
    await room.app.console.hang_up(sid)
    await room.until(lambda: any(isinstance(event, StreamStopped) for event in room.said))
    figures = (await room.told(f"/calls/{sid}"))["figures"]
    sent, heard = room.delays_ms(AgentReplied), room.delays_ms(AgentHeard)
    assert [reply["sent_ms"] for reply in figures["replies"]["recent"]] == sent
    assert len(sent) >= 2
    assert figures["replies"]["count"] == len(sent)
    proven = [reply["heard_ms"] for reply in figures["replies"]["recent"]]
    assert [delay_ms for delay_ms in proven if delay_ms is not None] == heard
    assert figures["interruptions"] == 1
    assert figures["dropped_ms"] > 500
    assert figures["unheard_words"] > 0
    assert figures["queue"]["now_ms"] == 0
    assert 1000 < figures["queue"]["longest_ms"] < 1700

    told = await room.metrics()
    assert told["calls_total", "completed"] == 1
    assert told["call_duration_seconds_count", ""] == 1
    assert told["reply_sent_seconds_count", ""] == len(sent)
    assert told["reply_heard_seconds_sum", ""] == pytest.approx(sum(heard) / 1000)
    assert told["interruptions_total", ""] == 1
    assert told["agent_audio_dropped_seconds_total", ""] == figures["dropped_ms"] / 1000


async def test_a_change_of_line_forgets_neither_calls_nor_counters(room: Room) -> None:
    sid = (await room.app.console.place_call(BUSY)).sid
    await room.until(lambda: any(isinstance(event, CallEnded) for event in room.said))
    before = await room.metrics()
    assert (before["calls_total", "busy"], before["live_calls", ""]) == (1, 0)
    assert before["build_info", __version__] == 1
    for name in ("server", "tunnel", "carrier", "agent"):
        assert before["service_up", name] == 1
    await room.app.switch("practice")
    assert (await room.metrics())["calls_total", "busy"] == 1
    calls = (await room.told("/calls"))["calls"]
    assert [(call["sid"], call["ending"]["outcome"]) for call in calls] == [(sid, "busy")]
    assert (await room.told("/calls?live=1")) == {"calls": []}
