"""Read the functions that a session declares, and refuse what the real service would refuse."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from callconsole.practice.agent.models import Model
from callconsole.practice.agent.protocol import Json, field_names, fields_of, refuse_unless
from callconsole.practice.agent.refusals import invalid_argument, unknown_field

# `parametersJsonSchema` is of the other API: Live was seen to take `parameters` alone.
_DECLARATION = field_names("name description parameters response behavior")
_SCHEMA = field_names(
    "type properties required description enum format nullable items minItems maxItems minimum "
    "maximum minLength maxLength pattern title default example anyOf propertyOrdering"
)
_TYPES = field_names("STRING NUMBER INTEGER BOOLEAN ARRAY OBJECT")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,127}")
_PROPERTY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Declaration:
    """One function that the agent may call.

    Attributes:
        name: of the function.
        blocking: the agent waits for its result.
        properties: schemas of its arguments by their names.
        required: arguments that every call has.
    """

    name: str
    blocking: bool
    properties: Json = field(default_factory=dict)
    required: tuple[str, ...] = ()


def read_tools(fields: Json, model: Model) -> tuple[Declaration, ...]:
    """The functions in ``tools``; of other tools nothing is kept.

    Raises:
        RefusalError: 1007 for malformed tools, and for a behavior that the model does not know.
    """
    tools = fields.get("tools", [])
    if not isinstance(tools, list) or (not tools and "tools" in fields):
        raise invalid_argument()
    found: list[Declaration] = []
    for tool in tools:
        declarations = fields_of(tool).get("functionDeclarations", [])
        if not isinstance(declarations, list):
            raise invalid_argument()
        found += [_read(fields_of(each), model) for each in declarations]
    names = [declaration.name for declaration in found]
    refuse_unless(len(set(names)) == len(names))
    return tuple(found)


def _read(fields: Json, model: Model) -> Declaration:
    for known in fields:
        if known not in _DECLARATION:
            raise unknown_field(known, "setup.tools[0].function_declarations[0]")
    name = fields.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise invalid_argument()
    refuse_unless(isinstance(fields.get("description", ""), str))
    blocking = _blocks(fields, model)
    if "parameters" not in fields:
        return Declaration(name, blocking)
    parameters = fields_of(fields["parameters"])
    _check_schema(parameters, _DEEPEST)
    refuse_unless(_kind(parameters) == "OBJECT")
    return Declaration(
        name,
        blocking,
        fields_of(parameters.get("properties", {})),
        _texts(parameters.get("required", [])),
    )


def _blocks(fields: Json, model: Model) -> bool:
    if "behavior" not in fields:
        return model.blocks
    behavior = fields["behavior"]
    if behavior == "UNSPECIFIED" and model.behaviors:
        return model.blocks
    if not isinstance(behavior, str) or behavior not in model.behaviors:
        raise invalid_argument()
    return behavior == "BLOCKING"


def _check_schema(schema: Json, levels: int) -> None:
    for name in schema:
        if name not in _SCHEMA:
            raise unknown_field(name, "setup.tools[0].function_declarations[0].parameters")
    refuse_unless(levels > 0)
    kind = _kind(schema)
    properties = fields_of(schema.get("properties", {}))
    # An object has to have properties, and nothing else may.
    refuse_unless(bool(properties) == (kind == "OBJECT"))
    for name, inner in properties.items():
        refuse_unless(_PROPERTY.fullmatch(name) is not None)
        _check_schema(fields_of(inner), levels - 1)
    refuse_unless(set(_texts(schema.get("required", []))) <= properties.keys())
    if "enum" in schema:
        refuse_unless(kind == "STRING" and bool(_texts(schema["enum"])))
    refuse_unless(("items" in schema) == (kind == "ARRAY"))
    if "items" in schema:
        _check_schema(fields_of(schema["items"]), levels - 1)


def _kind(schema: Json) -> str:
    kind = schema.get("type")
    if not isinstance(kind, str) or kind.upper() not in _TYPES:
        raise invalid_argument()
    return kind.upper()


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise invalid_argument()
    return tuple(value)
