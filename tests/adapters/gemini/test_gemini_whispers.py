from __future__ import annotations

import asyncio

import pytest

from callconsole.adapters.gemini import whispers as whispers_module
from callconsole.adapters.gemini.models import BackEnd, capabilities
from callconsole.adapters.gemini.uplink import Uplink
from callconsole.adapters.gemini.whisper import Whisper, WhisperWay
from callconsole.adapters.gemini.whispers import Whispers
from fakes.engine import FakeClock


class HandClock(FakeClock):
    """A clock that a test moves."""

    at = 100.0

    def monotonic(self) -> float:
        return self.at


class Line:
    """Whispers, their uplink, and what has gone out of it."""

    def __init__(self) -> None:
        self.clock, self.uplink = HandClock(), Uplink()
        self.whispers = Whispers(self.uplink, self.clock)

    async def send(self) -> list[str]:
        """Send all that waits; the texts of whispers in order."""
        gone: list[str] = []
        while not self.uplink.idle:
            item = await self.uplink.next()
            self.uplink.sent(item)
            if isinstance(item, Whisper):
                self.whispers.sent(item)
                gone.append(item.text)
        return gone

    async def move(self, *, fresh: bool) -> list[str]:
        self.uplink.put_back(self.whispers.moved(fresh=fresh))
        return await self.send()


async def test_a_whisper_goes_at_once_while_the_model_is_silent() -> None:
    line = Line()
    line.whispers.add("Offer Tuesday.")
    assert await line.send() == ["Offer Tuesday."]


async def test_whispers_wait_for_the_end_of_a_turn_in_order() -> None:
    line = Line()
    line.whispers.heed(speaking=True)
    line.whispers.add("first")
    line.whispers.add("second")
    assert line.uplink.idle
    line.whispers.heed(speaking=False)
    assert await line.send() == ["first", "second"]


async def test_a_turn_that_never_ends_swallows_no_whisper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whispers_module, "HELD_S", 0.0)
    line = Line()
    line.whispers.heed(speaking=True)
    line.whispers.add("still")
    assert line.uplink.idle
    async with asyncio.timeout(5):
        assert (await line.uplink.next()).text == "still"


async def test_a_closed_conversation_leaves_no_timer() -> None:
    line = Line()
    line.whispers.heed(speaking=True)
    line.whispers.add("too late")
    line.whispers.close()
    assert line.whispers._timer is None


async def test_a_resumed_session_is_told_what_its_handle_does_not_know() -> None:
    line = Line()
    line.whispers.add("known")
    await line.send()
    line.clock.at += 1.0
    line.whispers.remembered()
    line.whispers.add("unknown")
    await line.send()
    line.whispers.turn_began()
    assert await line.move(fresh=False) == ["unknown"]
    line.clock.at += 1.0
    line.whispers.remembered()
    assert await line.move(fresh=False) == []


async def test_a_handle_that_comes_at_once_may_be_older_than_the_whisper() -> None:
    line = Line()
    line.whispers.add("just now")
    await line.send()
    line.clock.at += 0.1
    line.whispers.remembered()
    assert await line.move(fresh=False) == ["just now"]


async def test_a_fresh_session_is_told_all_and_what_was_heeded_apart() -> None:
    line = Line()
    for text in ("done", "done too"):
        line.whispers.add(text)
    await line.send()
    line.whispers.turn_began()
    line.whispers.add("open")
    await line.send()
    for _ in range(2):
        earlier, still = await line.move(fresh=True)
        assert earlier.splitlines()[1:] == ["done", "done too"]
        assert "do not do again" in earlier
        assert still == "open"


async def test_what_a_resumed_session_may_have_missed_is_summed_up_once_more() -> None:
    line = Line()
    for text in ("done", "done too"):
        line.whispers.add(text)
    await line.send()
    line.whispers.turn_began()
    told = await line.move(fresh=True)
    assert await line.move(fresh=False) == told


async def test_held_and_unsent_whispers_are_sent_once_after_a_move() -> None:
    line = Line()
    line.whispers.add("waits")
    line.whispers.heed(speaking=True)
    line.whispers.add("held")
    assert await line.move(fresh=True) == ["waits", "held"]


async def test_the_newest_twenty_are_told_again() -> None:
    line = Line()
    for number in range(30):
        line.whispers.add(str(number))
    await line.send()
    assert await line.move(fresh=True) == [str(number) for number in range(10, 30)]


async def test_a_refusal_soon_after_a_whisper_is_its_fault_once() -> None:
    line = Line()
    assert not line.whispers.refused(line.clock.at)
    line.whispers.add("strange")
    assert not line.whispers.refused(line.clock.at)
    await line.send()
    assert not line.whispers.refused(line.clock.at + 60.0)
    assert line.whispers.refused(line.clock.at + 1.0)
    assert line.whispers.plainly
    assert not line.whispers.refused(line.clock.at + 1.0)


@pytest.mark.parametrize(
    ("model", "back_end", "role"),
    [
        ("gemini-3.8-live", BackEnd.DEVELOPER, "user"),
        ("gemini-3.8-live", BackEnd.VERTEX, "user"),
        ("gemini-3.8-live-extended-thinking", BackEnd.DEVELOPER, "user"),
        ("gemini-2.5-flash-native-audio-latest", BackEnd.DEVELOPER, ""),
        ("gemini-live-2.5-flash-native-audio", BackEnd.VERTEX, "model"),
        ("gemini-live-2.5-flash", BackEnd.VERTEX, "model"),
    ],
)
def test_whose_turn_a_whisper_is(model: str, back_end: BackEnd, role: str) -> None:
    assert capabilities(model, back_end).whisper_way == WhisperWay("client_content", role)


@pytest.mark.parametrize("model", ["gemini-3.1-flash-live-preview", "gemini-9-live"])
def test_where_realtime_text_is_all_there_is(model: str) -> None:
    assert capabilities(model, BackEnd.DEVELOPER).whisper_way.by == "realtime_text"
