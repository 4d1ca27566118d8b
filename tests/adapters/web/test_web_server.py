"""The server on a real socket: the control API, its errors, its event stream and its end."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_desk import TOKEN, TUNNEL, Desk, error_of, open_web_desk

from callconsole import __version__
from callconsole.adapters.web.event_stream import EventStreams
from callconsole.adapters.web.server import WebServer
from callconsole.domain.call import EndedBy, Ending, Outcome, answered, ended
from callconsole.domain.dialling import DialError, Step, StepResult, StepState
from callconsole.domain.events import (
    CallAnswered,
    CallEnded,
    CallRinging,
    LevelsMeasured,
    RecordingSaved,
)
from callconsole.domain.problems import Problem, ProblemError
from fakes.switchboard import AT, FIRST_CALL, SID, FakeSwitchboard

ENDING = Ending(Outcome.COMPLETED, EndedBy.CALLER)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async def crash(_: web.Request) -> web.Response:
        raise LookupError("an inner secret")

    async def private(_: web.Request) -> web.Response:
        return web.json_response({"seen": True})

    async with open_web_desk((web.get("/crash", crash),), {"/private": private}) as desk:
        yield desk


async def test_the_root_says_what_this_is(desk: Desk) -> None:
    status, body = await desk.ask("GET", "/")
    assert status == 200
    assert (body["name"], body["version"]) == ("callconsole", __version__)


async def test_health_tells_the_outside_only_who_answers(desk: Desk) -> None:
    full = {"status": "ok", "instance": "this-one", "version": "test", "live_calls": 0}
    assert await desk.ask("GET", "/health") == (200, full)
    assert await desk.ask("GET", "/health", headers=TUNNEL) == (
        200,
        {"status": "ok", "instance": "this-one"},
    )
    assert await desk.ask("GET", "/health", headers={**TUNNEL, **TOKEN}) == (200, full)


async def test_a_call_is_placed(desk: Desk) -> None:
    status, body = await desk.ask("POST", "/place-call", json={"to": "+14155550100"})
    assert (status, body) == (200, {"callSid": SID, "status": "queued"})
    await desk.ask("POST", "/place-call", json={"to": "+1 415", "prompt": "survey"})
    await desk.ask("POST", "/place-call", json={"to": "+1 416", "prompt": None})
    assert desk.switchboard.orders == [
        ("+14155550100", None),
        ("+1 415", "survey"),
        ("+1 416", None),
    ]


GUARDED = [
    ("POST", "/place-call"),
    ("GET", "/calls"),
    ("GET", f"/calls/{SID}"),
    ("GET", f"/calls/{SID}/events"),
    ("POST", f"/calls/{SID}/hang-up"),
    ("POST", f"/calls/{SID}/answer"),
    ("POST", f"/calls/{SID}/decline"),
    ("POST", f"/calls/{SID}/answered-by"),
    ("POST", f"/calls/{SID}/transfer"),
    ("GET", "/history"),
    ("GET", f"/history/{SID}"),
    ("GET", "/private"),
]


@pytest.mark.parametrize(("method", "path"), GUARDED)
@pytest.mark.parametrize("headers", [TUNNEL, {"Origin": "https://evil.example.com", **TOKEN}])
async def test_control_is_refused_to_outsiders_and_pages(
    desk: Desk, method: str, path: str, headers: dict[str, str]
) -> None:
    desk.switchboard.known[SID] = FIRST_CALL
    status, body = await desk.ask(method, path, headers=headers, json={"to": "+14155550100"})
    assert status == 403
    assert error_of(body)["code"] in ("access.outside", "access.cross_site")
    assert desk.switchboard.orders == []
    assert desk.switchboard.hung_up == []
    assert desk.switchboard.judged == []
    assert desk.switchboard.passed_on == []
    assert desk.switchboard.queries == []


async def test_the_token_lets_the_tunnel_in(desk: Desk) -> None:
    headers = {**TUNNEL, **TOKEN}
    status, _ = await desk.ask("POST", "/place-call", headers=headers, json={"to": "+14155550100"})
    assert status == 200


@pytest.mark.parametrize("name", [b"Authorization: Bearer ", b"Origin: ", b"Host: "])
async def test_bytes_that_are_no_text_are_refused_as_any_outsider(desk: Desk, name: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", desk.server.port)
    host = b"" if name.startswith(b"Host") else b"Host: example.com\r\n"
    start = b"GET /calls/%ff/events HTTP/1.1\r\n"
    writer.write(start + host + name + b"\xff\xfe\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.startswith((b"HTTP/1.1 403 ", b"HTTP/1.1 400 "))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "request.not_json"),
        (b"{", "request.not_json"),
        (b"\xff\xfe\xfd", "request.not_json"),
        (b"[" * 60_000, "request.not_json"),
        (b"[]", "request.not_object"),
        (b'"+14155550100"', "request.not_object"),
        (b"null", "request.not_object"),
        (b"{}", "request.missing"),
        (b'{"to": null}', "request.not_text"),
        (b'{"to": 14155550100}', "request.not_text"),
        (b'{"to": ["+14155550100"]}', "request.not_text"),
        (b'{"to": "+1", "prompt": 7}', "request.not_text"),
        (b'{"to": "+1", "phone": "+1"}', "request.unknown_key"),
        (b'{"to": "' + b"1" * 201 + b'"}', "request.too_long"),
    ],
)
async def test_a_bad_body_is_told_what_is_wrong(desk: Desk, body: bytes, code: str) -> None:
    headers = {"Content-Type": "application/json"}
    status, answer = await desk.ask("POST", "/place-call", data=body, headers=headers)
    assert (status, error_of(answer)["code"]) == (400, code)
    assert answer["error"]["cure"]
    assert desk.switchboard.orders == []


async def test_half_a_character_in_a_body_breaks_nothing(desk: Desk) -> None:
    headers = {"Content-Type": "application/json"}
    body = b'{"to": "+1", "\\ud800": 1}'
    status, answer = await desk.ask("POST", "/place-call", data=body, headers=headers)
    assert (status, error_of(answer)["cause"]) == (400, "There is no meaning for “?”.")


async def test_only_json_is_read(desk: Desk) -> None:
    status, answer = await desk.ask("POST", "/place-call", data={"to": "+14155550100"})
    assert (status, error_of(answer)["code"]) == (400, "request.not_json")
    text = {"Content-Type": "text/plain"}
    status, _ = await desk.ask("POST", "/place-call", data='{"to": "+1"}', headers=text)
    assert status == 400


async def test_a_body_that_is_too_long_is_refused(desk: Desk) -> None:
    body = json.dumps({"to": "+1", "prompt": "x" * 70_000}).encode()
    kind = {"Content-Type": "application/json"}
    status, answer = await desk.ask("POST", "/place-call", data=body, headers=kind)
    assert (status, error_of(answer)["code"]) == (413, "request.too_large")
    packed = {**kind, "Content-Encoding": "gzip"}
    status, answer = await desk.ask("POST", "/place-call", data=gzip.compress(body), headers=packed)
    assert (status, error_of(answer)["code"]) == (413, "request.too_large")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text(max_size=80).map(lambda t: json.dumps({"to": t}).encode()))
async def test_any_body_gets_a_json_answer(desk: Desk, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    status, _ = await desk.ask("POST", "/place-call", data=body, headers=headers)
    assert status in (200, 400)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("number.invalid", 400),
        ("prompt.missing", 404),
        ("prompt.empty", 409),
        ("call.busy", 409),
        ("call.already", 409),
        ("call.limit", 429),
        ("number.premium", 400),
        ("number.emergency", 400),
        ("console.stopping", 503),
        ("twilio.21219", 400),
        ("twilio.20429", 429),
        ("twilio.timeout", 503),
        ("twilio.timeout.perhaps_placed", 503),
        ("twilio.unavailable", 503),
        ("twilio.connection_lost.perhaps_placed", 502),
        ("tunnel.offline", 503),
        ("gemini.unreachable", 503),
    ],
)
async def test_a_problem_has_a_status_and_its_words(desk: Desk, code: str, status: int) -> None:
    problem = Problem(code, "Title", "Cause.", "Cure.", "https://example.com")
    desk.switchboard.place_error = ProblemError(problem)
    assert await desk.ask("POST", "/place-call", json={"to": "+14155550100"}) == (
        status,
        {
            "error": {
                "code": code,
                "title": "Title",
                "cause": "Cause.",
                "cure": "Cure.",
                "link": "https://example.com",
            }
        },
    )


async def test_a_dial_error_tells_its_steps(desk: Desk) -> None:
    steps = (
        StepResult(Step.NUMBER, StepState.OK, "+1 415-555-0100", AT),
        StepResult(Step.TUNNEL, StepState.FAILED, "offline", AT),
        StepResult(Step.AGENT, StepState.NOT_STARTED, "", None),
    )
    problem = Problem("odd.code", "Title", "Cause.", "Cure.")
    desk.switchboard.place_error = DialError(problem, steps)
    status, body = await desk.ask("POST", "/place-call", json={"to": "+14155550100"})
    assert status == 503
    assert error_of(body)["steps"] == [
        {
            "step": "number",
            "state": "ok",
            "detail": "+1 415-555-0100",
            "at": "2026-11-22T09:30:00.000+00:00",
        },
        {
            "step": "tunnel",
            "state": "failed",
            "detail": "offline",
            "at": "2026-11-22T09:30:00.000+00:00",
        },
        {"step": "agent", "state": "not started", "detail": "", "at": None},
    ]


@pytest.mark.parametrize(
    ("code", "status"),
    [("number.premium", 400), ("call.already", 409), ("call.limit", 429)],
)
async def test_a_refusal_to_dial_says_why_and_where_it_stopped(
    desk: Desk, code: str, status: int
) -> None:
    step = Step.NUMBER if code.startswith("number") else Step.CARRIER
    steps = (StepResult(step, StepState.FAILED, "Title", AT),)
    desk.switchboard.place_error = DialError(Problem(code, "Title", "Cause.", "Cure."), steps)
    answer = await desk.ask("POST", "/place-call", json={"to": "+14155550100"})
    assert (answer[0], error_of(answer[1])["code"]) == (status, code)
    assert error_of(answer[1])["steps"][0]["state"] == "failed"


async def test_a_fault_of_ours_shows_nothing_of_our_insides(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    status, body = await desk.ask("GET", "/crash")
    assert status == 500
    assert error_of(body)["code"] == "server.fault"
    assert "secret" not in json.dumps(body)
    assert "LookupError: an inner secret" in caplog.text


async def test_wrong_addresses_and_methods_are_told_in_json(desk: Desk) -> None:
    status, body = await desk.ask("GET", "/nowhere")
    assert (status, error_of(body)["code"]) == (404, "http.404")
    async with desk.client.get(f"{desk.base}/place-call") as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] == "POST"
        assert error_of(await answer.json())["code"] == "http.405"
    for path in ("", "/hang-up", "/events"):
        method = "POST" if path == "/hang-up" else "GET"
        status, body = await desk.ask(method, f"/calls/CA1{path}")
        assert (status, error_of(body)["code"]) == (404, "call.unknown")


async def test_a_calls_state_is_told(desk: Desk) -> None:
    call = ended(answered(FIRST_CALL, AT), ENDING, AT)
    desk.switchboard.known[SID] = call
    desk.switchboard.counted[SID] = {"interruptions": 2}
    status, body = await desk.ask("GET", f"/calls/{SID}")
    assert status == 200
    assert body == {
        "sid": SID,
        "to": "+14155550100",
        "from_number": "+16285550100",
        "prompt": "reception",
        "line": "practice",
        "placed_at": "2026-11-22T09:30:00.000+00:00",
        "direction": "outgoing",
        "phase": "ended",
        "floor": "nobody",
        "answered_by": "unknown",
        "judged_by": None,
        "deciding": False,
        "away": False,
        "taken_over": False,
        "operator_muted": False,
        "agent_muted": False,
        "caller_muted": False,
        "on_hold": False,
        "transferred_to": None,
        "sequence": -1,
        "rang_at": None,
        "answered_at": "2026-11-22T09:30:00.000+00:00",
        "ended_at": "2026-11-22T09:30:00.000+00:00",
        "ending": {"outcome": "completed", "by": "caller", "problem": None},
        "recording": None,
        "duration_s": 0.0,
        "figures": {"interruptions": 2},
    }


async def test_calls_are_listed_with_the_live_ones_first(desk: Desk) -> None:
    assert await desk.ask("GET", "/calls") == (200, {"calls": []})
    for number, (minute, over) in enumerate([(0, False), (1, True), (2, False), (3, True)], 1):
        call = replace(FIRST_CALL, sid=f"CA{number}", placed_at=AT + timedelta(minutes=minute))
        desk.switchboard.known[call.sid] = ended(call, ENDING, AT) if over else call
    status, body = await desk.ask("GET", "/calls")
    assert status == 200
    assert [call["sid"] for call in body["calls"]] == ["CA3", "CA1", "CA4", "CA2"]
    assert [call["phase"] for call in body["calls"]] == ["queued", "queued", "ended", "ended"]
    assert body["calls"][0]["duration_s"] == 0.0
    assert "figures" not in body["calls"][0]
    _, body = await desk.ask("GET", "/calls?live=1")
    assert [call["sid"] for call in body["calls"]] == ["CA3", "CA1"]


async def test_a_guarded_page_is_shown_to_those_who_may_see_it(desk: Desk) -> None:
    assert await desk.ask("GET", "/private") == (200, {"seen": True})
    assert await desk.ask("GET", "/private", headers={**TUNNEL, **TOKEN}) == (200, {"seen": True})


async def test_a_call_is_ended(desk: Desk) -> None:
    desk.switchboard.known[SID] = FIRST_CALL
    answer = await desk.ask("POST", f"/calls/{SID}/hang-up")
    assert answer == (200, {"callSid": SID, "status": "ended"})
    assert desk.switchboard.hung_up == [SID]


async def lines_of(desk: Desk, path: str = f"/calls/{SID}/events") -> list[Any]:
    async with desk.client.get(desk.base + path) as answer:
        assert answer.status == 200
        assert answer.content_type == "application/x-ndjson"
        return [json.loads(line) async for line in answer.content]


@pytest.mark.parametrize("levels", [False, True])
async def test_events_are_streamed_until_the_recording_is_saved(desk: Desk, levels: bool) -> None:
    desk.switchboard.known[SID] = FIRST_CALL
    query = "?levels=1" if levels else ""
    reading = asyncio.create_task(lines_of(desk, f"/calls/{SID}/events{query}"))
    await desk.switchboard.subscribed.wait()
    publish = desk.switchboard.publish
    publish(CallRinging(call_sid=SID, at=AT))
    publish(CallRinging(call_sid="CA" + "0" * 32, at=AT))
    publish(LevelsMeasured(call_sid=SID, at=AT, caller_dbfs=-20.0, agent_dbfs=-90.0, buffered_ms=0))
    publish(CallAnswered(call_sid=SID, at=AT))
    publish(CallEnded(call_sid=SID, at=AT, ending=ENDING))
    publish(RecordingSaved(call_sid=SID, at=AT, path="/tmp/a.wav", duration_s=3.5))
    lines = await reading
    names = [line["event"] for line in lines]
    shown = ["LevelsMeasured"] if levels else []
    ending = ["CallAnswered", "CallEnded", "RecordingSaved"]
    assert names == ["CallState", "CallRinging", *shown, *ending]
    assert lines[0]["call"]["phase"] == "queued"
    assert lines[1] == {
        "event": "CallRinging",
        "call_sid": SID,
        "at": "2026-11-22T09:30:00.000+00:00",
    }
    assert lines[-1]["path"] == "/tmp/a.wav"
    assert desk.switchboard.listeners == []


async def test_the_stream_of_a_call_that_is_over_is_its_state(desk: Desk) -> None:
    desk.switchboard.known[SID] = ended(FIRST_CALL, ENDING, AT)
    lines = await lines_of(desk)
    assert [line["event"] for line in lines] == ["CallState"]
    assert lines[0]["call"]["ending"]["outcome"] == "completed"


async def test_without_a_recording_the_stream_ends_soon_after_the_call() -> None:
    switchboard = FakeSwitchboard(FIRST_CALL)
    async with short_streams(switchboard, recording_wait_s=0.05) as (client, base):
        async with client.get(base) as answer:
            await answer.content.readline()
            switchboard.publish(CallEnded(call_sid=SID, at=AT, ending=ENDING))
            rest = (await answer.content.read()).splitlines()
        assert [json.loads(line)["event"] for line in rest] == ["CallEnded"]


async def test_a_reader_that_leaves_is_noticed() -> None:
    switchboard = FakeSwitchboard(FIRST_CALL)
    async with short_streams(switchboard, look_s=0.02) as (client, base):
        async with client.get(base) as answer:
            await answer.content.readline()
        await switchboard.unsubscribed.wait()
    assert switchboard.listeners == []


async def test_a_reader_that_is_too_slow_is_let_go() -> None:
    switchboard = FakeSwitchboard(FIRST_CALL)
    async with short_streams(switchboard, waiting_events=3) as (client, base):
        async with client.get(base) as answer:
            await answer.content.readline()
            for _ in range(10):
                switchboard.publish(CallRinging(call_sid=SID, at=AT))
            rest = (await answer.content.read()).splitlines()
        assert len(rest) == 3


class short_streams:
    """Event streams with limits of their own, on a plain server."""

    def __init__(self, switchboard: FakeSwitchboard, **limits: Any) -> None:
        self._streams = EventStreams(switchboard, **limits)

    async def __aenter__(self) -> tuple[ClientSession, str]:
        async def follow(request: web.Request) -> web.StreamResponse:
            return await self._streams.follow(request, FIRST_CALL, {"event": "CallState"})

        app = web.Application()
        app.router.add_get("/", follow)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._client = ClientSession()
        return self._client, f"http://127.0.0.1:{self._runner.addresses[0][1]}/"

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()
        await self._runner.cleanup()


async def test_stopping_ends_open_streams_within_a_second() -> None:
    begun = asyncio.Event()
    cleaned: list[str] = []

    async def media(request: web.Request) -> web.StreamResponse:
        ws = web.WebSocketResponse(timeout=0.5)
        await ws.prepare(request)
        begun.set()
        try:
            async for _ in ws:
                pass
        finally:
            cleaned.append("socket")
        return ws

    async def endless(_: web.Request) -> web.Response:
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append("endless")
        return web.Response()

    switchboard = FakeSwitchboard(FIRST_CALL)
    routes = [web.get("/ws", media), web.get("/endless", endless)]
    server = WebServer("127.0.0.1", 0, switchboard, routes)
    await server.start()
    base = f"http://127.0.0.1:{server.port}"
    async with ClientSession() as client, client.ws_connect(f"{base}/ws"):
        stream = asyncio.create_task(client.get(f"{base}/calls/{SID}/events"))
        other = asyncio.create_task(client.get(f"{base}/endless"))
        await switchboard.subscribed.wait()
        await begun.wait()
        answer = await stream
        await answer.content.readline()
        loop = asyncio.get_running_loop()
        began = loop.time()
        await server.stop()
        took_s = loop.time() - began
        await server.stop()
        assert await answer.content.read() == b""
        await asyncio.wait([other])
        assert other.exception() is not None
    assert took_s < 1.0
    assert sorted(cleaned) == ["endless", "socket"]
    assert server.port == 0


async def test_a_stopped_server_starts_again(desk: Desk) -> None:
    await desk.server.stop()
    await desk.server.start()
    assert (await desk.ask("GET", "/"))[0] == 200


async def test_a_port_in_use_is_named_with_its_cure() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = WebServer("127.0.0.1", port, FakeSwitchboard())
        with pytest.raises(ProblemError) as caught:
            await server.start()
    problem = caught.value.problem
    assert problem.code == "server.port_in_use"
    assert str(port) in problem.title
    assert "SERVER_PORT" in problem.cure


@pytest.mark.parametrize(
    ("host", "port", "code"),
    [("203.0.113.1", 0, "server.no_address"), ("127.0.0.1", 70_000, "server.port_refused")],
)
async def test_an_address_that_cannot_be_had_is_told(host: str, port: int, code: str) -> None:
    with pytest.raises(ProblemError) as caught:
        await WebServer(host, port, FakeSwitchboard()).start()
    assert caught.value.problem.code == code


async def test_requests_are_not_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    desk.switchboard.known[SID] = replace(FIRST_CALL)
    await desk.ask("POST", "/place-call", json={"to": "+14155550100"}, headers=TOKEN)
    assert "4155550100" not in caplog.text
    assert "s3cret" not in caplog.text
