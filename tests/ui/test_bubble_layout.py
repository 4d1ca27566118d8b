"""Sizes and places of transcript lines, in both fonts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callconsole.domain.transcript import Speaker, Turn
from callconsole.ui import fonts
from callconsole.ui.bubble_layout import (
    GAP,
    ICON,
    NOTE_PAD,
    ROW_GAP,
    lay_out,
    row_height,
    shown_text,
)
from callconsole.viewmodels.transcript_line import Line, Manner

WIDTH = 650
NAMES = {
    Speaker.AGENT: "AI",
    Speaker.CALLER: "Jordan",
    Speaker.OPERATOR: "You",
    Speaker.SYSTEM: "",
}
LONG = "Sorry, could we move it to the afternoon, maybe after three? " * 6


@pytest.fixture(params=["Inter", "DejaVu Sans"], autouse=True)
def _family(request: pytest.FixtureRequest, qapp: object) -> Iterator[None]:
    fonts.use(request.param)
    yield
    fonts.forget()


def line(speaker: Speaker, text: str, final: bool = True, **more: object) -> Line:
    name = NAMES[speaker]
    turn = Turn(1, speaker, text, 61.0, final, **more)  # type: ignore[arg-type]
    return Line(turn, name, "user" if speaker is Speaker.SYSTEM else "")


def test_one_line_is_56_high_and_each_further_one_20_more() -> None:
    assert row_height(line(Speaker.AGENT, "Hello"), WIDTH) == 56 + GAP
    assert row_height(line(Speaker.AGENT, "Hello\nyou"), WIDTH) == 76 + GAP
    assert row_height(line(Speaker.SYSTEM, "Answered"), WIDTH) == 24 + GAP


@pytest.mark.parametrize(("width", "widest"), [(650, 481), (1200, 640), (360, 266)])
def test_a_bubble_takes_74_percent_and_640_px_at_most(width: int, widest: int) -> None:
    laid = lay_out(line(Speaker.CALLER, LONG), width)
    assert widest * 0.8 < laid.box.width() <= widest + 1
    assert laid.box.right() == width - 1


def test_the_agent_stands_left_the_caller_right_and_a_note_in_the_middle() -> None:
    assert lay_out(line(Speaker.AGENT, "Hello"), WIDTH).box.left() == 1
    assert lay_out(line(Speaker.CALLER, "Hello"), WIDTH).box.right() == WIDTH - 1
    note = lay_out(line(Speaker.SYSTEM, "Answered"), WIDTH).box
    assert note.center().x() == pytest.approx(WIDTH / 2, abs=1)


@pytest.mark.parametrize("words", ["مرحبا كيف حالك ", "שלום מה שלומך "])
def test_what_is_read_from_the_right_ends_flush_right_in_its_bubble(words: str) -> None:
    for text in (words * 14, words):
        laid = lay_out(line(Speaker.AGENT, text.strip()), WIDTH)
        lines = [laid.text.lineAt(i) for i in range(laid.text.lineCount())]
        ends = [laid.text_at.x() + each.x() + each.naturalTextWidth() for each in lines]
        assert max(ends) - min(ends) < 1
        assert laid.box.left() < min(ends) <= laid.box.right() - 12 + 1


def test_a_long_tag_and_a_long_name_are_shortened_not_spilled() -> None:
    cut = line(Speaker.AGENT, "a b", interrupted=True, heard_chars=0)
    named = Line(cut.turn, "Bartholomew Featherstonehaugh-Cholmondeley", "")
    laid = lay_out(named, 260)
    assert laid.name.endswith("…")
    assert laid.clock_x < laid.box.right()
    assert laid.box.right() <= 260 * 0.74 + 3


def test_a_whisper_has_an_icon_before_its_name_and_stands_left() -> None:
    own = line(Speaker.OPERATOR, "Offer 3:15.")
    plain, whisper = lay_out(own, WIDTH), lay_out(replace(own, manner=Manner.WHISPER), WIDTH)
    assert plain.box.left() == whisper.box.left() == 1
    assert plain.name_x == plain.icon_x == whisper.icon_x
    assert whisper.name_x == whisper.icon_x + ICON + ROW_GAP
    assert whisper.clock_x - whisper.name_x == plain.clock_x - plain.name_x
    assert whisper.box.right() > whisper.tag_x


def test_a_partial_line_ends_in_three_dots() -> None:
    assert shown_text(line(Speaker.AGENT, "I can offer ", final=False)) == "I can offer …"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    text=st.text(st.sampled_from("ab 漢\n😀-\u00a0"), max_size=300),
    width=st.integers(120, 1400),
    speaker=st.sampled_from(Speaker),
    final=st.booleans(),
    heeded_ms=st.none() | st.integers(0, 90_000),
)
def test_the_height_asked_for_is_the_height_drawn(
    text: str, width: int, speaker: Speaker, final: bool, heeded_ms: int | None
) -> None:
    shown = line(speaker, text, final)
    if speaker is Speaker.OPERATOR:
        shown = replace(shown, manner=Manner.WHISPER, heeded_ms=heeded_ms)
    laid = lay_out(shown, width)
    pad = NOTE_PAD * 2 if speaker is Speaker.SYSTEM else 0
    assert row_height(shown, width) == laid.box.height() + pad + GAP
