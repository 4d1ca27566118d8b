"""Places a call through the HTTP interface of a running server, and follows it to its end."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import aiohttp
from pydantic import TypeAdapter
from yarl import URL

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
_LOOK = aiohttp.ClientTimeout(total=10)
# The phone company is asked meanwhile.
_PLACE = aiohttp.ClientTimeout(total=60)
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
    try:
        base = _address(settings)
    except ValueError:
        say(
            f"SERVER_HOST has no name or address that could be asked: “{settings.server_host}”. "
            "Set it to 127.0.0.1.",
            sys.stderr,
        )
        return NOT_POSSIBLE
    headers = {}
    if settings.api_token is not None:
        headers["Authorization"] = f"Bearer {settings.api_token.get_secret_value()}"
    timeout = aiohttp.ClientTimeout(total=None, connect=5)
    async with aiohttp.ClientSession(base, headers=headers, timeout=timeout) as http:
        try:
            return await _dial(http, to, prompt)
        except (_StrangerError, TimeoutError):
            say(
                f"What answers at {base} is no callconsole, or one that hangs. "
                "End it, or set SERVER_PORT to the port of your console.",
                sys.stderr,
            )
            return NOT_POSSIBLE
        except aiohttp.ClientError as error:
            say(
                f"No console answers at {base} ({type(error).__name__}). "
                "Start one: callconsole serve",
                sys.stderr,
            )
            return NOT_POSSIBLE


class _StrangerError(Exception):
    """An answer that no console of ours gives."""


async def _dial(http: aiohttp.ClientSession, to: str, prompt: str | None) -> int:
    async with http.get("/health", timeout=_LOOK) as response:
        health = await _object(response)
    say(f"Server {health.get('status')}, {health.get('line')} line")
    body = {"to": to} if prompt is None else {"to": to, "prompt": prompt}
    async with http.post("/place-call", json=body, timeout=_PLACE) as response:
        answer = await _object(response)
    error, sid = answer.get("error"), answer.get("callSid")
    if response.status >= 400 and isinstance(error, dict):
        say(
            f"{error.get('title', 'The call was refused')}: "
            f"{error.get('cause', '')} {error.get('cure', '')}",
            sys.stderr,
        )
        return NOT_POSSIBLE
    if response.status >= 400 or not isinstance(sid, str):
        raise _StrangerError
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
            event = _event(line)
            if event is None:
                continue
            script(event)
            if isinstance(event, events.CallEnded):
                return EXIT_CODES[event.ending.outcome]
    say("The server closed the connection before the call had ended.", sys.stderr)
    return EXIT_CODES[Outcome.FAILED]


async def _object(response: aiohttp.ClientResponse) -> dict[str, Any]:
    """The JSON object that was answered. Raises `_StrangerError` where it is none."""
    try:
        found = await response.json(content_type=None)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _StrangerError
    return found


def _event(line: bytes) -> events.Event | None:
    """The event of a line; None where it has no words, or a newer server tells of it."""
    try:
        fields = json.loads(line)
        adapter = _FOLLOWED.get(str(fields.pop("event", "")))
        return adapter.validate_python(fields) if adapter is not None else None
    except (ValueError, TypeError, AttributeError, RecursionError):
        # pydantic's error is a ValueError, and repeats what was said.
        return None


def _address(settings: Settings) -> URL:
    """Where the server of these settings answers. Raises ValueError where that is no address.

    A server on every address is reached on this computer's own.
    """
    host = settings.server_host
    reached = "127.0.0.1" if host in {"", "0.0.0.0", "::"} else host  # noqa: S104
    if any(sign.isspace() for sign in reached):
        raise ValueError(reached)
    return URL.build(scheme="http", host=reached, port=settings.server_port)
