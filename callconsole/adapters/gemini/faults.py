"""The words for each fault at Gemini: what happened, why, and what cures it."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from datetime import date

from callconsole.adapters.gemini.credentials import GeminiAccess
from callconsole.adapters.gemini.models import (
    DEFAULT_MODEL,
    BackEnd,
    bare_name,
    capabilities,
)
from callconsole.domain.problems import Problem

KEY_PAGE = "https://aistudio.google.com/apikey"
_REASON_CHARS = 240


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


def key_refused(reason: str, at: Circumstances) -> Problem:
    """The key itself is not accepted."""
    return Problem(
        code="agent.key_refused",
        title="Gemini refused the API key",
        cause=f"The key in GEMINI_API_KEY is not valid, or may not use Live.{at.quote(reason)}",
        cure="Copy the key again from Google AI Studio and save it in the settings.",
        link=KEY_PAGE,
    )


def sign_in_refused(at: Circumstances, reason: str = "") -> Problem:
    """Google Cloud credentials are expired, withdrawn or wrong."""
    return Problem(
        code="agent.credentials_refused",
        title="Google Cloud refused the sign-in",
        cause=f"The application default credentials have expired or were withdrawn."
        f"{at.quote(reason)}",
        cure="Run “gcloud auth application-default login” in a terminal, then try again.",
        link="https://cloud.google.com/docs/authentication/provide-credentials-adc",
    )


def forbidden(reason: str, at: Circumstances) -> Problem:
    """The account is known, but may not do this."""
    if at.back_end is BackEnd.DEVELOPER:
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


def no_such_model(reason: str, at: Circumstances) -> Problem:
    """The model is not, or no longer, offered here."""
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


def quota(reason: str, at: Circumstances) -> Problem:
    """Too many sessions or too many tokens."""
    return Problem(
        code="agent.quota",
        title="The Gemini quota is used up",
        cause=f"This account may not open more sessions right now.{at.quote(reason)}",
        cure="Wait a minute and try again, or raise the quota or the plan of the project.",
        link="https://ai.google.dev/gemini-api/docs/rate-limits",
    )


def settings_refused(reason: str, at: Circumstances) -> Problem:
    """Code 1007: a field of the set-up, or what was sent later, is not accepted."""
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


def policy(reason: str, at: Circumstances) -> Problem:
    """Code 1008 during a session."""
    return Problem(
        code="agent.session_refused",
        title="Gemini ended the conversation",
        cause=f"{bare_name(at.model)} does not do what it was asked to.{at.quote(reason)}",
        cure=f"Call again; should it come back, choose {DEFAULT_MODEL} as the model.",
    )


def lost(code: int, reason: str, at: Circumstances) -> Problem:
    """The connection ended during a session."""
    how = "without a word" if code == 1006 else f"with code {code}"
    shown = "" if code == 1006 else at.quote(reason)
    return Problem(
        code="agent.lost",
        title="The connection to Gemini was lost",
        cause=f"The connection ended {how}.{shown}",
        cure="Check the internet connection and call again.",
    )


def time_out(at: Circumstances) -> Problem:
    """The service was reached, and was silent."""
    return Problem(
        code="agent.time_out",
        title="Gemini did not answer in time",
        cause=f"{_service(at)} took longer than ten seconds to get ready.",
        cure="Check the internet connection, then try again.",
    )


def unavailable(reason: str, at: Circumstances) -> Problem:
    """The service has a fault."""
    return Problem(
        code="agent.unavailable",
        title="Gemini is not available right now",
        cause=f"{_service(at)} has a fault or is overloaded.{at.quote(reason)}",
        cure="Wait a minute and try again.",
        link="https://status.cloud.google.com",
    )


def unreachable(error: Exception, at: Circumstances) -> Problem:
    """The network did not get us there."""
    if isinstance(error, socket.gaierror):
        cause = "The name of the Gemini server could not be looked up."
    elif "proxy" in type(error).__name__.lower():
        cause = "The proxy of this network did not let the connection through."
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


def certificate(error: OSError) -> Problem:
    """TLS could not be agreed on."""
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


def unreadable(at: Circumstances) -> Problem:
    """What answers does not speak the Live protocol."""
    return Problem(
        code="agent.unreadable",
        title="Gemini gave an answer that makes no sense",
        cause=f"What answered is perhaps not {at.back_end.service}, or speaks a newer version.",
        cure="Check the address of the Gemini server in the settings, or update callconsole.",
    )


def key_missing() -> Problem:
    """No key was given."""
    return Problem(
        code="agent.key_missing",
        title="There is no Gemini API key",
        cause="GEMINI_API_KEY is empty.",
        cure="Make a key in Google AI Studio and save it in the settings.",
        link=KEY_PAGE,
    )


def _service(at: Circumstances) -> str:
    name = at.back_end.service
    return name[:1].upper() + name[1:]
