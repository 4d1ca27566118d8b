"""The ends that the engine is joined to: Protocols that adapters fulfil and fakes imitate."""

from __future__ import annotations

from callconsole.engine.ports.agent import (
    Agent,
    AgentBrief,
    AgentSession,
    ConnectionSpan,
    ToolReply,
    ToolSpec,
)
from callconsole.engine.ports.agent_events import (
    AgentAudio,
    AgentCutOff,
    AgentEvent,
    AgentGenerated,
    AgentLeaving,
    AgentRecovered,
    AgentToolCall,
    AgentToolCancelled,
    AgentTurnDone,
    AgentUsage,
    AgentWords,
)
from callconsole.engine.ports.carrier import (
    AnswerVerdict,
    CallOrder,
    Carrier,
    CarrierReport,
    CarrierStatus,
    Detection,
    PlacedCall,
    Transfer,
)
from callconsole.engine.ports.clock import (
    Clock,
)
from callconsole.engine.ports.keeping import (
    History,
    Prompts,
)
from callconsole.engine.ports.line import (
    LineAudio,
    LineDigit,
    LineEvent,
    LineMark,
    MediaLine,
)
from callconsole.engine.ports.sound import (
    Microphone,
    Pcm16,
    Speaker,
)
from callconsole.engine.ports.switchboard import (
    Switchboard,
)
from callconsole.engine.ports.tunnel import (
    Tunnel,
)

__all__ = [
    "Agent",
    "AgentAudio",
    "AgentBrief",
    "AgentCutOff",
    "AgentEvent",
    "AgentGenerated",
    "AgentLeaving",
    "AgentRecovered",
    "AgentSession",
    "AgentToolCall",
    "AgentToolCancelled",
    "AgentTurnDone",
    "AgentUsage",
    "AgentWords",
    "AnswerVerdict",
    "CallOrder",
    "Carrier",
    "CarrierReport",
    "CarrierStatus",
    "Clock",
    "ConnectionSpan",
    "Detection",
    "History",
    "LineAudio",
    "LineDigit",
    "LineEvent",
    "LineMark",
    "MediaLine",
    "Microphone",
    "Pcm16",
    "PlacedCall",
    "Prompts",
    "Speaker",
    "Switchboard",
    "ToolReply",
    "ToolSpec",
    "Transfer",
    "Tunnel",
]
