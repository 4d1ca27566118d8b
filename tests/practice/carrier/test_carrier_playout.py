from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callconsole.practice.carrier.playout import (
    CAPACITY_BYTES,
    FRAME_BYTES,
    SILENT_FRAME,
    PlayoutBuffer,
)


def test_a_mark_on_an_empty_buffer_is_due_at_once() -> None:
    assert PlayoutBuffer().mark("now") is True


def test_a_mark_is_due_only_when_its_audio_has_been_played() -> None:
    buffer = PlayoutBuffer()
    buffer.put(b"a" * 320)
    assert buffer.mark("end") is False
    assert buffer.take() == (b"a" * 160, [])
    assert buffer.take() == (b"a" * 160, [])
    assert buffer.take() == (SILENT_FRAME, ["end"])


def test_marks_keep_their_order_and_places() -> None:
    buffer = PlayoutBuffer()
    buffer.put(b"a" * 160)
    buffer.mark("one")
    buffer.mark("two")
    buffer.put(b"b" * 160)
    buffer.mark("three")
    assert [buffer.take()[1] for _ in range(3)] == [[], ["one", "two"], ["three"]]


def test_clear_drops_audio_and_gives_back_every_mark() -> None:
    buffer = PlayoutBuffer()
    buffer.put(b"a" * 1600)
    buffer.mark("late")
    buffer.take()
    assert buffer.clear() == ["late"]
    assert buffer.take() == (SILENT_FRAME, [])
    assert buffer.mark("after") is True


def test_a_short_rest_is_filled_with_silence() -> None:
    buffer = PlayoutBuffer()
    buffer.put(b"a" * 100)
    assert buffer.take()[0] == b"a" * 100 + b"\xff" * 60


def test_ten_minutes_are_the_limit() -> None:
    buffer = PlayoutBuffer()
    assert buffer.put(bytes(CAPACITY_BYTES)) is True
    assert buffer.put(b"a") is False
    assert buffer.buffered_ms == 600_000


@given(st.lists(st.integers(0, 700), max_size=30))
def test_what_is_put_is_played_once_in_order(sizes: list[int]) -> None:
    buffer = PlayoutBuffer()
    sent = bytearray()
    for index, size in enumerate(sizes):
        piece = bytes([index % 200]) * size
        sent += piece
        buffer.put(piece)
    buffer.mark("end")
    played = bytearray()
    for _ in range(len(sent) // FRAME_BYTES + 2):
        played += buffer.take()[0]
    assert played[: len(sent)] == sent
    assert set(played[len(sent) :]) <= {0xFF}
