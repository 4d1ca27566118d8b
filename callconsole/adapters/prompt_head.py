"""The head of a prompt's file: what the agent may do, as YAML between two lines of dashes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn

import yaml

from callconsole.domain import phone
from callconsole.domain.abilities import (
    LABEL_CHARS,
    MOST_TRANSFERS,
    USUAL,
    Abilities,
    Ability,
    TransferTarget,
)
from callconsole.domain.problems import Problem, ProblemError

FENCE = "---"
HEAD_LINES = 64

_ABILITIES, _TRANSFER = "abilities", "transfer"
_DEPTH = 4  # one more than a head needs, so that most faults are named
_LOOKS_LIKE_HEAD = re.compile(rf"^({_ABILITIES}|{_TRANSFER})\s*:", re.MULTILINE)
_NAMES = ", ".join(Ability)


def parted(text: str) -> tuple[Abilities, str]:
    """What a file allows, and the words that follow its head.

    A file has a head where it begins with ``---`` and what stands before the next ``---`` is a
    map, or names ``abilities`` or ``transfer`` at the begin of a line. Any other file is words
    from its first letter on, such as one that begins with a drawn line.

    Args:
        text: the whole file, line ends as ``\\n``.

    Raises:
        ProblemError: the head is meant as one and cannot be followed; it names the line.
    """
    parts = _split(text)
    if parts is None:
        return USUAL, text
    head, words = parts
    meant = _LOOKS_LIKE_HEAD.search(head) is not None
    try:
        node = _composed(head)
    except yaml.YAMLError as error:
        if meant:
            _refuse(_line_of(error), "it is not valid YAML")
        return USUAL, text
    if not isinstance(node, yaml.MappingNode):
        if meant:
            _refuse(1, "it is no list of names and values")
        return USUAL, text
    return _abilities(node), words


def joined(abilities: Abilities, text: str) -> str:
    """The file that `parted` takes apart into these again.

    What is usual needs no head, unless the words themselves could be taken for one.

    Raises:
        ProblemError: a label or number that could not be read back.
    """
    if abilities == USUAL and not text.lstrip("\ufeff").startswith(FENCE):
        return text
    told: dict[str, object] = {
        _ABILITIES: [ability.value for ability in Ability if ability in abilities.allowed]
    }
    if abilities.transfers:
        told[_TRANSFER] = {target.label: target.number for target in abilities.transfers}
    head = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=10_000)
    made = f"{FENCE}\n{head}{FENCE}\n{text}"
    if parted(made) != (abilities, text):
        _refuse(1, "two people to pass calls on to share a name, or one is not fit to be written")
    return made


def _split(text: str) -> tuple[str, str] | None:
    """The lines between the fences and what follows them, or None where there are none."""
    first, newline, rest = text.partition("\n")
    if first.rstrip() != FENCE or not newline:
        return None
    position = 0
    for _ in range(HEAD_LINES):
        end = rest.find("\n", position)
        line = rest[position:] if end < 0 else rest[position:end]
        if line.rstrip() == FENCE:
            return rest[:position], "" if end < 0 else rest[end + 1 :]
        if end < 0:
            return None
        position = end + 1
    return None


class _Loader(yaml.BaseLoader):
    """Takes every value as the text it is, and nothing deep or repeated by reference."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose one node, unless it is an alias or lies too deep."""
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="no aliases here", problem_mark=mark)
        if self.depth >= _DEPTH:
            raise yaml.MarkedYAMLError(problem="too deep", problem_mark=mark)
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def _composed(head: str) -> yaml.Node | None:
    node: yaml.Node | None = yaml.compose(head, Loader=_Loader)
    return node


def _line_of(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark is not None else 1


def _abilities(node: yaml.MappingNode) -> Abilities:
    allowed, transfers = USUAL.allowed, USUAL.transfers
    for line, key, value in _entries(node):
        if key == _ABILITIES:
            allowed = _allowed(value)
        elif key == _TRANSFER:
            transfers = _transfers(value)
        else:
            _refuse(line, f"“{_shortened(key)}” is not known there")
    return Abilities(allowed, transfers)


def _entries(node: yaml.MappingNode) -> Iterator[tuple[int, str, yaml.Node]]:
    """Line, name and value of each entry; no name twice."""
    seen = set()
    for key, value in node.value:
        line = _line(key)
        if not isinstance(key, yaml.ScalarNode):
            _refuse(line, "a name is missing")
        if key.value in seen:
            _refuse(line, f"“{_shortened(key.value)}” stands there twice")
        seen.add(key.value)
        yield line, key.value, value


def _allowed(node: yaml.Node) -> frozenset[Ability]:
    if not isinstance(node, yaml.SequenceNode):
        _refuse(_line(node), f"“{_ABILITIES}” is no list in square brackets")
    found = set()
    for item in node.value:
        name = item.value if isinstance(item, yaml.ScalarNode) else "a list"
        if name not in {ability.value for ability in Ability}:
            _refuse(
                _line(item),
                f"there is no ability “{_shortened(name)}”",
                f"Use some of {_NAMES}.",
            )
        found.add(Ability(name))
    return frozenset(found)


def _transfers(node: yaml.Node) -> tuple[TransferTarget, ...]:
    if not isinstance(node, yaml.MappingNode):
        _refuse(_line(node), f"“{_TRANSFER}” is no list of names with their numbers")
    if len(node.value) > MOST_TRANSFERS:
        _refuse(_line(node), f"more than {MOST_TRANSFERS} people to pass calls on to")
    return tuple(_target(*entry) for entry in _entries(node))


def _target(line: int, label: str, node: yaml.Node) -> TransferTarget:
    if not label.strip() or len(label) > LABEL_CHARS or not label.isprintable():
        _refuse(
            line,
            "a name to pass calls on to is empty, too long, or has odd characters",
            f"Use letters and spaces, at most {LABEL_CHARS}.",
        )
    number = node.value if isinstance(node, yaml.ScalarNode) else ""
    try:
        parsed = phone.parse(number)
    except ProblemError as error:
        problem = error.problem
        _refuse(_line(node), f"the number of “{label}”: {problem.title.lower()}", problem.cure)
    return TransferTarget(label, parsed.e164)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _shortened(name: str) -> str:
    plain = " ".join(name.split())
    return plain if len(plain) <= 40 else f"{plain[:39]}…"


def _refuse(line: int, what: str, cure: str = "") -> NoReturn:
    """Raise for a line of the head, counted from 1 below the first fence."""
    raise ProblemError(
        Problem(
            code="prompt.head",
            title="What the AI may do cannot be read",
            cause=f"Line {line + 1} of the prompt's file: {what}.",
            cure=f"{cure or 'Mend the line between the two lines of dashes.'} "
            "Or take the lines of dashes away, and the AI may do what is usual.",
        )
    )
