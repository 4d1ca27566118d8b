"""The sheet of shortcuts: all of the window's are on it."""

from collections.abc import Callable, Iterator

from PySide6.QtGui import QKeySequence, QShortcut
from pytestqt.qtbot import QtBot

from callconsole.ui.pages import CHECKUP, HISTORY, PROMPTS, SETTINGS
from callconsole.ui.shortcuts_sheet import COLUMNS
from fakes.scenes import Scene

OpenScene = Callable[..., Scene]
MODIFIERS = {"Ctrl": "Ctrl", "Alt": "Alt", "⇧": "Shift"}
KEYS = {"↓": "Down", "↑": "Up", "−": "-"}  # noqa: RUF001
# Second ways to what is on the sheet: the = of keyboards with + above it, and the browsers' keys.
ALIASES = {"Ctrl+=", "Ctrl+Tab", "Ctrl+Shift+Tab"}


def keys_of(cap: str) -> Iterator[str]:
    """What a keycap stands for: "Ctrl ⇧ A / Y" is Ctrl+Shift+A and Ctrl+Shift+Y."""
    held: list[str] = []
    named, until = False, False
    last = ""
    for part in cap.split():
        if part in MODIFIERS:
            held = [MODIFIERS[part]] if named else [*held, MODIFIERS[part]]
            named = False
        elif part == "/":
            continue
        elif part == "–":  # noqa: RUF001
            until = True
        else:
            bare = part.removesuffix(",") or part
            if until:
                between = range(int(last) + 1, int(bare))
                yield from ("+".join([*held, str(digit)]) for digit in between)
                until = False
            yield "+".join([*held, KEYS.get(bare, bare)])
            last, named = bare, True
            if part.endswith(",") and part != ",":
                held = []


def test_a_keycap_is_read_as_a_person_reads_it() -> None:
    assert list(keys_of("Ctrl ⇧ A / Y")) == ["Ctrl+Shift+A", "Ctrl+Shift+Y"]
    assert list(keys_of("Alt 1 – 3")) == ["Alt+1", "Alt+2", "Alt+3"]  # noqa: RUF001
    assert list(keys_of("Ctrl 5, F5")) == ["Ctrl+5", "F5"]
    assert list(keys_of("F3 ⇧ F3")) == ["F3", "Shift+F3"]
    assert list(keys_of("Ctrl ,")) == ["Ctrl+,"]


async def test_every_shortcut_of_the_window_is_on_the_sheet(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    window = open_scene().window
    for page in (PROMPTS, HISTORY, CHECKUP, SETTINGS):
        window.open_page(page)
    told = {
        QKeySequence(key).toString()
        for column in COLUMNS
        for _title, rows in column
        for _words, cap in rows
        for key in keys_of(cap)
    }
    # The row of Ctrl+M tells of its ⇧ in words.
    told |= {"Ctrl+Shift+M"}
    working = {shortcut.key().toString() for shortcut in window.findChildren(QShortcut)}
    assert working - ALIASES - told == set()


def test_the_window_is_dim_behind_the_sheet_and_can_be_used(open_scene: OpenScene) -> None:
    window = open_scene().window
    middle = window.calls.dial.call.mapTo(window, window.calls.dial.call.rect().center())
    bright = window.grab().toImage().pixelColor(4, 4).lightness()
    window.sheet.toggle()
    assert window.grab().toImage().pixelColor(4, 4).lightness() < bright
    assert window.childAt(middle) is window.calls.dial.call
    window.sheet.toggle()
    assert window.grab().toImage().pixelColor(4, 4).lightness() == bright
