"""Tells from what Google, the SDK and the network raise which fault it is."""

from __future__ import annotations

import json
import ssl

from callconsole.adapters.gemini import faults
from callconsole.adapters.gemini.faults import Circumstances
from callconsole.adapters.gemini.models import BackEnd
from callconsole.domain.problems import Problem, ProblemError

# Faults that pass by themselves: a session with a resumption handle is worth another try.
PASSING = frozenset({"agent.unreachable", "agent.unavailable", "agent.time_out", "agent.lost"})


# Below are statuses of HTTP; RFC 6455 begins its close codes here.
LOWEST_CLOSE_CODE = 1000


def problem_from(error: BaseException, at: Circumstances) -> Problem:
    """The `Problem` for whatever opening or running a session raised.

    Sources: close codes as in RFC 6455, section 7.4; `google.genai.errors.APIError` carries them
    in `code`; `websockets.exceptions.InvalidStatus` carries the refusal of the upgrade.
    """
    from google.auth.exceptions import GoogleAuthError, TransportError
    from google.genai.errors import APIError
    from websockets.exceptions import (
        ConnectionClosed,
        InvalidHandshake,
        InvalidProxy,
        InvalidStatus,
        ProxyError,
    )

    if isinstance(error, ProblemError):
        return error.problem
    if isinstance(error, InvalidStatus):
        body = bytes(error.response.body or b"").decode("utf-8", "replace")
        return _from_status(error.response.status_code, _message_of(body), at)
    if isinstance(error, APIError) and error.code < LOWEST_CLOSE_CODE:
        return _from_status(error.code, error.message or "", at)
    if isinstance(error, APIError):
        # After a close the SDK keeps the reason where it otherwise keeps the JSON body.
        return from_close(error.code, str(error.details or ""), at)
    if isinstance(error, ConnectionClosed):
        closing = error.rcvd
        return from_close(closing.code if closing else 1006, closing.reason if closing else "", at)
    if isinstance(error, TransportError | ProxyError | InvalidProxy):
        return faults.unreachable(error, at)
    if isinstance(error, GoogleAuthError):
        return faults.sign_in_refused(at)
    if isinstance(error, InvalidHandshake):
        return faults.unreadable(at)
    return _from_network(error, at)


def from_close(code: int, reason: str, at: Circumstances) -> Problem:
    """The `Problem` for a WebSocket that the server closed with a code and a reason."""
    said = reason.lower()
    if "api key" in said or "api_key" in said:
        return faults.key_refused(reason, at)
    if "quota" in said or "resource_exhausted" in said or "resource exhausted" in said:
        return faults.quota(reason, at)
    if "not supported for bidigeneratecontent" in said or (
        "not found" in said and "requested entity" not in said
    ):
        return faults.no_such_model(reason, at)
    if code == 1007:
        return faults.settings_refused(reason, at)
    if code == 1008 and not at.connected:
        return faults.forbidden(reason, at)
    if code == 1008 and "goaway" not in said.replace(" ", ""):
        return faults.policy(reason, at)
    if at.connected:
        return faults.lost(code, reason, at)
    return faults.unavailable(reason, at)


def _from_status(status: int, reason: str, at: Circumstances) -> Problem:
    said = reason.lower()
    if "api key" in said:
        return faults.key_refused(reason, at)
    if status == 401 and at.back_end is BackEnd.VERTEX:
        return faults.sign_in_refused(at, reason)
    if status == 401 or (status == 403 and not reason and at.back_end is BackEnd.DEVELOPER):
        return faults.key_refused(reason, at)
    if status == 403:
        return faults.forbidden(reason, at)
    if status == 404:
        return faults.no_such_model(reason, at)
    if status == 429:
        return faults.quota(reason, at)
    if status >= 500:
        return faults.unavailable(reason or f"HTTP {status}", at)
    return faults.settings_refused(reason or f"HTTP {status}", at)


def _from_network(error: BaseException, at: Circumstances) -> Problem:
    if isinstance(error, ssl.SSLEOFError):
        return faults.unreachable(error, at)
    if isinstance(error, ssl.SSLError | FileNotFoundError):
        return faults.certificate(error)
    if isinstance(error, TimeoutError):
        return faults.time_out(at)
    if isinstance(error, OSError):
        return faults.unreachable(error, at)
    return faults.unreadable(at)


def _message_of(body: str) -> str:
    """The message in Google's error JSON, or the body itself where it is plain text."""
    try:
        return str(json.loads(body)["error"]["message"])
    except (ValueError, LookupError, TypeError):
        return "" if body.lstrip().startswith(("<", "{", "[")) else body
