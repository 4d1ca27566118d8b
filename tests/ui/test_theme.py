import dataclasses
import re
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from callconsole.ui import fonts, icons, theme
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.tokens import DARK, LIGHT, Tokens, contrasting
from fakes.scenes import Scene

SCHEMES = pytest.mark.parametrize(
    "tokens",
    [LIGHT, DARK, contrasting(LIGHT), contrasting(DARK)],
    ids=["light", "dark", "light-contrast", "dark-contrast"],
)
TEXT_PAIRS = [
    ("text", "window"), ("text", "surface"), ("text", "sunken"), ("text", "hover"),
    ("muted", "window"), ("muted", "surface"), ("muted", "sunken"), ("muted", "hover"),
    ("muted", "accent_soft"), ("accent", "surface"), ("accent", "window"),
    ("accent", "accent_soft"), ("accent", "you_soft"), ("on_fill", "accent_fill"),
    ("on_fill", "success_fill"), ("on_fill", "danger_fill"), ("success", "surface"),
    ("success", "success_soft"), ("success", "sunken"), ("warning", "surface"),
    ("warning", "warning_soft"), ("warning", "window"), ("danger", "surface"),
    ("danger", "danger_soft"), ("danger", "window"), ("ai", "ai_soft"), ("ai", "sunken"),
    ("text", "ai_soft"), ("callee", "callee_soft"), ("callee", "sunken"),
    ("text", "callee_soft"), ("text", "you_soft"), ("text", "danger_soft"),
    ("text", "warning_soft"), ("muted", "ai_soft"), ("muted", "callee_soft"),
    ("text", "diff_add"), ("text", "diff_remove"),
]  # fmt: skip
CONTROL_PAIRS = [("strong", "surface"), ("strong", "window"), ("strong", "sunken")]


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance."""
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_formula_knows_black_on_white() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)


@SCHEMES
@pytest.mark.parametrize("pair", TEXT_PAIRS, ids="-on-".join)
def test_text_can_be_read(tokens: Tokens, pair: tuple[str, str]) -> None:
    assert contrast(getattr(tokens, pair[0]), getattr(tokens, pair[1])) >= 4.5


@SCHEMES
@pytest.mark.parametrize("pair", CONTROL_PAIRS, ids="-on-".join)
def test_controls_can_be_seen(tokens: Tokens, pair: tuple[str, str]) -> None:
    assert contrast(getattr(tokens, pair[0]), getattr(tokens, pair[1])) >= 3.0


@SCHEMES
def test_every_token_is_a_colour(tokens: Tokens) -> None:
    for field in dataclasses.fields(tokens):
        if field.name != "dark":
            assert re.fullmatch(r"#[0-9A-F]{6}", getattr(tokens, field.name)), field.name


def test_a_forced_scheme_sets_palette_and_says_so(dressed: QApplication) -> None:
    told: list[bool] = []

    def note() -> None:
        told.append(theme.current().dark)

    theme.notifier.changed.connect(note)
    theme.apply(dressed, "dark")
    assert theme.current() is DARK
    assert dressed.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.window
    theme.apply(dressed, "light")
    theme.notifier.changed.disconnect(note)
    assert told == [True, False]


def test_the_environment_forces_a_scheme(
    dressed: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(theme.SETTING, "dark")
    theme.apply(dressed)
    assert theme.current() is DARK


def test_the_system_s_colours_are_followed_while_the_window_is_open(
    open_scene: Callable[..., Scene], dressed: QApplication
) -> None:
    theme.apply(dressed, "system")
    window = open_scene().window
    assert ground(window) == LIGHT.window
    hints = QGuiApplication.styleHints()
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert (theme.current(), ground(window)) == (DARK, DARK.window)
    title = window.calls.idle.title
    assert title.palette().color(QPalette.ColorRole.WindowText).name().upper() == DARK.text
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert (theme.current(), ground(window)) == (LIGHT, LIGHT.window)


def test_a_chosen_scheme_stays_when_the_system_changes(dressed: QApplication) -> None:
    theme.apply(dressed, "light")
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.current() is LIGHT


def test_edges_are_stronger_where_the_system_asks_for_contrast(
    open_scene: Callable[..., Scene], dressed: QApplication
) -> None:
    theme.apply(dressed, "light")
    window = open_scene().window
    told = QGuiApplication.styleHints().accessibility().contrastPreferenceChanged
    told.emit(Qt.ContrastPreference.HighContrast)
    assert theme.current().border == LIGHT.strong
    panel = window.calls.idle.parentWidget()
    while not isinstance(panel, Surface):
        panel = panel.parentWidget()
    edge = panel.grab().toImage().pixelColor(panel.width() // 2, 0)
    assert contrast(edge.name(), LIGHT.window) >= 3.0
    told.emit(Qt.ContrastPreference.NoPreference)
    assert theme.current() is LIGHT


def ground(window: QWidget) -> str:
    """The colour between the parts of the window."""
    return window.grab().toImage().pixelColor(2, window.height() - 2).name().upper()


def test_tabular_digits_have_one_width(dressed: QApplication) -> None:
    metrics = QFontMetrics(fonts.font(22, 600, tabular=True))
    assert metrics.horizontalAdvance("11:11") == metrics.horizontalAdvance("00:00")


@pytest.mark.parametrize("name", ["phone-fill", "waveform"])
def test_icons_are_drawn_at_the_screen_s_density_and_kept(dressed: QApplication, name: str) -> None:
    drawn = icons.pixmap(name, "#1D5BD0", 20, 2.0)
    assert (drawn.width(), drawn.devicePixelRatio()) == (40, 2.0)
    image = drawn.toImage()
    assert any(
        image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height())
    )
    assert icons.pixmap(name, "#1D5BD0", 20, 2.0).cacheKey() == drawn.cacheKey()
