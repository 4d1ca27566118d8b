"""Puts what Google, the SDK and the network say into words that an operator can act on."""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass
from datetime import date

from callconsole.adapters.gemini.credentials import GeminiAccess
from callconsole.adapters.gemini.models import (
    DEFAULT_MODEL,
    BackEnd,
    bare_name,
    capabilities,
)
from callconsole.domain.problems import Problem, ProblemError

KEY_PAGE = "https://aistudio.google.com/apikey"
_REASON_CHARS = 240

# Faults that pass by themselves: a session with a resumption handle is worth another try.
PASSING = frozenset({"agent.unreachable", "agent.unavailable", "agent.time_out", "agent.lost"})


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a fault's words depend on.

    Attributes:
        access: who called and where.
        model: model id.
        today: to say whether the model has been retired.
        connected: True once the session was ready, False while it was being opened.
    """

    access: GeminiAccess
    model: str
    today: date
    connected: bool

    @property
    def back_end(self) -> BackEnd:
        """Where the session runs."""
        return self.access.account.back_end

    def quote(self, reason: str) -> str:
        """The server's own words as a sentence, or nothing; never a secret, never long."""
        text = re.sub(r"\s+", " ", self.access.redact(reason)).strip(" .")
        if not text:
            return ""
        if len(text) > _REASON_CHARS:
            text = text[:_REASON_CHARS].rstrip() + "…"
        return f" Gemini said: “{text}”."


def problem_from(error: BaseException, at: Circumstances) -> Problem:
    """The `Problem` for whatever opening or running a session raised.

    Sources: close codes as in RFC 6455, section 7.4; `google.genai.errors.APIError` carries them
    in `code`; `websockets.exceptions.InvalidStatus` carries the refusal of the upgrade.
    """
    from google.auth.exceptions import GoogleAuthError, TransportError
    from google.genai.errors import APIError
    from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

    if isinstance(error, ProblemError):
        return error.problem
    if isinstance(error, InvalidStatus):
        body = bytes(error.response.body or b"").decode("utf-8", "replace")
        return _from_status(error.response.status_code, _message_of(body), at)
    if isinstance(error, APIError):
        # After a close the SDK keeps the reason where it otherwise keeps the JSON body.
        return from_close(error.code, str(error.details or ""), at)
    if isinstance(error, ConnectionClosed):
        closing = error.rcvd
        return from_close(closing.code if closing else 1006, closing.reason if closing else "", at)
    if isinstance(error, TransportError):
        return _unreachable(error, at)
    if isinstance(error, GoogleAuthError):
        return _sign_in_refused(at)
    if isinstance(error, InvalidHandshake):
        return _unreadable(at)
    return _from_network(error, at)


def from_close(code: int, reason: str, at: Circumstances) -> Problem:
    """The `Problem` for a WebSocket that the server closed with a code and a reason."""
    said = reason.lower()
    if "api key" in said or "api_key" in said:
        return _key_refused(reason, at)
    if "quota" in said or "resource_exhausted" in said or "resource exhausted" in said:
        return _quota(reason, at)
    if "not found" in said or "not supported for bidigeneratecontent" in said:
        return _no_such_model(reason, at)
    if code == 1007:
        return _settings_refused(reason, at)
    if code == 1008 and not at.connected:
        return _forbidden(reason, at)
    if code == 1008 and "goaway" not in said.replace(" ", ""):
        return _policy(reason, at)
    if at.connected:
        return _lost(code, reason, at)
    return _unavailable(reason, at)


def _from_status(status: int, reason: str, at: Circumstances) -> Problem:
    said = reason.lower()
    if "api key" in said:
        return _key_refused(reason, at)
    if status == 401:
        return _key_refused(reason, at) if _by_key(at) else _sign_in_refused(at, reason)
    if status == 403:
        return _key_refused(reason, at) if _by_key(at) else _forbidden(reason, at)
    if status == 404:
        return _no_such_model(reason, at)
    if status == 429:
        return _quota(reason, at)
    if status >= 500:
        return _unavailable(reason or f"HTTP {status}", at)
    return _settings_refused(reason or f"HTTP {status}", at)


def _from_network(error: BaseException, at: Circumstances) -> Problem:
    if isinstance(error, ssl.SSLError):
        return _certificate(error)
    if isinstance(error, TimeoutError):
        return Problem(
            code="agent.time_out",
            title="Gemini did not answer in time",
            cause=f"{_service(at)} took longer than ten seconds to get ready.",
            cure="Check the internet connection, then try again.",
        )
    if isinstance(error, FileNotFoundError):
        return _certificate(error)
    if isinstance(error, OSError):
        return _unreachable(error, at)
    return _unreadable(at)


def _by_key(at: Circumstances) -> bool:
    return at.back_end is BackEnd.DEVELOPER


def _service(at: Circumstances) -> str:
    name = at.back_end.service
    return name[:1].upper() + name[1:]


def _message_of(body: str) -> str:
    """The message in Google's error JSON, or the body itself where it is plain text."""
    found = re.search(r'"message"\s*:\s*"((?:[^"\\]|\\.)*)"', body)
    if found:
        return found.group(1)
    return "" if body.lstrip().startswith(("<", "{", "[")) else body


def _key_refused(reason: str, at: Circumstances) -> Problem:
    return Problem(
        code="agent.key_refused",
        title="Gemini refused the API key",
        cause=f"The key in GEMINI_API_KEY is not valid, or may not use Live.{at.quote(reason)}",
        cure="Copy the key again from Google AI Studio and save it in the settings.",
        link=KEY_PAGE,
    )


def _sign_in_refused(at: Circumstances, reason: str = "") -> Problem:
    return Problem(
        code="agent.credentials_refused",
        title="Google Cloud refused the sign-in",
        cause=f"The application default credentials have expired or were withdrawn."
        f"{at.quote(reason)}",
        cure="Run “gcloud auth application-default login” in a terminal, then try again.",
        link="https://cloud.google.com/docs/authentication/provide-credentials-adc",
    )


def _forbidden(reason: str, at: Circumstances) -> Problem:
    if _by_key(at):
        cure = "Check in Google AI Studio that the key's project may use the Gemini API."
    else:
        cure = (
            "Switch on the Vertex AI API for the project and give yourself the role Vertex AI User."
        )
    return Problem(
        code="agent.not_allowed",
        title="Gemini may not be used with this account",
        cause=f"{_service(at)} does not let this account open a Live session.{at.quote(reason)}",
        cure=cure,
    )


def _no_such_model(reason: str, at: Circumstances) -> Problem:
    able = capabilities(at.model, at.back_end)
    name = bare_name(at.model)
    cure = f"Choose another model in GEMINI_MODEL, such as {DEFAULT_MODEL}."
    if able.retires is not None and able.retires <= at.today:
        day = f"{able.retires.day} {able.retires:%B %Y}"
        return Problem(
            code="agent.model_retired",
            title="This model has been retired",
            cause=f"Google named {day} as the last day of {name}.{at.quote(reason)}",
            cure=cure,
        )
    if at.back_end is BackEnd.VERTEX:
        cure = f"{cure[:-1]}, or another region in VERTEX_LOCATION, such as global or us-central1."
    return Problem(
        code="agent.model_not_found",
        title="Gemini does not know this model",
        cause=f"{name} is not offered for Live on {at.access.account.where}.{at.quote(reason)}",
        cure=cure,
    )


def _quota(reason: str, at: Circumstances) -> Problem:
    return Problem(
        code="agent.quota",
        title="The Gemini quota is used up",
        cause=f"This account may not open more sessions right now.{at.quote(reason)}",
        cure="Wait a minute and try again, or raise the quota or the plan of the project.",
        link="https://ai.google.dev/gemini-api/docs/rate-limits",
    )


def _settings_refused(reason: str, at: Circumstances) -> Problem:
    if at.connected:
        return Problem(
            code="agent.input_refused",
            title="Gemini ended the conversation",
            cause=f"It could not accept what it was sent, or the conversation grew too long."
            f"{at.quote(reason)}",
            cure="Call again; should it come back, choose another model or shorten the prompt.",
        )
    return Problem(
        code="agent.settings_refused",
        title="Gemini refused the session",
        cause=f"{bare_name(at.model)} does not accept one of the settings.{at.quote(reason)}",
        cure="Check the voice and the model in the settings.",
    )


def _policy(reason: str, at: Circumstances) -> Problem:
    return Problem(
        code="agent.session_refused",
        title="Gemini ended the conversation",
        cause=f"{bare_name(at.model)} does not do what it was asked to.{at.quote(reason)}",
        cure=f"Call again; should it come back, choose {DEFAULT_MODEL} as the model.",
    )


def _lost(code: int, reason: str, at: Circumstances) -> Problem:
    how = "without a word" if code == 1006 else f"with code {code}"
    shown = "" if code == 1006 else at.quote(reason)
    return Problem(
        code="agent.lost",
        title="The connection to Gemini was lost",
        cause=f"The connection ended {how}.{shown}",
        cure="Check the internet connection and call again.",
    )


def _unavailable(reason: str, at: Circumstances) -> Problem:
    return Problem(
        code="agent.unavailable",
        title="Gemini is not available right now",
        cause=f"{_service(at)} has a fault or is overloaded.{at.quote(reason)}",
        cure="Wait a minute and try again.",
        link="https://status.cloud.google.com",
    )


def _unreachable(error: Exception, at: Circumstances) -> Problem:
    if isinstance(error, socket.gaierror):
        cause = "The name of the Gemini server could not be looked up."
    elif isinstance(error, ConnectionRefusedError):
        cause = "Nothing answers at the address of the Gemini server."
    else:
        cause = "The network did not carry the connection."
    if at.access.base_url:
        cause = f"{cause[:-1]} ({at.access.base_url})."
    return Problem(
        code="agent.unreachable",
        title="Gemini cannot be reached",
        cause=cause,
        cure="Check the internet connection, the proxy and the firewall, then try again.",
    )


def _certificate(error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        cause = "The file of trusted certificates (SSL_CERT_FILE) is not there."
    else:
        why = getattr(error, "verify_message", "") or error.__class__.__name__
        cause = f"The secure connection could not be made ({why})."
    return Problem(
        code="agent.certificate",
        title="The connection to Gemini is not trusted",
        cause=cause,
        cure="If your network inspects traffic, put its certificate into a file and name it in "
        "SSL_CERT_FILE; check this computer's date as well.",
    )


def _unreadable(at: Circumstances) -> Problem:
    return Problem(
        code="agent.unreadable",
        title="Gemini gave an answer that makes no sense",
        cause=f"What answered is perhaps not {at.back_end.service}, or speaks a newer version.",
        cure="Check the address of the Gemini server in the settings, or update callconsole.",
    )
