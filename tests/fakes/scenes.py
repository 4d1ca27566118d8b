"""Every state of the window, made with a fake desk; for layout tests and for pictures."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import Qt

from callconsole.adapters.twilio import problems
from callconsole.domain import events
from callconsole.domain.abilities import Abilities, Ability, TransferTarget
from callconsole.domain.answering import AnsweredBy, Evidence, JudgedBy, Utterance, Weighing
from callconsole.domain.call import EndedBy, Ending, Floor, Outcome
from callconsole.domain.dialling import Step
from callconsole.domain.events import AgentInterrupted, Service, ServiceState
from callconsole.domain.incoming import Answerer
from callconsole.domain.problems import Problem
from callconsole.domain.record import Note, Recorded
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine.endings import ending_of
from callconsole.engine.ports import CarrierReport, CarrierStatus
from callconsole.engine.refusals import SILENT_MICROPHONE
from callconsole.settings_catalogue import Group
from callconsole.settings_layers import Layers
from callconsole.ui.main_window import MainWindow
from callconsole.ui.pages import HISTORY, PROMPTS, SETTINGS
from callconsole.ui.settings_view import SettingsView
from callconsole.viewmodels.call_sound import Sound
from callconsole.viewmodels.desk import PracticeCallee
from callconsole.viewmodels.models import Models
from callconsole.viewmodels.playback import Player
from callconsole.viewmodels.tunnel_remedies import TunnelRemedies
from fakes.check_scenes import CHECK_STATES
from fakes.desk import CALLEES, CALLERS, CROWD, SID, FakeDesk, FakePrompts, refused, steps
from fakes.examiner import FakeExaminer
from fakes.guide import FakeProbes
from fakes.guide_scenes import GUIDE_STATES, UNTOUCHED
from fakes.kept_records import TALK_SID, kept_records, stepped_in
from fakes.player import FakePlayer
from fakes.settings import GIVEN, SettingsDesk

KEY_REFUSED = Problem(
    "gemini.key",
    "Gemini refused the API key",
    "Gemini answered “API key not valid”.",
    "Put a valid key into GEMINI_API_KEY and start the console again.",
    "https://aistudio.google.com/apikey",
)
NO_MICROPHONE = Problem(
    "microphone.none",
    "There is no microphone",
    "This computer has no sound input.",
    "Plug one in, then take over again.",
)
NO_OUTPUT = Problem(
    "sound.none",
    "There is no sound output",
    "Nothing was found that could be heard.",
    "Connect a headset, then try again.",
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


WEIGHING = Weighing(
    4200,
    {
        AnsweredBy.PERSON: 0.74,
        AnsweredBy.VOICEMAIL: 0.15,
        AnsweredBy.SCREENING: 0.09,
        AnsweredBy.MENU: 0.02,
    },
    (
        Evidence("Short greeting, then a pause that waits for a reply", 38),
        Evidence("Spoke a second time", 24),
        Evidence("No beep, no “leave a message”", 0),
        Evidence("Phone company's hint: machine (often wrong on this line)", -9),
    ),
    (Utterance(400, 1100, "Hello?"), Utterance(2600, 3700, "Hello, who's there?")),
    1400,
)
VOICEMAIL_WEIGHING = Weighing(
    5900,
    {
        AnsweredBy.PERSON: 0.03,
        AnsweredBy.VOICEMAIL: 0.86,
        AnsweredBy.SCREENING: 0.05,
        AnsweredBy.MENU: 0.04,
        AnsweredBy.FAX: 0.02,
    },
    (
        Evidence("Says “leave a message after the tone”", -58),
        Evidence("Has been speaking for 5.1 s without a pause", -31),
        Evidence("Short greeting", 6),
    ),
    (
        Utterance(
            600,
            None,
            "Hi, you have reached Jordan Lee, I can't come to the phone right now, so please "
            "leave a message after the tone",
        ),
    ),
    None,
)


def build(name: str) -> Scene:
    """The scene for a state; `STATES[name]` then brings it there."""
    callees = CROWD if name.startswith("idle_crowd") else CALLEES
    line = "phone" if name == "gaps" else "practice"
    return Scene(
        line=line,
        missing=MISSING if name == "idle_setup" else (),
        layers=Layers() if name in UNTOUCHED else GIVEN,
        callees=callees,
        incoming=name != "idle_recents",
    )


class Scene:
    """One desk, its models and window, brought into a state."""

    def __init__(
        self,
        *,
        line: str = "practice",
        missing: tuple[Problem, ...] = (),
        callees: tuple[PracticeCallee, ...] = CALLEES,
        player: Player | None = None,
        incoming: bool = True,
        layers: Layers = GIVEN,
    ) -> None:
        self.callers: list[str] = []
        self.desk = FakeDesk(line)
        self.desk.all_ready()
        self.desk.now = datetime.now(UTC)
        self.prompts = FakePrompts()
        self.player = FakePlayer()
        self.examiner = FakeExaminer()
        self.probes = FakeProbes()
        self.folder = tempfile.TemporaryDirectory(prefix="callconsole-scene-")
        self.asked: list[str] = []
        self.settings = SettingsDesk(Path(self.folder.name), layers)
        self.models = Models(
            self.desk,
            self.prompts,
            callees=callees,
            callers=CALLERS,
            call_in=self.callers.append,
            incoming_on=incoming,
            missing=missing,
            player=player or self.player,
            check=lambda: None,
            remedy=TunnelRemedies(
                lambda: self.asked.append("download"),
                lambda: self.asked.append("stop"),
                lambda: self.asked.append("retry"),
            ),
            examiner=self.examiner,
            listen=True,
            settings=self.settings.access,
            probes=self.probes,
        )
        self.window = MainWindow(self.models)

    def close(self) -> None:
        """Let the window and everything behind it go."""
        self.desk.gate.set()
        self.desk.announced.set()
        self.models.close()
        self.window.hide()
        self.window.deleteLater()
        self.models.deleteLater()
        self.folder.cleanup()

    async def dial(self, number: str = "+14155550101") -> str:
        self.models.dialler.call_number(number)
        await asyncio.sleep(0.02)
        return self.desk.live_sid

    async def decide(self, weighing: Weighing) -> str:
        """Something has answered, and this is known of it."""
        sid = await self.dial("+14155552671")
        desk = self.desk
        desk.now -= timedelta(milliseconds=2000 + weighing.elapsed_ms)
        desk.ring(sid)
        desk.pick_up(sid)
        begun = desk.now
        desk.weigh(sid, Weighing(0, decides_in_ms=5600))
        for at_ms in range(100, weighing.elapsed_ms, 50):
            desk.now = begun + timedelta(milliseconds=at_ms)
            spoken = any(
                said.start_ms <= at_ms <= (said.end_ms or weighing.elapsed_ms)
                for said in weighing.utterances
            )
            desk.levels(sid, -24.0 + at_ms * 7919 % 13 if spoken else -68.0, -90.0, 0)
            self.models.relay.flush()
        desk.weigh(sid, weighing)
        self.models.relay.flush()
        return sid

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
            desk.put_turn(sid, turn)
        desk.publish(AgentInterrupted(call_sid=sid, at=desk.now, turn_id=3, dropped_ms=2100))
        desk.connected(sid, age_s=15.0)
        desk.spend(sid)
        desk.levels(sid, -41.0, -9.0)
        desk.levels(sid, -52.0, -11.0)
        self.models.relay.flush()
        return sid


async def idle(_scene: Scene) -> None:
    return


async def idle_crowd_open(scene: Scene) -> None:
    scene.window.calls.idle.practice.fold.click()


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
    scene.models.live.view.steps = list(steps()[:3])
    scene.models.live.changed.emit()


async def ringing(scene: Scene) -> None:
    scene.desk.ring(await scene.dial("+14155552671"))


async def in_call(scene: Scene) -> None:
    await scene.talk()


async def gaps(scene: Scene) -> None:
    """A call on the phone line that does not sound well."""
    sid = await scene.talk()
    for gap_ms in (120, 460, 80):
        scene.desk.gap(sid, gap_ms)
    scene.desk.reply(sid, 12_400)


def at(scene: Scene, sid: str, offset_s: float) -> None:
    """Let it be this long after the answer."""
    answered_at = scene.desk.calls[sid].answered_at
    assert answered_at is not None
    scene.desk.now = answered_at + timedelta(seconds=offset_s)


async def whispering(scene: Scene) -> None:
    """A whisper heeded, a sentence said for the operator, and the next one being typed."""
    sid = await scene.talk()
    desk = scene.desk
    desk.put_turn(sid, Turn(5, Speaker.AGENT, CONVERSATION[-1][1] + " day.", 18.0, True))
    at(scene, sid, 17.2)
    desk.whisper(sid, "Offer 3:15 or 4:00 on the same day, and ask for the date of birth.")
    desk.heed(sid, 1, 800)
    at(scene, sid, 24.6)
    desk.say(sid, "One moment please, I am looking that up.")
    desk.put_turn(
        sid, Turn(6, Speaker.AGENT, "One moment please, I am looking that up.", 25.0, True)
    )
    desk.hand_floor(sid, Floor.NOBODY, 0.2)
    bar = scene.window.calls.call.bar
    bar.focus_field()
    bar.tell.edit.setText("Confirm the address")
    scene.models.relay.flush()


async def muted(scene: Scene) -> None:
    """All that can be muted is, keys were pressed, and an act was refused."""
    sid = await scene.talk()
    operator = scene.models.operator
    at(scene, sid, 21.0)
    operator.toggle_agent_mute()
    operator.toggle_caller_mute()
    scene.window.calls.call.toggle_keypad()
    for key in "415#":
        operator.press_key(key)
        await asyncio.sleep(0.01)
    scene.desk.step_in_problem = NO_MICROPHONE
    operator.take_over()
    await asyncio.sleep(0.01)
    assert scene.models.live.call is not None
    assert scene.models.live.call.sid == sid


async def on_hold(scene: Scene) -> None:
    sid = await scene.talk()
    at(scene, sid, 21.0)
    scene.models.operator.toggle_hold()


async def taken_over(scene: Scene) -> None:
    """The operator on the line, words of both, and a note begun."""
    sid = await scene.talk()
    desk = scene.desk
    at(scene, sid, 17.2)
    desk.whisper(sid, "Offer 3:15 or 4:00 on the same day.")
    cut = CONVERSATION[-1][1] + " day. Which one"
    desk.put_turn(
        sid, Turn(5, Speaker.AGENT, cut, 18.0, True, True, heard_chars=cut.index(" Which"))
    )
    at(scene, sid, 24.0)
    scene.models.operator.take_over()
    await asyncio.sleep(0.02)
    desk.hand_floor(sid, Floor.OPERATOR, 1)
    said = "Hi Jordan, this is Dana, I work with Ada. Would Dr. Patel at 3:15 be all right for you?"
    desk.put_turn(sid, Turn(6, Speaker.OPERATOR, said, 26.0, True))
    desk.put_turn(sid, Turn(7, Speaker.CALLER, "Oh, hello Dana. Yes, 3:15 with Dr. Patel is", 33.0))
    desk.levels(sid, -16.0, -14.0, 60)
    bar = scene.window.calls.call.bar
    bar.note.edit.setText("Agreed: Tuesday 24th, 3:15, Dr. Patel. Confirm and end.")
    bar.hand_back.setFocus(Qt.FocusReason.TabFocusReason)
    scene.models.relay.flush()


async def muted_yourself(scene: Scene) -> None:
    """The operator on the line, and not heard."""
    await taken_over(scene)
    scene.models.operator.toggle_mute()
    desk = scene.desk
    desk.hand_floor(desk.live_sid, Floor.NOBODY, 1)
    desk.levels(desk.live_sid, -16.0, -90.0, 0)
    scene.models.relay.flush()


async def unheard(scene: Scene) -> None:
    """The microphone of an operator on the line was pulled out."""
    await taken_over(scene)
    scene.desk.microphone_trouble = SILENT_MICROPHONE
    scene.desk.microphone = -90.0
    while not scene.models.operator.unheard:
        await asyncio.sleep(0.01)


COLLEAGUES = (
    TransferTarget("Front desk", "+14155550123"),
    TransferTarget("Dr. Patel, out of hours and in the weekend", "+442079460018"),
    TransferTarget("Billing", "+14155550188"),
)


async def transferring(scene: Scene) -> None:
    """Whom to pass the call on to, chosen from the prompt's."""
    scene.desk.targets = COLLEAGUES
    sid = await scene.talk()
    at(scene, sid, 21.0)
    page = scene.window.calls.call
    page.toggle_transfer()
    page.transfer.rows[0].click()
    page.transfer.note.setText("Wants the afternoon of the 24th, has asked twice.")
    scene.models.transfer.set_note(page.transfer.note.text())


async def transferring_wrong(scene: Scene) -> None:
    """A number that must not be called, by an operator on the line."""
    await taken_over(scene)
    page = scene.window.calls.call
    page.toggle_transfer()
    scene.models.transfer.edit("911")
    scene.models.transfer.check()


async def passing_on(scene: Scene) -> None:
    """The AI announces that it passes the call on; before that nobody was reached."""
    scene.desk.targets = COLLEAGUES
    sid = await scene.talk()
    at(scene, sid, 21.0)
    scene.models.operator.pass_on(COLLEAGUES[0].number, "Wants the afternoon.")
    await asyncio.sleep(0.01)
    scene.desk.come_back(sid)
    scene.desk.announced.clear()
    scene.models.operator.pass_on(COLLEAGUES[2].number, "")
    await asyncio.sleep(0.01)
    scene.models.relay.flush()


async def far(scene: Scene) -> None:
    """A call over a slow network, cut off from its colleague by a carrier that refuses."""
    sid = await scene.talk()
    scene.desk.levels(sid, -41.0, -9.0, 1420, 312)
    scene.desk.step_in_problem = problems.refused(400, 21220, "Call is not in-progress")
    scene.models.operator.pass_on("+14155550123", "")
    await asyncio.sleep(0.01)
    scene.models.relay.flush()
    scene.models.live.clock_changed.emit("00:25")


async def handed_back(scene: Scene) -> None:
    await taken_over(scene)
    at(scene, scene.desk.live_sid, 36.0)
    scene.models.operator.hand_back()


async def deciding(scene: Scene) -> None:
    await scene.decide(WEIGHING)


async def deciding_voicemail(scene: Scene) -> None:
    await scene.decide(VOICEMAIL_WEIGHING)


async def deciding_early(scene: Scene) -> None:
    await scene.decide(Weighing(300, decides_in_ms=5300))
    scene.window.calls.dial.number.digits.setFocus()


async def transferred(scene: Scene) -> None:
    """What happens besides words, and the longest headline."""
    sid = await scene.decide(WEIGHING)
    desk, at = scene.desk, {"call_sid": sid, "at": scene.desk.now}
    desk.judge(sid, AnsweredBy.VOICEMAIL, JudgedBy.CARRIER, "machine_start", 4200, obeyed=False)
    desk.judge_answer(sid, AnsweredBy.PERSON)
    for event in (
        events.StreamStarted(**at, stream_sid="MZ2", gap_ms=940),
        events.KeysPressed(**at, digits="2#"),
        events.NoteTaken(**at, note=Note(desk.now, "Wants the afternoon", {"time": "3:15"})),
        events.AbilityUsed(**at, ability="press_keys", outcome="there is no menu", done=False),
        events.FarewellBegan(**at),
        events.FarewellCalledOff(**at),
        events.TransferBegan(**at, to="+14155550117", label="Front desk"),
    ):
        desk.publish(event)
    desk.calls[sid] = replace(desk.calls[sid], transferred_to="+14155550117")
    desk.publish(events.TransferAnswered(**at, to="+14155550117"))


async def starred(scene: Scene) -> None:
    """Two moments starred, one of them chosen by key."""
    sid = await scene.talk()
    for turn_id in (2, 4):
        await scene.desk.star_moment(sid, turn_id)
    lines = scene.window.calls.call.transcript.lines
    lines.setFocus()
    lines.go_to(scene.models.live.transcript.starred_rows()[0])


async def replaying(scene: Scene) -> None:
    """A moment of the live call is heard again."""
    sid = await scene.talk()
    await scene.desk.star_moment(sid, 4)
    scene.desk.so_far[sid] = Recorded("/data/call.wav", 24.0)
    transcript = scene.models.live.transcript
    scene.models.moments.play_row(transcript.row_at(13.5) or 0)
    await asyncio.sleep(0.02)
    scene.models.relay.flush()


async def not_replayed(scene: Scene) -> None:
    """There is nothing to hear it with."""
    scene.player.refusal = NO_OUTPUT
    await replaying(scene)


async def ended_voicemail(scene: Scene) -> None:
    sid = await scene.decide(VOICEMAIL_WEIGHING)
    scene.desk.judge(sid, AnsweredBy.VOICEMAIL, reason="Says “leave a message after the tone”.")
    scene.desk.end(sid, Ending(Outcome.VOICEMAIL, EndedBy.CONSOLE))


async def ended(scene: Scene) -> None:
    sid = await scene.talk()
    scene.desk.now = datetime.now(UTC)
    scene.desk.end(sid, Ending(Outcome.COMPLETED, EndedBy.CALLER))
    scene.desk.save_recording(sid, "/tmp/call.wav")


async def _come_to_nothing(
    scene: Scene, outcome: Outcome, problem: Problem, *, rang: bool = True
) -> None:
    sid = await scene.dial("+14155550103")
    if rang:
        scene.desk.ring(sid)
        scene.desk.now += timedelta(seconds=24)
    scene.desk.end(sid, Ending(outcome, EndedBy.CARRIER, problem))


async def busy(scene: Scene) -> None:
    report = CarrierReport(SID, CarrierStatus.BUSY)
    await _come_to_nothing(scene, Outcome.BUSY, _problem_of(report), rang=False)


async def no_answer(scene: Scene) -> None:
    report = CarrierReport(SID, CarrierStatus.NO_ANSWER)
    await _come_to_nothing(scene, Outcome.NO_ANSWER, _problem_of(report))


async def declined(scene: Scene) -> None:
    report = CarrierReport(SID, CarrierStatus.BUSY, sip_code=603)
    await _come_to_nothing(scene, Outcome.DECLINED, _problem_of(report))


async def unreachable(scene: Scene) -> None:
    report = CarrierReport(SID, CarrierStatus.FAILED, sip_code=404)
    await _come_to_nothing(scene, Outcome.FAILED, _problem_of(report), rang=False)


def _problem_of(report: CarrierReport) -> Problem:
    ending = ending_of(report, None)
    assert ending is not None
    assert ending.problem is not None
    return ending.problem


async def perhaps_placed(scene: Scene) -> None:
    silent = problems.unreachable(TimeoutError())
    scene.desk.refusal = refused(problems.perhaps_placed(silent).problem, Step.CARRIER)
    scene.models.dialler.call_number("+442079460018")
    await asyncio.sleep(0.02)


async def failed(scene: Scene) -> None:
    scene.desk.refusal = refused(KEY_REFUSED, Step.AGENT)
    scene.models.dialler.call_number("+442079460018")
    await asyncio.sleep(0.02)
    scene.desk.report(Service.AGENT, ServiceState.FAILED, "key refused", KEY_REFUSED)
    scene.desk.blocked = [KEY_REFUSED]
    scene.models.dialler.services_changed()


TUNNEL = "clever-heron-42.ngrok-free.app"
NEEDS_NGROK = Problem(
    "ngrok.program_missing",
    "The tunnel needs the ngrok program",
    "It is not on this computer, and is downloaded only if you say so (10.1 MB).",
    "Choose Download, or install ngrok yourself.",
)
DOWNLOADING = Problem(
    "ngrok.downloading", "Downloading the ngrok program", "4.2 MB of 10.1 MB so far.", ""
)
SLOW = Problem(
    "tunnel.slow",
    "The tunnel is slow",
    "A message takes 1.4 s out and back; callees will hear pauses.",
    "Look for what else uses the internet connection, or take a tunnel that is nearer.",
)


async def tunnel_up(scene: Scene) -> None:
    scene.desk.report(Service.TUNNEL, ServiceState.READY, TUNNEL, round_trip_ms=84)


async def tunnel_doubtful(scene: Scene) -> None:
    scene.desk.report(Service.TUNNEL, ServiceState.DEGRADED, TUNNEL, SLOW, round_trip_ms=1412)


async def tunnel_needs_ngrok(scene: Scene) -> None:
    scene.desk.report(Service.TUNNEL, ServiceState.FAILED, "", NEEDS_NGROK)


async def tunnel_downloading(scene: Scene) -> None:
    scene.desk.report(Service.TUNNEL, ServiceState.STARTING, "downloading", DOWNLOADING)


async def wrong_number(scene: Scene) -> None:
    scene.models.dialler.edit("911")
    scene.models.dialler.check()


async def prompts(scene: Scene) -> None:
    scene.prompts.abilities["appointment_reminder"] = Abilities(
        frozenset(Ability) - {Ability.PRESS_KEYS},
        (
            TransferTarget("Front desk", "+14155550117"),
            TransferTarget("Dr Patel's practice", "+442079460018"),
        ),
    )
    scene.window.open_page(PROMPTS)


async def prompts_drawer(scene: Scene) -> None:
    await prompts(scene)
    scene.window.pages.prompts.toggle_drawer()
    page = scene.window.pages.prompts.abilities
    page.targets.add.click()
    page.targets.rows[-1].number.setText("+1 415")
    page.targets.rows[-1].left.emit()


async def sheet(scene: Scene) -> None:
    scene.window.sheet.toggle()


async def several(scene: Scene) -> None:
    """A stalled call, one in a menu and one that rings, behind the one in the centre."""
    desk = scene.desk
    scene.desk.lines = 5
    stalled = await scene.dial("+442079460018")
    desk.now -= timedelta(seconds=70)
    desk.ring(stalled)
    desk.answer(stalled)
    desk.publish(
        events.AgentStalled(
            call_sid=stalled,
            at=datetime.now(UTC) - timedelta(seconds=9),
            stall="no answer",
            remedy="nudged",
        )
    )
    menu = await scene.dial("+14155552671")
    desk.ring(menu)
    desk.answer(menu, AnsweredBy.MENU)
    desk.now = datetime.now(UTC)
    desk.ring(await scene.dial("+14155550107"))
    await scene.talk()


async def several_drawer(scene: Scene) -> None:
    await several(scene)
    scene.window.calls.toggle_drawer()


async def several_ending(scene: Scene) -> None:
    """The question whether to end them all."""
    await several(scene)
    scene.window.calls.ask_hang_up_all()


async def several_yours(scene: Scene) -> None:
    """The operator speaks to one of them and looks at another."""
    await several(scene)
    scene.models.operator.take_over()
    await asyncio.sleep(0.02)
    scene.models.lines.step(-1)


async def incoming(scene: Scene) -> None:
    """Somebody calls while nothing else goes on."""
    scene.desk.call_in("CA" + "a" * 32)


async def incoming_in_call(scene: Scene) -> None:
    """Three call while the operator looks at a conversation; one cannot be picked up."""
    await scene.talk()
    scene.desk.lines = 10
    first = scene.desk.call_in("CA" + "a" * 32)
    scene.desk.call_in("CA" + "b" * 32, "")
    scene.desk.call_in("CA" + "c" * 32, "+442079460958")
    scene.desk.untakeable = NO_MICROPHONE
    scene.models.incoming.answer(Answerer.OPERATOR, first)
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def incoming_on_prompts(scene: Scene) -> None:
    """It rings on every page; this one is being answered."""
    scene.window.open_page(PROMPTS)
    sid = scene.desk.call_in("CA" + "a" * 32)
    scene.models.incoming.answer(Answerer.AGENT, sid)
    await asyncio.sleep(0)


async def incoming_answered(scene: Scene) -> None:
    """The operator has answered."""
    sid = scene.desk.call_in("CA" + "a" * 32)
    scene.models.incoming.answer(Answerer.OPERATOR, sid)
    await asyncio.sleep(0)
    scene.desk.pick_up_caller(sid)
    await asyncio.sleep(0)


async def incoming_taken_over(scene: Scene) -> None:
    """Somebody calls while the operator speaks to another."""
    await taken_over(scene)
    scene.desk.call_in("CA" + "a" * 32)


async def incoming_missed(scene: Scene) -> None:
    """Two have called in vain, one was declined."""
    missed = Ending(Outcome.MISSED, EndedBy.CALLER)
    scene.desk.end(scene.desk.call_in("CA" + "a" * 32), missed)
    scene.desk.end(scene.desk.call_in("CA" + "b" * 32, ""), missed)
    scene.desk.decline_incoming(scene.desk.call_in("CA" + "c" * 32))


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
    scene.window.pages.open_call(TALK_SID)
    await measured(scene)


async def measured(scene: Scene) -> None:
    """Wait until the open call's recording was looked at."""
    looked_at = asyncio.Event()
    scene.models.detail.sound_changed.connect(looked_at.set)
    async with asyncio.timeout(30):
        while scene.models.detail.record is None or scene.models.detail.sound == Sound():
            looked_at.clear()
            await looked_at.wait()


async def history_stepped_in(scene: Scene) -> None:
    """A kept call in which the operator did everything."""
    kept, *_others = kept_records(scene.desk.now, Path(scene.folder.name))
    scene.desk.keep(stepped_in(kept))
    scene.window.pages.open_call(TALK_SID)
    await measured(scene)
    scene.window.history.record.transcript.lines.jump_to_end()


async def history_playing(scene: Scene) -> None:
    await history(scene)
    scene.models.detail.play_row(7)
    await asyncio.sleep(0)
    scene.models.playback.moved.emit()


async def history_starred(scene: Scene) -> None:
    await history(scene)
    for turn_id in (4, 6):
        await scene.desk.star_moment(TALK_SID, turn_id)
    scene.models.detail.refresh()
    scene.models.history.refresh()
    await asyncio.sleep(0.02)


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
    scene.window.history.list.search.setText("0800")
    scene.models.history.refresh()
    await asyncio.sleep(0.01)


async def history_failed(scene: Scene) -> None:
    scene.desk.history_problem = HISTORY_LOCKED
    scene.window.pages.open_call(TALK_SID)
    await asyncio.sleep(0.01)


async def settings(scene: Scene) -> SettingsView:
    scene.window.open_page(SETTINGS)
    view = scene.window.pages.settings
    assert view is not None
    await asyncio.sleep(0.05)
    return view


async def settings_google(scene: Scene) -> None:
    """A voice of one's own, a sample that was not heard, and a line that goes on as it was."""
    view = await settings(scene)
    view.open_group(Group.GOOGLE)
    page = scene.models.settings
    assert page is not None
    page.choose("gemini_voice", "Kore")
    await page.finish()
    scene.settings.offers.problem = KEY_REFUSED
    assert scene.models.voices is not None
    scene.models.voices.hear("Kore")
    await asyncio.sleep(0.05)


async def settings_wrong(scene: Scene) -> None:
    """Wrong values as they are typed, and a file with lines that are not used."""
    scene.settings.folder.mkdir(parents=True)
    (scene.settings.folder / "settings.toml").write_text("teapot = 1\nring_s = 3\n")
    view = await settings(scene)
    await scene.settings.store.save("max_calls", "4")
    view.open_group(Group.CALLS)
    page = scene.models.settings
    assert page is not None
    page.edit("time_limit_s", "soon")
    page.edit("test_phone_number", "12")
    page.row_changed.emit("")
    view.open_setting("time_limit_s")


async def settings_search(scene: Scene) -> None:
    view = await settings(scene)
    view.list.search.setText("token")


async def settings_no_match(scene: Scene) -> None:
    view = await settings(scene)
    view.list.search.setText("teapot")


async def settings_keychain(scene: Scene) -> None:
    """A secret was typed and there is no keychain."""
    scene.settings.keychain.remove()
    view = await settings(scene)
    view.open_group(Group.SERVER)
    page = scene.models.settings
    assert page is not None
    page.save_secret("ngrok_authtoken", "typed")
    await asyncio.sleep(0.05)


async def settings_import(scene: Scene) -> None:
    view = await settings(scene)
    view.open_group(Group.ANSWER)
    path = Path(scene.folder.name) / "desk.toml"
    path.write_text("ring_s = 40\nrecord = true\nopening = 'greet'\nanswer_limit_ms = 9000\n")
    page = scene.models.settings
    assert page is not None
    page.plan_import(path)
    await page.finish()


async def settings_locked(scene: Scene) -> None:
    view = await settings(scene)
    view.open_group(Group.PRIVACY)


STATES: dict[str, Callable[[Scene], Awaitable[None]]] = {
    "idle": idle,
    "idle_crowd": idle,
    "idle_crowd_open": idle_crowd_open,
    "idle_recents": idle_recents,
    "idle_setup": idle,
    "wrong_number": wrong_number,
    "dialling": dialling,
    "ringing": ringing,
    "deciding": deciding,
    "deciding_voicemail": deciding_voicemail,
    "deciding_early": deciding_early,
    "transferred": transferred,
    "in_call": in_call,
    "gaps": gaps,
    "whispering": whispering,
    "muted": muted,
    "on_hold": on_hold,
    "taken_over": taken_over,
    "muted_yourself": muted_yourself,
    "unheard": unheard,
    "transferring": transferring,
    "transferring_wrong": transferring_wrong,
    "passing_on": passing_on,
    "far": far,
    "handed_back": handed_back,
    "starred": starred,
    "replaying": replaying,
    "not_replayed": not_replayed,
    "ended": ended,
    "ended_voicemail": ended_voicemail,
    "busy": busy,
    "no_answer": no_answer,
    "declined": declined,
    "unreachable": unreachable,
    "perhaps_placed": perhaps_placed,
    "failed": failed,
    "tunnel_up": tunnel_up,
    "tunnel_doubtful": tunnel_doubtful,
    "tunnel_needs_ngrok": tunnel_needs_ngrok,
    "tunnel_downloading": tunnel_downloading,
    "prompts": prompts,
    "prompts_drawer": prompts_drawer,
    "sheet": sheet,
    "drawer": drawer,
    "several": several,
    "several_drawer": several_drawer,
    "several_ending": several_ending,
    "several_yours": several_yours,
    "incoming": incoming,
    "incoming_in_call": incoming_in_call,
    "incoming_on_prompts": incoming_on_prompts,
    "incoming_answered": incoming_answered,
    "incoming_missed": incoming_missed,
    "incoming_taken_over": incoming_taken_over,
    "low_reason": low_reason,
    "history": history,
    "history_stepped_in": history_stepped_in,
    "history_playing": history_playing,
    "history_starred": history_starred,
    "history_delete": history_delete,
    "history_live": history_live,
    "history_gone": history_gone,
    "history_empty": history_empty,
    "history_no_match": history_no_match,
    "history_failed": history_failed,
    **CHECK_STATES,
    "settings": settings,
    "settings_google": settings_google,
    "settings_wrong": settings_wrong,
    "settings_search": settings_search,
    "settings_no_match": settings_no_match,
    "settings_keychain": settings_keychain,
    "settings_import": settings_import,
    "settings_locked": settings_locked,
    **GUIDE_STATES,
}
