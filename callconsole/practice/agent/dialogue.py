"""Decide what the agent says next from what it has heard: a small appointment call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from callconsole.practice.agent.recognition import Heard

_ASKS_TO_SPEAK = re.compile(
    r"\b(greet|say hello|introduce yourself|start the (call|conversation)|begin|speak first)",
    re.IGNORECASE,
)

_REPLIES = {
    "interrupter_who": "agent_who",
    "person_move": "agent_offer",
    "person_choose": "agent_moved",
    "interrupter_fine": "agent_confirmed",
    "person_bye": "agent_goodbye",
    "interrupter_bye": "agent_goodbye",
    "wrong_number": "agent_sorry",
    "beep": "agent_greeting",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Which agent clip answers which callee clip; the default is the appointment call.

    Attributes:
        greeting: the opening line, said once.
        introduction: answers a hello that comes after the greeting.
        hellos: callee clips that are a hello.
        replies: callee clip to agent clip.
        farewells: agent clips after which nothing more is said.
        unknown: answers speech that no clip matches.
    """

    greeting: str = "agent_greeting"
    introduction: str = "agent_who"
    hellos: frozenset[str] = frozenset(
        {"person_hello", "interrupter_hello", "wrong_hello", "voicemail_greeting"}
    )
    replies: Mapping[str, str] = field(default_factory=lambda: dict(_REPLIES))
    farewells: frozenset[str] = frozenset({"agent_goodbye", "agent_sorry"})
    unknown: str = "agent_again"

    def lines(self) -> frozenset[str]:
        """Every agent clip that the script can ask for."""
        return frozenset({self.greeting, self.introduction, self.unknown, *self.replies.values()})


@dataclass(frozen=True, slots=True)
class DialogueState:
    """How far the talk has come."""

    greeted: bool = False
    ended: bool = False


class Dialogue:
    """The state machine of one talk: `answer` and `prompt` propose, `said` moves on."""

    def __init__(self, script: Script, state: DialogueState | None = None) -> None:
        self._script = script
        self.state = state or DialogueState()

    @property
    def farewells(self) -> frozenset[str]:
        """Agent clips after which nothing more is said."""
        return self._script.farewells

    def answer(self, heard: Iterable[Heard]) -> str | None:
        """The agent clip that answers, or None where nothing should be said."""
        ids = [piece.clip_id or "" for piece in heard]
        if self.state.ended or not ids:
            return None
        replies = [self._script.replies[clip] for clip in ids if clip in self._script.replies]
        if replies:
            return replies[-1]
        if any(clip in self._script.hellos for clip in ids):
            return self._script.introduction if self.state.greeted else self._script.greeting
        return self._script.unknown

    def prompt(self, text: str) -> str | None:
        """The clip for an instruction in text: the greeting where it asks for one in time."""
        wanted = _ASKS_TO_SPEAK.search(text) is not None
        return self._script.greeting if wanted and not self.state.greeted else None

    def demand(self) -> str:
        """The clip for an instruction that has to be answered."""
        return self._script.introduction if self.state.greeted else self._script.greeting

    def recall(self, *, agent_spoke: bool, farewell: bool) -> None:
        """Take note of what was said before this session began."""
        self.state = replace(
            self.state,
            greeted=self.state.greeted or agent_spoke,
            ended=self.state.ended or farewell,
        )

    def said(self, clip_id: str) -> None:
        """Take note that a clip is being said."""
        self.state = replace(
            self.state,
            greeted=True,
            ended=self.state.ended or clip_id in self._script.farewells,
        )
