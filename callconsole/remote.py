"""Places a call through the HTTP interface of a running server, and follows it to its end."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import aiohttp
from pydantic import TypeAdapter

from callconsole.domain import events
from callconsole.domain.call import Outcome
from callconsole.settings import Settings
from callconsole.terminal import CallScript, say

EXIT_CODES = {
    Outcome.COMPLETED: 0,
    Outcome.FAILED: 1,
    Outcome.BUSY: 3,
    Outcome.NO_ANSWER: 4,
    Outcome.DECLINED: 5,
    Outcome.VOICEMAIL: 6,
    Outcome.CANCELED: 7,
    Outcome.MISSED: 4,
}
NOT_POSSIBLE = 2
INTERRUPTED = 130
_FOLLOWED = {
    kind.__name__: TypeAdapter(kind)
    for kind in (
        events.CallQueued,
        events.CallRinging,
        events.CallAnswered,
        events.AnswerJudged,
        events.StreamStarted,
        events.TurnChanged,
        events.AgentInterrupted,
        events.AgentLost,
        events.OperatorActed,
        events.AbilityUsed,
        events.NoteTaken,
        events.KeysPressed,
        events.KeyReceived,
        events.TransferBegan,
        events.TransferAnswered,
        events.TransferEnded,
        events.FarewellBegan,
        events.FarewellCalledOff,
        events.CallEnded,
    )
}


async def remote_call(settings: Settings, number: str | None, prompt: str | None) -> int:
    """Dial through the server of these settings; returns the process's exit code."""
    to = number or settings.test_phone_number
    if to is None:
        say(
            "No number: give one (callconsole call +14155552671) or set TEST_PHONE_NUMBER.",
            sys.stderr,
        )
        return NOT_POSSIBLE
    base = f"http://{_reachable_host(settings.server_host)}:{settings.server_port}"
    headers = {}
    if settings.api_token is not None:
        headers["Authorization"] = f"Bearer {settings.api_token.get_secret_value()}"
    timeout = aiohttp.ClientTimeout(total=None, connect=5)
    async with aiohttp.ClientSession(base, headers=headers, timeout=timeout) as http:
        try:
            return await _dial(http, to, prompt)
        except aiohttp.ClientError as error:
            say(
                f"No console answers at {base} ({type(error).__name__}). "
                "Start one: callconsole serve",
                sys.stderr,
            )
            return NOT_POSSIBLE


async def _dial(http: aiohttp.ClientSession, to: str, prompt: str | None) -> int:
    async with http.get("/health") as response:
        health = await response.json()
    say(f"Server {health.get('status')}, {health.get('line')} line")
    body = {"to": to} if prompt is None else {"to": to, "prompt": prompt}
    async with http.post("/place-call", json=body) as response:
        answer = await response.json()
    if response.status >= 400:
        error = answer.get("error", {})
        say(
            f"{error.get('title', 'The call was refused')}: "
            f"{error.get('cause', '')} {error.get('cure', '')}",
            sys.stderr,
        )
        return NOT_POSSIBLE
    sid = answer["callSid"]
    say(f"Call        {sid}")
    try:
        return await _follow(http, sid)
    except asyncio.CancelledError:
        async with http.post(f"/calls/{sid}/hang-up"):
            say("Hung up.")
        raise


async def _follow(http: aiohttp.ClientSession, sid: str) -> int:
    script = CallScript()
    async with http.get(f"/calls/{sid}/events") as response:
        async for line in response.content:
            event = _event(json.loads(line))
            if event is None:
                continue
            script(event)
            if isinstance(event, events.CallEnded):
                return EXIT_CODES[event.ending.outcome]
    say("The server closed the connection before the call had ended.", sys.stderr)
    return EXIT_CODES[Outcome.FAILED]


def _event(fields: dict[str, Any]) -> events.Event | None:
    adapter = _FOLLOWED.get(str(fields.pop("event", "")))
    return adapter.validate_python(fields) if adapter is not None else None


def _reachable_host(host: str) -> str:
    """A server on every address is reached on this computer's own."""
    return "127.0.0.1" if host in {"", "0.0.0.0", "::"} else host  # noqa: S104
