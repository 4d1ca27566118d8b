"""What a model can do, in an operator's words, from the capability table."""

from __future__ import annotations

from datetime import date

from callconsole.adapters.gemini.models import (
    DEFAULT_MODEL,
    BackEnd,
    Capabilities,
    bare_name,
    capabilities,
)
from callconsole.domain.agent_models import ModelFacts, Remark

_TOOLS = {
    "blocking": "uses functions, and is silent until each has answered",
    "non_blocking": "uses functions while it goes on talking",
    "none": "uses no functions: it cannot end calls, press keys or take notes",
}


def model_facts(model: str, back_end: BackEnd, today: date) -> ModelFacts:
    """What can be said of a model at a back end; `today` tells which ones are retired."""
    name = bare_name(model)
    able = capabilities(name, back_end)
    remarks = _remarks(able) if able.known else ()
    # Named as the settings are.
    talents = {
        "affective_dialog": able.affective_dialog,
        "proactive_audio": able.proactive_audio,
    }
    lacking = frozenset(talent for talent, there in talents.items() if not there)
    warning = _warning(name, able, back_end, today)
    return ModelFacts(name, able.known, remarks, lacking, warning)


def _remarks(able: Capabilities) -> tuple[Remark, ...]:
    language = "takes the language that is set" if able.speech_language else (
        "hears which language is spoken, and answers in it"
    )  # fmt: skip
    thinks = f"thinks before it answers ({able.thinking_level})"
    return (
        Remark(_TOOLS[able.tools], able.tools != "none"),
        Remark(language, True),
        _either(able.affective_dialog, "hears the mood of a voice and answers in kind",
                "does not go by the mood of a voice"),
        _either(able.proactive_audio, "may stay silent where nothing is meant for it",
                "answers everything that it hears"),
        _either(able.thinking == "level", thinks, "answers without thinking first"),
        _either(able.transcription, "writes down what both sides say", "gives no transcript"),
        _either(able.resumption, "goes on after a lost connection",
                "begins anew after a lost connection"),
    )  # fmt: skip


def _either(able: bool, yes: str, no: str) -> Remark:
    return Remark(yes if able else no, able)


def _warning(name: str, able: Capabilities, back_end: BackEnd, today: date) -> str:
    if not able.known:
        return (
            "Our table does not know this model. Only what every model takes is sent to it; "
            "whether it speaks shows when the line is opened."
        )
    if back_end not in able.back_ends:
        other = able.back_ends[0].service
        return f"It is offered on {other} only, not on {back_end.service}."
    if able.retires is not None and able.retires <= today:
        return f"Google ended it on {able.retires:%d %B %Y}. Take {DEFAULT_MODEL}."
    if able.retires is not None:
        return f"Google ends it on {able.retires:%d %B %Y}."
    return ""
