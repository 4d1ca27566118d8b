"""The operator's hand in a live call: whisper, say, take over, mute, hold, keys, pass on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from callconsole.domain.call import Call
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import tasks
from callconsole.engine.refusals import OTHER_MICROPHONE
from callconsole.viewmodels.clock_text import clock_text
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.key_sender import KEYS, KeySender
from callconsole.viewmodels.live_call import LiveCall
from callconsole.viewmodels.operator_hand import Hand
from callconsole.viewmodels.phrases import Phrases

HOLD_TO_TALK_S = 0.4
"""A press that lasts so long talks while it lasts; a shorter one takes over until the next."""
METER_MS = 33


class Operator(QObject):
    """Acts on the call in the centre, and knows what can be done to it now.

    Signals:
        changed: what can be done, what is on, or the problem.
        level_changed(float): the microphone's loudness in dBFS, while the operator is on the line.
        clock_changed(str): how long the operator has been on the line.
        keys_changed: a digit was pressed.
    """

    changed = Signal()
    level_changed = Signal(float)
    clock_changed = Signal(str)
    keys_changed = Signal()

    def __init__(self, desk: Desk, live: LiveCall, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._live = live
        self._phrases = Phrases()
        self._keys = KeySender(desk, self._on_keys_sent, self._fail)
        self._hands: dict[str, Hand] = {}
        self._hand = Hand("")
        self._clock_shown = ""
        self._microphone: Problem | None = None
        self._pressed: tuple[Hand, float] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(METER_MS)
        self._timer.timeout.connect(self._on_tick)
        live.changed.connect(self._on_live_changed)

    def _turn_to(self, sid: str) -> None:
        """Take up what was begun in this call; a key held down still belongs to the one before."""
        living = self._live.live_views
        self._hands = {kept: hand for kept, hand in self._hands.items() if kept in living}
        self._hand = self._hands.setdefault(sid, Hand(sid))
        self._clock_shown = ""

    # What is shown ----------------------------------------------------------------------------

    @property
    def _answered(self) -> Call | None:
        call = self._live.call
        if call is None or not call.live or call.answered_at is None:
            return None
        return call if call.transferred_to is None else None

    @property
    def _call(self) -> Call | None:
        call = self._answered
        return None if call is None or call.deciding else call

    @property
    def note(self) -> str:
        """What the agent shall know when it comes back."""
        return self._hand.note

    @property
    def draft(self) -> str:
        """The whisper that is being typed."""
        return self._hand.draft

    @property
    def keys(self) -> str:
        """The digits pressed in this call."""
        return self._hand.keys

    @property
    def problem(self) -> Problem | None:
        """Why the last thing could not be done, or None."""
        return self._hand.problem

    @property
    def taking_over(self) -> bool:
        """True while the microphone is being opened."""
        return self._hand.taking_over

    @property
    def open(self) -> bool:
        """True where the operator can step in: answered, decided by whom, and not passed on."""
        return self._call is not None

    @property
    def can_talk(self) -> bool:
        """True where the talk key means something: from the answer on."""
        return self._answered is not None

    @property
    def taken_over(self) -> bool:
        """True while the operator speaks in the agent's place."""
        return self._call is not None and self._call.taken_over

    @property
    def muted(self) -> bool:
        """True while the operator is on the line and not heard."""
        return self._call is not None and self._call.operator_muted

    @property
    def unheard(self) -> bool:
        """True while the operator is on the line and the microphone gives no sound."""
        gone = self._microphone is not None and self._microphone.code != OTHER_MICROPHONE
        return self.taken_over and gone

    @property
    def can_pass_on(self) -> bool:
        """True where the call can be passed on now."""
        return self.open and not self._hand.passing_on

    @property
    def passing_on(self) -> bool:
        """True from the order until the phone company carries it out: the AI announces it."""
        return self._hand.passing_on

    @property
    def transfer_to(self) -> str:
        """The number to pass the call on to, as typed."""
        return self._hand.transfer_to

    @property
    def transfer_note(self) -> str:
        """What the colleague is told before they talk."""
        return self._hand.transfer_note

    @property
    def agent_muted(self) -> bool:
        """True while the callee does not hear the agent."""
        return self._call is not None and self._call.agent_muted

    @property
    def caller_muted(self) -> bool:
        """True while the agent does not hear the callee."""
        return self._call is not None and self._call.caller_muted

    @property
    def on_hold(self) -> bool:
        """True while the callee hears the hold sound."""
        return self._call is not None and self._call.on_hold

    @property
    def callee(self) -> str:
        """How the other end is called in a sentence: a first name or "the callee"."""
        party = self._live.party
        name = party.short if party is not None else "Callee"
        return f"the {name.lower()}" if name in ("Callee", "Caller") else name

    @property
    def clock(self) -> str:
        """How long the operator has been on the line: ``00:14``."""
        since = self._hand.since
        if since is None:
            return "00:00"
        return clock_text((datetime.now(UTC) - since).total_seconds())

    @property
    def phrases(self) -> list[str]:
        """Sentences at hand: those used last, newest first, then the usual ones."""
        return self._phrases.at_hand()

    @property
    def problem_text(self) -> str:
        """The problem as one line, or ""."""
        if self.problem is None:
            return ""
        return f"{self.problem.title}. {self.problem.cure or self.problem.cause}"

    # What is done -----------------------------------------------------------------------------

    def whisper(self, text: str) -> bool:
        """Tell the agent; True where that was done."""
        return self._send(text, self._desk.whisper)

    def say(self, text: str) -> bool:
        """Have the agent say exactly this; True where that was asked."""
        return self._send(text, self._desk.say)

    def take_over(self) -> None:
        """Speak in the agent's place, as soon as the microphone is open.

        Before it is decided who answered, this decides it: somebody to talk to.
        """
        call = self._answered
        if call is None or call.taken_over or self.taking_over:
            return
        hand = self._hand
        hand.taking_over, hand.released_early = True, False
        hand.problem = None
        tasks.start(
            self._take_over(hand),
            on_error=lambda error: self._on_not_taken(hand, error),
            name="take over",
        )
        self.changed.emit()

    def hand_back(self) -> None:
        """Let the agent go on; it is told the note."""
        if self.taken_over:
            self._hand_back(self._hand)

    def press_talk(self) -> None:
        """The talk key went down: take over, or hand back where the operator is on the line."""
        if self.taken_over:
            self.hand_back()
        elif self.can_talk and not self.taking_over:
            self._pressed = self._hand, monotonic()
            self.take_over()

    def release_talk(self) -> None:
        """The talk key went up: after a long press, hand back, whichever call is shown by now."""
        if self._pressed is not None and monotonic() - self._pressed[1] >= HOLD_TO_TALK_S:
            self.lose_talk()
        self._pressed = None

    def lose_talk(self) -> None:
        """The keyboard went elsewhere while the talk key was down: hand back in any case."""
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            return
        hand, _ = pressed
        if hand.taking_over:
            hand.released_early = True
        else:
            self._hand_back(hand)

    def toggle_mute(self) -> None:
        """Mute whoever speaks to the callee, or let them be heard again: the operator or the AI."""
        if not self.taken_over:
            self.toggle_agent_mute()
            return
        on = not self.muted
        self._do(lambda sid: self._desk.mute_operator(sid, on))

    def toggle_agent_mute(self) -> None:
        """Let the callee hear the agent, or not."""
        on = not self.agent_muted
        self._do(lambda sid: self._desk.mute_agent(sid, on))

    def toggle_caller_mute(self) -> None:
        """Let the agent hear the callee, or not."""
        on = not self.caller_muted
        self._do(lambda sid: self._desk.mute_caller(sid, on))

    def toggle_hold(self) -> None:
        """Put the callee on hold, or take them off."""
        on = not self.on_hold
        self._do(lambda sid: self._desk.hold(sid, on))

    def press_key(self, key: str) -> None:
        """Send a tone, after those pressed before; other keys than ``0-9 * #`` are left out."""
        if self._call is not None and key in KEYS:
            self._keys.press(self._hand, key)
            self.keys_changed.emit()

    def pass_on(self, to: str, note: str) -> None:
        """Pass the call on to this number, whose owner is told `note` before they talk."""
        call = self._call
        if call is None or not self.can_pass_on:
            return
        hand = self._hand
        hand.passing_on, hand.problem = True, None
        tasks.start(
            self._pass_on(hand, to, note),
            on_error=lambda error: self._on_not_passed_on(hand, error),
            name="pass on",
        )
        self.changed.emit()

    def set_transfer(self, to: str, note: str) -> None:
        """Keep whom the call shall be passed on to, and what they should know."""
        self._hand.transfer_to, self._hand.transfer_note = to, note
        self.changed.emit()

    def set_note(self, note: str) -> None:
        """Keep what the agent shall know when it comes back."""
        self._hand.note = note

    def set_draft(self, draft: str) -> None:
        """Keep the whisper that is being typed."""
        self._hand.draft = draft

    def forget_problem(self) -> None:
        """The operator has read it."""
        if self.problem is not None:
            self._hand.problem = None
            self.changed.emit()

    def close(self) -> None:
        """Nothing is measured any more."""
        self._timer.stop()

    # Inside -----------------------------------------------------------------------------------

    def _do(self, act: Callable[[str], None]) -> bool:
        call = self._call
        if call is None:
            return False
        try:
            act(call.sid)
        except ProblemError as error:
            self._fail(self._hand, error)
            return False
        self.forget_problem()
        return True

    def _send(self, text: str, how: Callable[[str, str], None]) -> bool:
        words = text.strip()
        if not words or not self._do(lambda sid: how(sid, words)):
            return False
        self._phrases.use(words)
        self.changed.emit()
        return True

    async def _take_over(self, hand: Hand) -> None:
        await self._desk.take_over(hand.sid)
        hand.taking_over = False
        if hand is self._hand:
            self._on_live_changed()
        if hand.released_early:
            self._hand_back(hand)

    def _on_not_taken(self, hand: Hand, error: BaseException) -> None:
        hand.taking_over = False
        if self._pressed is not None and self._pressed[0] is hand:
            self._pressed = None
        self._fail(hand, error)

    def _hand_back(self, hand: Hand) -> None:
        call = self._desk.call(hand.sid)
        if call is None or not call.taken_over or call.transferred_to is not None:
            return
        try:
            self._desk.hand_back(hand.sid, hand.note.strip())
        except ProblemError as error:
            self._fail(hand, error)
            return
        hand.note, hand.problem = "", None
        if hand is self._hand:
            self.changed.emit()

    def _on_keys_sent(self, hand: Hand) -> None:
        if hand is self._hand:
            self.forget_problem()

    async def _pass_on(self, hand: Hand, to: str, note: str) -> None:
        await self._desk.transfer_call(hand.sid, to, note)
        hand.passing_on = False
        hand.transfer_to = hand.transfer_note = ""
        if hand is self._hand:
            self.changed.emit()

    def _on_not_passed_on(self, hand: Hand, error: BaseException) -> None:
        hand.passing_on = False
        self._fail(hand, error)

    def _fail(self, hand: Hand, error: BaseException) -> None:
        hand.problem = error.problem if isinstance(error, ProblemError) else _NOT_DONE
        if hand is self._hand:
            self.changed.emit()

    def _on_live_changed(self) -> None:
        sid = self._live.call.sid if self._live.call is not None else ""
        if sid != self._hand.sid:
            self._turn_to(sid)
            self.keys_changed.emit()
        if not self.taken_over:
            self._hand.since = self._microphone = None
            self._timer.stop()
        elif self._hand.since is None or not self._timer.isActive():
            self._hand.since = self._hand.since or datetime.now(UTC)
            self._clock_shown = ""
            self._timer.start()
            self._on_tick()
        self.changed.emit()

    def _on_tick(self) -> None:
        self.level_changed.emit(self._desk.microphone_dbfs())
        problem = self._desk.microphone_problem()
        if problem != self._microphone:
            if problem is not None or self._hand.problem == self._microphone:
                self._hand.problem = problem
            self._microphone = problem
            self.changed.emit()
        if self.clock != self._clock_shown:
            self._clock_shown = self.clock
            self.clock_changed.emit(self._clock_shown)


_NOT_DONE = Problem(
    "operator.failed",
    "That did not work",
    "Something went wrong in the console.",
    "The call goes on as before; try again.",
)
