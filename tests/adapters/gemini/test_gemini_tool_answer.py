from __future__ import annotations

import json
import math
from typing import Any

import pytest
from google.genai import types
from hypothesis import given
from hypothesis import strategies as st

from callconsole.adapters.gemini.tool_answer import ToolAnswer, json_ready
from callconsole.engine.ports import ToolReply


@pytest.mark.parametrize(
    ("reply", "scheduling"),
    [
        (ToolReply.SILENT, types.FunctionResponseScheduling.SILENT),
        (ToolReply.WHEN_IDLE, types.FunctionResponseScheduling.WHEN_IDLE),
        (None, None),
    ],
)
def test_an_answer_as_the_sdk_takes_it(reply: ToolReply | None, scheduling: object) -> None:
    response = ToolAnswer("1", "take_note", {"output": "ok"}, reply).to_response()
    assert response == types.FunctionResponse(
        id="1", name="take_note", response={"output": "ok"}, scheduling=scheduling
    )


@pytest.mark.parametrize(
    "result",
    [
        {"a": math.nan},
        {"a": math.inf},
        {"a": object()},
        {"a": {1, 2}},
        {"a": b"bytes"},
        {"a": "\ud800"},
        {("a", "b"): 1},
        ["no", "object"],
    ],
)
def test_what_json_cannot_carry_becomes_an_error(result: Any) -> None:
    assert list(json_ready(result)) == ["error"]


def test_a_result_that_holds_itself_becomes_an_error() -> None:
    result: dict[str, Any] = {}
    result["self"] = result
    assert list(json_ready(result)) == ["error"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), JSON))
def test_every_result_can_be_sent(result: dict[str, Any]) -> None:
    ready = json_ready(result)
    assert json.loads(json.dumps(ready, allow_nan=False)) == ready
    assert ready == result or list(ready) == ["error"]
