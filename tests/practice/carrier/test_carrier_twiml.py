from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from practice_customer import STREAM_TWIML
from twilio.twiml.voice_response import Connect as SdkConnect
from twilio.twiml.voice_response import VoiceResponse

from callconsole.practice.carrier import twiml, twiml_reader


def connect(stream: str) -> str:
    return f"<Response><Connect>{stream}</Connect></Response>"


def dial(attributes: str = "", noun: str = "<Number>+14155550123</Number>") -> str:
    return f"<Response><Dial {attributes}>{noun}</Dial></Response>"


def test_the_document_that_the_sdk_writes_is_understood() -> None:
    response = VoiceResponse()
    connected = SdkConnect(action="/after")
    stream = connected.stream(url="wss://a.example/media", name="one")
    stream.parameter(name="token", value="secret")
    response.append(connected)
    response.pause(length=2)
    response.play("", digits="ww12#")
    response.say("Goodbye")
    dial = response.dial(
        caller_id="+14155550100", answer_on_bridge=True, timeout=20, time_limit=600, action="/done"
    )
    dial.number("+14155550123", url="/whisper", status_callback_event="ringing completed")
    response.dial("+14155550124")
    response.redirect("/next", method="GET")
    response.hangup()
    assert twiml_reader.parse(str(response)) == [
        twiml.Connect(
            twiml.Stream("wss://a.example/media", "one", parameters={"token": "secret"}), "/after"
        ),
        twiml.Pause(2),
        twiml.Play("ww12#"),
        twiml.Say("Goodbye"),
        twiml.Dial(
            twiml.Number(
                "+14155550123", "/whisper", status_events=frozenset({"ringing", "completed"})
            ),
            caller_id="+14155550100",
            answer_on_bridge=True,
            timeout_s=20,
            time_limit_s=600,
            action="/done",
        ),
        twiml.Dial(twiml.Number("+14155550124")),
        twiml.Redirect("/next", "GET"),
        twiml.Hangup(),
    ]


def test_an_empty_response_has_no_verbs() -> None:
    assert twiml_reader.parse("<Response/>") == []
    assert twiml_reader.parse("<Response><Reject/></Response>") == [twiml.Reject("rejected")]


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
        (12200, dial('record="true"')),
        (12200, dial('answerOnBridge="yes"')),
        (12200, dial(noun='<Number sendDigits="1">+14155550123</Number>')),
        (12200, dial(noun='<Number statusCallbackEvent="done">+14155550123</Number>')),
        (12200, dial(noun="<Number><b>1</b></Number>")),
        (12200, dial(noun="+14155550123<Number>+14155550123</Number>")),
        (13210, dial('method="PUT"')),
        (13212, dial('timeout="soon"')),
        (13212, dial('timeout="601"')),
        (13215, dial(noun="<Conference>a</Conference>")),
        (13215, dial(noun="<Number>+14155550123</Number>" * 2)),
        (13216, dial('timeLimit="0"')),
        (13221, dial(noun='<Number method="PUT">+14155550123</Number>')),
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
        twiml_reader.parse(text)
    assert caught.value.code == code


def test_a_parameter_has_to_stay_under_500_characters() -> None:
    stream = '<Stream url="wss://a.example/"><Parameter name="t" value="{}"/></Stream>'
    assert len(twiml_reader.parse(connect(stream.format("x" * 498)))) == 1
    with pytest.raises(twiml.TwimlError, match="500"):
        twiml_reader.parse(connect(stream.format("x" * 499)))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        twiml_reader.parse(text)
    except twiml.TwimlError as error:
        assert error.code in (12100, 12200)


@given(st.integers(0, len(STREAM_TWIML) - 1), st.text(max_size=4))
def test_a_damaged_document_is_read_or_refused(at: int, piece: str) -> None:
    try:
        twiml_reader.parse(STREAM_TWIML[:at] + piece + STREAM_TWIML[at + 1 :])
    except twiml.TwimlError as error:
        assert error.code in (12100, 12200, 31922, 31923, 31941)
