"""The prompts as they are on the disk: which there are, what they hold, which names are free."""

from __future__ import annotations

from collections.abc import Iterable

from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import Prompt
from callconsole.engine.ports import Prompts


class PromptFiles:
    """What the shelf asks the disk; `names` is as of the last `look_again`."""

    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts
        self.names: list[str] = []

    def read(self, name: str) -> Prompt:
        """The file's prompt. Raises ProblemError where it cannot be read."""
        return self._prompts.read(name)

    def held(self, name: str) -> Prompt | None:
        """What the file holds, or None where there is none that can be read."""
        try:
            return self._prompts.read(name)
        except ProblemError:
            return None

    def write(self, prompt: Prompt) -> None:
        """Put it on the disk. Raises ProblemError where that does not work."""
        self._prompts.write(prompt)

    def look_again(self) -> bool:
        """Renew `names`; True where there are others now. Raises ProblemError."""
        before, self.names = self.names, self._prompts.names()
        return self.names != before

    def why_not_new(self, name: str, known: Iterable[str]) -> Problem | None:
        """Why a prompt of this name cannot be begun beside the `known` ones, or None."""
        taken = next((other for other in known if other.casefold() == name.casefold()), None)
        if taken is None:
            try:
                taken = self._prompts.read(name).name
            except ProblemError as error:
                # "Missing" is the answer that makes the name free.
                return None if error.problem.code == "prompt.missing" else error.problem
        return Problem(
            code="prompt.exists",
            title="There is a prompt of this name",
            cause=f"“{Prompt(taken, '').title}” is on the list already.",
            cure="Choose another name, or open that prompt and change it.",
        )


def changed_outside(title: str) -> Problem:
    """Somebody else changed the file of the prompt of this title."""
    return Problem(
        code="prompt.changed_outside",
        title="The file was changed meanwhile",
        cause=f"Somebody saved “{title}” while you were writing, so it was not overwritten.",
        cure="Keep your text, or take the text of the file.",
    )
