"""Every setting: one typed record, read from the environment and from a `.env` file."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from callconsole.domain import phone
from callconsole.domain.answering import (
    USUAL_THRESHOLDS,
    AnswerThresholds,
    GateMode,
    Undecided,
)
from callconsole.domain.incoming import Incoming
from callconsole.domain.problems import Problem, ProblemError

Backend = Literal["vertex", "api key"]
_DOMAIN = re.compile(r"[A-Za-z0-9*](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?")


# What comes along when a value is copied from a web page: no letter, and nobody sees it.
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"


def trimmed(value: object) -> object:
    """A text without the blanks, line breaks and unseen signs around it; all else as it is."""
    if not isinstance(value, str):
        return value
    former = None
    while value != former:
        former, value = value, value.strip().strip(_UNSEEN)
    return value


def _blank_is_none(value: object) -> object:
    """An empty line in `.env` means that the setting is not set."""
    return None if isinstance(value, str) and not value.strip() else value


def _from_home(value: object) -> object:
    """A path that begins with ~ is in the person's own folder; no shell sees a `.env` file."""
    if not isinstance(value, str | Path) or not str(value).startswith("~"):
        return _blank_is_none(value)
    try:
        return Path(value).expanduser()
    except RuntimeError:
        raise ValueError("there is no home folder that ~ could mean") from None


Text = Annotated[str | None, BeforeValidator(_blank_is_none)]
Secret = Annotated[SecretStr | None, BeforeValidator(_blank_is_none)]
Folder = Annotated[Path | None, BeforeValidator(_from_home)]


class Settings(BaseSettings):
    """What a person may set. The environment wins over `.env`; names are not case sensitive.

    The field descriptions are the documentation: `.env.example` and the README follow them.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    twilio_account_sid: Text = Field(None, description="Twilio account, AC and 32 hex digits")
    twilio_auth_token: Secret = Field(None, description="Twilio auth token")
    twilio_phone_number: Text = Field(None, description="the Twilio number that calls, E.164")
    twilio_api_base_url: str = Field(
        "https://api.twilio.com", description="another address for Twilio's API (tests, proxies)"
    )
    vertex_project_id: Text = Field(None, description="Google Cloud project with Vertex AI")
    vertex_location: str = Field("us-central1", description="Vertex AI region")
    gemini_api_key: Secret = Field(None, description="Gemini API key (instead of Vertex AI)")
    gemini_model: str = Field("gemini-3.8-live", description="the Live model")
    gemini_voice: str = Field("Aoede", description="the AI's voice")
    affective_dialog: bool = Field(
        True,
        alias="CALLCONSOLE_AFFECTIVE_DIALOG",
        description="go by the mood of the callee's voice, with models that can",
    )
    proactive_audio: bool = Field(
        True,
        alias="CALLCONSOLE_PROACTIVE_AUDIO",
        description="stay silent where nothing is meant for the AI, with models that can",
    )
    google_gemini_base_url: Text = Field(None, description="another address for the Gemini API")
    google_vertex_base_url: Text = Field(None, description="another address for Vertex AI")
    server_host: str = Field("127.0.0.1", description="address our server listens on")
    server_port: int = Field(8080, ge=0, le=65535, description="port our server listens on")
    server_base_url: Text = Field(
        None, description="our public https address, where no ngrok token is given"
    )
    ngrok_authtoken: Secret = Field(None, description="ngrok token: the console opens the tunnel")
    ngrok_domain: Text = Field(None, description="your fixed ngrok domain")
    ngrok_path: Folder = Field(
        None, description="the ngrok program to run, instead of the one on PATH or a download"
    )
    test_phone_number: Text = Field(None, description="number that `callconsole call` dials")
    ssl_cert_file: Folder = Field(
        None, description="certificate authorities to trust instead of the system's, PEM"
    )
    theme: Literal["system", "light", "dark"] = Field(
        "system", alias="CALLCONSOLE_THEME", description="colours of the window"
    )
    data_dir: Folder = Field(
        None, alias="CALLCONSOLE_DATA_DIR", description="recordings, prompts and logs"
    )
    api_token: Secret = Field(
        None, alias="CALLCONSOLE_API_TOKEN", description="lets other machines use the HTTP API"
    )
    prompt: str = Field(
        "appointment_reminder",
        alias="CALLCONSOLE_PROMPT",
        description="prompt of a call that names none",
    )
    record: bool = Field(True, alias="CALLCONSOLE_RECORD", description="record calls")
    opening: Literal["listen", "greet"] = Field(
        "listen",
        alias="CALLCONSOLE_OPENING",
        description="who speaks first: the callee (listen) or the AI (greet)",
    )
    early_barge_in: bool | None = Field(
        None,
        alias="CALLCONSOLE_EARLY_BARGE_IN",
        description="fall silent as soon as the callee is heard to speak, before Gemini says so; "
        "unset: in the window only, because it costs processor time",
    )
    while_you_speak: Literal["callee", "silence"] = Field(
        "callee",
        alias="CALLCONSOLE_WHILE_YOU_SPEAK",
        description="what the AI hears while you have taken a call over: the callee or silence",
    )
    transcribe_operator: bool = Field(
        True,
        alias="CALLCONSOLE_TRANSCRIBE_OPERATOR",
        description="write down what you say while you have taken a call over; a second session "
        "with Gemini hears your microphone for it",
    )
    amd: bool = Field(
        True,
        alias="CALLCONSOLE_AMD",
        description="ask Twilio too who answered; it charges for each call",
    )
    gate: GateMode = Field(
        GateMode.ON,
        alias="CALLCONSOLE_GATE",
        description="when the AI may be heard: once a person is there (on), at once (off), or "
        "once Twilio has decided, before any audio flows (strict)",
    )
    undecided: Undecided = Field(
        Undecided.SPEAK,
        alias="CALLCONSOLE_UNDECIDED",
        description="where nobody can tell who answered: speak or hang-up",
    )
    answer_short_ms: int = Field(
        USUAL_THRESHOLDS.short_ms,
        ge=500,
        le=6000,
        alias="CALLCONSOLE_ANSWER_SHORT_MS",
        description="a first utterance of at most this length may be a person's greeting, ms",
    )
    answer_long_ms: int = Field(
        USUAL_THRESHOLDS.long_ms,
        ge=1000,
        le=20_000,
        alias="CALLCONSOLE_ANSWER_LONG_MS",
        description="an utterance that goes on for longer is a machine's, ms",
    )
    answer_pause_ms: int = Field(
        USUAL_THRESHOLDS.pause_ms,
        ge=300,
        le=5000,
        alias="CALLCONSOLE_ANSWER_PAUSE_MS",
        description="silence after a short greeting that waits for a reply, ms",
    )
    answer_silence_ms: int = Field(
        USUAL_THRESHOLDS.silence_ms,
        ge=1000,
        le=20_000,
        alias="CALLCONSOLE_ANSWER_SILENCE_MS",
        description="nobody says anything for this long: nothing can be known, ms",
    )
    answer_limit_ms: int = Field(
        USUAL_THRESHOLDS.limit_ms,
        ge=2000,
        le=60_000,
        alias="CALLCONSOLE_ANSWER_LIMIT_MS",
        description="by then it is decided who answered, one way or the other, ms",
    )
    ring_s: int = Field(
        25,
        ge=5,
        le=600,
        alias="CALLCONSOLE_RING_S",
        description="seconds of ringing before giving up",
    )
    time_limit_s: int = Field(
        1800,
        ge=30,
        le=14_400,
        alias="CALLCONSOLE_TIME_LIMIT_S",
        description="longest life of a call in seconds; Twilio ends it by then even if this "
        "computer is dead",
    )
    incoming: Incoming = Field(
        Incoming.OFF,
        alias="CALLCONSOLE_INCOMING",
        description="calls to your Twilio number: turned away (off), or they ring here and you "
        "are asked (ask)",
    )
    max_calls: int = Field(
        10, ge=1, le=500, alias="CALLCONSOLE_MAX_CALLS", description="live calls at one time"
    )

    @field_validator("*", mode="before")
    @classmethod
    def _without_what_is_around(cls, value: object) -> object:
        return trimmed(value)

    @field_validator("twilio_auth_token", "gemini_api_key", "ngrok_authtoken", "api_token")
    @classmethod
    def _sendable(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().isascii():
            raise ValueError("there is a letter in it that none has; copy it again")
        return value

    @field_validator("twilio_phone_number", "test_phone_number")
    @classmethod
    def _e164(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            return phone.parse(value).e164
        except ProblemError as error:
            raise ValueError(error.problem.cause) from None

    @field_validator("server_base_url", "google_gemini_base_url", "google_vertex_base_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith("https://"):
            raise ValueError("the address has to begin with https://")
        return _whole_address(value)

    @field_validator("twilio_api_base_url")
    @classmethod
    def _service(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("the address has to begin with https://")
        return _whole_address(value)

    @field_validator("ngrok_domain")
    @classmethod
    def _domain(cls, value: str | None) -> str | None:
        if value is None:
            return None
        name = value.removeprefix("https://").removeprefix("http://").rstrip("/")
        if not _DOMAIN.fullmatch(name):
            raise ValueError("this has to be a name such as example.ngrok.app")
        return name

    @field_validator("ssl_cert_file", "ngrok_path")
    @classmethod
    def _readable(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError("there is no such file")
        return value

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.gate is GateMode.STRICT and not self.amd:
            raise ValueError("CALLCONSOLE_GATE=strict needs CALLCONSOLE_AMD=on: Twilio decides")
        return self

    @property
    def thresholds(self) -> AnswerThresholds:
        """Times that tell people from machines."""
        return AnswerThresholds(
            short_ms=self.answer_short_ms,
            long_ms=self.answer_long_ms,
            pause_ms=self.answer_pause_ms,
            silence_ms=self.answer_silence_ms,
            limit_ms=self.answer_limit_ms,
        )

    @property
    def backend(self) -> Backend | None:
        """Which Google back end is used; Vertex AI wins where both are set."""
        if self.vertex_project_id is not None:
            return "vertex"
        return "api key" if self.gemini_api_key is not None else None

    @property
    def both_back_ends(self) -> bool:
        """True where a choice had to be made between Vertex AI and the API key."""
        return self.vertex_project_id is not None and self.gemini_api_key is not None


def _whole_address(value: str) -> str:
    """An address without the slash at its end. Raises ValueError where it leads nowhere."""
    try:
        parts = urlsplit(value)
        lacking = not parts.hostname or parts.port == 0
    except ValueError:
        lacking = True
    if lacking or any(sign.isspace() for sign in value):
        raise ValueError("this is not a whole address")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("the address must have no user name, no ? and no # in it")
    return value.rstrip("/")


def load(env_file: str | Path | None = ".env") -> Settings:
    """Read the environment and `.env` alone; `callconsole.settings_store` reads the rest too.

    Raises `ProblemError` that names every value that is wrong. ``SSL_CERT_FILE`` from the file
    is put into the environment, where OpenSSL looks for it.
    """
    try:
        settings = Settings(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as error:
        items = error.errors(include_input=False, include_url=False)
        wrong = [f"{_place(item['loc'])}{wrong_words(item)}" for item in items]
    else:
        trust_certificates(settings)
        return settings
    raise ProblemError(invalid(wrong))


def trust_certificates(settings: Settings) -> None:
    """Put a configured ``SSL_CERT_FILE`` where OpenSSL looks for it."""
    if settings.ssl_cert_file is not None:
        os.environ["SSL_CERT_FILE"] = str(settings.ssl_cert_file)


def invalid(wrong: Sequence[str]) -> Problem:
    """The problem of values from outside that cannot be used; each says which it is."""
    return Problem(
        "settings.invalid",
        "A setting is not valid",
        f"{'; '.join(wrong)}.",
        "Correct it in the environment or in the file .env.",
    )


def wrong_words(item: ErrorDetails) -> str:
    """What is wrong with a value, in plain words that do not repeat it."""
    limits = item.get("ctx", {})
    kind = item["type"]
    if kind in ("int_parsing", "int_type", "int_from_float", "int_parsing_size"):
        return "this has to be a whole number"
    if kind == "greater_than_equal":
        return f"the least is {limits['ge']}"
    if kind == "less_than_equal":
        return f"the most is {limits['le']}"
    if kind in ("bool_parsing", "bool_type"):
        return "this has to be on or off"
    if kind in ("literal_error", "enum"):
        return f"this has to be one of {limits['expected']}"
    return item["msg"].removeprefix("Value error, ")


def _place(loc: tuple[int | str, ...]) -> str:
    """The variable at fault; empty where several do not fit together."""
    return f"{variable(str(loc[0]))}: " if loc else ""


def alias_of(field: str) -> str:
    """The name under which the record takes a field: its alias where it has one."""
    return Settings.model_fields[field].alias or field


def variable(field: str) -> str:
    """The environment variable of a field, or of an alias."""
    info = Settings.model_fields.get(field)
    return ((info.alias if info is not None else None) or field).upper()


def is_secret(field: str) -> bool:
    """True for tokens and keys, which are never shown."""
    return Settings.model_fields[field].annotation == (SecretStr | None)


def may_be_unset(field: str) -> bool:
    """True where an empty value means that the setting is not set."""
    info = Settings.model_fields[field]
    return any(isinstance(mark, BeforeValidator) for mark in info.metadata)


def missing_for_phone(settings: Settings) -> list[Problem]:
    """What real calls still need, each with where to get it; empty where all is there."""
    problems = []
    twilio = "the Twilio console, under Account Info"
    wanted = [
        (settings.twilio_account_sid, "TWILIO_ACCOUNT_SID", f"Copy it from {twilio}."),
        (settings.twilio_auth_token, "TWILIO_AUTH_TOKEN", f"Copy it from {twilio}."),
        (
            settings.twilio_phone_number,
            "TWILIO_PHONE_NUMBER",
            "Buy or choose a number in the Twilio console, under Phone Numbers.",
        ),
        (
            settings.backend,
            "VERTEX_PROJECT_ID or GEMINI_API_KEY",
            "Take a project from the Google Cloud console, or a key from Google AI Studio.",
        ),
        (
            settings.ngrok_authtoken or settings.server_base_url,
            "NGROK_AUTHTOKEN or SERVER_BASE_URL",
            "Copy the token from the ngrok dashboard, or give your own public https address.",
        ),
    ]
    for value, name, cure in wanted:
        if value is None:
            slug = name.split(" ")[0].lower()
            problems.append(
                Problem(
                    f"settings.{slug}",
                    f"{name} is missing",
                    "Real calls need it.",
                    f"{cure} Enter it under Settings, or in the file .env.",
                )
            )
    return problems


def missing_message(problems: list[Problem]) -> str:
    """One message that names every missing value and where to get it."""
    lines = [f"  {problem.title}. {problem.cure}" for problem in problems]
    return "\n".join(
        [
            "Real calls cannot start yet:",
            *lines,
            "Try everything without them on the practice line: callconsole practice",
        ]
    )
