"""What the strip's cells say, word for word."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from callconsole.domain.costs import Used, cost_of, malformed
from callconsole.domain.events import AgentHeard, AgentSessionAged, SpeechGapped
from callconsole.viewmodels import readings
from callconsole.viewmodels.figures import GAPS_KEPT, Figures
from fakes.desk import PRICES, SID, USED

AT = datetime(2026, 11, 22, 13, 30, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def with_replies(*delays_ms: int) -> Figures:
    figures = Figures()
    for delay_ms in delays_ms:
        figures.heard(AgentHeard(call_sid=SID, at=AT, delay_ms=delay_ms))
    return figures


def with_gaps(*gaps: tuple[float, int]) -> Figures:
    figures = Figures()
    for at_s, gap_ms in gaps:
        figures.gapped(SpeechGapped(call_sid=SID, at=later(at_s), gap_ms=gap_ms))
    return figures


def test_nothing_is_claimed_before_it_is_known() -> None:
    figures = Figures()
    assert readings.reply(figures).value == "—"
    assert readings.session(figures, AT).value == "—"
    assert readings.cost(None).value == "—"
    assert (readings.gaps(figures, AT).value, readings.gaps(figures, AT).tone) == ("0", "text")
    assert readings.line(figures, AT) == ("Clean", "success", "check-circle-fill")


def test_the_newest_reply_and_the_median() -> None:
    one, three = readings.reply(with_replies(700)), readings.reply(with_replies(700, 1900, 2640))
    assert (one.value, one.aside, one.tone) == ("0.7 s", "", "text")
    assert (three.value, three.aside, three.tone) == ("2.6 s", "med 1.9", "warning")
    assert readings.line(with_replies(2640), AT)[0] == "Slow answer, 2.6 s"
    assert readings.line(with_replies(2640, 700), AT)[0] == "Clean"


@pytest.mark.parametrize(
    ("round_trip_ms", "value", "tone"),
    [
        (None, "—", "text"),
        (84, "84 ms", "text"),
        (250, "250 ms", "text"),
        (251, "251 ms", "warning"),
    ],
)
def test_the_network_is_amber_where_people_begin_to_collide(
    round_trip_ms: int | None, value: str, tone: str
) -> None:
    figures = Figures()
    figures.round_trip_ms = round_trip_ms
    reading = readings.network(figures)
    assert (reading.value, reading.tone) == (value, tone)


def test_the_worst_of_network_and_answer_is_named() -> None:
    figures = with_replies(2640)
    figures.round_trip_ms = 240
    assert readings.line(figures, AT)[0] == "Slow answer, 2.6 s"
    figures.round_trip_ms = 800
    assert readings.line(figures, AT)[0] == "Slow network, 800 ms"
    figures = Figures()
    figures.round_trip_ms = 312
    assert readings.line(figures, AT) == ("Slow network, 312 ms", "warning", "warning-fill")


def test_gaps_count_for_two_minutes() -> None:
    figures = with_gaps((0, 80), (100, 340))
    both = readings.gaps(figures, later(120))
    assert (both.value, both.aside, both.tone) == ("2", "in 2 min", "warning")
    assert both.hint.endswith("In the whole call: 2, the longest 340 ms.")
    assert readings.line(figures, later(120)) == ("2 gaps in 2 min", "warning", "warning-fill")
    assert readings.line(figures, later(121)) == ("1 gap in 2 min", "warning", "warning-fill")
    old = readings.gaps(figures, later(300))
    assert (old.value, old.tone) == ("0", "text")
    assert readings.line(figures, later(300))[0] == "Clean"


def test_gaps_without_end_take_no_room_without_end() -> None:
    figures = with_gaps(*((0, 50),) * (GAPS_KEPT + 5))
    assert figures.gaps == GAPS_KEPT + 5
    assert figures.gaps_since(AT) == GAPS_KEPT


def test_the_connection_ages_by_the_clock() -> None:
    figures = Figures()
    figures.session = AgentSessionAged(
        call_sid=SID, at=AT, age_s=15.0, renewed_from_s=540.0, renewed_by_s=597.0
    )
    reading = readings.session(figures, later(144.5))
    assert (reading.value, reading.aside) == ("02:39", "/ 09:57")
    assert "From 09:00 on it is renewed in a quiet moment, by 09:57" in reading.hint
    assert readings.session(figures, later(-3)).value == "00:15"


def test_the_cost_with_its_parts_and_the_day_of_its_prices() -> None:
    reading = readings.cost(cost_of(USED, PRICES, "any"))
    assert reading.value == "$0.11"
    assert reading.hint == (
        "Estimate, prices of 18 September 2026 for calls within the United States. "
        "calling $0.04, sound stream $0.01, who answered < $0.01, AI $0.05."
    )


def test_practice_is_free_and_says_what_it_would_cost() -> None:
    reading = readings.cost(cost_of(USED, PRICES, "any", charged=False))
    assert reading.value == "Free"
    assert reading.hint.startswith("Practice costs nothing. On the phone line: $0.11. Estimate, ")


def test_a_price_list_that_was_passed_over_is_named() -> None:
    prices = replace(PRICES, problem=malformed("as_of is no date such as 2026-09-18"))
    reading = readings.cost(cost_of(Used(), prices, "any"))
    assert reading.value == "$0.00"
    assert reading.hint.endswith(
        "The price list cannot be used: In prices.toml, as_of is no date such as 2026-09-18."
    )


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("0", "USD", "$0.00"),
        ("0.0001", "USD", "< $0.01"),
        ("0.01", "GBP", "£0.01"),
        ("0.114", "EUR", "€0.11"),
        ("12.5", "CHF", "CHF 12.50"),
    ],
)
def test_money(amount: str, currency: str, text: str) -> None:
    assert readings.money(Decimal(amount), currency) == text
