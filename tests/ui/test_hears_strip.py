"""The strip in the window: its figures, its verdict, and what it leaves out where it is narrow."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.costs import Tokens, Used
from callconsole.domain.events import AgentLost, AgentStalled
from callconsole.ui import theme
from callconsole.ui.hears_strip import HearsStrip
from callconsole.ui.kit.facts import Cell
from fakes.scenes import KEY_REFUSED, Scene

OpenScene = Callable[..., Scene]


def strip_of(scene: Scene) -> HearsStrip:
    return scene.window.calls.call.strip


async def test_a_call_shows_how_it_sounds_and_what_it_costs(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene(line="phone")
    sid = await scene.talk()
    strip = strip_of(scene)
    assert strip.verdict.text() == "Clean"
    assert strip.buffered.value() == "120 ms"
    assert (strip.reply.value(), strip.reply.aside()) == ("0.7 s", "med 0.7")
    assert (strip.gaps.value(), strip.gaps.aside()) == ("0", "in 2 min")
    assert strip.session.aside() == "/ 09:57"
    assert strip.cost.value() == "$0.11"
    assert strip.cost.accessibleName() == "Cost: $0.11"
    assert "AI $0.05" in strip.cost.accessibleDescription()
    scene.desk.spend(sid, Used(talked_s=200.0, tokens=Tokens(audio_out=100_000)))
    assert strip.cost.value() == "$1.26"


async def test_the_network_stands_at_the_right_and_is_amber_where_it_is_slow(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    sid = await scene.talk()
    strip = strip_of(scene)
    assert strip.network.text() == "Network 84 ms"
    scene.desk.levels(sid, -40.0, -10.0, round_trip_ms=312)
    scene.models.relay.flush()
    scene.models.live.clock_changed.emit("00:25")
    assert strip.network.text() == "Network 312 ms"
    assert strip.network.palette().windowText().color() == theme.colour("warning")
    assert strip.verdict.text() == "Slow network, 312 ms"
    scene.desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    assert strip.network.text() == ""


async def test_practice_costs_nothing(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    await scene.talk()
    assert strip_of(scene).cost.value() == "Free"
    assert "$0.11" in strip_of(scene).cost.toolTip()


async def test_what_is_wrong_is_said_in_words_the_worst_first(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene()
    sid = await scene.talk()
    desk, strip = scene.desk, strip_of(scene)
    desk.now = datetime.now(UTC)
    desk.gap(sid, 320)
    desk.gap(sid, 90)
    assert strip.verdict.text() == "2 gaps in 2 min"
    assert strip.gaps.value() == "2"
    at = {"call_sid": sid, "at": desk.now}
    desk.publish(AgentStalled(**at, stall="no answer", remedy="nudged"))
    assert strip.verdict.text() == "AI stalled: no answer"
    pill = scene.window.calls.call.header.pill
    assert (pill.text(), scene.models.live.headline.tone) == ("AI stalled: no answer", "warning")
    desk.publish(AgentLost(**at, problem=KEY_REFUSED))
    assert strip.verdict.text() == KEY_REFUSED.title


async def test_an_ended_call_keeps_its_cost_and_has_no_connection(
    qtbot: QtBot, open_scene: OpenScene
) -> None:
    scene = open_scene(line="phone")
    sid = await scene.talk()
    strip = strip_of(scene)
    scene.desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    assert strip.verdict.text() == "The line is closed"
    assert (strip.buffered.value(), strip.session.value()) == ("—", "—")
    assert strip.cost.value() == "$0.11"


async def test_the_next_call_begins_with_nothing(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene()
    sid = await scene.talk()
    scene.desk.gap(sid, 100)
    scene.desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    scene.desk.ring(second := await scene.dial("+14155550102"))
    scene.desk.answer(second)
    strip = strip_of(scene)
    assert (strip.gaps.value(), strip.session.value(), strip.cost.value()) == ("0", "—", "—")


NARROWING = [
    "buffered, reply med 0.7, gaps in 2 min, session / 09:57, cost",
    "buffered, reply med 0.7, gaps, session / 09:57, cost",
    "buffered, reply, gaps, session / 09:57, cost",
    "buffered, reply, gaps, session, cost",
    "buffered, reply, gaps, cost",
    "reply, gaps, cost",
    "reply, cost",
    "cost",
    "",
]


async def test_a_narrow_strip_keeps_what_matters_most(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene(line="phone")
    await scene.talk()
    host = QWidget()
    qtbot.addWidget(host)
    strip = HearsStrip(scene.models.live, host)
    host.resize(1000, 100)
    host.show()
    seen: list[str] = []
    for width in range(1000, 180, -4):
        strip.resize(width, 100)
        QApplication.sendPostedEvents()
        shown = shown_on(strip)
        if shown not in seen:
            seen.append(shown)
        assert strip.width() == width
        assert strip.agent.width() >= 40
        assert all(strip.rect().contains(label.geometry()) for label in cells_of(strip).values())
    assert seen == NARROWING
    strip.resize(1000, 100)
    assert shown_on(strip) == NARROWING[0]


def cells_of(strip: HearsStrip) -> dict[str, Cell]:
    names = ("buffered", "reply", "gaps", "session", "cost")
    return {name: cell for name in names if (cell := getattr(strip, name)).isVisible()}


def shown_on(strip: HearsStrip) -> str:
    """The cells that can be seen, with the asides that can."""
    labels = {
        name: cell.findChildren(QLabel)[-1] if cell.aside() else None
        for name, cell in cells_of(strip).items()
    }
    return ", ".join(
        f"{name} {label.text()}" if label is not None and label.isVisible() else name
        for name, label in labels.items()
    )


async def test_a_second_of_the_clock_moves_nothing(qtbot: QtBot, open_scene: OpenScene) -> None:
    scene = open_scene(line="phone")
    sid = await scene.talk()
    strip = strip_of(scene)
    scene.window.resize(1280, 800)
    QApplication.sendPostedEvents()
    before = [cell.geometry() for cell in (strip.buffered, strip.reply, strip.gaps, strip.cost)]
    for buffered_ms in (0, 9, 1500):
        scene.desk.levels(sid, -60.0, -6.0, buffered_ms)
        scene.models.relay.flush()
        scene.models.live.clock_changed.emit("00:25")
        QApplication.sendPostedEvents()
        after = [cell.geometry() for cell in (strip.buffered, strip.reply, strip.gaps, strip.cost)]
        assert after == before
