"""Exact costs, prices that are refused, and the laws that any price list keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.domain.call import Direction
from callconsole.domain.costs import (
    CarrierPrices,
    Prices,
    TokenPrices,
    Tokens,
    Used,
    cost_of,
    price_list,
)
from callconsole.domain.problems import ProblemError

LIVE = TokenPrices(Decimal("0.75"), Decimal(3), Decimal("4.5"), Decimal(12))
OLD = TokenPrices(Decimal("0.5"), Decimal(3), Decimal(2), Decimal(12))
PRICES = Prices(
    date(2026, 9, 18),
    "calls within the United States",
    "USD",
    CarrierPrices(
        Decimal("0.014"), Decimal("0.0044"), Decimal("0.0075"), Decimal("0.02"), Decimal("0.0085")
    ),
    {"usual": LIVE, "old-live": OLD},
)


def table() -> dict[str, Any]:
    tokens = {"text_in": 1, "audio_in": Decimal("3.5"), "text_out": 0, "audio_out": 12}
    return {
        "as_of": date(2026, 9, 18),
        "where": "here",
        "currency": "eur",
        "carrier": {
            "voice_minute": Decimal("0.014"),
            "stream_minute": 0,
            "detection": 0,
            "transfer_minute": 1,
            "incoming_minute": 0,
        },
        "models": {"usual": tokens},
    }


def test_three_minutes_with_detection_cost_what_twilio_charges() -> None:
    cost = cost_of(Used(talked_s=180.0, streamed_s=180.0, detections=1), PRICES, "any")
    assert cost.parts == {
        "calling": Decimal("0.042"),
        "sound stream": Decimal("0.0132"),
        "who answered": Decimal("0.0075"),
    }
    assert cost.amount == Decimal("0.0627")


@pytest.mark.parametrize(
    ("talked_s", "minutes"), [(0.0, 1), (0.5, 1), (60.0, 1), (60.001, 2), (3600.0, 60)]
)
def test_a_minute_counts_once_it_has_begun(talked_s: float, minutes: int) -> None:
    assert cost_of(Used(talked_s=talked_s), PRICES, "any").amount == minutes * Decimal("0.014")


def test_a_call_that_comes_in_has_its_own_price() -> None:
    used = Used(talked_s=61.0, direction=Direction.INCOMING)
    assert cost_of(used, PRICES, "any").parts == {"being called": Decimal("0.017")}
    assert cost_of(replace(used, talked_s=None), PRICES, "any").parts == {}


def test_a_call_that_nobody_answered_costs_nothing_but_the_ai() -> None:
    assert cost_of(Used(detections=1), PRICES, "any").parts == {}
    used = Used(detections=1, tokens=Tokens(text_in=1_000_000))
    assert cost_of(used, PRICES, "any").parts == {"AI": Decimal("0.75")}


def test_tokens_cost_by_kind_and_by_model() -> None:
    used = Used(tokens=Tokens(text_in=2000, audio_in=10_000, text_out=400, audio_out=5000))
    # 0.0015 + 0.03 + 0.0018 + 0.06, and with the older model 0.001 + 0.03 + 0.0008 + 0.06.
    assert cost_of(used, PRICES, "gemini-3.8-live").amount == Decimal("0.0933")
    assert cost_of(used, PRICES, "old-live").amount == Decimal("0.0918")
    path = "projects/p/locations/l/publishers/google/models/old-live"
    assert cost_of(used, PRICES, path).amount == Decimal("0.0918")


def test_a_transfer_costs_its_second_call() -> None:
    used = Used(talked_s=200.0, streamed_s=50.0, transferred_s=121.0)
    assert cost_of(used, PRICES, "any").parts == {
        "calling": Decimal("0.056"),
        "sound stream": Decimal("0.0044"),
        "passing on": Decimal("0.06"),
    }


def test_it_says_that_it_is_an_estimate_and_of_which_day() -> None:
    used = Used(talked_s=10.0, tokens=Tokens(audio_out=1234))
    assert cost_of(used, PRICES, "any").as_json() == {
        "estimate": True,
        "charged": True,
        "currency": "USD",
        "amount": 0.0288,
        "parts": {"calling": 0.014, "AI": 0.0148},
        "prices_of": "2026-09-18",
    }


def test_a_list_is_read() -> None:
    prices = price_list(table())
    assert (prices.currency, prices.where) == ("EUR", "here")
    assert prices.carrier.transfer_minute == Decimal(1)
    assert prices.of_model("whatever").audio_in == Decimal("3.5")


@pytest.mark.parametrize(
    ("place", "value", "named"),
    [
        (("as_of",), "yesterday", "as_of is no date"),
        (("as_of",), datetime(2026, 9, 18, tzinfo=UTC), "as_of is no date"),
        (("where",), "  ", "where is missing"),
        (("currency",), None, "currency is missing"),
        (("carrier",), 3, "carrier is missing"),
        (("carrier", "detection"), "free", "carrier.detection is no number"),
        (("carrier", "detection"), True, "carrier.detection is no number"),
        (("carrier", "voice_minute"), -1, "carrier.voice_minute is no price"),
        (("carrier", "voice_minute"), Decimal("nan"), "carrier.voice_minute is no price"),
        (("carrier", "voice_minute"), Decimal("inf"), "carrier.voice_minute is no price"),
        (("carrier", "voice_minute"), Decimal("1e999"), "carrier.voice_minute is no price"),
        (("models",), {}, "models.usual is missing"),
        (("models", "usual"), [], "models.usual is missing"),
        (("models", "usual", "audio_in"), None, "models.usual.audio_in is no number"),
    ],
)
def test_a_wrong_list_is_refused_by_name(place: tuple[str, ...], value: object, named: str) -> None:
    given = table()
    inner = given
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    with pytest.raises(ProblemError) as refused:
        price_list(given)
    assert refused.value.problem.code == "prices.malformed"
    assert named in refused.value.problem.cause


seconds = st.floats(0, 20_000)
counts = st.integers(0, 10_000_000)
uses = st.builds(
    Used,
    talked_s=st.none() | seconds,
    streamed_s=seconds,
    transferred_s=seconds,
    detections=st.integers(0, 3),
    tokens=st.builds(Tokens, counts, counts, counts, counts),
)


@given(uses, seconds, seconds, seconds, st.builds(Tokens, counts, counts, counts, counts))
def test_more_use_never_costs_less(
    used: Used, talked_s: float, streamed_s: float, transferred_s: float, tokens: Tokens
) -> None:
    more = replace(
        used,
        talked_s=(used.talked_s or 0.0) + talked_s,
        streamed_s=used.streamed_s + streamed_s,
        transferred_s=used.transferred_s + transferred_s,
        tokens=used.tokens + tokens,
    )
    less_cost, more_cost = cost_of(used, PRICES, "any"), cost_of(more, PRICES, "any")
    assert 0 <= less_cost.amount <= more_cost.amount
    assert all(more_cost.parts.get(name, 0) >= part for name, part in less_cost.parts.items())


@given(uses)
def test_the_parts_make_the_whole(used: Used) -> None:
    cost = cost_of(used, PRICES, "any")
    assert sum(cost.parts.values()) == cost.amount
    assert all(part > 0 for part in cost.parts.values())
