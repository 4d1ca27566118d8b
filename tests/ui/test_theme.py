import dataclasses
import re

import pytest
from PySide6.QtGui import QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication

from callconsole.ui import fonts, icons, theme
from callconsole.ui.tokens import DARK, LIGHT, Tokens

SCHEMES = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
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
