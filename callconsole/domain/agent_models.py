"""What can be said of a Live model and a voice before one is chosen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a model can do, or cannot, in a few words."""

    text: str
    able: bool


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One model at the back end that is set.

    Attributes:
        name: its id.
        known: False for one that our table does not name; it is given the safe minimum.
        remarks: what it can do and what not.
        lacking: names of settings that are nothing to it.
        warning: why it had better not be chosen, as a sentence, or "".
    """

    name: str
    known: bool
    remarks: tuple[Remark, ...]
    lacking: frozenset[str] = frozenset()
    warning: str = ""


@dataclass(frozen=True, slots=True)
class OfferedModels:
    """Models to choose from.

    Attributes:
        names: ids.
        from_account: True where the account said so itself, False where our table does.
    """

    names: tuple[str, ...]
    from_account: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """A prebuilt voice, and what Google calls its character."""

    name: str
    character: str
