"""Who we are to Google: an API key, or a project with Google credentials."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from callconsole.adapters.gemini.models import BackEnd
from callconsole.domain.problems import Problem, ProblemError

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of the Gemini API (Google AI Studio)."""

    key: SecretStr

    @property
    def back_end(self) -> BackEnd:
        """Where this key is good."""
        return BackEnd.DEVELOPER

    @property
    def where(self) -> str:
        """The back end as an operator reads it."""
        return "Gemini API"


@dataclass(frozen=True, slots=True)
class Vertex:
    """A Google Cloud project on Vertex AI.

    Attributes:
        project: project id.
        location: region such as ``us-central1``, or ``global``, ``us``, ``eu``.
        credentials: credentials of google-auth, or an access token that needs no refresh, or
            None for the application default credentials of this computer.
    """

    project: str
    location: str
    credentials: Credentials | SecretStr | None = field(default=None, repr=False)

    @property
    def back_end(self) -> BackEnd:
        """Where this project is good."""
        return BackEnd.VERTEX

    @property
    def where(self) -> str:
        """The back end as an operator reads it."""
        return f"Vertex {self.location}"


@dataclass(frozen=True, slots=True)
class GeminiAccess:
    """How Gemini is reached; its repr shows no secret.

    Attributes:
        account: who pays.
        base_url: an https address instead of Google's own, or None.
        ca_file: the only certificates to trust (PEM), or None for ``SSL_CERT_FILE`` or the
            usual ones.
    """

    account: ApiKey | Vertex
    base_url: str | None = None
    ca_file: Path | None = None

    @property
    def on_loopback(self) -> bool:
        """True where the server is this computer, which no proxy can reach for us."""
        return bool(self.base_url) and urlsplit(self.base_url or "").hostname in _LOOPBACK

    def redact(self, text: str) -> str:
        """The text without the API key or access token, should a server repeat it."""
        given = self.account.key if isinstance(self.account, ApiKey) else self.account.credentials
        secret = given.get_secret_value() if isinstance(given, SecretStr) else None
        secret = secret or getattr(given, "token", None)
        return text.replace(secret, "…") if secret else text


def load_credentials(vertex: Vertex) -> Credentials:
    """The credentials to call Vertex AI with; reads files and may ask a metadata server.

    Raises:
        ProblemError: this computer has no application default credentials, or broken ones.
    """
    if isinstance(vertex.credentials, SecretStr):
        return _fixed_token(vertex.credentials)
    if vertex.credentials is not None:
        return vertex.credentials
    return _application_default()


def _fixed_token(token: SecretStr) -> Credentials:
    from google.oauth2.credentials import Credentials as TokenCredentials

    build: Any = TokenCredentials
    credentials: Credentials = build(token.get_secret_value())
    return credentials


def find_project() -> str | None:
    """The project of this computer's Google sign-in; None for a sign-in that names none.

    Reads files and may ask a metadata server. Raises `ProblemError` as `load_credentials` does.
    """
    return _found()[1]


def _application_default() -> Credentials:
    return _found()[0]


def _found() -> tuple[Credentials, str | None]:
    import google.auth
    from google.auth.exceptions import GoogleAuthError

    find: Any = google.auth.default
    try:
        found: tuple[Credentials, str | None] = find(scopes=[SCOPE])
    except (GoogleAuthError, OSError, ValueError) as error:
        # The SDK's own text names files and links but not the command that helps.
        raise ProblemError(_no_credentials()) from error
    return found


def _no_credentials() -> Problem:
    return Problem(
        code="agent.credentials_missing",
        title="No Google Cloud sign-in was found",
        cause="Vertex AI needs application default credentials, and this computer has none "
        "that can be read.",
        cure="Run “gcloud auth application-default login” in a terminal, then try again.",
        link="https://cloud.google.com/docs/authentication/provide-credentials-adc",
    )
