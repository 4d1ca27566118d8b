"""Where a request about the account goes, and what a strange answer means."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from callconsole.adapters.twilio.account import TwilioAccount
from callconsole.adapters.twilio.api import TwilioApi
from callconsole.adapters.twilio.api_session import ApiSession
from callconsole.domain.problems import ProblemError

ACCOUNT = "AC" + "a" * 32


@pytest.mark.parametrize(
    ("base", "asked", "wanted"),
    [
        ("https://api.twilio.com", "https://api.twilio.com/2010", "https://api.twilio.com/2010"),
        ("https://api.twilio.com", "https://voice.twilio.com/v1", "https://voice.twilio.com/v1"),
        (
            "https://api.dublin.ie1.twilio.com",
            "https://voice.twilio.com/v1",
            "https://voice.dublin.ie1.twilio.com/v1",
        ),
        ("http://127.0.0.1:99", "https://voice.twilio.com/v1", "http://127.0.0.1:99/v1"),
        ("https://proxy.example/x", "https://voice.twilio.com/v1", "https://proxy.example/x/v1"),
    ],
)
def test_each_product_has_its_own_host_at_twilio(base: str, asked: str, wanted: str) -> None:
    assert str(ApiSession(base, 1.0)._moved(asked, None)) == wanted


class Answers:
    """Answers every request with the same body and date."""

    def __init__(self) -> None:
        self.body: dict[str, Any] = {}
        self.date = "Thu, 26 Nov 2026 14:30:05 GMT"

    async def answer(self, _request: web.Request) -> web.Response:
        return web.json_response(self.body, headers={"Date": self.date})


@pytest.fixture
async def answers() -> Answers:
    return Answers()


@pytest.fixture
async def account(answers: Answers) -> AsyncIterator[TwilioAccount]:
    app = web.Application()
    app.router.add_get("/{rest:.*}", answers.answer)
    async with TestServer(app) as server:
        api = TwilioApi(ACCOUNT, SecretStr("token"), str(server.make_url("/")).rstrip("/"), 5.0)
        yield TwilioAccount(api)
        await api.close()


async def refused(work: Any) -> str:
    with pytest.raises(ProblemError) as caught:
        await work
    return caught.value.problem.code


async def test_strange_answers_are_unreadable(answers: Answers, account: TwilioAccount) -> None:
    assert await refused(account.account()) == "twilio.account_closed"
    assert await refused(account.balance()) == "twilio.unreadable"
    answers.body = {"balance": "Infinity"}
    assert await refused(account.balance()) == "twilio.unreadable"
    answers.body = {"low_risk_numbers_enabled": "perhaps"}
    assert await refused(account.country("US")) == "twilio.unreadable"


@pytest.mark.parametrize("capabilities", [None, "voice", {"voice": "yes"}, {}, ["voice"]])
async def test_capabilities_that_are_none_mean_no_voice(
    answers: Answers, account: TwilioAccount, capabilities: object
) -> None:
    number = {"phone_number": "+16285550100", "capabilities": capabilities}
    answers.body = {"incoming_phone_numbers": [number], "page_size": 50}
    found = await account.number("+16285550100")
    assert found is not None
    assert not found.voice
    assert [own.number for own in await account.numbers()] == ["+16285550100"]
    assert await account.number("+16285550199") is None


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 26 Nov 2026 14:30:05 -0000"])
async def test_an_answer_without_a_date_says_nothing_of_the_clock(
    answers: Answers, account: TwilioAccount, date: str
) -> None:
    answers.date, answers.body = date, {"status": "active"}
    assert await refused(account.clock_ahead_s()) == "twilio.unreadable"


async def test_an_old_date_means_that_our_clock_is_ahead(
    answers: Answers, account: TwilioAccount
) -> None:
    answers.date, answers.body = "Mon, 01 Jan 2001 00:00:00 GMT", {"status": "active"}
    assert await account.clock_ahead_s() > 24 * 3600
