"""The answer card: who may have answered, why, when it is decided, and the operator's word."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from PySide6.QtCore import QObject, Signal

from callconsole.domain import events
from callconsole.domain.answer_rules import seconds_text
from callconsole.domain.answering import AnsweredBy, Evidence, Weighing
from callconsole.viewmodels.answer_words import CHOICES, WORDS, judge_text, judged_text, key_of
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.heard import Heard
from callconsole.viewmodels.live_call import LiveCall
from callconsole.viewmodels.relay import Relay

LATE_S = 1.0
"""How long after the first verdict a bare digit still corrects it."""
_LEAD = 0.1  # a likelier class takes over only by so much, or the card would flicker
_NOTHING = Weighing(0)


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One class on the card.

    Attributes:
        key: the digit that chooses it.
        share: how likely it is, 0 to 1; None while nothing is known.
        likeliest: True for the one that the card asks about.
    """

    answered_by: AnsweredBy
    key: str
    share: float | None
    likeliest: bool


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One thing noticed: words, mark, the mark's tone, and its weight as text."""

    text: str
    icon: str
    tone: str
    weight: str


class AnswerCard(QObject):
    """Follows the call in the centre from its answer on.

    The rows keep their order and their keys: what is pressed must not move under the finger.

    Signals:
        changed: anything but the waveform.
        heard_changed: the waveform grew.
        judged(str): it was decided or corrected; a sentence to read out.
    """

    changed = Signal()
    heard_changed = Signal()
    judged = Signal(str)

    def __init__(
        self, desk: Desk, live: LiveCall, relay: Relay, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._live = live
        self._sid = ""
        self._reset()
        live.changed.connect(self._on_live_changed)
        relay.call_event.connect(self._on_event)

    def _reset(self) -> None:
        self.heard = Heard()
        self.verdict: events.AnswerJudged | None = None
        self._weighing = _NOTHING
        self._likeliest = AnsweredBy.UNKNOWN
        self._countdown_ms: int | None = None
        self._fax = False
        self._judged_at: float | None = None

    # What is shown ----------------------------------------------------------------------------

    @property
    def open(self) -> bool:
        """True while it is being decided who answered."""
        call = self._live.call
        return call is not None and call.live and call.deciding

    @property
    def can_judge(self) -> bool:
        """True where the operator's word means something: from the answer to the end."""
        call = self._live.call
        return call is not None and call.live and call.answered_at is not None

    @property
    def question(self) -> str:
        """The headline, about the likeliest class."""
        return WORDS[self._likeliest].question

    @property
    def sentence(self) -> str:
        """How sure it is, and what happens if nobody chooses."""
        outlook = WORDS[self._likeliest].outlook
        sure = self._how_sure()
        decides_in_ms = self._weighing.decides_in_ms
        if decides_in_ms is None:
            return f"{sure} Nothing is decided while they speak."
        return f"{sure} {outlook} in {seconds_text(decides_in_ms)}, unless you choose otherwise."

    @property
    def countdown(self) -> str:
        """Seconds until it is decided: ``1.4 s``; "Listening" where nothing counts down."""
        decides_in_ms = self._weighing.decides_in_ms
        return "Listening" if decides_in_ms is None else seconds_text(decides_in_ms)

    @property
    def caption(self) -> str:
        """What the countdown means."""
        return "while they speak" if self._weighing.decides_in_ms is None else "to decide"

    @property
    def fraction(self) -> float:
        """How much of the countdown has passed, 0 to 1."""
        decides_in_ms = self._weighing.decides_in_ms
        if decides_in_ms is None or not self._countdown_ms:
            return 0.0
        return min(1.0, max(0.0, 1 - decides_in_ms / self._countdown_ms))

    @property
    def rows(self) -> list[AnswerRow]:
        """The classes; a fax only once it has had a share."""
        shares = self._weighing.shares
        return [
            AnswerRow(
                answered_by,
                key_of(answered_by),
                shares.get(answered_by, 0.0) if shares else None,
                answered_by is self._likeliest,
            )
            for answered_by in CHOICES
            if answered_by is not AnsweredBy.FAX or self._fax
        ]

    @property
    def evidence(self) -> list[EvidenceRow]:
        """What was noticed, strongest first."""
        return [_evidence_row(item) for item in self._weighing.evidence]

    @property
    def elapsed(self) -> str:
        """Call audio since the answer: ``0:04.2``."""
        return time_text(self.heard.now_ms)

    @property
    def verdict_name(self) -> str:
        """Who answered, in a word."""
        call = self._live.call
        if call is None or call.answered_at is None:
            return "—"
        if call.deciding:
            return "Deciding"
        return WORDS[call.answered_by].name

    @property
    def verdict_by(self) -> str:
        """Whose word that is and when it came, or "—"."""
        judged = self.verdict
        return judge_text(judged.by, judged.after_ms) if judged is not None else "—"

    @property
    def verdict_reason(self) -> str:
        """Why, in a sentence; empty before there is a verdict."""
        return judged_text(self.verdict) if self.verdict is not None else ""

    # What is done -----------------------------------------------------------------------------

    def choose(self, answered_by: AnsweredBy) -> None:
        """The operator says who answered."""
        if self.can_judge and self._live.call is not None:
            self._desk.judge_answer(self._live.call.sid, answered_by)

    def press(self, key: str) -> bool:
        """Take a key of the card, while it is open and a moment longer; False for any other.

        A finger on its way when the card decides by itself still means the card.
        """
        chosen = next((row.answered_by for row in self.rows if row.key == key), None)
        late = self._judged_at is not None and monotonic() - self._judged_at < LATE_S
        if chosen is None or not (self.open or late):
            return False
        self.choose(chosen)
        return True

    # What is heard ----------------------------------------------------------------------------

    def _on_live_changed(self) -> None:
        call = self._live.call
        sid = call.sid if call is not None else ""
        if sid != self._sid:
            self._sid = sid
            self._reset()
            for event in self._live.view.log:
                if isinstance(event, events.CallEvent):
                    self._take(event)
            self.heard_changed.emit()
        self.changed.emit()

    def _on_event(self, event: events.CallEvent) -> None:
        if event.call_sid != self._sid:
            return
        match event:
            case events.LevelsMeasured() if self.open:
                self._take(event)
                self.heard_changed.emit()
            case events.AnswerWeighed():
                self._take(event)
                self.changed.emit()
                self.heard_changed.emit()
            case events.AnswerJudged():
                self._take(event)
                if event.obeyed:
                    self._judged_at = self._judged_at or monotonic()
                self.changed.emit()
                self.judged.emit(judged_text(event))

    def _take(self, event: events.CallEvent) -> None:
        match event:
            case events.LevelsMeasured(at=at, caller_dbfs=caller_dbfs):
                self.heard.level(at, caller_dbfs)
            case events.AnswerWeighed(at=at, weighing=weighing):
                self._weigh(weighing)
                self.heard.weighed(at, weighing)
            case events.AnswerJudged(obeyed=True):
                self.verdict = event

    def _weigh(self, weighing: Weighing) -> None:
        before_ms, now_ms = self._weighing.decides_in_ms, weighing.decides_in_ms
        if now_ms is None:
            self._countdown_ms = None
        elif before_ms is None or self._countdown_ms is None or now_ms > before_ms:
            self._countdown_ms = now_ms
        self._weighing = weighing
        self._fax = self._fax or weighing.shares.get(AnsweredBy.FAX, 0.0) > 0
        likeliest, shares = weighing.likeliest, weighing.shares
        if shares.get(likeliest, 0.0) >= shares.get(self._likeliest, 0.0) + _LEAD:
            self._likeliest = likeliest

    def _how_sure(self) -> str:
        share = self._weighing.shares.get(self._likeliest, 0.0)
        if self._likeliest is AnsweredBy.UNKNOWN:
            return "Too early to say."
        if share >= 0.9:
            return "Almost surely."
        return "Probably." if share >= 0.6 else "Perhaps."


def time_text(milliseconds: int) -> str:
    """Call time with tenths: ``0:04.2``."""
    tenths = milliseconds // 100
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def _evidence_row(item: Evidence) -> EvidenceRow:
    if item.weight > 0:
        return EvidenceRow(item.text, "check-circle-fill", "success", f"+{item.weight}")
    if item.weight < 0:
        return EvidenceRow(item.text, "warning-fill", "warning", f"\u2212{-item.weight}")
    return EvidenceRow(item.text, "minus-circle", "muted", "so far")
