"""The scheme in force: palette and small style sheet, following the system or forced."""

from __future__ import annotations

import os

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from callconsole.ui import fonts
from callconsole.ui.fitting import FittingStyle
from callconsole.ui.tokens import DARK, LIGHT, Tokens
from callconsole.ui.zoom import px

SETTING = "CALLCONSOLE_THEME"
SCHEMES = ("system", "light", "dark")


class Notifier(QObject):
    """Says that the scheme in force is another one now.

    Signals:
        changed: after the application's palette was set; widgets that keep colours take new ones.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tokens = LIGHT
        self.followed = False


notifier = Notifier()


def current() -> Tokens:
    """The colours in force."""
    return notifier.tokens


def colour(name: str) -> QColor:
    """A token of the scheme in force, by its field name."""
    return QColor(getattr(notifier.tokens, name))


def apply(app: QApplication, scheme: str | None = None) -> None:
    """Dress the application in Fusion and our colours.

    Args:
        app: the running application.
        scheme: ``light``, ``dark`` or ``system``; without one, the environment's
            ``CALLCONSOLE_THEME``, else ``system``.
    """
    chosen = scheme or os.environ.get(SETTING, "system")
    if not app.property("fitted"):
        app.setStyle(FittingStyle())
        app.setProperty("fitted", True)
    app.setFont(fonts.font(13))
    if not notifier.followed:
        notifier.followed = True
        QGuiApplication.styleHints().colorSchemeChanged.connect(_on_system_scheme)
    app.setProperty("scheme", chosen)
    _dress(app, _tokens_for(chosen))


def _on_system_scheme(_scheme: Qt.ColorScheme) -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication) and app.property("scheme") == "system":
        _dress(app, _tokens_for("system"))


def _tokens_for(scheme: str) -> Tokens:
    if scheme == "system":
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return DARK if dark else LIGHT
    return DARK if scheme == "dark" else LIGHT


def _dress(app: QApplication, tokens: Tokens) -> None:
    notifier.tokens = tokens
    app.setPalette(palette(tokens))
    sheet = style_sheet(tokens)
    if sheet != app.styleSheet():  # a new one makes Qt polish every widget there is
        app.setStyleSheet(sheet)
    notifier.changed.emit()


def palette(tokens: Tokens) -> QPalette:
    """The scheme as a Qt palette."""
    made = QPalette()
    role = QPalette.ColorRole
    for where, token in (
        (role.Window, tokens.window),
        (role.WindowText, tokens.text),
        (role.Base, tokens.surface),
        (role.AlternateBase, tokens.sunken),
        (role.Text, tokens.text),
        (role.PlaceholderText, tokens.muted),
        (role.Button, tokens.surface),
        (role.ButtonText, tokens.text),
        (role.ToolTipBase, tokens.surface),
        (role.ToolTipText, tokens.text),
        (role.Highlight, tokens.accent_fill),
        (role.HighlightedText, tokens.on_fill),
        (role.Link, tokens.accent),
        (role.Accent, tokens.accent_fill),
        (role.Light, tokens.surface),
        (role.Midlight, tokens.hover),
        (role.Mid, tokens.border),
        (role.Dark, tokens.strong),
        (role.Shadow, tokens.strong),
    ):
        made.setColor(where, QColor(token))
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, QColor(tokens.muted))
    return made


def style_sheet(tokens: Tokens) -> str:
    """What Fusion draws ill, at the zoom in force: tool tips, menus, lists and scroll bars."""
    return f"""
    QToolTip {{ background: {tokens.surface}; color: {tokens.text};
        border: 1px solid {tokens.strong}; padding: {px(6)}px {px(8)}px; }}
    QMenu {{ background: {tokens.surface}; color: {tokens.text};
        border: 1px solid {tokens.border}; padding: 4px; }}
    QMenu::item {{ padding: {px(6)}px {px(16)}px; border-radius: {px(4)}px; }}
    QMenu::item:selected {{ background: {tokens.accent_soft}; color: {tokens.accent}; }}
    QComboBox QAbstractItemView {{ background: {tokens.surface}; color: {tokens.text};
        border: 1px solid {tokens.strong}; padding: 4px; outline: 0; }}
    QComboBox QAbstractItemView::item, CountryPopup QListWidget::item {{
        min-height: {px(28)}px; padding: 0 {px(8)}px; border-radius: {px(4)}px; }}
    QComboBox QAbstractItemView::item:selected, CountryPopup QListWidget::item:selected {{
        background: {tokens.accent_soft}; color: {tokens.accent}; }}
    LineField, NumberDigits, BoxedEdit {{ background: transparent; border: 0; }}
    FoldedPopup {{ background: {tokens.surface}; border: 1px solid {tokens.strong}; }}
    CountryPopup QListWidget {{ background: transparent; outline: 0; }}
    CountryPopup {{ background: {tokens.surface}; border: 1px solid {tokens.strong}; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
    QScrollBar::handle:vertical {{ background: {tokens.border}; border-radius: 3px;
        min-height: 32px; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 2px; }}
    QScrollBar::handle:horizontal {{ background: {tokens.border}; border-radius: 3px;
        min-width: 32px; }}
    QScrollBar::handle:hover {{ background: {tokens.strong}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """
