"""Every icon that the window asks for is in the font: an unknown one fails at its drawing."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

import callconsole
from callconsole.ui import icons
from callconsole.ui.tokens import Tokens

HYPHENATED = re.compile(r"[a-z]+(-[a-z]+)+")
WORD = re.compile(r"[a-z]+")
TONES = {"text", "muted", "accent", "success", "warning", "danger", "ai", "callee"}
NO_ICONS = {field.name for field in fields(Tokens)} | {
    *("check-up", "doubtful", "icons", "my-project", "off", "ready"),
    *("service", "setup", "silent", "starting"),
}
"""What stands where icons do, and is a colour, for people to read, or a key of something else."""
ASKS = re.compile(r"(?i)icon|disc$|^(paint|pixmap)$")
"""How functions and classes are called whose plain words are names of icons."""


def modules() -> list[Path]:
    package = Path(callconsole.__file__).parent
    return [*package.glob("ui/**/*.py"), *package.glob("viewmodels/**/*.py")]


def words_in(*nodes: ast.AST) -> Iterator[str]:
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


def parts_of(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        return [*node.args, *(keyword.value for keyword in node.keywords)]
    return node.elts if isinstance(node, ast.Tuple) else []


def names_in(tree: ast.AST) -> Iterator[str]:
    """Names of icons: hyphenated words, and plain ones that stand where an icon is asked for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            yield from (word for word in words_in(node) if HYPHENATED.fullmatch(word))
        if isinstance(node, ast.keyword) and node.arg in ("icon", "symbol"):
            yield from filter(None, words_in(node.value))
        if isinstance(node, ast.Call) and ASKS.search(ast.unparse(node.func).split(".")[-1]):
            yield from (word for word in words_in(*node.args) if WORD.fullmatch(word))
        # A symbol goes with its tone, as in ("circle", "muted").
        told = [part.value for part in parts_of(node) if isinstance(part, ast.Constant)]
        if TONES.intersection(word for word in told if isinstance(word, str)):
            yield from (word for word in told if isinstance(word, str) and WORD.fullmatch(word))


def asked_for() -> dict[str, str]:
    """Each name, and a module that asks for it."""
    found = {}
    for path in modules():
        for name in names_in(ast.parse(path.read_text(encoding="utf-8"))):
            found[name] = path.name
    return {name: where for name, where in found.items() if name not in NO_ICONS}


def test_what_asks_for_icons_is_found() -> None:
    names = asked_for()
    assert len(names) > 80
    assert {"phone", "warning-fill", "circle", "x", "waveform", "note-pencil"} <= set(names)


@pytest.mark.parametrize(("name", "where"), sorted(asked_for().items()))
def test_every_icon_that_is_asked_for_is_in_the_font(
    dressed: QApplication, name: str, where: str
) -> None:
    try:
        drawn = icons.pixmap(name, "#1D5BD0")
    except KeyError:
        pytest.fail(f"{where} asks for {name}, which there is not")
    assert not drawn.isNull()
