"""What every conversation of one practice agent shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callconsole.practice.agent.faults import AgentFaults
from callconsole.practice.agent.pace import Pace
from callconsole.practice.agent.recognition import Recognizer
from callconsole.practice.clips import Clip


@dataclass(frozen=True, slots=True, kw_only=True)
class Talents:
    """What every conversation of an agent shares.

    Attributes:
        voice: the agent's clips by id.
        recognizer: knows the callees by ear.
        pace: how fast it speaks.
        faults: what goes wrong.
    """

    voice: Mapping[str, Clip]
    recognizer: Recognizer
    pace: Pace
    faults: AgentFaults
