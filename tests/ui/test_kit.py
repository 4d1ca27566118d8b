import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from callconsole.ui import theme
from callconsole.ui.dial_pad import DialPad
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.country_button import CountryPopup, countries
from callconsole.ui.kit.dial_key import LETTERS_BELOW_FROM
from callconsole.ui.kit.meter import Meter
from callconsole.ui.kit.number_field import NumberField
from callconsole.ui.kit.pill import Pill
from callconsole.ui.kit.segmented import Segmented
from callconsole.ui.kit.slider import Slider
from callconsole.ui.kit.surfaces import paint_hairline
from callconsole.ui.kit.switch import Switch
from callconsole.ui.kit.text import Elided, Text

LEFT = Qt.MouseButton.LeftButton
LINE_EDIT_INSET = 2  # what Qt leaves free inside a frameless line edit at either side


@pytest.fixture(autouse=True)
def _dressed(dressed: QApplication) -> None:
    """Every piece in our theme."""


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_a_button_is_pressed_by_mouse_and_keys(qtbot: QtBot, kind: Kind, key: Qt.Key) -> None:
    button = Button("Go", kind, icon="phone", key="Enter")
    qtbot.addWidget(button)
    button.show()
    pressed: list[bool] = []
    button.clicked.connect(lambda: pressed.append(True))
    QTest.mouseClick(button, LEFT)
    QTest.keyClick(button, key)
    assert pressed == [True, True]
    button.setEnabled(False)
    QTest.mouseClick(button, LEFT)
    assert len(pressed) == 2
    assert not button.grab().isNull()


def test_a_number_with_its_country_beside_it_is_seen_whole(qtbot: QtBot) -> None:
    field = NumberField()
    qtbot.addWidget(field)
    field.resize(238, 44)
    field.show()
    field.show_text("(415) 555-0101")
    QApplication.processEvents()
    digits = field.digits
    margins = digits.textMargins()
    room = digits.width() - margins.left() - margins.right() - 2 * LINE_EDIT_INSET
    assert digits.fontMetrics().horizontalAdvance(field.text()) < room


def test_a_filled_button_shows_its_token(qtbot: QtBot) -> None:
    button = Button("Hang up", Kind.DANGER, height=44)
    qtbot.addWidget(button)
    colour = button.grab().toImage().pixelColor(6, 22)
    assert colour.name().upper() == theme.current().danger_fill


def test_disabling_hides_the_keycap_but_keeps_the_width(qtbot: QtBot) -> None:
    button = Button("Call", Kind.SUCCESS, key="Enter")
    qtbot.addWidget(button)
    width = button.sizeHint().width()
    button.setEnabled(False)
    assert button.sizeHint().width() == width


def test_a_switch_toggles(qtbot: QtBot) -> None:
    switch = Switch("Record this call")
    qtbot.addWidget(switch)
    switch.show()
    with qtbot.waitSignal(switch.toggled, timeout=20000):
        QTest.keyClick(switch, Qt.Key.Key_Return)
    assert switch.isChecked()
    assert switch.accessibleName() == "Record this call"
    assert not switch.grab().isNull()


def test_the_peak_is_held_and_then_falls() -> None:
    meter = Meter("Level", "ai")
    meter.set_level(-10.0, now_s=0.0)
    meter.set_level(-50.0, now_s=1.0)
    assert meter.peak_dbfs == -10.0
    meter.set_level(-50.0, now_s=2.5)
    assert meter.peak_dbfs == pytest.approx(-22.0)
    meter.set_level(-50.0, now_s=3.0)
    assert meter.peak_dbfs == pytest.approx(-28.0)
    meter.set_level(-20.0, now_s=3.1)
    assert meter.peak_dbfs == -20.0


@pytest.mark.parametrize(("level", "shown"), [(-90.0, -60.0), (3.0, 0.0), (-12.5, -12.5)])
def test_levels_stay_on_the_meter(level: float, shown: float) -> None:
    meter = Meter("Level", "ai")
    meter.set_level(level)
    assert meter.level_dbfs == shown


def test_a_meter_is_filled_up_to_its_level(qtbot: QtBot) -> None:
    meter = Meter("Level", "ai")
    qtbot.addWidget(meter)
    meter.resize(120, 12)
    meter.set_level(-30.0)
    image = meter.grab().toImage()
    assert image.pixelColor(30, 6).name().upper() == theme.current().ai
    assert image.pixelColor(90, 6).name().upper() == theme.current().track


def test_a_pill_says_its_state(qtbot: QtBot) -> None:
    pill = Pill()
    qtbot.addWidget(pill)
    pill.show_state("AI is speaking", "ai", "waveform")
    assert pill.accessibleName() == "AI is speaking"
    assert pill.grab().toImage().pixelColor(12, 2).name().upper() == theme.current().ai_soft


def test_segments_choose_one_and_explain_the_shut_one(qtbot: QtBot) -> None:
    field = Segmented("Line", [("practice", "Practice"), ("phone", "Phone")])
    qtbot.addWidget(field)
    field.show()
    field.choose("practice")
    with qtbot.waitSignal(field.chosen, timeout=20000) as chosen:
        QTest.mouseClick(field.segment("phone"), LEFT)
    assert chosen.args == ["phone"]
    field.allow("phone", False, "No account")
    assert field.segment("phone").toolTip() == "No account"
    assert not field.segment("phone").isEnabled()
    assert not field.grab().isNull()


def test_a_click_on_the_slider_goes_there(qtbot: QtBot) -> None:
    slider = Slider("Volume")
    qtbot.addWidget(slider)
    slider.resize(216, 28)
    slider.show()
    QTest.mouseClick(slider, LEFT, pos=slider.rect().center())
    assert slider.value() in (49, 50, 51)


def test_elided_text_offers_the_whole_as_a_tool_tip(qtbot: QtBot) -> None:
    label = Elided("A rather long name that does not fit")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.grab()
    assert label.toolTip() == label.text()
    label.resize(400, 20)
    label.grab()
    assert label.toolTip() == ""


def test_text_takes_the_colours_of_another_scheme(qtbot: QtBot, dressed: QApplication) -> None:
    label = Text("x", tone="danger")
    qtbot.addWidget(label)
    theme.apply(dressed, "dark")
    colour = label.palette().color(label.foregroundRole()).name().upper()
    assert colour == theme.current().danger == "#FF8A80"


def test_countries_are_named_and_can_be_found(qtbot: QtBot) -> None:
    assert ("US", "United States", 1) in countries()
    host = QWidget()
    qtbot.addWidget(host)
    popup = CountryPopup(host)
    popup.open_for("US")
    chosen: list[str] = []
    popup.chosen.connect(chosen.append)
    search = popup.focusProxy()
    QTest.keyClicks(search, "poland")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert chosen == ["PL"]
    assert not popup.isVisible()


def test_the_caret_stays_behind_the_same_digit(qtbot: QtBot) -> None:
    field = NumberField()
    qtbot.addWidget(field)
    field.show()
    field.activateWindow()
    QApplication.processEvents()
    field.digits.setFocus()
    field.digits.setText("41555")
    field.digits.setCursorPosition(1)
    field.show_text("(415) 55")
    assert field.digits.cursorPosition() == 2
    field.digits.setCursorPosition(len(field.text()))
    field.show_text("(415) 555")
    assert field.digits.cursorPosition() == 9


@pytest.mark.parametrize("density", [1.0, 1.25, 1.5, 1.75, 2.0, 2.5])
@pytest.mark.parametrize("at", [QPointF(0, 3), QPointF(0, 4), QPointF(0, 5)])
def test_a_hairline_is_of_whole_pixels_wherever_it_lies(density: float, at: QPointF) -> None:
    drawn = QImage(round(20 * density), round(12 * density), QImage.Format.Format_RGB32)
    drawn.setDevicePixelRatio(density)
    drawn.fill(Qt.GlobalColor.white)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_hairline(painter, "border", at, 20)
    assert painter.testRenderHint(QPainter.RenderHint.Antialiasing)
    painter.end()
    column = [drawn.pixelColor(3, y).name().upper() for y in range(drawn.height())]
    inked = [ink for ink in column if ink != "#FFFFFF"]
    assert inked == [theme.current().border] * int(density)


@pytest.mark.parametrize("height", range(190, 210))
def test_the_keys_of_a_pad_are_alike(qtbot: QtBot, height: int) -> None:
    pad = DialPad()
    qtbot.addWidget(pad)
    pad.resize(238, height)
    pad.show()
    QApplication.processEvents()
    heights = {pad.key(digit).height() for digit in "147"}
    assert max(heights) - min(heights) <= 1
    assert len({pad.key(digit).low for digit in "123456789*0#"}) == 1
    assert pad.key("5").low == (height < 4 * LETTERS_BELOW_FROM + 3 * 8)
