from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from practice_customer import STREAM_TWIML
from twilio.twiml.voice_response import Connect as SdkConnect
from twilio.twiml.voice_response import VoiceResponse

from callconsole.practice.carrier import twiml


def connect(stream: str) -> str:
    return f"<Response><Connect>{stream}</Connect></Response>"


def test_the_document_that_the_sdk_writes_is_understood() -> None:
    response = VoiceResponse()
    connected = SdkConnect(action="/after")
    stream = connected.stream(url="wss://a.example/media", name="one")
    stream.parameter(name="token", value="secret")
    response.append(connected)
    response.pause(length=2)
    response.play("", digits="ww12#")
    response.say("Goodbye")
    response.redirect("/next", method="GET")
    response.hangup()
    assert twiml.parse(str(response)) == [
        twiml.Connect(
            twiml.Stream("wss://a.example/media", "one", parameters={"token": "secret"}), "/after"
        ),
        twiml.Pause(2),
        twiml.Play("ww12#"),
        twiml.Say("Goodbye"),
        twiml.Redirect("/next", "GET"),
        twiml.Hangup(),
    ]


def test_an_empty_response_has_no_verbs() -> None:
    assert twiml.parse("<Response/>") == []
    assert twiml.parse("<Response><Reject/></Response>") == [twiml.Reject("rejected")]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (12100, ""),
        (12100, "hello"),
        (12100, "<Response>"),
        (12100, "<Answer/>"),
        (12100, '<!DOCTYPE a [<!ENTITY b "c">]><Response>&b;</Response>'),
        (12200, "<Response><Shout/></Response>"),
        (12200, "<Response><hangup/></Response>"),
        (12200, "<Response>words</Response>"),
        (12200, '<Response version="2"/>'),
        (12200, '<Response><Hangup now="1"/></Response>'),
        (12200, "<Response><Hangup><Pause/></Hangup></Response>"),
        (12200, '<Response><Pause length="long"/></Response>'),
        (12200, '<Response><Play digits="12x"/></Response>'),
        (12200, '<Response><Redirect method="PUT">/a</Redirect></Response>'),
        (12200, connect("")),
        (12200, connect("<Room>a</Room>")),
        (12200, connect('<Stream url="wss://a.example/"/>' * 2)),
        (12200, connect('<Stream url="wss://a.example/" speed="2"/>')),
        (12200, connect('<Stream url="wss://a.example/"><Parameter value="1"/></Stream>')),
        (12200, connect('<Stream url="wss://a.example/"><Note name="a"/></Stream>')),
        (31922, connect('<Stream url="https://a.example/"/>')),
        (31922, connect('<Stream url="ws://a.example/"/>')),
        (31922, connect("<Stream/>")),
        (31923, connect('<Stream url="wss://a.example/?token=1"/>')),
        (31923, connect('<Stream url="wss:///media"/>')),
        (31923, connect('<Stream url="wss://[a/"/>')),
        (31941, connect('<Stream url="wss://a.example/" track="both_tracks"/>')),
    ],
)
def test_what_twilio_refuses_is_refused(code: int, text: str) -> None:
    with pytest.raises(twiml.TwimlError) as caught:
        twiml.parse(text)
    assert caught.value.code == code


def test_a_parameter_has_to_stay_under_500_characters() -> None:
    stream = '<Stream url="wss://a.example/"><Parameter name="t" value="{}"/></Stream>'
    assert len(twiml.parse(connect(stream.format("x" * 498)))) == 1
    with pytest.raises(twiml.TwimlError, match="500"):
        twiml.parse(connect(stream.format("x" * 499)))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        twiml.parse(text)
    except twiml.TwimlError as error:
        assert error.code in (12100, 12200)


@given(st.integers(0, len(STREAM_TWIML) - 1), st.text(max_size=4))
def test_a_damaged_document_is_read_or_refused(at: int, piece: str) -> None:
    try:
        twiml.parse(STREAM_TWIML[:at] + piece + STREAM_TWIML[at + 1 :])
    except twiml.TwimlError as error:
        assert error.code in (12100, 12200, 31922, 31923, 31941)
