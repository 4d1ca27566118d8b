from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from practice_customer import ACCOUNT, NUMBER, PUBLIC, STREAM_TWIML, TOKEN, order
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from callconsole.practice.carrier import PracticeCarrier, RestFault

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
async def web(carrier: PracticeCarrier) -> AsyncIterator[aiohttp.ClientSession]:
    auth = "Basic " + aiohttp.encode_basic_auth(ACCOUNT, TOKEN).removeprefix("Basic ")
    base = f"{carrier.base_url}/2010-04-01/Accounts/{ACCOUNT}/"
    async with aiohttp.ClientSession(base, headers={"Authorization": auth}) as session:
        yield session


async def refused(work: Any) -> TwilioRestException:
    with pytest.raises(TwilioRestException) as caught:
        await work
    return caught.value


async def test_create_fetch_and_end_with_the_async_sdk(
    carrier: PracticeCarrier, sdk: Client
) -> None:
    placed = await sdk.calls.create_async(**order(to="+14155550104"))
    assert placed.sid.startswith("CA")
    assert len(placed.sid) == 34
    assert (placed.status, placed.direction) == ("queued", "outbound-api")
    assert (placed.to, placed._from) == ("+14155550104", NUMBER)
    assert placed.date_created.tzinfo is not None
    fetched = await sdk.calls(placed.sid).fetch_async()
    assert fetched.status in ("queued", "ringing")
    ended = await sdk.calls(placed.sid).update_async(status="completed")
    assert ended.status == "canceled"
    again = await refused(sdk.calls(placed.sid).update_async(status="completed"))
    assert (again.status, again.code) == (400, 21220)


async def test_the_sync_sdk_works_too(carrier: PracticeCarrier) -> None:
    client = Client(ACCOUNT, TOKEN)
    client.api.base_url = carrier.base_url

    def talk() -> tuple[str, str, str]:
        sid = client.calls.create(**order(to="+14155550104")).sid
        fetched = client.calls(sid).fetch().sid
        ended = client.calls(sid).update(status="canceled").status
        client.http_client.session.close()
        return sid, fetched, ended

    sid, fetched, ended = await asyncio.to_thread(talk)
    assert fetched == sid
    assert ended == "canceled"
    assert threading.active_count() >= 1


async def test_account_balance_and_number(carrier: PracticeCarrier, sdk: Client) -> None:
    account = await sdk.api.accounts(ACCOUNT).fetch_async()
    assert (account.sid, account.status) == (ACCOUNT, "active")
    balance = await sdk.api.accounts(ACCOUNT).balance.fetch_async()
    assert balance.currency == "USD"
    numbers = await sdk.incoming_phone_numbers.list_async(phone_number=NUMBER)
    assert [n.phone_number for n in numbers] == [NUMBER]
    assert await sdk.incoming_phone_numbers.list_async(phone_number="+15005550006") == []


async def test_calls_are_found_by_number_and_time(carrier: PracticeCarrier, sdk: Client) -> None:
    first = await sdk.calls.create_async(**order(to="+14155550103"))
    second = await sdk.calls.create_async(**order(to="+14155550104"))
    assert [c.sid for c in await sdk.calls.list_async()] == [second.sid, first.sid]
    assert [c.sid for c in await sdk.calls.list_async(to="+14155550103")] == [first.sid]
    assert await sdk.calls.list_async(from_="+15005550006") == []
    ago = datetime.now(UTC) - timedelta(minutes=1)
    assert len(await sdk.calls.list_async(start_time_after=ago)) == 2
    assert await sdk.calls.list_async(start_time_before=ago) == []
    assert len(await sdk.calls.list_async(start_time=datetime.now(UTC))) == 2
    assert len(await sdk.calls.list_async(limit=1)) == 1
    assert await sdk.calls.list_async(parent_call_sid=first.sid) == []
    await carrier.calls[first.sid].wait_until_over()
    assert [c.sid for c in await sdk.calls.list_async(status="busy")] == [first.sid]
    found = await sdk.calls.list_async(
        to="+14155550104", from_=NUMBER, start_time_after=ago, status="queued"
    )
    assert [c.sid for c in found] in ([second.sid], [])
    assert (await sdk.calls.list_async(to="+14155550104"))[0].date_created >= ago


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        (21211, {"to": "12345"}),
        (21211, {"to": "+1415555"}),
        (21211, {"to": "nobody"}),
        (21219, {"to": "+14155550109"}),
        (21215, {"to": "+19005550123"}),
        (21212, {"from_": "practice"}),
        (21210, {"from_": "+14155550177"}),
        (20001, {"url": f"{PUBLIC}/twiml"}),
        (21205, {"twiml": "", "url": ""}),
        (21205, {"twiml": "", "url": "http://127.0.0.1:8080/twiml"}),
        (21205, {"twiml": "", "url": "http://localhost/twiml"}),
        (21205, {"twiml": "", "url": "ftp://console.practice.example/"}),
        (21205, {"twiml": "", "url": "https://10.0.0.1/twiml"}),
        (21609, {"status_callback": "http://127.0.0.1:8080/call-status"}),
        (21609, {"status_callback": "https://my_host.example/call-status"}),
        (21609, {"async_amd_status_callback": "console"}),
        (32018, {"twiml": "<Response>" + " " * 4000 + "</Response>"}),
        (20001, {"status_callback_event": ["answered", "no-answer"]}),
        (20001, {"timeout": 0}),
        (20001, {"timeout": 601}),
        (20001, {"time_limit": 86401}),
        (20001, {"machine_detection": "enable"}),
        (20001, {"async_amd": True}),
        (20001, {"machine_detection_timeout": 60}),
        (20001, {"machine_detection_speech_threshold": 999}),
        (20001, {"machine_detection_speech_end_threshold": 5001}),
        (20001, {"machine_detection_silence_timeout": 1999}),
        (20001, {"method": "PUT"}),
    ],
)
async def test_bad_orders_are_refused_with_twilios_code(
    carrier: PracticeCarrier, sdk: Client, code: int, changes: dict[str, Any]
) -> None:
    error = await refused(sdk.calls.create_async(**order(**changes)))
    assert (error.status, error.code) == (400, code)
    assert not carrier.calls


async def test_the_error_json_is_twilios(
    carrier: PracticeCarrier, web: aiohttp.ClientSession
) -> None:
    async with web.post("Calls.json", data={"To": "x", "From": NUMBER, "Twiml": "y"}) as answer:
        assert answer.status == 400
        assert await answer.json() == {
            "code": 21211,
            "message": "The phone number you are attempting to call, x, is not valid.",
            "more_info": "https://www.twilio.com/docs/errors/21211",
            "status": 400,
        }


async def test_wrong_credentials_and_unknown_things(carrier: PracticeCarrier, sdk: Client) -> None:
    wrong = Client(ACCOUNT, "wrong", http_client=sdk.http_client)
    wrong.api.base_url = carrier.base_url
    error = await refused(wrong.calls.create_async(**order()))
    assert (error.status, error.code) == (401, 20003)
    error = await refused(sdk.calls("CA" + "0" * 32).fetch_async())
    assert (error.status, error.code) == (404, 20404)
    error = await refused(sdk.api.accounts("AC" + "0" * 32).fetch_async())
    assert (error.status, error.code) == (404, 20404)


async def test_other_bodies_and_methods(
    carrier: PracticeCarrier, web: aiohttp.ClientSession
) -> None:
    async with web.post("Calls.json", json={"To": "+14155550101"}) as answer:
        assert (await answer.json())["code"] == 21201
    async with web.post("Calls.json", data={"To": "+14155550101"}) as answer:
        assert (await answer.json())["code"] == 21213
    async with web.delete("Calls.json") as answer:
        assert (answer.status, (await answer.json())["code"]) == (405, 20004)
    async with web.get("Messages.json") as answer:
        assert (await answer.json())["code"] == 20404
    async with web.get("Calls.json", params={"StartTime>": "soon"}) as answer:
        assert (await answer.json())["code"] == 20001
    async with web.get("Calls.json", params={"PageSize": "all"}) as answer:
        assert (await answer.json())["code"] == 20001


async def test_an_update_has_to_make_sense(carrier: PracticeCarrier, sdk: Client) -> None:
    sid = (await sdk.calls.create_async(**order(to="+14155550104"))).sid
    assert (await refused(sdk.calls(sid).update_async())).code == 20001
    assert (await refused(sdk.calls(sid).update_async(status="busy"))).code == 20001
    assert (await refused(sdk.calls(sid).update_async(twiml=STREAM_TWIML))).code == 21220


async def test_faults_of_the_api(carrier: PracticeCarrier, sdk: Client) -> None:
    carrier.faults.create = RestFault(status=503, times=1)
    error = await refused(sdk.calls.create_async(**order()))
    assert (error.status, len(carrier.calls)) == (503, 0)
    carrier.faults.create = RestFault(status=429, code=20429, times=1)
    error = await refused(sdk.calls.create_async(**order()))
    assert (error.status, error.code) == (429, 20429)
    carrier.faults.create = RestFault(status=502, acts=True, times=1)
    await refused(sdk.calls.create_async(**order(to="+14155550104")))
    assert len(carrier.calls) == 1
    sid = (await sdk.calls.create_async(**order(to="+14155550104"))).sid
    carrier.faults.update = RestFault(status=200, body="{garbage", times=1)
    with pytest.raises(ValueError, match="Expecting"):
        await sdk.calls(sid).update_async(status="completed")
    carrier.faults.fetch = RestFault(delay_s=0.02, times=1)
    assert (await sdk.calls(sid).fetch_async()).sid == sid


async def test_an_answer_that_comes_too_late_hides_a_call_that_was_placed(
    carrier: PracticeCarrier, sdk: Client
) -> None:
    carrier.faults.create = RestFault(acts=True, delay_s=30, times=1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await sdk.calls.create_async(**order(to="+14155550104"))
    (call,) = carrier.calls.values()
    (found,) = await sdk.calls.list_async(to="+14155550104", from_=NUMBER)
    assert found.sid == call.sid
    assert call.live


async def test_a_late_answer_is_the_right_one_and_the_only_one(
    carrier: PracticeCarrier, sdk: Client
) -> None:
    carrier.faults.create = RestFault(acts=True, delay_s=0.05, times=1)
    placed = await sdk.calls.create_async(**order(to="+14155550104"))
    assert list(carrier.calls) == [placed.sid]
    assert placed.status == "queued"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (RestFault(drop=True), aiohttp.ServerDisconnectedError),
        (RestFault(status=503), TwilioException),
    ],
)
async def test_the_whole_api_may_be_down_for_a_while(
    carrier: PracticeCarrier, sdk: Client, fault: RestFault, error: type[Exception]
) -> None:
    sid = (await sdk.calls.create_async(**order(to="+14155550104"))).sid
    carrier.faults.rest = fault
    for work in (
        sdk.calls.create_async(**order(to="+14155550103")),
        sdk.calls(sid).fetch_async(),
        sdk.calls(sid).update_async(status="completed"),
        sdk.calls.list_async(),
        sdk.api.accounts(ACCOUNT).fetch_async(),
    ):
        with pytest.raises(error):
            await work
    assert list(carrier.calls) == [sid]
    assert carrier.calls[sid].live
    carrier.faults.rest = None
    assert (await sdk.calls(sid).update_async(status="completed")).status == "canceled"


async def test_a_connection_may_break_after_the_call_was_placed(
    carrier: PracticeCarrier, sdk: Client
) -> None:
    carrier.faults.create = RestFault(drop=True, acts=True, times=1)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await sdk.calls.create_async(**order(to="+14155550104"))
    assert len(carrier.calls) == 1


async def test_a_new_document_may_be_refused_while_ending_works(
    carrier: PracticeCarrier, sdk: Client
) -> None:
    sid = (await sdk.calls.create_async(**order(to="+14155550104"))).sid
    carrier.faults.redirect = RestFault(status=400, code=21220)
    assert (await refused(sdk.calls(sid).update_async(twiml=STREAM_TWIML))).code == 21220
    assert (await refused(sdk.calls(sid).update_async(url=f"{PUBLIC}/twiml"))).code == 21220
    assert (await sdk.calls(sid).update_async(status="completed")).status == "canceled"


async def test_a_hanging_api_does_not_keep_the_carrier_from_stopping(
    carrier: PracticeCarrier, web: aiohttp.ClientSession
) -> None:
    carrier.faults.fetch = RestFault(hang=True)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await web.get("Calls.json")
    async with asyncio.timeout(3):
        await carrier.stop()
