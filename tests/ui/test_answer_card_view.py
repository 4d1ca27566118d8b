"""The answer card as an operator meets it: digits, mouse, a menu to correct, and calm."""

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from callconsole.domain.answering import AnsweredBy, Weighing
from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.ui.answer_card import AnswerCardView
from fakes.scenes import VOICEMAIL_WEIGHING, WEIGHING, Scene

OpenScene = Callable[..., Scene]
LEFT, ALT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier
PERSON, VOICEMAIL = AnsweredBy.PERSON, AnsweredBy.VOICEMAIL


def card_of(scene: Scene) -> AnswerCardView:
    return scene.window.calls.call.answer


def focus() -> object:
    return QApplication.focusWidget()


async def test_it_stands_in_the_centre_until_it_is_decided(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    sid = await scene.decide(WEIGHING)
    card = card_of(scene)
    assert card.isVisible()
    assert not scene.window.calls.call.transcript.isVisible()
    assert card.question.text() == "Is this a person?"
    assert card.countdown.text() == "1.4 s"
    assert card.evidence.texts() == [evidence.text for evidence in WEIGHING.evidence]
    assert card.wave.accessibleDescription() == "Hello?; Hello, who's there?"
    assert not card.choices.buttons[AnsweredBy.FAX].isVisible()
    scene.desk.judge(sid, PERSON)
    assert not card.isVisible()
    assert scene.window.calls.call.transcript.isVisible()


@pytest.mark.parametrize("answered_by", list(AnsweredBy)[1:5])
async def test_each_button_says_its_class(
    qtbot: QtBot, open_scene: OpenScene, answered_by: AnsweredBy
) -> None:
    scene = open_scene()
    sid = await scene.decide(WEIGHING)
    QTest.mouseClick(card_of(scene).choices.buttons[answered_by], LEFT)
    assert scene.desk.judged == [(sid, answered_by)]


async def test_a_digit_answers_after_enter_placed_the_call(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    digits = scene.window.calls.dial.number.digits
    QTest.keyClicks(digits, "4155550101")
    QTest.keyClick(digits, Qt.Key.Key_Return)
    await asyncio.sleep(0.02)
    sid = scene.desk.live_sid
    assert digits.hasFocus()
    scene.desk.pick_up(sid)
    assert card_of(scene).hasFocus()
    QTest.keyClick(card_of(scene), Qt.Key.Key_2)
    assert scene.desk.judged == [(sid, VOICEMAIL)]
    assert digits.text() == "+1 415-555-0101"
    # Space must not end the call that has just begun.
    assert focus() is scene.window.calls.call.transcript.lines


async def test_digits_belong_to_whoever_types_another_number(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    digits = scene.window.calls.dial.number.digits
    sid = await scene.dial()
    digits.setFocus()
    digits.selectAll()
    QTest.keyClicks(digits, "41")
    scene.desk.pick_up(sid)
    assert digits.hasFocus()
    QTest.keyClicks(digits, "5")
    assert (digits.text(), scene.desk.judged) == ("415", [])
    QTest.keyClick(digits, Qt.Key.Key_1, ALT)
    assert scene.desk.judged == [(sid, PERSON)]


async def test_keycaps_follow_the_focus(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    await scene.decide(WEIGHING)
    button = card_of(scene).choices.buttons[VOICEMAIL]
    wide = button.width()
    bare = button.grab().toImage()
    scene.window.calls.dial.number.digits.setFocus()
    assert button.grab().toImage() != bare
    assert button.width() == wide
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert scene.window.ring.target is button
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert [answered_by for _sid, answered_by in scene.desk.judged] == [VOICEMAIL]


async def test_nothing_to_press_moves_while_the_odds_change(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    sid = await scene.decide(Weighing(300, decides_in_ms=5000))
    card = card_of(scene)
    places = set()
    for weighing in (WEIGHING, VOICEMAIL_WEIGHING, WEIGHING):
        scene.desk.weigh(sid, weighing)
        scene.models.relay.flush()
        QApplication.sendPostedEvents()
        await asyncio.sleep(0.01)
        places.add(
            tuple(
                (button.mapTo(scene.window, QPoint(0, 0)).toTuple(), button.size().toTuple())
                for answered_by, button in card.choices.buttons.items()
                if answered_by is not AnsweredBy.FAX
            )
        )
    assert len(places) == 1
    assert card.choices.buttons[AnsweredBy.FAX].isVisible()


async def test_digits_dial_again_once_it_is_decided(
    qtbot: QtBot, open_scene: OpenScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callconsole.viewmodels.answer_card.LATE_S", 0.0)
    scene = open_scene()
    sid = await scene.decide(WEIGHING)
    scene.desk.judge(sid, PERSON)
    scene.models.dialler.clear()
    QTest.keyClick(scene.window.calls.call.transcript.lines, Qt.Key.Key_3)
    assert scene.window.calls.dial.number.text() == "3"
    assert scene.desk.judged == []
    QTest.keyClick(scene.window.calls.call.transcript.lines, Qt.Key.Key_3, ALT)
    assert scene.desk.judged == [(sid, AnsweredBy.SCREENING)]


async def test_a_verdict_is_corrected_from_the_facts(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    facts = scene.window.calls.side.facts
    sid = await scene.decide(WEIGHING)
    assert facts.answered_by.value() == "Deciding"
    scene.desk.judge(sid, PERSON)
    assert facts.answered_by.value() == "Person"
    assert facts.answered_by.toolTip() == "A person answered · Short greeting, then a pause"
    assert facts.fact("Decided by") == "Sound and words, 1.1 s"
    QTest.mouseClick(facts.answered_by, LEFT)
    menu = facts.answered_by.menu
    assert menu.isVisible()
    menu.actions()[1].trigger()
    menu.close()
    assert scene.desk.judged == [(sid, VOICEMAIL)]
    assert facts.fact("Decided by") == "You, 1.1 s"
    scene.desk.end(sid, Ending(Outcome.VOICEMAIL, EndedBy.CONSOLE))
    assert facts.answered_by.value() == "Voicemail"
    assert not facts.answered_by.isEnabled()


async def test_a_low_window_keeps_every_answer_and_the_waveform(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    scene.window.resize(QSize(994, 560))
    await scene.decide(WEIGHING)
    card = card_of(scene)
    for answered_by in list(AnsweredBy)[1:5]:
        button = card.choices.buttons[answered_by]
        assert button.height() == 36
        assert card.rect().contains(button.geometry().translated(button.parent().pos()))
    QApplication.sendPostedEvents()
    assert card.wave.visibleRegion().boundingRect().height() == card.wave.height()


async def test_a_low_window_shows_the_words_even_under_five_answers(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    scene.window.resize(QSize(994, 560))
    await scene.decide(VOICEMAIL_WEIGHING)
    card = card_of(scene)
    assert card.choices.buttons[AnsweredBy.FAX].isVisible()
    assert card.wave.visibleRegion().boundingRect().height() == card.wave.height()


async def test_a_long_answer_is_drawn_within_its_picture(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    sid = await scene.decide(VOICEMAIL_WEIGHING)
    scene.desk.weigh(sid, Weighing(30_000, utterances=VOICEMAIL_WEIGHING.utterances))
    scene.models.relay.flush()
    assert card_of(scene).elapsed.text() == "0:30.0 since the answer"
    assert not card_of(scene).wave.grab().isNull()
