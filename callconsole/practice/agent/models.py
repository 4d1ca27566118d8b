"""What each Live model takes and refuses, as the real service was seen to behave."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from callconsole.practice.agent.refusals import RefusalError, invalid_argument, model_not_found
from callconsole.practice.agent.upgrade import BackEnd, Door

_VERTEX_NAME = re.compile(r"projects/[^/]+/locations/[^/]+/publishers/google/models/([^/]+)")
_EXPRESS_NAME = re.compile(r"publishers/google/models/([^/]+)")
_DEVELOPER_NAME = re.compile(r"models/([^/]+)")


class Extra(StrEnum):
    """When a model takes a feature that not every model has."""

    NEVER = "never"
    ALPHA_ONLY = "alpha only"
    """On the Developer API only with version ``v1alpha``; on Vertex always."""
    ALWAYS_ON = "always on"
    """Cannot be switched off: saying false is an error."""


class Seeding(StrEnum):
    """When a model takes ``clientContent``."""

    ANY_TIME = "any time"
    HISTORY_ONLY = "history only"
    """Only before the first realtime input, and only with ``historyConfig``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model at the back ends that offer it.

    Attributes:
        back_ends: where it exists.
        api_versions: versions that know it, or None for all.
        retires: first day on which it is gone, or None.
        affective: whether ``enableAffectiveDialog`` may be sent.
        proactive: whether ``proactivity.proactiveAudio`` may be sent.
        thinking_budget: ``thinkingConfig.thinkingBudget`` may be sent.
        thinking_levels: values of ``thinkingConfig.thinkingLevel`` that may be sent.
        seeding: when ``clientContent`` may be sent.
        heeds_model_only: of turns that want no answer, those in the role ``model`` alone count
            as instructions; others are passed over.
        media_chunks: the old ``realtimeInput.mediaChunks`` is still taken.
        stream_end: ``audioStreamEnd`` ends the caller's turn; 3.8 ignores it.
        context_update: instructions and tools can be changed while talking.
        whole_transcripts: the caller's words come as one finished message.
        always_transcribes: the agent's words come even where nobody asked for them.
        bundles: several fields may share one ``serverContent``.
        behaviors: what a function's declaration may say of how it runs.
        blocks: the agent waits for the results of functions that say nothing of it.
        schedules: a result may say what to do with it.
        input_cancels: new input takes a blocking call back instead of closing the session.
    """

    back_ends: frozenset[BackEnd]
    api_versions: frozenset[str] | None = None
    retires: date | None = None
    affective: Extra = Extra.NEVER
    proactive: Extra = Extra.NEVER
    thinking_budget: bool = False
    thinking_levels: frozenset[str] = frozenset()
    seeding: Seeding = Seeding.ANY_TIME
    heeds_model_only: bool = False
    media_chunks: bool = False
    stream_end: bool = True
    context_update: bool = False
    whole_transcripts: bool = False
    always_transcribes: bool = False
    bundles: bool = True
    behaviors: frozenset[str] = frozenset()
    blocks: bool = True
    schedules: bool = False
    input_cancels: bool = False

    @property
    def thinks(self) -> bool:
        """True where any ``thinkingConfig`` is accepted."""
        return self.thinking_budget or bool(self.thinking_levels)


_BOTH = frozenset(BackEnd)
_DEVELOPER = frozenset({BackEnd.DEVELOPER})
_VERTEX = frozenset({BackEnd.VERTEX})
_BEHAVIORS = frozenset({"BLOCKING", "NON_BLOCKING"})


def _gen_2_5(
    back_ends: frozenset[BackEnd],
    retires: date | None = None,
    api_versions: frozenset[str] | None = None,
) -> Model:
    return Model(
        back_ends=back_ends,
        api_versions=api_versions,
        retires=retires,
        affective=Extra.ALPHA_ONLY,
        proactive=Extra.ALPHA_ONLY,
        thinking_budget=True,
        heeds_model_only=back_ends == _VERTEX,
        media_chunks=True,
        bundles=False,
        # On Vertex AI both were seen to end the session.
        behaviors=_BEHAVIORS if back_ends == _DEVELOPER else frozenset(),
        schedules=back_ends == _DEVELOPER,
    )


def _half_cascade(back_ends: frozenset[BackEnd], retires: date) -> Model:
    return Model(
        back_ends=back_ends,
        retires=retires,
        heeds_model_only=back_ends == _VERTEX,
        media_chunks=True,
        bundles=False,
        behaviors=_BEHAVIORS,
        schedules=True,
    )


MODELS: dict[str, Model] = {
    "gemini-3.8-live": Model(
        back_ends=_BOTH,
        proactive=Extra.ALWAYS_ON,
        stream_end=False,
        context_update=True,
        always_transcribes=True,
        behaviors=_BEHAVIORS,
        blocks=False,
        schedules=True,
        input_cancels=True,
    ),
    "gemini-3.8-live-extended-thinking": Model(
        back_ends=_DEVELOPER,
        proactive=Extra.ALWAYS_ON,
        thinking_levels=frozenset({"LOW", "MEDIUM", "HIGH"}),
        stream_end=False,
        context_update=True,
        always_transcribes=True,
        behaviors=frozenset({"NON_BLOCKING"}),
        blocks=False,
        schedules=True,
    ),
    "gemini-3.1-flash-live-preview": Model(
        back_ends=_DEVELOPER,
        retires=date(2026, 11, 17),
        thinking_levels=frozenset({"MINIMAL", "LOW", "MEDIUM", "HIGH"}),
        seeding=Seeding.HISTORY_ONLY,
        whole_transcripts=True,
        behaviors=frozenset({"BLOCKING"}),
    ),
    "gemini-2.5-flash-native-audio-latest": _gen_2_5(
        _DEVELOPER, api_versions=frozenset({"v1beta", "v1alpha"})
    ),
    "gemini-2.5-flash-native-audio-preview-12-2025": _gen_2_5(_DEVELOPER, date(2026, 11, 17)),
    "gemini-2.5-flash-native-audio-preview-09-2025": _gen_2_5(_DEVELOPER, date(2026, 3, 19)),
    "gemini-live-2.5-flash-native-audio": _gen_2_5(_VERTEX, date(2026, 12, 13)),
    "gemini-live-2.5-flash-preview": _half_cascade(_DEVELOPER, date(2025, 12, 9)),
    "gemini-2.0-flash-live-001": _half_cascade(_DEVELOPER, date(2025, 12, 9)),
}


def find_model(spelling: object, door: Door, today: date) -> tuple[str, Model]:
    """The model that a setup names, with its short name.

    Args:
        spelling: ``models/x`` at the Developer API, the full resource name on Vertex.
        door: back end and API version of the session.
        today: models that are retired by then are gone.

    Raises:
        RefusalError: 1007 where no name is given, 1008 where no such model is served here.
    """
    if not isinstance(spelling, str) or not spelling:
        raise invalid_argument()
    name = _short_name(spelling, door)
    model = MODELS.get(name) if name is not None else None
    if name is None or model is None or not served(model, door, today):
        raise _gone(spelling, door)
    return name, model


def _short_name(spelling: str, door: Door) -> str | None:
    pattern = _DEVELOPER_NAME
    if door.back_end is BackEnd.VERTEX:
        pattern = _EXPRESS_NAME if door.express else _VERTEX_NAME
    match = pattern.fullmatch(spelling)
    return match[1] if match else None


def served(model: Model, door: Door, today: date) -> bool:
    """Whether a model can be had here today."""
    return (
        door.back_end in model.back_ends
        and (model.api_versions is None or door.api_version in model.api_versions)
        and (model.retires is None or today < model.retires)
    )


def _gone(spelling: str, door: Door) -> RefusalError:
    return model_not_found(spelling.rpartition("/")[2], door.api_version)
