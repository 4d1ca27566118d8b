from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.practice.agent.declarations import Declaration, read_tools
from callconsole.practice.agent.models import MODELS
from callconsole.practice.agent.refusals import RefusalError

NEW = MODELS["gemini-3.8-live"]
DEEP = MODELS["gemini-3.8-live-extended-thinking"]
LEGACY = MODELS["gemini-3.1-flash-live-preview"]
OLD = MODELS["gemini-2.5-flash-native-audio-latest"]
OLD_VERTEX = MODELS["gemini-live-2.5-flash-native-audio"]
TEXT = {"type": "STRING"}


def tools(*declarations: dict[str, Any]) -> dict[str, Any]:
    return {"tools": [{"functionDeclarations": list(declarations)}]}


def declared(schema: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return tools({"name": "take_note", "parameters": schema, **fields})


def test_a_declaration_is_read() -> None:
    schema = {"type": "object", "properties": {"text": TEXT}, "required": ["text"]}
    assert read_tools(declared(schema, description="d"), NEW) == (
        Declaration("take_note", False, {"text": TEXT}, ("text",)),
    )
    assert read_tools(tools({"name": "end_call"}), LEGACY) == (Declaration("end_call", True),)
    assert read_tools({}, NEW) == ()


@pytest.mark.parametrize(
    ("model", "behavior", "blocking"),
    [
        (NEW, "BLOCKING", True),
        (NEW, "NON_BLOCKING", False),
        (NEW, "UNSPECIFIED", False),
        (DEEP, "NON_BLOCKING", False),
        (LEGACY, "BLOCKING", True),
        (OLD, "NON_BLOCKING", False),
    ],
)
def test_behaviors_that_are_taken(model: Any, behavior: str, blocking: bool) -> None:
    (tool,) = read_tools(tools({"name": "f", "behavior": behavior}), model)
    assert tool.blocking is blocking


@pytest.mark.parametrize(
    ("model", "behavior"),
    [
        (DEEP, "BLOCKING"),
        (LEGACY, "NON_BLOCKING"),
        (OLD_VERTEX, "NON_BLOCKING"),
        (OLD_VERTEX, "BLOCKING"),
        (OLD_VERTEX, "UNSPECIFIED"),
        (NEW, "SOMETIMES"),
        (NEW, None),
    ],
)
def test_behaviors_that_are_refused(model: Any, behavior: object) -> None:
    with pytest.raises(RefusalError) as refused:
        read_tools(tools({"name": "f", "behavior": behavior}), model)
    assert refused.value.code == 1007


@pytest.mark.parametrize(
    "fields",
    [
        tools({"name": "1f"}),
        tools({"name": "f g"}),
        tools({"name": "f" * 129}),
        tools({"name": "f", "description": 4}),
        tools({"name": "f", "strict": True}),
        tools({"name": "f", "parametersJsonSchema": {"type": "object"}}),
        tools({"name": "f"}, {"name": "f"}),
        declared({"type": "OBJECT", "properties": {}}),
        declared({"type": "OBJECT"}),
        declared(TEXT),
        declared({"properties": {"text": TEXT}}),
        declared({"type": "OBJECT", "properties": {"text": {"type": "TEXT"}}}),
        declared({"type": "OBJECT", "properties": {"a b": TEXT}}),
        declared({"type": "OBJECT", "properties": {"text": TEXT}, "required": ["words"]}),
        declared({"type": "OBJECT", "properties": {"text": TEXT}, "required": "text"}),
        declared({"type": "OBJECT", "properties": {"text": TEXT}, "additionalProperties": False}),
        declared({"type": "OBJECT", "properties": {"n": {"type": "INTEGER", "enum": ["1"]}}}),
        declared({"type": "OBJECT", "properties": {"list": {"type": "ARRAY"}}}),
    ],
)
def test_malformed_declarations_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(RefusalError) as refused:
        read_tools(fields, NEW)
    assert refused.value.code == 1007


def test_unknown_fields_are_named() -> None:
    with pytest.raises(RefusalError, match='Unknown name "strict"'):
        read_tools(tools({"name": "f", "strict": True}), NEW)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["STRING", "OBJECT", "a"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["type", "properties", "required", "enum", "items", "a"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(VALUES)
def test_hostile_schemas_are_taken_or_refused(schema: Any) -> None:
    try:
        (tool,) = read_tools(declared(schema), NEW)
    except RefusalError as refused:
        assert refused.code == 1007
    else:
        assert set(tool.required) <= tool.properties.keys()
