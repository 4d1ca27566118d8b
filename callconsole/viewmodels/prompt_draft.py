"""A prompt in work: its text and what it allows, beside what its file last held."""

from __future__ import annotations

from dataclasses import dataclass

from callconsole.domain import phone
from callconsole.domain.abilities import LABEL_CHARS, USUAL, Abilities, Ability, TransferTarget
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import Prompt


@dataclass(frozen=True, slots=True)
class TargetDraft:
    """Somebody to pass calls on to, as typed; both blank for a row not filled in yet."""

    label: str = ""
    number: str = ""

    @property
    def blank(self) -> bool:
        """True where nothing has been typed."""
        return not self.label.strip() and not self.number.strip()


@dataclass(frozen=True, slots=True)
class TargetFault:
    """What is wrong with a target, in a sentence, and whether its label or its number is."""

    text: str
    in_label: bool


@dataclass(slots=True)
class Draft:
    """One prompt as it stands on the page.

    Attributes:
        text: the words.
        allowed: what is switched on.
        targets: whom the call may be passed on to, as typed.
        base: what the file held when it was last read, None if there was none.
        region: ISO country that numbers without ``+`` belong to.
    """

    text: str
    allowed: frozenset[Ability]
    targets: tuple[TargetDraft, ...]
    base: Prompt | None
    region: str

    @property
    def abilities(self) -> Abilities:
        """What is allowed, with those targets that are right."""
        faults = self.faults
        return Abilities(
            self.allowed,
            tuple(
                TransferTarget(target.label.strip(), phone.parse(target.number, self.region).e164)
                for target, fault in zip(self.targets, faults, strict=True)
                if fault is None and not target.blank
            ),
        )

    @property
    def dirty(self) -> bool:
        """True where the file holds something else."""
        base = self.base
        if base is None or self.text != base.text or any(self.faults):
            return True
        return self.abilities != base.abilities

    @property
    def faults(self) -> list[TargetFault | None]:
        """What is wrong with each target, or None."""
        seen: set[str] = set()
        found = []
        for target in self.targets:
            found.append(None if target.blank else self._fault(target, seen))
            seen.add(target.label.strip().casefold())
        return found

    def _fault(self, target: TargetDraft, seen: set[str]) -> TargetFault | None:
        label = target.label.strip()
        if not label:
            return TargetFault("Give a name, as the AI should say it.", True)
        if len(label) > LABEL_CHARS or not label.isprintable():
            return TargetFault(f"Use at most {LABEL_CHARS} letters for the name.", True)
        if label.casefold() in seen:
            return TargetFault("This name is on the list already.", True)
        try:
            phone.parse(target.number, self.region)
        except ProblemError as error:
            return TargetFault(f"{error.problem.title}.", False)
        return None

    def prompt(self, name: str) -> Prompt:
        """What is to be saved. Raises `ProblemError` where a target is wrong."""
        for target, fault in zip(self.targets, self.faults, strict=True):
            if fault is not None:
                raise ProblemError(
                    Problem(
                        code="prompt.target",
                        title="Not saved: somebody to pass calls on to is not complete",
                        cause=f"{target.label.strip() or target.number.strip()}: {fault.text}",
                        cure="Put it right under “Pass the call on”, or remove that person.",
                    )
                )
        return Prompt(name, self.text, self.abilities)


def draft_of(prompt: Prompt, region: str) -> Draft:
    """A saved prompt, opened."""
    abilities = prompt.abilities
    targets = tuple(TargetDraft(to.label, phone.pretty(to.number)) for to in abilities.transfers)
    return Draft(prompt.text, abilities.allowed, targets, prompt, region)


def new_draft(region: str) -> Draft:
    """A prompt that there is no file of."""
    return Draft("", USUAL.allowed, (), None, region)


def tidied(number: str, region: str) -> str:
    """A number as people read it, once it is one; else as typed."""
    try:
        return phone.pretty(phone.parse(number, region).e164)
    except ProblemError:
        return number
