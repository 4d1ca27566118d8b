"""An agent on loopback that speaks the Live protocol of both of Google's back ends."""

from callconsole.practice.agent.dialogue import Script
from callconsole.practice.agent.faults import AgentFaults, ToolFaults
from callconsole.practice.agent.pace import AT_ONCE, USUAL_PACE, Pace
from callconsole.practice.agent.pieces import Spoiling
from callconsole.practice.agent.records import SessionRecord
from callconsole.practice.agent.server import PracticeAgent

__all__ = [
    "AT_ONCE",
    "USUAL_PACE",
    "AgentFaults",
    "Pace",
    "PracticeAgent",
    "Script",
    "SessionRecord",
    "Spoiling",
    "ToolFaults",
]
