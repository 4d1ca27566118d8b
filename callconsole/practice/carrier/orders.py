"""What a customer asks for when placing a call, and the facts that all messages of it carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

import phonenumbers
from phonenumbers import PhoneNumberType

from callconsole.practice.carrier.amd import AmdOrder

API_VERSION = "2010-04-01"
EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})

_PREMIUM = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})


@dataclass(frozen=True, slots=True)
class TwimlSource:
    """Where a call's instructions come from: inline `text`, or else an address."""

    text: str = ""
    url: str = ""
    method: str = "POST"
    fallback_url: str = ""
    fallback_method: str = "POST"


@dataclass(frozen=True, slots=True)
class Order:
    """One call as ordered.

    Attributes:
        to: number to call, E.164.
        from_number: number to show, E.164.
        twiml: what to do after the answer.
        status_callback: where events are posted, or empty.
        status_callback_method: POST or GET.
        status_events: initiated, ringing, answered, completed.
        ring_timeout_s: longest ringing.
        time_limit_s: longest call.
        amd: answering machine detection, or None.
        incoming: somebody calls the customer's number; nothing was ordered.
        parent_sid: the call that dialled this one by its TwiML; empty for one ordered by REST.
    """

    to: str
    from_number: str
    twiml: TwimlSource
    status_callback: str
    status_callback_method: str
    status_events: frozenset[str]
    ring_timeout_s: int
    time_limit_s: int
    amd: AmdOrder | None
    parent_sid: str = ""
    incoming: bool = False

    @property
    def direction(self) -> str:
        """Twilio's word for who ordered the call, and how."""
        if self.incoming:
            return "inbound"
        return "outbound-dial" if self.parent_sid else "outbound-api"


def rfc2822(at: datetime) -> str:
    """A time as the API writes it: ``Tue, 10 Aug 2010 08:02:17 +0000``."""
    return format_datetime(at.astimezone(UTC))


def is_number(text: str) -> bool:
    """True for E.164 numbers that could exist."""
    if not text.startswith("+"):
        return False
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        return False


def is_premium(number: str) -> bool:
    """True for numbers whose calls cost extra, which an account may not call by default."""
    return phonenumbers.number_type(phonenumbers.parse(number)) in _PREMIUM


def party_fields(to: str, from_number: str) -> dict[str, str]:
    """Both numbers, under both of their names, with where they are as far as it is known."""
    fields: dict[str, str] = {}
    for names, number in ((("To", "Called"), to), (("From", "Caller"), from_number)):
        for name in names:
            fields[name] = number
            fields[f"{name}Country"] = _country(number)
            fields |= {f"{name}{part}": "" for part in ("City", "State", "Zip")}
    return fields


def _country(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.region_code_for_number(parsed) or "US"
