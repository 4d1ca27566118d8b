"""Who is speaking right now, and how long the caller waited for an answer."""

from __future__ import annotations

from callconsole.domain.call import Floor

# Speech on a phone line lies well above its noise; a person's pause between words is shorter
# than the hold.
SPEECH_DBFS = -42.0
HOLD_MS = 400


class FloorTracker:
    """Follows levels and playout; all times are milliseconds of call audio.

    Attributes:
        caller_began_ms: when the caller's present or last utterance began.
    """

    def __init__(self) -> None:
        self._caller_until_ms = -1.0
        self._caller_last_ms: float | None = None
        self._agent_playing = False
        self._agent_since_ms = 0.0
        self._answered = True
        self._operator_until_ms: float | None = None
        self.caller_began_ms = 0.0

    @property
    def caller_last_ms(self) -> float | None:
        """When the caller last made a sound, or None."""
        return self._caller_last_ms

    @property
    def caller_spoke_over_agent(self) -> bool:
        """True where the caller made a sound after the agent last began to play."""
        return self._caller_last_ms is not None and self._caller_last_ms > self._agent_since_ms

    @property
    def caller_speaking(self) -> bool:
        """True while the caller makes a sound, short pauses between words included."""
        return self._caller_until_ms >= 0

    @property
    def caller_ever_spoke(self) -> bool:
        """True once the caller made a sound louder than the line's noise."""
        return self._caller_last_ms is not None

    @property
    def awaits_answer(self) -> bool:
        """True where the caller has spoken and the agent has not answered yet."""
        return not self._answered

    @property
    def agent_playing(self) -> bool:
        """True from the first agent audio until it has been quiet for a while."""
        return self._agent_playing

    @property
    def floor(self) -> Floor:
        """The operator or the agent while they are heard, else the caller, else nobody."""
        if self.operator_speaking:
            return Floor.OPERATOR
        if self._agent_playing:
            return Floor.AGENT
        return Floor.CALLER if self.caller_speaking else Floor.NOBODY

    @property
    def operator_speaking(self) -> bool:
        """True while the operator is on the line and makes a sound."""
        return self._operator_until_ms is not None and self._operator_until_ms >= 0

    def taken_over(self, on: bool) -> None:
        """The operator speaks in the agent's place, or does no more."""
        self._operator_until_ms = -1.0 if on else None
        self._agent_playing = False
        self._answered = True

    def operator_level(self, level_dbfs: float, now_ms: float) -> None:
        """Take in the level of what the operator said in the last moments."""
        if self._operator_until_ms is None:
            return
        if level_dbfs > SPEECH_DBFS:
            self._operator_until_ms = now_ms + HOLD_MS
        elif now_ms > self._operator_until_ms:
            self._operator_until_ms = -1.0

    def caller_level(self, level_dbfs: float, now_ms: float) -> bool:
        """Take in the caller's level of the last moments; True where it was a sound."""
        sounds = level_dbfs > SPEECH_DBFS
        if sounds:
            if self._caller_until_ms < 0:
                self.caller_began_ms = now_ms
            self._caller_until_ms = now_ms + HOLD_MS
            self._caller_last_ms = now_ms
            if not self._agent_playing:
                self._answered = False
        elif now_ms > self._caller_until_ms:
            self._caller_until_ms = -1.0
        return sounds

    def agent_started(self, now_ms: float) -> int | None:
        """Agent audio begins to play.

        Returns:
            Milliseconds since the caller's last sound where this answers it, else None.
        """
        self._agent_playing = True
        self._agent_since_ms = now_ms
        if self._answered or self._caller_last_ms is None:
            return None
        self._answered = True
        return round(now_ms - self._caller_last_ms)

    def agent_stopped(self) -> None:
        """Nothing of the agent is left to hear."""
        self._agent_playing = False
