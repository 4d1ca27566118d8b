"""Read what a text wants besides an answer: to keep something in mind, or to say a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher

from callconsole.practice.agent.client_messages import ClientContent
from callconsole.practice.agent.models import Model
from callconsole.practice.agent.talents import Talents

_IN_MIND = re.compile(r"\b(keep|bear) (this|it|that) in mind\b", re.IGNORECASE)
_EXACTLY = re.compile(r"\bsay exactly\b[^:]*:\s*(.+)", re.IGNORECASE | re.DOTALL)


def wants_silence(text: str) -> bool:
    """True for a realtime text that asks for no answer."""
    return _IN_MIND.search(text) is not None


def whispered(content: ClientContent, model: Model, talents: Talents) -> str | None:
    """The text of a turn to keep in mind, or None for history and for what is passed over."""
    if content.turn_complete or len(content.texts) != 1:
        return None
    (text,) = content.texts
    if model.heeds_model_only and not any(content.by_model):
        return None
    by_agent = any(text in clip.text or clip.text in text for clip in talents.voice.values())
    by_caller = talents.recognizer.read(text)[0].clip_id is not None
    return None if by_agent or by_caller else text


def exact_sentence(text: str) -> str | None:
    """The sentence that an instruction wants to be said word for word, or None."""
    found = _EXACTLY.search(text)
    return found[1].strip(" \n\"'“”") if found is not None else None


def nearest(sentence: str, lines: Mapping[str, str]) -> str:
    """The id of the line whose words are most like the sentence; `lines` holds words by id."""
    wanted = _bare(sentence)
    return max(lines, key=lambda line: SequenceMatcher(None, wanted, _bare(lines[line])).ratio())


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
