"""The strip of a call in words: what its cells say, and whether the callee hears it clean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from callconsole.domain.costs import Cost
from callconsole.viewmodels.clock_text import clock_text
from callconsole.viewmodels.figures import Figures

NONE = "—"
# How far back gaps are of interest: an old one says nothing of the line as it is.
RECENT = timedelta(minutes=2)
# People wait about this long before they ask whether anybody is there.
SLOW_S = 2.5
# People begin to speak into each other when the way to the carrier and back takes longer.
FAR_MS = 250
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure with a quiet aside; `hint` says more on hover, `tone` is a token's name."""

    value: str
    aside: str = ""
    hint: str = ""
    tone: str = "text"


def buffered(buffered_ms: int) -> Reading:
    """Sound that the phone company holds."""
    hint = "Sound that Twilio holds and has not played yet: it rides out hitches of the network."
    return Reading(f"{buffered_ms} ms", hint=hint)


def network(figures: Figures) -> Reading:
    """How long sound takes to the phone company and back."""
    hint = (
        "How long sound takes to Twilio and back, the least of the last 30 s: part of every "
        "answer's delay."
    )
    took_ms = figures.round_trip_ms
    if took_ms is None:
        return Reading(NONE, hint=hint)
    return Reading(f"{took_ms} ms", hint=hint, tone="warning" if took_ms > FAR_MS else "text")


def reply(figures: Figures) -> Reading:
    """The newest reply time and the usual one."""
    hint = "From the callee's last sound until they heard the answer, and the median."
    newest, usual = figures.reply_s, figures.reply_median_s
    if newest is None:
        return Reading(NONE, hint=hint)
    aside = f"med {usual:.1f}" if usual is not None else ""
    return Reading(f"{newest:.1f} s", aside, hint, "warning" if newest > SLOW_S else "text")


def gaps(figures: Figures, now: datetime) -> Reading:
    """Holes that the callee has heard lately."""
    recent = figures.gaps_since(now - RECENT)
    hint = "Holes that the callee heard in the middle of what was said."
    if figures.gaps:
        hint += f" In the whole call: {figures.gaps}, the longest {figures.longest_gap_ms} ms."
    return Reading(str(recent), "in 2 min", hint, "warning" if recent else "text")


def session(figures: Figures, now: datetime) -> Reading:
    """Age of the AI's connection, and the age by which it is renewed."""
    known = figures.session
    if known is None:
        return Reading(NONE, hint="Age of the AI's connection.")
    age_s = known.age_s + max(0.0, (now - known.at).total_seconds())
    begin, end = clock_text(known.renewed_from_s), clock_text(known.renewed_by_s)
    hint = (
        f"Age of the AI's connection. From {begin} on it is renewed in a quiet moment, by {end} "
        "in any case; the conversation goes on."
    )
    return Reading(clock_text(age_s), f"/ {end}", hint)


def cost(estimate: Cost | None) -> Reading:
    """What the call costs so far."""
    if estimate is None:
        return Reading(NONE, hint="What the call costs is not known.")
    prices = estimate.prices
    whole = money(estimate.amount, prices.currency)
    parts = ", ".join(_parts(estimate.parts, prices.currency))
    day = f"{prices.as_of.day} {prices.as_of:%B %Y}"
    said = [f"Estimate, prices of {day} for {prices.where}.", f"{parts}." if parts else ""]
    if not estimate.charged:
        said.insert(0, f"Practice costs nothing. On the phone line: {whole}.")
    if prices.problem is not None:
        said.append(f"{prices.problem.title}: {prices.problem.cause}")
    hint = " ".join(filter(None, said))
    return Reading(whole if estimate.charged else "Free", hint=hint)


def line(figures: Figures, now: datetime) -> tuple[str, str, str]:
    """How the callee hears a line that carries sound: words, tone, icon."""
    recent = figures.gaps_since(now - RECENT)
    if recent:
        words = "1 gap" if recent == 1 else f"{recent} gaps"
        return (f"{words} in 2 min", "warning", "warning-fill")
    reply_s, round_trip_ms = figures.reply_s or 0.0, figures.round_trip_ms or 0
    slow, far = reply_s / SLOW_S, round_trip_ms / FAR_MS
    if max(slow, far) > 1:
        words = f"Slow answer, {reply_s:.1f} s"
        if far > slow:
            words = f"Slow network, {round_trip_ms} ms"
        return (words, "warning", "warning-fill")
    return ("Clean", "success", "check-circle-fill")


def money(amount: Decimal, currency: str) -> str:
    """An amount to the cent: ``$0.11``, ``CHF 0.11``; ``< $0.01`` where it is less than one."""
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    if 0 < amount < _CENT:
        return f"< {symbol}{_CENT}"
    return f"{symbol}{amount:.2f}"


def _parts(parts: Mapping[str, Decimal], currency: str) -> list[str]:
    return [f"{name} {money(amount, currency)}" for name, amount in parts.items()]
