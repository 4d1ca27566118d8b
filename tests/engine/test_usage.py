"""Tokens and costs of a call, counted from scripted events."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from callconsole.domain import events
from callconsole.domain.call import Call, Direction, EndedBy, Ending, Outcome
from callconsole.domain.costs import CarrierPrices, Prices, Tariff, TokenPrices, Tokens, Used
from callconsole.engine.bus import Bus
from callconsole.engine.call_meter import CallMeter
from callconsole.engine.call_state import first_state
from callconsole.engine.figures import CallFigures
from callconsole.engine.ports import (
    AgentAudio,
    AgentEvent,
    AgentTurnDone,
    AgentUsage,
    AgentWords,
)
from callconsole.engine.usage import TokenMeter, tokens_of
from callconsole.engine.world import Habits
from fakes.engine import FakeClock

SID = "CA" + "0" * 32
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SPEECH = AgentAudio(np.zeros(240, np.int16))
FIRST = AgentUsage(100, 40, 140, {"prompt_audio": 60, "prompt_text": 40, "response_audio": 40})
SECOND = AgentUsage(200, 10, 210, {"prompt_audio": 150, "prompt_text": 50, "response_audio": 10})
FIRST_TOKENS = Tokens(text_in=40, audio_in=60, audio_out=40)
BOTH_TOKENS = Tokens(text_in=90, audio_in=210, audio_out=50)
TARIFF = Tariff(
    Prices(
        date(2026, 9, 18),
        "here",
        "USD",
        CarrierPrices(
            Decimal("0.01"), Decimal("0.001"), Decimal("0.5"), Decimal(3), Decimal("0.007")
        ),
        {"usual": TokenPrices(Decimal(1), Decimal(10), Decimal(100), Decimal(1000))},
    ),
    "gemini-3.8-live",
)


def counted(*happened: AgentEvent) -> Tokens:
    meter = TokenMeter()
    for event in happened:
        meter.take(event)
    return meter.tokens


def test_what_is_charged_by_kind() -> None:
    kinds = {
        "prompt_text": 332,
        "prompt_audio": 165,
        "prompt_unspecified": 25,
        "response_audio": 42,
        "response_thoughts": 136,
    }
    tokens = tokens_of(AgentUsage(530, 42, 572, kinds))
    # 8 of the prompt have no modality at all.
    assert tokens == Tokens(text_in=365, audio_in=165, text_out=136, audio_out=42)
    assert tokens_of(AgentUsage(0, 7, 7)) == Tokens(audio_out=7)


def test_turns_add_up() -> None:
    assert counted(SPEECH, AgentTurnDone(), FIRST) == FIRST_TOKENS
    assert counted(SPEECH, AgentTurnDone(), FIRST, SPEECH, AgentTurnDone(), SECOND) == BOTH_TOKENS
    assert counted(SPEECH, FIRST, AgentTurnDone(), SPEECH, SECOND, AgentTurnDone()) == BOTH_TOKENS


def test_a_turn_without_sound_counts_too() -> None:
    assert counted(AgentTurnDone(), FIRST, AgentTurnDone(), SECOND) == BOTH_TOKENS


def test_reports_that_repeat_within_a_turn_count_once() -> None:
    half = AgentUsage(100, 20, 120, {"prompt_audio": 60, "prompt_text": 40, "response_audio": 20})
    caller = AgentWords("Yes.", by_caller=True)
    again = (SPEECH, half, SPEECH, FIRST, AgentTurnDone(), FIRST, caller, FIRST)
    assert counted(*again) == FIRST_TOKENS
    assert counted(*again, SPEECH, SECOND) == BOTH_TOKENS


usages = st.builds(
    AgentUsage,
    st.integers(0, 1000),
    st.integers(0, 1000),
    st.integers(0, 2000),
    st.dictionaries(
        st.sampled_from(
            ["prompt_audio", "prompt_text", "prompt_image", "response_audio", "response_text",
             "response_thoughts", "other"]
        ),
        st.integers(0, 1000),
    ),
)  # fmt: skip


@given(usages)
def test_whatever_a_server_says_no_kind_is_negative(usage: AgentUsage) -> None:
    tokens = tokens_of(usage)
    assert min(tokens.text_in, tokens.audio_in, tokens.text_out, tokens.audio_out) >= 0
    assert tokens.text_in + tokens.audio_in >= usage.prompt_tokens
    assert tokens.text_out + tokens.audio_out >= usage.response_tokens


def at(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def test_a_call_that_comes_in_is_metered_as_one() -> None:
    call = Call(
        sid=SID,
        to="+16285550100",
        from_number="+14155552671",
        prompt="",
        line="phone",
        placed_at=AT,
        direction=Direction.INCOMING,
    )
    state = first_state(call, Bus(), FakeClock(), Habits("", tariff=TARIFF))
    state.figures.take(events.CallAnswered(call_sid=SID, at=at(0)))
    cost = state.figures.meter.cost(at(70))
    assert cost is not None
    assert cost.charged
    assert cost.parts == {"being called": Decimal("0.014")}


def test_a_call_is_metered_from_its_answer_to_its_end() -> None:
    meter = CallMeter(TARIFF, detections=1)
    assert meter.used(at(5)) == Used(detections=1)
    for event in (
        events.CallAnswered(call_sid=SID, at=at(10)),
        events.StreamStarted(call_sid=SID, at=at(11), stream_sid="MZ1"),
        events.UsageMeasured(call_sid=SID, at=at(15), tokens=FIRST_TOKENS),
        events.UsageMeasured(call_sid=SID, at=at(25), tokens=BOTH_TOKENS),
    ):
        meter.take(event)
    assert meter.used(at(30)) == Used(20.0, 19.0, 0.0, 1, BOTH_TOKENS)
    for event in (
        events.StreamStopped(call_sid=SID, at=at(40)),
        events.TransferAnswered(call_sid=SID, at=at(50), to="+1"),
        events.TransferEnded(call_sid=SID, at=at(80), to="+1", reached=True, reason=""),
        events.StreamStarted(call_sid=SID, at=at(81), stream_sid="MZ2", gap_ms=41_000),
        events.CallEnded(call_sid=SID, at=at(91), ending=Ending(Outcome.COMPLETED, EndedBy.CALLER)),
        events.StreamStopped(call_sid=SID, at=at(92)),
    ):
        meter.take(event)
    assert meter.used(at(5000)) == Used(81.0, 39.0, 30.0, 1, BOTH_TOKENS)
    cost = meter.cost(at(5000))
    assert cost is not None
    assert cost.parts == {
        "calling": Decimal("0.02"),
        "sound stream": Decimal("0.001"),
        "who answered": Decimal("0.5"),
        "passing on": Decimal(3),
        # 90 x 1 + 210 x 10 + 50 x 1000 millionths.
        "AI": Decimal("0.05219"),
    }
    assert cost.charged


def test_practice_has_an_estimate_that_nobody_pays() -> None:
    figures = CallFigures(CallMeter(TARIFF, charged=False))
    figures.take(events.CallAnswered(call_sid=SID, at=at(0)))
    figures.take(events.UsageMeasured(call_sid=SID, at=at(61), tokens=FIRST_TOKENS))
    counted = figures.as_json()
    assert counted["tokens"] == {"text_in": 40, "audio_in": 60, "text_out": 0, "audio_out": 40}
    assert counted["cost"] == {
        "estimate": True,
        "charged": False,
        "currency": "USD",
        "amount": 0.0606,
        "parts": {"calling": 0.02, "AI": 0.0406},
        "prices_of": "2026-09-18",
    }


def test_gaps_are_counted() -> None:
    figures = CallFigures()
    for gap_ms in (80, 340, 60):
        figures.take(events.SpeechGapped(call_sid=SID, at=AT, gap_ms=gap_ms))
    assert figures.as_json()["gaps"] == {"count": 3, "sum_ms": 480, "longest_ms": 340}
