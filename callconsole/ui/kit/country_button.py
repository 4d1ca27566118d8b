"""The country in front of the number, with a list that can be searched."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QLocale, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from callconsole.domain import phone
from callconsole.ui import fonts, icons, theme
from callconsole.ui.kit.button import paint_hover
from callconsole.ui.kit.line_field import LineField
from callconsole.ui.zoom import px


@lru_cache(maxsize=1)
def countries() -> tuple[tuple[str, str, int], ...]:
    """Every country with numbers: ISO code, English name, calling code, by name."""
    found = []
    for territory in QLocale.Country:
        region = QLocale.territoryToCode(territory)
        code = phone.country_code(region)
        if code:
            found.append((region, QLocale.territoryToString(territory), code))
    return tuple(sorted(set(found), key=lambda country: country[1]))


class CountryPopup(QFrame):
    """A search line over the list of countries.

    Signals:
        chosen: the ISO code of a country.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._search = LineField("Find a country", "Country or code")
        self._list = QListWidget()
        self._list.setAccessibleName("Countries")
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setFont(fonts.font(13))
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self._search)
        column.addWidget(self._list)
        for region, name, code in countries():
            item = QListWidgetItem(f"{name}  +{code}")
            item.setData(Qt.ItemDataRole.UserRole, region)
            self._list.addItem(item)
        self._search.textChanged.connect(self._filter)
        self._search.returnPressed.connect(self._take_current)
        self._list.itemActivated.connect(self._take)
        self._list.itemClicked.connect(self._take)
        self.setFocusProxy(self._search)

    def open_for(self, region: str) -> None:
        """Show the list with this country at hand."""
        self.resize(px(280), px(320))
        self._search.clear()
        for row in range(self._list.count()):
            if self._list.item(row).data(Qt.ItemDataRole.UserRole) == region:
                self._list.setCurrentRow(row)
                self._list.scrollToItem(
                    self._list.item(row), QListWidget.ScrollHint.PositionAtCenter
                )
        self.show()
        self._search.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move in the list while the search line has the focus."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._list.setFocus()
        super().keyPressEvent(event)

    def _filter(self, text: str) -> None:
        wanted = text.casefold().strip()
        first = None
        for row in range(self._list.count()):
            item = self._list.item(row)
            hit = wanted in item.text().casefold()
            item.setHidden(not hit)
            first = first or (item if hit else None)
        if first is not None:
            self._list.setCurrentItem(first)

    def _take_current(self) -> None:
        item = self._list.currentItem()
        if not item.isHidden():
            self._take(item)

    def _take(self, item: QListWidgetItem) -> None:
        self.hide()
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))


class CountryButton(QAbstractButton):
    """``US +1`` and a caret; opens the list of countries.

    Signals:
        chosen: the ISO code of a country.
    """

    chosen = Signal(str)
    ring_radius = 4

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._region = "US"
        self._with_code = True
        self._popup: CountryPopup | None = None
        self.setFont(fonts.font(13, 500, tabular=True))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(36)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._open)
        self.show_region("US")

    def show_region(self, region: str) -> None:
        """Show this country."""
        self._region = region
        code = f"+{phone.country_code(region)}"
        self.setText(f"{region} {code}" if self._with_code else region)
        self.setAccessibleName(f"Country: {region} {code}")
        self.updateGeometry()
        self.update()

    def show_code(self, shown: bool) -> None:
        """Show the calling code, or leave it out where the number begins with it."""
        self._with_code = shown
        self.show_region(self._region)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open on Down as on Space."""
        if event.key() == Qt.Key.Key_Down:
            self._open()
            return
        super().keyPressEvent(event)

    def _open(self) -> None:
        if self._popup is None:
            self._popup = CountryPopup(self)
            self._popup.chosen.connect(self.chosen)
        self._popup.move(self.mapToGlobal(self.rect().bottomLeft()))
        self._popup.open_for(self._region)

    def sizeHint(self) -> QSize:
        """Code, caret and paddings."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + px(28), px(36))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the code and the caret."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_hover(painter, QRectF(self.rect()), self, radius=px(4))
        painter.setPen(theme.colour("muted"))
        words = self.rect().adjusted(px(8), 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        icons.paint(painter, "caret-down", theme.current().muted, self.width() - px(16), px(12), 12)
