"""The scheme in force: palette and small style sheet, following the system or forced."""

from __future__ import annotations

import os

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from callconsole.ui import fonts
from callconsole.ui.fitting import FittingStyle
from callconsole.ui.tokens import DARK, LIGHT, Tokens, contrasting
from callconsole.ui.zoom import px

SETTING = "CALLCONSOLE_THEME"
SCHEMES = ("system", "light", "dark")


class Notifier(QObject):
    """Keeps the scheme in force, and says that it is another one now.

    Attributes:
        tokens: its colours.
        followed: the system's changes are listened to.
        scheme: one of `SCHEMES`, as it was asked for.
        system, contrast: what the system asks for.

    Signals:
        changed: after the application's palette was set; widgets that keep colours take new ones.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tokens = LIGHT
        self.followed = False
        self.scheme = "system"
        self.system = Qt.ColorScheme.Unknown
        self.contrast = Qt.ContrastPreference.NoPreference


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
    hints = QGuiApplication.styleHints()
    if not notifier.followed:
        notifier.followed = True
        hints.colorSchemeChanged.connect(_on_system_scheme)
        hints.accessibility().contrastPreferenceChanged.connect(_on_contrast)
    notifier.scheme = chosen
    notifier.system = hints.colorScheme()
    notifier.contrast = hints.accessibility().contrastPreference()
    _dress(app)


def _on_system_scheme(scheme: Qt.ColorScheme) -> None:
    notifier.system = scheme
    _dress_again()


def _on_contrast(preference: Qt.ContrastPreference) -> None:
    notifier.contrast = preference
    _dress_again()


def _dress_again() -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication) and _wanted() != notifier.tokens:
        _dress(app)


def _wanted() -> Tokens:
    """The colours for what is chosen and what the system asks for."""
    dark = notifier.scheme == "dark"
    if notifier.scheme == "system":
        dark = notifier.system is Qt.ColorScheme.Dark
    tokens = DARK if dark else LIGHT
    more = notifier.contrast is Qt.ContrastPreference.HighContrast
    return contrasting(tokens) if more else tokens


def _dress(app: QApplication) -> None:
    tokens = notifier.tokens = _wanted()
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
        border: 1px solid {tokens.strong}; padding: {px(4)}px; }}
    QMenu::separator {{ height: 1px; background: {tokens.border}; margin: {px(4)}px {px(8)}px; }}
    QMenu::item:disabled {{ color: {tokens.muted}; }}
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
