from __future__ import annotations

import asyncio

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.adapters.gemini.tool_answer import ToolAnswer
from callconsole.adapters.gemini.uplink import Item, Uplink


def frame(value: int, samples: int = 320) -> np.ndarray:
    return np.full(samples, value, np.int16)


async def taken(uplink: Uplink) -> Item:
    async with asyncio.timeout(1):
        item = await uplink.next()
    uplink.sent(item)
    return item


async def test_one_frame_goes_as_it_came() -> None:
    uplink = Uplink()
    uplink.add_audio(frame(258))
    assert await taken(uplink) == b"\x02\x01" * 320


async def test_samples_are_copied() -> None:
    uplink, pcm = Uplink(), frame(1)
    uplink.add_audio(pcm)
    pcm[:] = 9
    assert await taken(uplink) == frame(1).tobytes()


async def test_backlog_is_joined_to_pieces_of_100_ms() -> None:
    uplink = Uplink()
    for value in range(7):
        uplink.add_audio(frame(value))
    first, second = await taken(uplink), await taken(uplink)
    assert first == b"".join(frame(value).tobytes() for value in range(5))
    assert second == b"".join(frame(value).tobytes() for value in (5, 6))


async def test_text_keeps_its_place_and_is_never_joined() -> None:
    uplink = Uplink()
    uplink.add_audio(frame(1))
    uplink.add_text("greet")
    uplink.add_audio(frame(2))
    assert [await taken(uplink) for _ in range(3)] == [
        frame(1).tobytes(),
        "greet",
        frame(2).tobytes(),
    ]


async def test_oldest_audio_goes_and_text_stays() -> None:
    uplink = Uplink(kept_ms=60)
    uplink.add_text("greet")
    for value in range(5):
        uplink.add_audio(frame(value))
    assert uplink.dropped_ms == 40.0
    assert await taken(uplink) == "greet"
    assert await taken(uplink) == b"".join(frame(value).tobytes() for value in (2, 3, 4))


async def test_unsent_item_comes_again() -> None:
    uplink = Uplink()
    uplink.add_text("greet")
    assert await uplink.next() == "greet"
    assert await taken(uplink) == "greet"


async def test_item_dropped_while_on_its_way_takes_nothing_else_along() -> None:
    uplink = Uplink(kept_ms=20)
    uplink.add_audio(frame(1))
    on_its_way = await uplink.next()
    uplink.add_audio(frame(2))
    uplink.sent(on_its_way)
    assert await taken(uplink) == frame(2).tobytes()


def result(name: str = "take_note") -> ToolAnswer:
    return ToolAnswer("1", name, {}, None)


async def test_a_result_keeps_its_place() -> None:
    uplink, answer = Uplink(), result()
    uplink.add_text("before")
    uplink.add_answer(answer)
    uplink.add_text("after")
    assert [await taken(uplink) for _ in range(3)] == ["before", answer, "after"]


async def test_while_withheld_only_results_go_and_audio_is_dropped() -> None:
    uplink, first, second = Uplink(), result("a"), result("b")
    uplink.add_audio(frame(1))
    uplink.add_text("greet")
    uplink.withhold(True)
    assert uplink.dropped_ms == 20.0
    uplink.add_answer(first)
    uplink.add_answer(second)
    assert [await taken(uplink), await taken(uplink)] == [first, second]
    waiting = asyncio.create_task(taken(uplink))
    await asyncio.sleep(0)
    assert not waiting.done()
    uplink.withhold(False)
    assert await waiting == "greet"


async def test_a_text_that_is_on_its_way_is_not_sent_again_after_a_result() -> None:
    uplink, answer = Uplink(), result()
    uplink.add_text("greet")
    on_its_way = await uplink.next()
    uplink.withhold(True)
    uplink.add_answer(answer)
    uplink.sent(on_its_way)
    assert await taken(uplink) is answer
    assert uplink.idle


async def test_a_result_that_is_not_wanted_any_more_is_taken_out() -> None:
    uplink, answer = Uplink(), result()
    uplink.add_answer(answer)
    uplink.remove(answer)
    uplink.remove(answer)
    assert uplink.idle


async def test_empty_audio_is_nothing() -> None:
    uplink = Uplink()
    uplink.add_audio(frame(1, samples=0))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await uplink.next()


async def test_waiting_consumer_wakes() -> None:
    uplink = Uplink()
    waiting = asyncio.create_task(taken(uplink))
    await asyncio.sleep(0)
    uplink.add_text("now")
    assert await waiting == "now"


@given(
    st.lists(st.one_of(st.text(min_size=1), st.integers(0, 3000)), max_size=40),
    st.integers(0, 200),
)
async def test_newest_audio_and_all_text_arrive_in_order(
    items: list[str | int], kept_ms: int
) -> None:
    uplink = Uplink(kept_ms=kept_ms)
    everything = b""
    for number, item in enumerate(items):
        if isinstance(item, str):
            uplink.add_text(item)
        else:
            pcm = frame(number, samples=item)
            everything += pcm.tobytes()
            uplink.add_audio(pcm)
    uplink.add_text("end")
    arrived: list[bytes | str] = []
    while not arrived or arrived[-1] != "end" or uplink._items:
        arrived.append(await taken(uplink))
    heard = b"".join(item for item in arrived if isinstance(item, bytes))
    assert everything.endswith(heard)
    assert len(heard) <= kept_ms * 32
    assert len(everything) - len(heard) == uplink.dropped_ms * 32
    assert [item for item in arrived if isinstance(item, str)] == [
        *(item for item in items if isinstance(item, str)),
        "end",
    ]
