"""An emulated Twilio: takes orders for calls, reports on them and connects their media sockets."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import html
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from load.phone import Phone

PUBLIC_URL = "https://console.bench.example"
NUMBER = "+16285550100"
DIAL_S = 0.05
RING_S = 0.8

_STREAM = re.compile(r'<Stream\s[^>]*url="([^"]+)"')
_PARAMETER = re.compile(r'<Parameter\s+name="([^"]*)"\s+value="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Account:
    """What opens the emulated account."""

    sid: str
    token: str

    @classmethod
    def new(cls) -> Account:
        """A fresh one."""
        return cls("AC" + secrets.token_hex(16), secrets.token_hex(16))

    def signature(self, url: str, fields: dict[str, str]) -> str:
        """X-Twilio-Signature: HMAC-SHA1 over the address and the sorted fields."""
        text = url + "".join(name + fields[name] for name in sorted(fields))
        digest = hmac.new(self.token.encode(), text.encode(), hashlib.sha1).digest()
        return base64.b64encode(digest).decode()


@dataclass(slots=True)
class OrderedCall:
    """One call at the emulated Twilio."""

    number: int
    sid: str
    to: str
    callback: str
    url: str
    parameters: dict[str, str]
    status: str = "queued"
    sequence: int = 0
    phone: Phone | None = None


class Exchange:
    """The REST API, the callbacks and the media sockets of one measurement.

    Args:
        account: whose calls these are.
        connected: told of every phone as its media socket opens.
    """

    def __init__(self, account: Account, connected: Callable[[OrderedCall, Phone], None]) -> None:
        self.account = account
        self.calls: dict[str, OrderedCall] = {}
        self.problems: list[str] = []
        self.server_port = 0
        self._connected = connected
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self._http: aiohttp.ClientSession | None = None

    async def start(self) -> int:
        """Open the REST API; returns its port."""
        app = web.Application()
        base = f"/2010-04-01/Accounts/{self.account.sid}"
        app.router.add_get(f"{base}.json", self._account)
        app.router.add_post(f"{base}/Calls.json", self._create)
        app.router.add_get(f"{base}/Calls/{{sid}}.json", self._fetch)
        app.router.add_post(f"{base}/Calls/{{sid}}.json", self._update)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._http = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close everything."""
        for task in self._tasks:
            task.cancel()
        if self._http is not None:
            await self._http.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def place(self, number: int) -> None:
        """Ask the console for a call, as a program on its computer does."""
        assert self._http is not None
        url = f"http://127.0.0.1:{self.server_port}/place-call"
        async with self._http.post(url, json={"to": f"+1415555{100 + number % 100:04}"}) as answer:
            if answer.status != 200:
                raise RuntimeError(f"the call was not placed: {await answer.text()}")

    async def hang_up(self, call: OrderedCall) -> None:
        """The callee hangs up."""
        if call.status == "completed":
            return
        if call.phone is not None:
            call.phone.hang_up()
        await self._report(call, "completed", {"CallDuration": "1", "SipResponseCode": "200"})

    # REST ---------------------------------------------------------------------------------------

    async def _account(self, _: web.Request) -> web.Response:
        body = {"sid": self.account.sid, "status": "active", "type": "Full"}
        return web.json_response(body)

    async def _create(self, request: web.Request) -> web.Response:
        form = await request.post()
        twiml = str(form["Twiml"])
        stream = _STREAM.search(twiml)
        if stream is None:
            return web.json_response({"code": 21205, "message": "no stream"}, status=400)
        call = OrderedCall(
            number=len(self.calls),
            sid="CA" + secrets.token_hex(16),
            to=str(form["To"]),
            callback=str(form["StatusCallback"]),
            url=html.unescape(stream[1]),
            parameters={
                html.unescape(name): html.unescape(value)
                for name, value in _PARAMETER.findall(twiml)
            },
        )
        self.calls[call.sid] = call
        self._spawn(call)
        return web.json_response(self._json(call), status=201)

    async def _fetch(self, request: web.Request) -> web.Response:
        return web.json_response(self._json(self.calls[request.match_info["sid"]]))

    async def _update(self, request: web.Request) -> web.Response:
        call = self.calls[request.match_info["sid"]]
        self.problems.append(f"the console ended call {call.number}")
        if call.phone is not None:
            call.phone.hang_up()
        call.status = "completed"
        return web.json_response(self._json(call))

    def _json(self, call: OrderedCall) -> dict[str, object]:
        return {
            "sid": call.sid,
            "account_sid": self.account.sid,
            "to": call.to,
            "from": NUMBER,
            "status": call.status,
            "direction": "outbound-api",
            "duration": None,
        }

    # A call's life ------------------------------------------------------------------------------

    def _spawn(self, call: OrderedCall) -> None:
        task = asyncio.create_task(self._live(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _live(self, call: OrderedCall) -> None:
        await asyncio.sleep(DIAL_S)
        await self._report(call, "initiated")
        await self._report(call, "ringing")
        await asyncio.sleep(RING_S)
        answered = asyncio.create_task(self._report(call, "in-progress"))
        headers = {"X-Twilio-Signature": self.account.signature(call.url, {})}
        path = "/" + call.url.split("://", 1)[1].partition("/")[2]
        host = PUBLIC_URL.removeprefix("https://")
        call.phone = Phone(
            call.number, host, path, headers, self.account.sid, call.sid, call.parameters
        )
        await connect(call.phone, self.server_port)
        self._connected(call, call.phone)
        await answered
        await self._vouch(call)

    async def _vouch(self, call: OrderedCall) -> None:
        """Say that a person answered: nobody who talks without end would be taken for one."""
        assert self._http is not None
        url = f"http://127.0.0.1:{self.server_port}/calls/{call.sid}/answered-by"
        async with self._http.post(url, json={"answeredBy": "person"}) as answer:
            if answer.status != 200:
                self.problems.append(f"the word on who answered got {answer.status}")

    async def _report(
        self, call: OrderedCall, status: str, more: dict[str, str] | None = None
    ) -> None:
        assert self._http is not None
        call.status = status
        fields = {
            "CallSid": call.sid,
            "AccountSid": self.account.sid,
            "CallStatus": status,
            "From": NUMBER,
            "To": call.to,
            "Direction": "outbound-api",
            "SequenceNumber": str(call.sequence),
            **(more or {}),
        }
        call.sequence += 1
        headers = {
            "Host": PUBLIC_URL.removeprefix("https://"),
            "X-Forwarded-Proto": "https",
            "X-Twilio-Signature": self.account.signature(call.callback, fields),
        }
        url = f"http://127.0.0.1:{self.server_port}/{call.callback.split('/', 3)[3]}"
        async with self._http.post(url, data=fields, headers=headers) as answer:
            if answer.status >= 300:
                self.problems.append(f"the report {status} was answered with {answer.status}")


async def connect(phone: Phone, port: int) -> None:
    """Open a phone's media socket and return when its stream has begun."""
    loop = asyncio.get_running_loop()
    await loop.create_connection(lambda: phone, "127.0.0.1", port)
    async with asyncio.timeout(10):
        await phone.began.wait()
