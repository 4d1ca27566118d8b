"""What a call costs: dated prices, what a call has used of them, and the estimate of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from callconsole.domain.call import Direction
from callconsole.domain.problems import Problem, ProblemError

USUAL_MODEL = "usual"
# No price of a minute or of a million tokens is higher; beyond it something was mistyped.
HIGHEST = 1_000_000
_MINUTE_S = 60
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class CarrierPrices:
    """What the phone company takes, in the list's currency; minutes count once begun.

    Attributes:
        voice_minute: a minute of a call that we placed.
        stream_minute: a minute of its sound reaching us.
        detection: one look at who answered.
        transfer_minute: a minute of the second call that a transfer makes.
        incoming_minute: a minute of a call that somebody else placed.
    """

    voice_minute: Decimal
    stream_minute: Decimal
    detection: Decimal
    transfer_minute: Decimal
    incoming_minute: Decimal


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """What a model takes for a million tokens of each kind; thoughts are text that it writes."""

    text_in: Decimal
    audio_in: Decimal
    text_out: Decimal
    audio_out: Decimal


@dataclass(frozen=True, slots=True)
class Prices:
    """A price list.

    Attributes:
        as_of: the day on which the prices were read.
        where: what they hold for, in words: "calls within the United States".
        currency: ISO code.
        models: by model name; `USUAL_MODEL` for those that are not listed.
        problem: why the operator's own list is not used, or None.
    """

    as_of: date
    where: str
    currency: str
    carrier: CarrierPrices
    models: Mapping[str, TokenPrices]
    problem: Problem | None = None

    def of_model(self, name: str) -> TokenPrices:
        """The prices of this model, which may be a path that ends in its name."""
        return self.models.get(name.rsplit("/", 1)[-1], self.models[USUAL_MODEL])


@dataclass(frozen=True, slots=True)
class Tariff:
    """What calls are charged by: a price list, and the model that talks."""

    prices: Prices
    model: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens that a model was given and has made, by kind."""

    text_in: int = 0
    audio_in: int = 0
    text_out: int = 0
    audio_out: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(
            self.text_in + other.text_in,
            self.audio_in + other.audio_in,
            self.text_out + other.text_out,
            self.audio_out + other.audio_out,
        )


@dataclass(frozen=True, slots=True)
class Used:
    """What one call has used so far.

    Attributes:
        talked_s: seconds since it was answered; None where nobody has.
        streamed_s: seconds of its sound.
        transferred_s: seconds of the second call, where it was passed on.
        detections: times that the carrier was asked who answered.
        direction: who placed the call.
    """

    talked_s: float | None = None
    streamed_s: float = 0.0
    transferred_s: float = 0.0
    detections: int = 0
    tokens: Tokens = Tokens()
    direction: Direction = Direction.OUTGOING


@dataclass(frozen=True, slots=True)
class Cost:
    """An estimate; the invoice is the carrier's and Google's.

    Attributes:
        parts: amounts by what they are for, such as ``calling``; nothing that costs nothing.
        prices: the list that was used.
        charged: False where nothing has to be paid: practice.
    """

    parts: Mapping[str, Decimal]
    prices: Prices
    charged: bool = True

    @property
    def amount(self) -> Decimal:
        """The whole, in the list's currency."""
        return sum(self.parts.values(), Decimal(0))

    def as_json(self) -> dict[str, Any]:
        """JSON-ready, to a hundredth of a cent."""
        return {
            "estimate": True,
            "charged": self.charged,
            "currency": self.prices.currency,
            "amount": _rounded(self.amount),
            "parts": {name: _rounded(amount) for name, amount in self.parts.items()},
            "prices_of": self.prices.as_of.isoformat(),
        }


def cost_of(used: Used, prices: Prices, model: str, *, charged: bool = True) -> Cost:
    """What this use costs with this model; nothing for the carrier before an answer."""
    carrier, per_million = prices.carrier, prices.of_model(model)
    tokens = sum(
        (
            getattr(used.tokens, field.name) * getattr(per_million, field.name)
            for field in fields(Tokens)
        ),
        Decimal(0),
    )
    answered = used.talked_s is not None
    minutes = _minutes(used.talked_s or 0.0, begun=answered)
    incoming = used.direction is Direction.INCOMING
    amounts = {
        "calling": Decimal(0) if incoming else minutes * carrier.voice_minute,
        "being called": minutes * carrier.incoming_minute if incoming else Decimal(0),
        "sound stream": _minutes(used.streamed_s) * carrier.stream_minute,
        "who answered": used.detections * carrier.detection if answered else Decimal(0),
        "passing on": _minutes(used.transferred_s) * carrier.transfer_minute,
        "AI": tokens / _MILLION,
    }
    return Cost({name: amount for name, amount in amounts.items() if amount}, prices, charged)


def price_list(table: Mapping[str, Any]) -> Prices:
    """A price list from a TOML table whose decimals were read as `Decimal`.

    Raises:
        ProblemError: something is missing, or is no price; it names which.
    """
    as_of = table.get("as_of")
    if not isinstance(as_of, date) or isinstance(as_of, datetime):
        _refuse("as_of", "is no date such as 2026-09-18")
    models = {
        name: TokenPrices(
            **_amounts(_table(given, f"models.{name}"), TokenPrices, f"models.{name}")
        )
        for name, given in _table(table.get("models"), "models").items()
    }
    if USUAL_MODEL not in models:
        _refuse(f"models.{USUAL_MODEL}", "is missing")
    carrier = _table(table.get("carrier"), "carrier")
    return Prices(
        as_of=as_of,
        where=_text(table, "where"),
        currency=_text(table, "currency").upper(),
        carrier=CarrierPrices(**_amounts(carrier, CarrierPrices, "carrier")),
        models=models,
    )


def _minutes(seconds: float, *, begun: bool = False) -> int:
    """Minutes begun; a call that was picked up has begun its first."""
    return max(-int(-seconds // _MINUTE_S), int(begun))


def _amounts(
    table: Mapping[str, Any], kind: type[CarrierPrices] | type[TokenPrices], place: str
) -> dict[str, Decimal]:
    amounts = {}
    for field in fields(kind):
        value = table.get(field.name)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            _refuse(f"{place}.{field.name}", "is no number")
        amount = Decimal(value)
        if not amount.is_finite() or not 0 <= amount <= HIGHEST:
            _refuse(f"{place}.{field.name}", "is no price")
        amounts[field.name] = amount
    return amounts


def _table(value: object, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        _refuse(place, "is missing")
    return value


def _text(table: Mapping[str, Any], name: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value.strip():
        _refuse(name, "is missing")
    return value.strip()


def _refuse(place: str, fault: str) -> NoReturn:
    raise ProblemError(malformed(f"{place} {fault}"))


def malformed(fault: str) -> Problem:
    """The operator's price list cannot be used; `fault` says where and why."""
    return Problem(
        "prices.malformed",
        "The price list cannot be used",
        f"In prices.toml, {fault}.",
        "Correct it, or delete it to use the prices that come with the program.",
    )


def _rounded(amount: Decimal) -> float:
    return float(round(amount, 4))
