"""Numbers as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.domain import phone
from callconsole.domain.problems import ProblemError


@pytest.mark.parametrize(
    ("typed", "region", "e164", "formatted"),
    [
        ("4155552671", "US", "+14155552671", "+1 415-555-2671"),
        ("+1 (415) 555-2671", "US", "+14155552671", "+1 415-555-2671"),
        ("tel:+44-20-7946-0018;ext=2", "US", "+442079460018", "+44 20 7946 0018"),
        ("1-800-FLOWERS", "US", "+18003569377", "+1 800-356-9377"),
        ("22 555 01 20", "PL", "+48225550120", "+48 22 555 01 20"),
    ],
)
def test_reads_what_people_paste(typed: str, region: str, e164: str, formatted: str) -> None:
    number = phone.parse(typed, region)
    assert number.e164 == e164
    assert number.formatted == formatted


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "number.empty"),
        ("911", "number.emergency"),
        ("112", "number.emergency"),
        ("12", "number.too_short"),
        ("hello there, friend", "number.invalid"),
        ("+1 900 555 0100", "number.premium"),
        ("+1 555 555 5555 5555", "number.impossible"),
        ("+999 1234567", "number.invalid"),
    ],
)
def test_refuses_with_a_reason(typed: str, code: str) -> None:
    with pytest.raises(ProblemError) as caught:
        phone.parse(typed)
    problem = caught.value.problem
    assert problem.code == code
    assert problem.cause
    assert problem.cure


def test_emergency_numbers_follow_the_country() -> None:
    assert phone.is_emergency("999", "US")
    assert phone.is_emergency("110", "DE")
    assert not phone.is_emergency("4155552671", "US")


def test_formats_while_typing() -> None:
    shown = [phone.format_as_typed("4155552671"[:count]) for count in (3, 7, 10)]
    assert shown == ["415", "415-5552", "(415) 555-2671"]
    assert phone.format_as_typed("+442079460018") == "+44 20 7946 0018"


def test_place_and_pretty() -> None:
    assert phone.parse("+14155552671").place == "San Francisco, CA"
    assert phone.pretty("+14155552671") == "+1 415-555-2671"
    assert phone.pretty("anonymous") == "anonymous"
    assert phone.country_code("PL") == 48


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_a_problem(text: str) -> None:
    try:
        number = phone.parse(text)
    except ProblemError as error:
        assert error.problem.code.startswith("number.")
    else:
        assert phone.parse(number.e164).e164 == number.e164
    phone.format_as_typed(text)
