"""The account's resources through the unmodified SDK, and what they forbid."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
import pytest
from practice_customer import ACCOUNT, NUMBER, TOKEN, order
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from callconsole.practice.carrier import AccountFaults, PracticeCarrier
from callconsole.practice.carrier.number import NumberSettings

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
CALLEE = "+14155550104"


async def refusal(sdk: Client, to: str = CALLEE) -> int | None:
    try:
        await sdk.calls.create_async(**order(to=to))
    except TwilioRestException as error:
        return int(error.code)
    return None


async def test_the_number_shows_its_voice_and_where_it_leads(
    carrier: PracticeCarrier, sdk: Client
) -> None:
    (number,) = await sdk.incoming_phone_numbers.list_async()
    assert number.phone_number == NUMBER
    assert (number.capabilities["voice"], number.voice_url) == (True, "")
    carrier.faults.account = AccountFaults(no_voice=True, application=True)
    carrier.own.voice_url = "https://a.example/voice"
    (number,) = await sdk.incoming_phone_numbers.list_async(phone_number=NUMBER)
    assert number.capabilities["voice"] is False
    assert number.voice_url == "https://a.example/voice"
    assert number.voice_application_sid.startswith("AP")
    carrier.faults.account.number_gone = True
    assert await sdk.incoming_phone_numbers.list_async() == []


async def test_the_number_is_led_elsewhere_as_asked(carrier: PracticeCarrier, sdk: Client) -> None:
    (own,) = await sdk.incoming_phone_numbers.list_async()
    number = sdk.incoming_phone_numbers(own.sid)
    changed = await number.update_async(
        voice_url="https://a.example/voice",
        voice_method="GET",
        status_callback="https://a.example/ended",
    )
    assert (changed.voice_url, changed.voice_method) == ("https://a.example/voice", "GET")
    assert changed.status_callback == "https://a.example/ended"
    assert carrier.own == NumberSettings(
        "https://a.example/voice", "GET", "https://a.example/ended", "POST"
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"voice_url": "here"}, 11100),
        ({"voice_url": "https://127.0.0.1/voice"}, 11100),
        ({"status_callback": "ftp://a.example"}, 11100),
        ({"voice_method": "PUT"}, 20001),
        ({"friendly_name": "Front desk"}, 20001),
    ],
)
async def test_what_a_number_cannot_be_set_to_changes_nothing(
    carrier: PracticeCarrier, sdk: Client, fields: dict[str, str], code: int
) -> None:
    (own,) = await sdk.incoming_phone_numbers.list_async()
    good = {"status_callback_method": "GET"}
    with pytest.raises(TwilioRestException) as caught:
        await sdk.incoming_phone_numbers(own.sid).update_async(**good, **fields)
    assert caught.value.code == code
    assert carrier.own == NumberSettings()


async def test_nobody_else_s_number_can_be_changed(carrier: PracticeCarrier, sdk: Client) -> None:
    stranger = sdk.incoming_phone_numbers("PN" + "1" * 32)
    with pytest.raises(TwilioRestException) as caught:
        await stranger.update_async(voice_url="https://a.example/voice")
    assert caught.value.code == 20404
    (own,) = await sdk.incoming_phone_numbers.list_async()
    carrier.faults.account.number_gone = True
    with pytest.raises(TwilioRestException) as caught:
        await sdk.incoming_phone_numbers(own.sid).update_async(voice_method="GET")
    assert caught.value.code == 20404


async def test_a_trial_calls_only_whom_it_has_verified(
    carrier: PracticeCarrier, sdk: Client
) -> None:
    assert await sdk.outgoing_caller_ids.list_async() == []
    carrier.faults.account = AccountFaults(trial=True, verified=("+14155550103",))
    assert (await sdk.api.accounts(ACCOUNT).fetch_async()).type == "Trial"
    (verified,) = await sdk.outgoing_caller_ids.list_async()
    assert verified.phone_number == "+14155550103"
    assert await sdk.outgoing_caller_ids.list_async(phone_number=CALLEE) == []
    assert await refusal(sdk) == 21219
    assert await refusal(sdk, "+14155550103") is None


async def test_without_money_orders_are_refused(carrier: PracticeCarrier, sdk: Client) -> None:
    carrier.faults.account.balance = "0.01"
    assert (await sdk.api.v2010.account.balance.fetch_async()).balance == "0.01"
    assert await refusal(sdk) is None
    carrier.faults.account.balance = "-0.01"
    assert await refusal(sdk) == 20003


async def test_countries_are_open_closed_or_unknown(carrier: PracticeCarrier, sdk: Client) -> None:
    sdk.voice.base_url = carrier.base_url
    countries = sdk.voice.v1.dialing_permissions.countries
    found = await countries("CH").fetch_async()
    assert (found.iso_code, found.country_codes) == ("CH", ["+41"])
    assert found.low_risk_numbers_enabled is True
    carrier.faults.account.closed_countries = frozenset({"US"})
    assert (await countries("US").fetch_async()).low_risk_numbers_enabled is False
    assert await refusal(sdk) == 21215
    for unknown in ("ZZ", "us"):
        with pytest.raises(TwilioException):
            await countries(unknown).fetch_async()


@pytest.mark.parametrize("behind_s", [0.0, 3600.0, -600.0])
async def test_answers_and_refusals_are_dated_by_the_companys_clock(
    carrier: PracticeCarrier, behind_s: float
) -> None:
    carrier.faults.account.clock_behind_s = behind_s
    url = f"{carrier.base_url}/2010-04-01/Accounts/{ACCOUNT}.json"
    async with aiohttp.ClientSession() as web:
        for auth, status in ((aiohttp.BasicAuth(ACCOUNT, TOKEN), 200), (None, 401)):
            answer = await web.get(url, auth=auth)
            assert answer.status == status
            behind = datetime.now(UTC) - parsedate_to_datetime(answer.headers["Date"])
            assert behind.total_seconds() == pytest.approx(behind_s, abs=5)


async def test_the_account_is_asked_for_with_its_own_name(
    carrier: PracticeCarrier, sdk: Client
) -> None:
    with pytest.raises(TwilioException):
        await sdk.api.accounts("AC" + "0" * 32).fetch_async()
    with pytest.raises(TwilioException):
        await sdk.outgoing_caller_ids.list_async(page_size=5000)
