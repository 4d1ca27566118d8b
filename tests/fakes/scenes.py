"""Every state of the window, made with a fake desk; for layout tests and for pictures."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from callconsole.domain.call import EndedBy, Ending, Floor, Outcome
from callconsole.domain.dialling import Step
from callconsole.domain.events import AgentInterrupted, Service, ServiceState
from callconsole.domain.problems import Problem
from callconsole.domain.transcript import Speaker, Turn
from callconsole.ui.main_window import HISTORY, PROMPTS, MainWindow
from callconsole.viewmodels.call_sound import Sound
from callconsole.viewmodels.models import Models
from callconsole.viewmodels.playback import Player
from fakes.desk import CALLEES, FakeDesk, FakePrompts, refused, steps
from fakes.kept_records import TALK_SID, kept_records
from fakes.player import FakePlayer

KEY_REFUSED = Problem(
    "gemini.key",
    "Gemini refused the API key",
    "Gemini answered “API key not valid”.",
    "Put a valid key into GEMINI_API_KEY and start the console again.",
    "https://aistudio.google.com/apikey",
)
HISTORY_LOCKED = Problem(
    "history.locked",
    "The history cannot be read",
    "Another program holds its file.",
    "Close the other program, then try again.",
)
MISSING = (
    Problem("setup.sid", "TWILIO_ACCOUNT_SID is missing", "", "Copy it from the Twilio console."),
    Problem("setup.token", "TWILIO_AUTH_TOKEN is missing", "", "Copy it from there too."),
    Problem("setup.key", "GEMINI_API_KEY is missing", "", "Make one in AI Studio."),
)
CONVERSATION = (
    (
        Speaker.AGENT,
        "Hello, this is Ada, the assistant of Bayside Dental. Am I speaking with Jordan?",
        0.4,
    ),
    (Speaker.CALLER, "Yes, this is Jordan. What is it about?", 6.1),
    (
        Speaker.AGENT,
        "You are booked for Tuesday at 9:30. Does that time still work for you, or "
        "would you like another?",
        9.0,
    ),
    (Speaker.CALLER, "Sorry, could we move it to the afternoon, maybe after three?", 13.2),
    (Speaker.AGENT, "Of course. I can offer you 3:15 or 4:00 on the same", 18.0),
)


def build(name: str) -> Scene:
    """The scene for a state; `STATES[name]` then brings it there."""
    return Scene(missing=MISSING if name == "idle_setup" else ())


class Scene:
    """One desk, its models and window, brought into a state."""

    def __init__(
        self,
        *,
        line: str = "practice",
        missing: tuple[Problem, ...] = (),
        player: Player | None = None,
    ) -> None:
        self.desk = FakeDesk(line)
        self.desk.all_ready()
        self.desk.now = datetime.now(UTC)
        self.player = FakePlayer()
        self.folder = tempfile.TemporaryDirectory(prefix="callconsole-scene-")
        self.models = Models(
            self.desk,
            FakePrompts(),
            callees=CALLEES,
            missing=missing,
            player=player or self.player,
            check=lambda: None,
            listen=True,
        )
        self.window = MainWindow(self.models)

    def close(self) -> None:
        """Let the window and everything behind it go."""
        self.desk.gate.set()
        self.models.close()
        self.window.hide()
        self.window.deleteLater()
        self.folder.cleanup()

    async def dial(self, number: str = "+14155550101") -> str:
        self.models.dialler.call_number(number)
        await asyncio.sleep(0.02)
        return self.desk.live_sid

    async def talk(self) -> str:
        sid = await self.dial()
        desk = self.desk
        desk.now -= timedelta(seconds=24)
        desk.ring(sid)
        desk.answer(sid)
        desk.hand_floor(sid, Floor.AGENT, 0.4)
        for index, (speaker, text, offset_s) in enumerate(CONVERSATION, 1):
            cut = index == 3
            turn = Turn(
                index,
                speaker,
                text,
                offset_s,
                index < 5,
                cut,
                text.index("Does") - 1 if cut else None,
            )
            if speaker is Speaker.CALLER:
                desk.hand_floor(sid, Floor.CALLER, 2)
                desk.hand_floor(sid, Floor.NOBODY, 1.5)
                desk.hand_floor(sid, Floor.AGENT, 0.7)
                desk.reply(sid, 700)
            desk.say(sid, turn)
        desk.publish(AgentInterrupted(call_sid=sid, at=desk.now, turn_id=3, dropped_ms=2100))
        desk.levels(sid, -41.0, -9.0)
        desk.levels(sid, -52.0, -11.0)
        self.models.relay.flush()
        return sid


async def idle(_scene: Scene) -> None:
    return


async def idle_recents(scene: Scene) -> None:
    for number, outcome, talked in (
        ("+14155550101", Outcome.COMPLETED, True),
        ("+14155550103", Outcome.BUSY, False),
        ("+442079460018", Outcome.NO_ANSWER, False),
        ("+14155552671", Outcome.COMPLETED, True),
    ):
        sid = await scene.dial(number)
        scene.desk.ring(sid)
        if talked:
            scene.desk.answer(sid)
            scene.desk.now += timedelta(seconds=41)
        scene.desk.end(sid, Ending(outcome, EndedBy.CALLER))
        scene.models.live.dismiss()
    scene.models.dialler.clear()


async def dialling(scene: Scene) -> None:
    scene.desk.gate.clear()
    scene.models.dialler.call_number("+14155550101")
    await asyncio.sleep(0.02)
    scene.models.live.steps = list(steps()[:3])
    scene.models.live.changed.emit()


async def ringing(scene: Scene) -> None:
    scene.desk.ring(await scene.dial("+14155552671"))


async def in_call(scene: Scene) -> None:
    await scene.talk()


async def ended(scene: Scene) -> None:
    sid = await scene.talk()
    scene.desk.now = datetime.now(UTC)
    scene.desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    scene.desk.save_recording(sid, "/tmp/call.wav")


async def busy(scene: Scene) -> None:
    sid = await scene.dial("+14155550103")
    scene.desk.end(
        sid,
        Ending(
            Outcome.BUSY,
            EndedBy.CARRIER,
            Problem(
                "call.busy",
                "The line is busy",
                "The person is on another call, or the phone refuses calls just now.",
                "Try again in a few minutes.",
            ),
        ),
    )


async def failed(scene: Scene) -> None:
    scene.desk.refusal = refused(KEY_REFUSED, Step.AGENT)
    scene.models.dialler.call_number("+442079460018")
    await asyncio.sleep(0.02)
    scene.desk.report(Service.AGENT, ServiceState.FAILED, "key refused", KEY_REFUSED)
    scene.desk.blocked = [KEY_REFUSED]
    scene.models.dialler.services_changed()


async def wrong_number(scene: Scene) -> None:
    scene.models.dialler.edit("911")
    scene.models.dialler.check()


async def prompts(scene: Scene) -> None:
    scene.window.open_page(PROMPTS)


async def sheet(scene: Scene) -> None:
    scene.window.sheet.toggle()


async def low_reason(scene: Scene) -> None:
    """The tallest dial column: error, reason and redial together."""
    await failed(scene)
    scene.models.dialler.edit("911")
    scene.models.dialler.check()


async def drawer(scene: Scene) -> None:
    await scene.talk()
    scene.window.calls.toggle_drawer()


async def history(scene: Scene) -> None:
    for record in kept_records(scene.desk.now, Path(scene.folder.name)):
        scene.desk.keep(record)
    scene.window.open_call(TALK_SID)
    await measured(scene)


async def measured(scene: Scene) -> None:
    """Wait until the open call's recording was looked at."""
    looked_at = asyncio.Event()
    scene.models.detail.sound_changed.connect(looked_at.set)
    async with asyncio.timeout(10):
        while scene.models.detail.record is None or scene.models.detail.sound == Sound():
            looked_at.clear()
            await looked_at.wait()


async def history_playing(scene: Scene) -> None:
    await history(scene)
    scene.models.detail.play_row(7)
    await asyncio.sleep(0)
    scene.models.playback.moved.emit()


async def history_delete(scene: Scene) -> None:
    await history(scene)
    scene.window.history.record.ask_delete()


async def history_live(scene: Scene) -> None:
    await scene.talk()
    await history(scene)
    scene.models.history.select(scene.desk.live_sid)
    await measured(scene)


async def history_gone(scene: Scene) -> None:
    await history(scene)
    scene.models.history.select(scene.models.history.rows[1].sid)
    await measured(scene)


async def history_empty(scene: Scene) -> None:
    scene.window.open_page(HISTORY)
    await asyncio.sleep(0.01)


async def history_no_match(scene: Scene) -> None:
    await history(scene)
    scene.models.history.search("0800")
    scene.models.history.refresh()
    await asyncio.sleep(0.01)


async def history_failed(scene: Scene) -> None:
    scene.desk.history_problem = HISTORY_LOCKED
    scene.window.open_call(TALK_SID)
    await asyncio.sleep(0.01)


STATES: dict[str, Callable[[Scene], Awaitable[None]]] = {
    "idle": idle,
    "idle_recents": idle_recents,
    "idle_setup": idle,
    "wrong_number": wrong_number,
    "dialling": dialling,
    "ringing": ringing,
    "in_call": in_call,
    "ended": ended,
    "busy": busy,
    "failed": failed,
    "prompts": prompts,
    "sheet": sheet,
    "drawer": drawer,
    "low_reason": low_reason,
    "history": history,
    "history_playing": history_playing,
    "history_delete": history_delete,
    "history_live": history_live,
    "history_gone": history_gone,
    "history_empty": history_empty,
    "history_no_match": history_no_match,
    "history_failed": history_failed,
}
