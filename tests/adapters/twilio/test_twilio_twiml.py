"""The documents, as the SDK writes them and as XML reads them back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webhook_desk import read_document

from callconsole.adapters.twilio import twiml
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import Transfer

PUBLIC = "https://desk.example.com"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
STREAM = (
    f'<Connect action="{PUBLIC}/twiml/stream-ended" method="POST">'
    '<Stream url="wss://desk.example.com/media-stream">'
    '<Parameter name="token" value="one-time" /></Stream></Connect>'
)


def test_a_stream_that_ends_comes_back_to_us() -> None:
    document = twiml.stream_document(PUBLIC + "/", "one-time")
    assert document == f"{HEAD}<Response>{STREAM}</Response>"


def test_keys_are_pressed_before_the_new_stream() -> None:
    document = twiml.keys_document(PUBLIC, "ww1*#A", "one-time")
    assert document == f'{HEAD}<Response><Play digits="ww1*#A" />{STREAM}</Response>'


def test_a_transfer_is_bounded_whispers_and_comes_back() -> None:
    transfer = Transfer("+14155550120", ring_timeout_s=15, time_limit_s=900)
    assert twiml.transfer_document(PUBLIC, "+16285550100", transfer) == (
        f"{HEAD}<Response>"
        f'<Dial action="{PUBLIC}/twiml/transfer-ended" answerOnBridge="true" '
        'callerId="+16285550100" method="POST" timeLimit="900" timeout="15">'
        f'<Number method="POST" url="{PUBLIC}/twiml/whisper">+14155550120</Number>'
        "</Dial></Response>"
    )


def test_the_end_is_a_hang_up() -> None:
    assert twiml.hangup_document() == f"{HEAD}<Response><Hangup /></Response>"


def test_a_whisper_is_said_and_nothing_to_say_is_silence() -> None:
    document = twiml.whisper_document("A call for Tom & Ann:\n  it is <urgent>.")
    said = "<Say>A call for Tom &amp; Ann: it is &lt;urgent&gt;.</Say>"
    assert document == f"{HEAD}<Response>{said}</Response>"
    assert twiml.whisper_document(" \x00 ") == f"{HEAD}<Response />"


def test_a_long_whisper_ends_after_a_whole_word() -> None:
    (said,) = read_document(twiml.whisper_document("welcome " * 200))
    assert said.text == " ".join(["welcome"] * 75)


@given(st.text(st.characters(), max_size=3000))
def test_any_whisper_is_a_document_that_can_be_read(text: str) -> None:
    document = twiml.whisper_document(text)
    assert len(document) <= 4000
    words = "".join(element.text or "" for element in read_document(document))
    assert len(words) <= 600
    printable = "".join(c if c.isprintable() else " " for c in text)
    assert " ".join(printable.split()).startswith(words)


@pytest.mark.parametrize("address", ["", "http://desk.example.com", "https://"])
def test_without_a_public_https_address_there_is_no_document(address: str) -> None:
    for write in (
        lambda: twiml.stream_document(address, "t"),
        lambda: twiml.keys_document(address, "1", "t"),
        lambda: twiml.transfer_document(address, "+16285550100", Transfer("+14155550120")),
    ):
        with pytest.raises(ProblemError) as caught:
            write()
        assert caught.value.problem.code == "twilio.no_public_address"


def test_what_twilio_would_not_take_for_its_length_is_not_written() -> None:
    with pytest.raises(ProblemError) as caught:
        twiml.keys_document(PUBLIC, "1" * 4000, "t")
    assert caught.value.problem.code == "twilio.32018"
