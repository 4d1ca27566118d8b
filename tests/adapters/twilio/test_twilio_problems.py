"""Twilio's refusals in words: every known code is complete, and nothing private gets through."""

from __future__ import annotations

import ssl

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.adapters.twilio import problems
from callconsole.domain.problems import Problem

KNOWN = [20003, 21211, 21212, 21210, 21219, 573002, 573005, 10002, 21214, 21215, 21216, 13224]
KNOWN += [13227, 21220, 10004, 20429, 22005, 11200, 11205, 12100, 12200, 32018, 31901, 31920]


def complete(problem: Problem) -> bool:
    words = (problem.title, problem.cause, problem.cure)
    return all(words) and not problem.title.endswith(".") and "!" not in "".join(words)


@pytest.mark.parametrize("number", KNOWN)
def test_a_known_code_has_words_and_a_page(number: int) -> None:
    for code in (number, str(number)):
        problem = problems.refused(400, code, "Twilio's own words")
        assert problem.code == f"twilio.{number}"
        assert complete(problem)
        assert problem.link is not None
        assert problem.link.startswith("https://")
        assert "Twilio's own words" not in problem.sentence()


def test_an_unknown_code_repeats_twilio_without_the_number() -> None:
    said = "Unable to create record: The number +14155550100 is odd.\n\x1b[31mReally"
    problem = problems.refused(400, 60001, said)
    assert problem.cause == "Twilio says: “The number …00 is odd.”"
    assert problem.link == "https://www.twilio.com/docs/errors/60001"


@pytest.mark.parametrize(
    "said",
    [
        "The number +1 415-555-0100 is unverified. Trial accounts may only call verified numbers.",
        "Account has limited parameter access",
        "disallowed parameters for this account",
    ],
)
def test_a_trial_accounts_limits_are_recognised_by_their_words(said: str) -> None:
    problem = problems.refused(400, 60002, said)
    assert "Upgrade" in problem.cure
    assert "415" not in problem.sentence()


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "twilio.20003"),
        (403, "twilio.20003"),
        (404, "twilio.20404"),
        (429, "twilio.20429"),
        (400, "twilio.refused"),
        (500, "twilio.unavailable"),
        (503, "twilio.unavailable"),
    ],
)
def test_without_a_code_the_status_tells(status: int, code: str) -> None:
    for given_code in (None, status, [], {}, "x", True, 1.5, "9" * 30):
        problem = problems.refused(status, given_code, None)
        assert problem.code == code
        assert complete(problem)


@given(st.integers(300, 599), st.integers() | st.text() | st.none(), st.text() | st.none())
def test_any_refusal_has_words(status: int, code: object, message: object) -> None:
    problem = problems.refused(status, code, message)
    assert problem.code.startswith("twilio.")
    assert problem.title
    assert problem.cure
    assert len(problem.cause) < 300


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TimeoutError(), "twilio.timeout"),
        (aiohttp.ServerTimeoutError(), "twilio.timeout"),
        (aiohttp.ServerDisconnectedError(), "twilio.connection_lost"),
        (ConnectionResetError(), "twilio.connection_lost"),
        (ssl.SSLError(), "twilio.tls"),
        (ValueError(), "twilio.unreadable"),
    ],
)
def test_every_way_not_to_reach_twilio_has_words(error: Exception, code: str) -> None:
    problem = problems.unreachable(error)
    assert problem.code == code
    assert complete(problem)


def test_other_problems_are_complete() -> None:
    assert complete(problems.unreadable())
    assert complete(problems.account_closed("suspended"))
    assert complete(problems.no_public_address())
    assert complete(problems.perhaps_placed(problems.unreadable()).problem)
    for sip_code in (None, 404, 503):
        assert complete(problems.failed_call(sip_code, None))
    assert problems.failed_call(None, 21215).code == "twilio.21215"
