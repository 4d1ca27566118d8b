"""The left column of the Settings page: search, groups, export and import."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from callconsole.settings_catalogue import Group
from callconsole.ui import fonts, icons, theme
from callconsole.ui.kit.button import Button, Kind, paint_hover
from callconsole.ui.kit.hover_button import HoverButton
from callconsole.ui.kit.line_field import LineField
from callconsole.ui.kit.surfaces import Scroll
from callconsole.ui.kit.text import Text
from callconsole.ui.tokens import DIAL_WIDTH, HEAD_HEIGHT, RADIUS_CARD
from callconsole.ui.zoom import px
from callconsole.viewmodels.settings_page import SettingsPage

ROW = 40
ICONS = {
    Group.TWILIO: "phone",
    Group.GOOGLE: "star-four",
    Group.SERVER: "globe",
    Group.CALLS: "phone-call",
    Group.ANSWER: "user-focus",
    Group.SOUND: "speaker-high",
    Group.APPEARANCE: "circle-half",
    Group.PRIVACY: "record",
    Group.FILES: "folder",
}


class GroupItem(HoverButton):
    """One group: icon, name, and how many settings a search finds in it."""

    ring_radius = RADIUS_CARD

    def __init__(self, group: Group) -> None:
        super().__init__()
        self._icon = ICONS[group]
        self._count = ""
        self.setText(group.value)
        self.setCheckable(True)
        self.setAutoExclusive(True)  # one of several, to a screen reader too
        self.setAccessibleName(group.value)
        self.setFixedHeight(ROW)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_count(self, count: int | None) -> None:
        """Say how many were found; None where nothing is searched for."""
        self._count = "" if count is None else str(count)
        self.setEnabled(count is None or count > 0)
        self.setAccessibleDescription("" if count is None else f"{count} found")
        self.update()

    def sizeHint(self) -> QSize:
        """Icon, words and count."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + px(84), px(ROW))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, icon, name and count."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        chosen = self.isChecked() and not self._count
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_soft"))
            painter.drawRoundedRect(box, px(RADIUS_CARD), px(RADIUS_CARD))
        if self.isEnabled():
            paint_hover(painter, box, self, radius=px(RADIUS_CARD))
        tone = "accent" if chosen else "muted"
        top = (self.height() - px(16)) / 2
        icons.paint(painter, self._icon, getattr(theme.current(), tone), px(12), top, 16)
        painter.setPen(theme.colour("text" if self.isEnabled() else "muted"))
        painter.setFont(fonts.font(13, 600 if chosen else 500))
        words = self.rect().adjusted(px(40), 0, -px(12), 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.setPen(theme.colour("muted"))
        painter.setFont(fonts.font(12, 500, tabular=True))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(words, right, self._count)


class SettingsList(QWidget):
    """Chooses what the centre shows.

    Signals:
        chosen: a `Group`.
        export_asked, import_asked: the buttons at the bottom.
        guide_asked: the guide through everything that real calls need.
    """

    chosen = Signal(object)
    export_asked = Signal()
    import_asked = Signal()
    guide_asked = Signal()

    def __init__(self, page: SettingsPage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page = page
        self.setFixedWidth(DIAL_WIDTH)
        self.search = LineField("Find a setting", "Find a setting", height=32)
        self.items: dict[Group, GroupItem] = {}
        self.export = Button("Export", Kind.GHOST, icon="download-simple", height=32)
        self.take = Button("Import", Kind.GHOST, icon="upload-simple", height=32)
        self.export.setToolTip("Save every setting that is set, without secrets, as a file")
        self.take.setToolTip("Read such a file; you see what would change first")
        self.guide = Button("Set-up guide", Kind.GHOST, icon="list-numbers", height=32)
        self.guide.setToolTip("Everything that real calls need, step by step")
        self.guide.clicked.connect(self.guide_asked)
        self._group = QButtonGroup(self)
        self._build()
        self.search.textChanged.connect(page.search)
        self.export.clicked.connect(self.export_asked)
        self.take.clicked.connect(self.import_asked)
        page.found_changed.connect(self._show_counts)

    def _build(self) -> None:
        groups = QWidget()
        rows = QVBoxLayout(groups)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        for group in Group:
            item = GroupItem(group)
            item.clicked.connect(lambda _on, group=group: self.chosen.emit(group))
            self._group.addButton(item)
            self.items[group] = item
            rows.addWidget(item)
        rows.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.export)
        foot.addWidget(self.take)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 16, 12)
        column.setSpacing(8)
        title = Text("Settings", 15, 600)
        title.setFixedHeight(HEAD_HEIGHT)
        column.addWidget(title)
        column.addWidget(self.search)
        column.addSpacing(4)
        column.addWidget(Scroll(groups), 1)
        column.addWidget(self.guide, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(foot)

    def choose(self, group: Group) -> None:
        """Show a group as chosen."""
        self.items[group].setChecked(True)

    def _show_counts(self) -> None:
        found = self._page.found()
        for group, item in self.items.items():
            item.show_count(len(found.get(group, [])) if self._page.searching else None)
