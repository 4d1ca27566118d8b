"""Phone numbers as people type them: parsing, formatting, and the numbers never to be called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, shortnumberinfo

from callconsole.domain.problems import Problem, ProblemError

_PREMIUM = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number that may be dialled.

    Attributes:
        e164: plus sign, country code and number without spaces.
        formatted: as people of any country read it, ``+1 415-555-2671``.
        region: ISO country of the number, ``US``; empty where none fits.
    """

    e164: str
    formatted: str
    region: str

    @property
    def place(self) -> str:
        """City, state or country in words; may be empty."""
        return place_of(self.e164)


def _refuse(code: str, title: str, cause: str, cure: str) -> ProblemError:
    return ProblemError(Problem(code=f"number.{code}", title=title, cause=cause, cure=cure))


def _not_a_number(text: str) -> ProblemError:
    return _refuse(
        "invalid",
        "That is not a phone number",
        f"“{text.strip()}” cannot be read as a number.",
        "Type digits, with + and the country code for other countries.",
    )


def _cleaned(text: str) -> str:
    """The text without a ``tel:`` prefix or parameters, letters turned into their digits."""
    bare = re.sub(r"^\s*(tel|sip|callto):", "", text, flags=re.IGNORECASE).split(";")[0].strip()
    return phonenumbers.convert_alpha_characters_in_number(bare)


def parse(text: str, region: str = "US") -> PhoneNumber:
    """Read a number as typed or pasted.

    Args:
        text: anything: spaces, brackets, ``tel:``, letters for digits.
        region: ISO country that is meant where no ``+`` stands in front.

    Raises:
        ProblemError: the text is no number, cannot exist, or must not be called.
    """
    cleaned = _cleaned(text)
    if not cleaned:
        raise _refuse(
            "empty", "No number", "Nothing was typed.", "Type the number to call, with its country."
        )
    if not any(character.isdigit() for character in text):
        raise _not_a_number(text)
    digits = re.sub(r"[^\d+]", "", cleaned)
    if is_emergency(digits, region):
        raise _refuse(
            "emergency",
            "Emergency numbers are not called from here",
            f"{digits} is an emergency number.",
            "Use your own phone to reach the emergency services.",
        )
    try:
        number = phonenumbers.parse(cleaned, region)
    except phonenumbers.NumberParseException:
        raise _not_a_number(text) from None
    return _dialable(number)


def _dialable(number: phonenumbers.PhoneNumber) -> PhoneNumber:
    formatted = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    if not phonenumbers.is_possible_number(number):
        reason = phonenumbers.is_possible_number_with_reason(number)
        short = reason == phonenumbers.ValidationResult.TOO_SHORT
        raise _refuse(
            "too_short" if short else "impossible",
            "The number is too short" if short else "That number cannot exist",
            f"{formatted} does not have the right number of digits for its country.",
            "Check the digits and the country code.",
        )
    if not phonenumbers.is_valid_number(number):
        raise _refuse(
            "invalid",
            "That number cannot exist",
            f"{formatted} belongs to no range of numbers in its country.",
            "Check the digits and the country code.",
        )
    if phonenumbers.number_type(number) in _PREMIUM:
        raise _refuse(
            "premium",
            "Premium numbers are not called from here",
            f"{formatted} is charged at a special rate.",
            "Call an ordinary number of the same party.",
        )
    return PhoneNumber(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        formatted=formatted,
        region=phonenumbers.region_code_for_number(number) or "",
    )


@lru_cache(maxsize=256)
def place_of(e164: str) -> str:
    """City, state or country of a number in words; may be empty.

    The table of places takes a third of a second and 98 MB to load, so only the window uses it:
    `warm_up` loads it ahead of time.
    """
    from phonenumbers import geocoder

    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return ""
    return geocoder.description_for_number(number, "en")


def warm_up() -> None:
    """Load the table of places; for a thread."""
    place_of("+14155550100")


def is_emergency(digits: str, region: str) -> bool:
    """True where the digits alone reach the emergency services of the region or 112/911/999."""
    bare = digits.lstrip("+")
    if bare in {"112", "911", "999"}:
        return True
    return bool(shortnumberinfo.is_emergency_number(bare, region))


def format_as_typed(text: str, region: str = "US") -> str:
    """The digits typed so far, spaced as the country writes them; letters become digits."""
    cleaned = _cleaned(text)
    formatter = phonenumbers.AsYouTypeFormatter(region)
    shown = ""
    for character in re.sub(r"[^\d+*#]", "", cleaned):
        shown = formatter.input_digit(character)
    return shown


def pretty(e164: str) -> str:
    """An E.164 number as people read it; anything else comes back as it is."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def country_code(region: str) -> int:
    """The calling code of an ISO country: 1 for US; 0 where there is none."""
    return phonenumbers.country_code_for_region(region)
