"""A function's result on its way to the model."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callconsole.engine.ports import ToolReply

if TYPE_CHECKING:
    from google.genai import types

_UNFIT = {"error": "The result cannot be shown. Do not call this function again."}

_log = logging.getLogger(__name__)


# Compared by identity: the same result may be sent twice, over two connections.
@dataclass(frozen=True, slots=True, eq=False)
class ToolAnswer:
    """One function response.

    Attributes:
        id: the server's id of the call, or None where it gave none and wants none back.
        name: the function; a response without it is taken for a failure.
        result: as `json_ready` makes it.
        reply: what the model shall do with it, or None where it cannot be told.
    """

    id: str | None
    name: str
    result: dict[str, Any]
    reply: ToolReply | None

    def to_response(self) -> types.FunctionResponse:
        """The answer as the SDK sends it."""
        from google.genai import types

        scheduling = None
        if self.reply is not None:
            scheduling = types.FunctionResponseScheduling[self.reply.name]
        return types.FunctionResponse(
            id=self.id, name=self.name, response=self.result, scheduling=scheduling
        )


def json_ready(result: dict[str, Any]) -> dict[str, Any]:
    """The result as JSON can carry it; an error in its place where it cannot.

    A number such as infinity, half a surrogate pair or an object of ours would raise on its way,
    or end the session with code 1007.
    """
    try:
        text = json.dumps(result, ensure_ascii=False, allow_nan=False)
        text.encode()
        ready = json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        _log.warning("a function's result cannot be sent (%s)", type(error).__name__)
        return dict(_UNFIT)
    if not isinstance(ready, dict):
        _log.warning("a function's result is no object")
        return dict(_UNFIT)
    return ready
