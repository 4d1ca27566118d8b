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

_DENIES = re.compile(r"\b(do not|don't|never) (greet|say|speak|introduce)", re.IGNORECASE)
PASSED_ON = re.compile(r"\bpasses this call on\b", re.IGNORECASE)
_NOT_REACHED = re.compile(r"\bcould not be reached\b", re.IGNORECASE)
_SCREENED = re.compile(r"\bscreening\b", re.IGNORECASE)
MENU = re.compile(r"\bmenu\b", re.IGNORECASE)
_FAREWELL = re.compile(r"\bgood-?bye\b", re.IGNORECASE)

_OFFER = re.compile(r"\boffer", re.IGNORECASE)

_REPLIES = {
    "interrupter_who": "agent_who",
    "person_move": "agent_offer",
    "person_choose": "agent_moved",
    "interrupter_fine": "agent_confirmed",
    "person_bye": "agent_goodbye",
    "interrupter_bye": "agent_goodbye",
    "wrong_number": "agent_sorry",
    "beep": "agent_greeting",
    "person_human": "agent_transfer",
    "person_callback": "agent_goodbye",
    "person_goodbye": "agent_goodbye",
}
_HELLOS = (
    "person_hello person_short person_long business_hello interrupter_hello wrong_hello "
    "voicemail_greeting"
)


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
        goodbye: says goodbye where that is asked for.
        offer: makes an offer where that is asked for.
        moved: the appointment has another time.
        screening: tells a call screening service who calls and why.
        transfer: passes the caller on.
        transfer_failed: nobody could be reached.
        menus: callee clips that want a key, and no answer in words.
        screeners: callee clips of a screening service; nothing is said until somebody asks.
        callbacks: callee clips that ask for a call at another time.
    """

    greeting: str = "agent_greeting"
    introduction: str = "agent_who"
    hellos: frozenset[str] = frozenset(_HELLOS.split())
    replies: Mapping[str, str] = field(default_factory=lambda: dict(_REPLIES))
    farewells: frozenset[str] = frozenset({"agent_goodbye", "agent_sorry"})
    unknown: str = "agent_again"
    goodbye: str = "agent_goodbye"
    offer: str = "agent_offer"
    moved: str = "agent_moved"
    screening: str = "agent_screening"
    transfer: str = "agent_transfer"
    transfer_failed: str = "agent_transfer_failed"
    menus: frozenset[str] = frozenset({"menu_greeting", "menu_again"})
    screeners: frozenset[str] = frozenset({"screening_greeting", "screening_wait"})
    callbacks: frozenset[str] = frozenset({"person_callback"})

    def lines(self) -> frozenset[str]:
        """Every agent clip that the script can ask for."""
        opening = {self.greeting, self.introduction, self.unknown, self.screening, self.moved}
        passing = {self.transfer, self.transfer_failed, self.goodbye, self.offer}
        return frozenset({*opening, *passing, *self.replies.values()})


@dataclass(frozen=True, slots=True)
class DialogueState:
    """How far the talk has come.

    Attributes:
        greeted: the agent has spoken to somebody.
        ended: it has said goodbye.
        screened: it has told a screening service who calls, and waits for a person.
        apologised: it has said that nobody could be reached.
        in_mind: the line that a whisper asks for as the next answer, or None.
    """

    greeted: bool = False
    ended: bool = False
    screened: bool = False
    apologised: bool = False
    in_mind: str | None = None


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
        if self.state.in_mind is not None:
            return self.state.in_mind
        replies = [self._script.replies[clip] for clip in ids if clip in self._script.replies]
        if replies:
            return replies[-1]
        if any(clip in self._script.hellos for clip in ids):
            return self._script.introduction if self.state.greeted else self._script.greeting
        if any(clip in self._script.menus | self._script.screeners for clip in ids):
            return None
        waited = self.state.screened and not self.state.greeted
        return self._script.greeting if waited else self._script.unknown

    def prompt(self, text: str) -> str | None:
        """The clip for an instruction in text, or None where nothing should be said."""
        if self.state.ended:
            return None
        if _NOT_REACHED.search(text):
            return None if self.state.apologised else self._script.transfer_failed
        if PASSED_ON.search(text):
            return self._script.transfer
        if _SCREENED.search(text):
            return None if self.state.screened else self._script.screening
        asked = _ASKS_TO_SPEAK.search(text) is not None and not _DENIES.search(text)
        if asked and not self.state.greeted:
            return self._script.greeting
        if MENU.search(text) or not _FAREWELL.search(text):
            return None
        return self._script.goodbye

    def keep_in_mind(self, text: str) -> None:
        """Take in a whisper; one that asks for nothing known changes nothing."""
        if _FAREWELL.search(text):
            self.state = replace(self.state, in_mind=self._script.goodbye)
        elif _OFFER.search(text):
            self.state = replace(self.state, in_mind=self._script.offer)

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
            greeted=self.state.greeted or clip_id != self._script.screening,
            ended=self.state.ended or clip_id in self._script.farewells,
            screened=self.state.screened or clip_id == self._script.screening,
            apologised=self.state.apologised or clip_id == self._script.transfer_failed,
            in_mind=None if clip_id == self.state.in_mind else self.state.in_mind,
        )
