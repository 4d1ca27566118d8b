"""How the agent's abilities are described to the model, as functions that it may call."""

from __future__ import annotations

from typing import Any

from callconsole.domain.abilities import Abilities, Ability
from callconsole.engine.ports import ToolSpec

KEYS_AT_MOST = 32


def tool_specs(abilities: Abilities) -> tuple[ToolSpec, ...]:
    """One function for each ability that the prompt allows, in a fixed order."""
    return tuple(_spec(ability, abilities) for ability in Ability if abilities.allows(ability))


def _spec(ability: Ability, abilities: Abilities) -> ToolSpec:
    match ability:
        case Ability.END_CALL:
            return _tool(
                ability,
                "Hang up. First say goodbye in the same turn, and call this only when the "
                "conversation is over or the person wants to stop.",
                {"reason": _text("why the call is over, in a few words")},
            )
        case Ability.PRESS_KEYS:
            return _tool(
                ability,
                "Press keys of the phone, to answer an automated menu that asks for a key. "
                "Say nothing while you do.",
                {
                    "digits": _text(
                        "the keys in order: 0 to 9, * and #, with w for a pause of half a second"
                    )
                },
                required=("digits",),
            )
        case Ability.TRANSFER_CALL:
            labels = [target.label for target in abilities.transfers]
            return _tool(
                ability,
                "Pass the call on to a colleague. First tell the person in the same turn that "
                "you are doing so.",
                {
                    "to": {**_text("whom to pass the call on to"), "enum": labels},
                    "reason": _text("what the colleague is told before they talk, one sentence"),
                },
                required=("to",),
            )
        case Ability.TAKE_NOTE:
            return _tool(
                ability,
                "Write down what the person said that has to be kept, such as a new time or a "
                "complaint. Call it silently.",
                {"note": _text("the note, one or two sentences"), "details": _details()},
                required=("note",),
            )
        case Ability.SCHEDULE_CALLBACK:
            return _tool(
                ability,
                "Note that the person wants to be called back at a certain time. Call it silently.",
                {
                    "when": _text("date and time as 2026-11-30T14:30, in the person's time"),
                    "note": _text("what the call back is about"),
                },
                required=("when",),
            )


def _tool(
    ability: Ability, description: str, fields: dict[str, Any], required: tuple[str, ...] = ()
) -> ToolSpec:
    parameters: dict[str, Any] = {"type": "object", "properties": fields}
    if required:
        parameters["required"] = list(required)
    return ToolSpec(ability.value, description, parameters)


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}


def _details() -> dict[str, Any]:
    pair = {"name": _text("such as: new time"), "value": _text("such as: Friday at 9:30")}
    return {
        "type": "array",
        "description": "single facts from the note",
        "items": {"type": "object", "properties": pair, "required": ["name", "value"]},
    }
