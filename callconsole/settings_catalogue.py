"""Every setting as an operator meets it: group, label, help, kind of field, page to visit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callconsole.settings import Settings, is_secret, variable
from callconsole.settings_layers import default_of


class Group(StrEnum):
    """The parts of the Settings page, in its order."""

    TWILIO = "Twilio"
    GOOGLE = "Google"
    SERVER = "Tunnel & server"
    CALLS = "Calls"
    ANSWER = "Who answered"
    SOUND = "Sound"
    APPEARANCE = "Appearance"
    PRIVACY = "Recording & privacy"
    FILES = "Files"


class Kind(StrEnum):
    """How a setting is entered."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105 - a kind of field
    NUMBER = "number"
    SWITCH = "switch"
    CHOICE = "choice"
    FILE = "file"
    FOLDER = "folder"
    MODEL = "model"
    VOICE = "voice"
    PROMPT = "prompt"


class Effect(StrEnum):
    """When a change counts."""

    AT_ONCE = "for the next call"
    NEXT_LINE = "from the next start of the line"
    NEXT_START = "from the next start of the console"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Names of settings that were changed and do not count yet.

    Attributes:
        line: until the line is opened again.
        start: until the console is started again.
    """

    line: tuple[str, ...] = ()
    start: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """One setting.

    Attributes:
        name: field of `Settings`.
        label: what it is called on the page.
        help: what it does, one or two sentences.
        unit: of a number, such as ``ms``.
        choices: (value, words) of a choice; "" is the value of "not set".
        page: where its value is found, or "".
        effect: when a change counts.
    """

    name: str
    group: Group
    label: str
    help: str
    kind: Kind = Kind.TEXT
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    page: str = ""
    effect: Effect = Effect.AT_ONCE

    @property
    def variable(self) -> str:
        """Its name in the environment and in `.env`."""
        return variable(self.name)

    @property
    def default(self) -> str:
        """Its default as an operator reads it; "" where it is not set by default."""
        return self.words(default_of(self.name))

    @property
    def raw_default(self) -> str:
        """Its default as it is written in `.env`; "" where it is not set by default."""
        value = default_of(self.name)
        if isinstance(value, bool):
            return "on" if value else "off"
        return "" if value is None else str(value)

    @property
    def bounds(self) -> tuple[int, int] | None:
        """The least and the most of a number, or None."""
        limits = {type(mark).__name__: mark for mark in Settings.model_fields[self.name].metadata}
        if "Ge" not in limits or "Le" not in limits:
            return None
        return limits["Ge"].ge, limits["Le"].le

    @property
    def secret(self) -> bool:
        """True for tokens and keys."""
        return is_secret(self.name)

    def words(self, value: str | int | bool | None) -> str:
        """A plain value as an operator reads it."""
        if isinstance(value, bool):
            value = "on" if value else "off"
        named = dict(self.choices)
        shown = "" if value is None else str(value)
        if shown in named:
            return named[shown]
        return f"{shown} {self.unit}".strip() if shown else ""

    def matches(self, wanted: str) -> bool:
        """Whether a search finds it: every word in group, label, help or variable name."""
        told = f"{self.group} {self.label} {self.help} {self.variable} {self.name}".casefold()
        return all(word in told for word in wanted.casefold().split())


_LINE = Effect.NEXT_LINE
_TWILIO_CONSOLE = "https://console.twilio.com"
_AI_STUDIO = "https://aistudio.google.com/apikey"
_CLOUD = "https://console.cloud.google.com"
_NGROK = "https://dashboard.ngrok.com"


def _milliseconds(name: str, label: str, told: str) -> SettingInfo:
    return SettingInfo(name, Group.ANSWER, label, told, Kind.NUMBER, "ms")


CATALOGUE: tuple[SettingInfo, ...] = (
    SettingInfo(
        "twilio_account_sid", Group.TWILIO, "Account SID",
        "AC and 32 hex digits. On the first page of the Twilio console, under Account Info.",
        page=_TWILIO_CONSOLE, effect=_LINE,
    ),
    SettingInfo(
        "twilio_auth_token", Group.TWILIO, "Auth token",
        "Beside the account SID. With it anybody can call at your cost.",
        Kind.SECRET, page=_TWILIO_CONSOLE, effect=_LINE,
    ),
    SettingInfo(
        "twilio_phone_number", Group.TWILIO, "Number that calls",
        "A number of your Twilio account that can make voice calls, with its country code.",
        page=f"{_TWILIO_CONSOLE}/us1/develop/phone-numbers/manage/incoming", effect=_LINE,
    ),
    SettingInfo(
        "twilio_api_base_url", Group.TWILIO, "Address of Twilio's API",
        "Only for tests and proxies.", effect=_LINE,
    ),
    SettingInfo(
        "gemini_api_key", Group.GOOGLE, "Gemini API key",
        "From Google AI Studio. Where a Vertex AI project is set as well, the project is used.",
        Kind.SECRET, page=_AI_STUDIO, effect=_LINE,
    ),
    SettingInfo(
        "vertex_project_id", Group.GOOGLE, "Vertex AI project",
        "A Google Cloud project, instead of a key. This computer needs Google credentials too: "
        "run “gcloud auth application-default login” once.",
        page=_CLOUD, effect=_LINE,
    ),
    SettingInfo(
        "vertex_location", Group.GOOGLE, "Vertex AI region",
        "Where the model runs. One near your callees answers sooner.", effect=_LINE,
    ),
    SettingInfo(
        "gemini_model", Group.GOOGLE, "Model",
        "The Live model that speaks. Another name than those listed can be typed.",
        Kind.MODEL, effect=_LINE,
    ),
    SettingInfo(
        "gemini_voice", Group.GOOGLE, "Voice", "How the AI sounds.", Kind.VOICE, effect=_LINE,
    ),
    SettingInfo(
        "affective_dialog",
        Group.GOOGLE,
        "Goes by the mood",
        "The AI hears how the callee feels and answers in kind, with models that can.",
        Kind.SWITCH,
        effect=_LINE,
    ),
    SettingInfo(
        "proactive_audio",
        Group.GOOGLE,
        "May stay silent",
        "The AI says nothing to what is not meant for it, with models that can.",
        Kind.SWITCH,
        effect=_LINE,
    ),
    SettingInfo(
        "google_gemini_base_url", Group.GOOGLE, "Address of the Gemini API",
        "Only for tests and proxies.", effect=_LINE,
    ),
    SettingInfo(
        "google_vertex_base_url", Group.GOOGLE, "Address of Vertex AI",
        "Only for tests and proxies.", effect=_LINE,
    ),
    SettingInfo(
        "ngrok_authtoken", Group.SERVER, "ngrok token",
        "The console opens the tunnel by itself with it, so that Twilio reaches this computer.",
        Kind.SECRET, page=f"{_NGROK}/get-started/your-authtoken", effect=_LINE,
    ),
    SettingInfo(
        "ngrok_domain", Group.SERVER, "ngrok domain",
        "Your fixed domain, such as name.ngrok-free.app. A free account has one.",
        page=f"{_NGROK}/domains", effect=_LINE,
    ),
    SettingInfo(
        "ngrok_path", Group.SERVER, "The ngrok program",
        "Where it is installed. Without a path, the one on PATH is used, or it is downloaded once "
        "you say so.",
        Kind.FILE, effect=_LINE,
    ),
    SettingInfo(
        "server_base_url", Group.SERVER, "Own public address",
        "Instead of ngrok: an https address of yours that leads to the port below.", effect=_LINE,
    ),
    SettingInfo(
        "server_port", Group.SERVER, "Port", "The port that our server listens on; 0 takes a free "
        "one.", Kind.NUMBER, effect=_LINE,
    ),
    SettingInfo(
        "server_host", Group.SERVER, "Listens on",
        "The address of this computer that our server listens on. 127.0.0.1 is this computer "
        "alone.", effect=_LINE,
    ),
    SettingInfo(
        "api_token", Group.SERVER, "Token for the HTTP interface",
        "Lets programs on other machines use it, with “Authorization: Bearer” and this token. "
        "Without one only this computer may.",
        Kind.SECRET, effect=_LINE,
    ),
    SettingInfo(
        "prompt", Group.CALLS, "Prompt", "What a call follows that names no prompt.", Kind.PROMPT,
    ),
    SettingInfo(
        "opening", Group.CALLS, "Who speaks first",
        "The callee, as people do, or the AI with a greeting made while the phone rings.",
        Kind.CHOICE, choices=(("listen", "the callee"), ("greet", "the AI")),
    ),
    SettingInfo(
        "while_you_speak", Group.CALLS, "While you speak, the AI hears",
        "The callee, so that it knows what they said when you hand back, or silence.",
        Kind.CHOICE, choices=(("callee", "the callee"), ("silence", "silence")),
    ),
    SettingInfo(
        "transcribe_operator", Group.CALLS, "Write down what you say",
        "While you have taken over, a second Gemini session hears your microphone, for the "
        "transcript and for the AI. It costs tokens of its own.",
        Kind.SWITCH,
    ),
    SettingInfo(
        "ring_s", Group.CALLS, "Ring for", "Then the call is given up.", Kind.NUMBER, "s",
    ),
    SettingInfo(
        "time_limit_s", Group.CALLS, "Longest call",
        "Twilio ends it by then even if this computer is dead, so that it bounds the cost.",
        Kind.NUMBER, "s",
    ),
    SettingInfo(
        "max_calls", Group.CALLS, "Calls at one time", "More are refused before anybody dials.",
        Kind.NUMBER,
    ),
    SettingInfo(
        "incoming", Group.CALLS, "Calls to your number",
        "Turned away, or they ring here and you are asked. The number has to be set for it at "
        "Twilio once.",
        Kind.CHOICE, choices=(("off", "turned away"), ("ask", "ring here")),
    ),
    SettingInfo(
        "test_phone_number", Group.CALLS, "Your own phone",
        "The number that “callconsole call” dials where none is given.",
    ),
    SettingInfo(
        "gate", Group.ANSWER, "The AI may be heard",
        "Once a person is there; at once, which voicemail hears too; or once Twilio has decided, "
        "before any audio flows.",
        Kind.CHOICE,
        choices=(("on", "once a person is there"), ("off", "at once"), ("strict", "when Twilio "
                 "says so")),
    ),
    SettingInfo(
        "undecided", Group.ANSWER, "Where nobody can tell",
        "What happens when it stays unknown who answered.", Kind.CHOICE,
        choices=(("speak", "speak"), ("hang-up", "hang up")),
    ),
    SettingInfo(
        "amd", Group.ANSWER, "Ask Twilio too",
        "Twilio's answering machine detection. It charges for each call.", Kind.SWITCH,
    ),
    _milliseconds(
        "answer_short_ms", "Short greeting",
        "A first utterance of at most this length may be a person's.",
    ),
    _milliseconds(
        "answer_long_ms", "Long greeting", "One that goes on for longer is a machine's.",
    ),
    _milliseconds(
        "answer_pause_ms", "Pause that waits",
        "Silence after a short greeting that waits for a reply.",
    ),
    _milliseconds(
        "answer_silence_ms", "Silence", "Nobody says anything for this long: nothing can be known.",
    ),
    _milliseconds(
        "answer_limit_ms", "Decided by", "By then it is decided who answered, one way or another.",
    ),
    SettingInfo(
        "early_barge_in", Group.SOUND, "Fall silent early",
        "Stop the AI as soon as this computer hears the callee speak, before Gemini says so. It "
        "costs processor time.",
        Kind.CHOICE,
        choices=(("", "in the window only"), ("on", "always"), ("off", "never")),
    ),
    SettingInfo(
        "theme", Group.APPEARANCE, "Colours", "Light, dark, or as the system has them.",
        Kind.CHOICE,
        choices=(("system", "as the system"), ("light", "light"), ("dark", "dark")),
    ),
    SettingInfo(
        "record", Group.PRIVACY, "Record calls",
        "Both sides, in stereo, on this computer only. In many places the callee has to be told.",
        Kind.SWITCH,
    ),
    SettingInfo(
        "data_dir", Group.FILES, "Data folder",
        "Recordings, prompts and the history of calls. What is in the present folder stays there.",
        Kind.FOLDER, effect=Effect.NEXT_START,
    ),
    SettingInfo(
        "ssl_cert_file", Group.FILES, "Certificate authorities",
        "Trusted instead of the system's, a PEM file; for networks that look into connections.",
        Kind.FILE, effect=Effect.NEXT_START,
    ),
)  # fmt: skip
BY_NAME = {info.name: info for info in CATALOGUE}
