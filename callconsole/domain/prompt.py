"""What the agent is told before a call: its name, its words and when they can be used."""

from __future__ import annotations

from dataclasses import dataclass

from callconsole.domain.abilities import USUAL, Abilities
from callconsole.domain.problems import Problem, ProblemError


@dataclass(frozen=True, slots=True)
class Prompt:
    """The instructions of one kind of call.

    Attributes:
        name: the file's name without its suffix, as shown in the prompt list.
        text: the whole instructions, as the operator wrote them.
        abilities: what the agent may do besides talking.
    """

    name: str
    text: str
    abilities: Abilities = USUAL

    @property
    def title(self) -> str:
        """The name as a person reads it: ``appointment_reminder`` is "Appointment reminder"."""
        words = self.name.replace("_", " ").replace("-", " ").strip()
        return words[:1].upper() + words[1:]


def checked(prompt: Prompt) -> Prompt:
    """Return the prompt, or raise `ProblemError` where it says nothing."""
    if prompt.text.strip():
        return prompt
    raise ProblemError(
        Problem(
            code="prompt.empty",
            title="The prompt is empty",
            cause=f"The prompt “{prompt.title}” has no words, so the AI would not know what to do.",
            cure="Write the prompt under Prompts and save it, or choose another one.",
        )
    )


def missing(name: str, folder: str) -> ProblemError:
    """The error for a prompt that is not among the files of its folder."""
    return ProblemError(
        Problem(
            code="prompt.missing",
            title="The prompt is missing",
            cause=f"There is no prompt named “{name}” in {folder}.",
            cure="Choose another prompt, or write this one under Prompts and save it.",
        )
    )
