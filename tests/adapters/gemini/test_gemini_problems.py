from __future__ import annotations

import re
import socket
import ssl
from datetime import date

import pytest
from google.auth.exceptions import RefreshError, TransportError
from google.genai.errors import APIError
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from websockets.exceptions import ConnectionClosedError, InvalidUpgrade, ProxyError
from websockets.frames import Close

from callconsole.adapters.gemini import ApiKey, GeminiAccess, Vertex
from callconsole.adapters.gemini.faults import Circumstances
from callconsole.adapters.gemini.problems import from_close, problem_from
from callconsole.domain.problems import Problem, ProblemError

SECRET = "AIza-secret"
DEV = GeminiAccess(ApiKey(SecretStr(SECRET)))
CLOUD = GeminiAccess(Vertex("desk", "europe-west4", SecretStr(SECRET)))


def at(access: GeminiAccess = DEV, *, connected: bool = False) -> Circumstances:
    return Circumstances(access, "gemini-3.8-live", date(2026, 11, 22), connected)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (socket.gaierror(-2, "Name or service not known"), "agent.unreachable"),
        (ConnectionRefusedError(111, "refused"), "agent.unreachable"),
        (ConnectionResetError(104, "reset"), "agent.unreachable"),
        (OSError(101, "Network is unreachable"), "agent.unreachable"),
        (ssl.SSLEOFError(8, "EOF"), "agent.unreachable"),
        (ssl.SSLCertVerificationError(1, "self-signed"), "agent.certificate"),
        (ssl.SSLError(1, "wrong version"), "agent.certificate"),
        (TimeoutError("timed out during opening handshake"), "agent.time_out"),
        (ProxyError("407"), "agent.unreachable"),
        (InvalidUpgrade("Upgrade", "h2c"), "agent.unreadable"),
        (RefreshError("invalid_grant"), "agent.credentials_refused"),
        (TransportError("no route"), "agent.unreachable"),
        (APIError(1011, "oops", None), "agent.unavailable"),
        (ConnectionClosedError(Close(1007, "bad"), None), "agent.settings_refused"),
        (ConnectionClosedError(None, None), "agent.unavailable"),
        (ValueError("Failed to parse response: secret words"), "agent.unreadable"),
    ],
)
def test_what_opening_may_raise(error: Exception, code: str) -> None:
    problem = problem_from(error, at())
    assert problem.code == code
    assert "secret words" not in repr(problem)


def test_a_problem_stays_what_it_is() -> None:
    problem = Problem("agent.x", "a", "b", "c")
    assert problem_from(ProblemError(problem), at()) is problem


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (socket.gaierror(), "The name of the Gemini server could not be looked up."),
        (ConnectionRefusedError(), "Nothing answers at the address of the Gemini server."),
        (ProxyError("no"), "The proxy of this network did not let the connection through."),
        (OSError(), "The network did not carry the connection."),
    ],
)
def test_why_it_cannot_be_reached(error: Exception, cause: str) -> None:
    assert problem_from(error, at()).cause == cause


def test_model_that_is_not_found_names_the_region() -> None:
    problem = from_close(1008, "models/x is not found for API version v1beta1", at(CLOUD))
    assert problem.code == "agent.model_not_found"
    assert problem.cause == (
        "gemini-3.8-live is not offered for Live on Vertex europe-west4. "
        "Gemini said: “models/x is not found for API version v1beta1”."
    )
    assert "VERTEX_LOCATION" in problem.cure


def test_reason_is_one_short_line() -> None:
    problem = from_close(1011, "a\n b\t" + "c" * 500, at())
    assert "“a b ccc" in problem.cause
    assert problem.cause.endswith("c…”.")
    assert len(problem.cause) < 340


def plain(problem: Problem) -> bool:
    whole_sentences = all(
        text.endswith(".") and not re.search(r"[!]|  |\.\.", text)
        for text in (problem.cause, problem.cure)
    )
    return whole_sentences and not problem.title.endswith(".")


@given(
    st.integers(1000, 4999),
    st.sampled_from(
        [
            "",
            SECRET,
            f"key {SECRET} is bad",
            "API key not valid.",
            "quota",
            "x is not found",
            "GoAway",
            "Internal error encountered.",
        ]
    ),
    st.booleans(),
    st.sampled_from([DEV, CLOUD]),
)
def test_every_close_is_told_in_whole_sentences_without_secrets(
    code: int, reason: str, connected: bool, access: GeminiAccess
) -> None:
    problem = from_close(code, reason, at(access, connected=connected))
    assert problem.code.startswith("agent.")
    assert plain(problem)
    assert SECRET not in repr(problem)
