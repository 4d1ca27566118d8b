"""Does the SDK's slow first steps ahead of time, so that the first call does not stall."""

from __future__ import annotations

import importlib

from callconsole.adapters.gemini.models import BackEnd
from callconsole.adapters.gemini.session_config import session_config
from callconsole.domain.prompt import Prompt
from callconsole.engine.ports import AgentBrief, ToolSpec

_FIRST_MESSAGE = {
    "server_content": {
        "model_turn": {
            "parts": [{"inline_data": {"mime_type": "audio/pcm;rate=24000", "data": "AAAA"}}]
        },
        "input_transcription": {"text": "a"},
        "output_transcription": {"text": "a"},
        "interrupted": True,
        "generation_complete": True,
        "turn_complete": True,
    },
    "usage_metadata": {
        "prompt_token_count": 1,
        "prompt_tokens_details": [{"modality": "AUDIO", "token_count": 1}],
    },
    "tool_call": {"function_calls": [{"id": "1", "name": "f", "args": {"a": "b"}}]},
    "go_away": {"time_left": "1s"},
    "session_resumption_update": {"new_handle": "h", "resumable": True},
}


_TOOL = ToolSpec("f", "Does nothing.", {"type": "object", "properties": {"a": {"type": "string"}}})


def exercise(model: str, back_end: BackEnd, voice: str) -> None:
    """Build each kind of message once; pydantic defers its validators until then. Blocking."""
    importlib.import_module("google.genai.live")
    from google.genai import types

    brief = AgentBrief(Prompt(name="warm-up", text="Say nothing."), (_TOOL,))
    config = session_config(model, back_end, brief, voice)
    types.LiveConnectParameters(model=model, config=config).model_dump(exclude_none=True)
    types.LiveServerMessage.model_validate(_FIRST_MESSAGE).model_dump()
    types.LiveSendRealtimeInputParameters.model_validate(
        {"audio": types.Blob(data=b"\0\0", mime_type="audio/pcm;rate=16000")}
    )
    types.LiveSendRealtimeInputParameters.model_validate({"text": "a"})
    types.LiveClientToolResponse(
        function_responses=[types.FunctionResponse(id="1", name="f", response={"output": "a"})]
    )
    types.LiveClientMessage(client_content=types.LiveClientContent(turn_complete=True))
