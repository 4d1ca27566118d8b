"""Take turns with the caller: hear, transcribe, think, speak, and be interrupted."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from contextlib import aclosing
from enum import Enum, auto
from typing import Protocol

import numpy as np

from callconsole.practice.agent.agenda import Agenda, Plan
from callconsole.practice.agent.client_messages import ClientContent
from callconsole.practice.agent.dialogue import PASSED_ON, Dialogue
from callconsole.practice.agent.function_calls import FunctionAnswer
from callconsole.practice.agent.hearing import Hearing, HearingEvent, SpeechEnded, SpeechStarted
from callconsole.practice.agent.instructions import (
    exact_sentence,
    nearest,
    wants_silence,
    whispered,
)
from callconsole.practice.agent.models import Seeding
from callconsole.practice.agent.pieces import Piece
from callconsole.practice.agent.protocol import (
    INPUT_RATE_HZ,
    Json,
    Pcm16,
    duration,
    refuse_unless,
    server_content,
)
from callconsole.practice.agent.records import SessionRecord
from callconsole.practice.agent.resumption import Memory
from callconsole.practice.agent.session_setup import SessionSetup
from callconsole.practice.agent.speaking import paced, plan_reply, split_words
from callconsole.practice.agent.talents import Talents
from callconsole.practice.agent.tool_desk import ToolDesk
from callconsole.practice.agent.usage import TokenMeter
from callconsole.practice.agent.wire import Wire
from callconsole.practice.agent.wishes import Wish, Wishes
from callconsole.practice.clips import Clip

_WORDS_PER_DELTA = 2
_UNDER_WAY = "do not greet again"


class _Phase(Enum):
    QUIET = auto()
    RECOGNIZING = auto()
    THINKING = auto()
    SPEAKING = auto()
    CLOSING = auto()


class Host(Protocol):
    """The session that a conversation belongs to."""

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Start a task that ends with the session."""
        ...

    async def offer_handle(self, *, resumable: bool) -> None:
        """Tell the client from where it could go on: a quiet moment, or none."""
        ...

    def audio_begun(self) -> None:
        """The first audio of a turn has been sent."""
        ...


class Conversation:
    """One talk, on behalf of a session that passes messages in.

    Args:
        host: the session.
        wire: where messages go.
        setup: what the session was opened with.
        dialogue: decides what is said.
        wishes: decides what is done besides.
        desk: does it.
        meter: tokens of the talk so far.
        talents: voice, ear, pace and faults.
        record: told of everything.
    """

    def __init__(
        self,
        host: Host,
        wire: Wire,
        setup: SessionSetup,
        dialogue: Dialogue,
        wishes: Wishes,
        desk: ToolDesk,
        meter: TokenMeter,
        talents: Talents,
        record: SessionRecord,
    ) -> None:
        self._host, self._wire, self._setup, self._dialogue = host, wire, setup, dialogue
        self._agenda, self._desk = Agenda(dialogue, wishes), desk
        self._meter, self._talents, self._record = meter, talents, record
        self._hearing = Hearing(setup.detection)
        self._marked: list[Pcm16] | None = None
        self._unheard: list[Pcm16] = []
        self._owed: str | None = None
        self._phase = _Phase.QUIET
        self._answering: asyncio.Task[None] | None = None
        self._generated_s = 0.0
        self._turns_begun = 0
        self._faulty = False
        self._spoken_to = False

    @property
    def memory(self) -> Memory:
        """What a later session would go on with."""
        return Memory(self._dialogue.state, self._meter, self._desk.open)

    # What the client sends ------------------------------------------------------------------

    def hears(self) -> bool:
        """False where realtime input is passed over just now. Raises `RefusalError`."""
        return self._desk.hears()

    async def hear(self, pcm: Pcm16) -> None:
        """Take in caller audio: shape (n,), int16, 16000 Hz."""
        self._spoken_to = True
        self._record.keep_audio(pcm)
        if self._setup.detection.automatic:
            for event in self._hearing.feed(pcm):
                await self._notice(event)
        elif self._marked is not None:
            self._marked.append(pcm)

    async def end_stream(self) -> None:
        """The microphone is off: ends the turn for models that care."""
        ended = self._hearing.end_turn() if self._setup.model.stream_end else None
        if ended is not None:
            await self._notice(ended)

    async def mark_activity(self, starts: bool) -> None:
        """The client says itself where a turn starts and ends."""
        self._spoken_to = True
        if starts:
            self._marked = []
            if self._setup.interruptible:
                await self.interrupt()
        elif self._marked is not None:
            self._take_turn(np.concatenate([np.zeros(0, np.int16), *self._marked]))
            self._marked = None

    async def remark(self, text: str) -> None:
        """A realtime text: does and says what it asks for, or says what is owed."""
        await self._desk.take_back()
        self._spoken_to = True
        self._record.texts.append(text)
        self._record.notice.changed()
        self._meter = self._meter.with_text(text)
        if wants_silence(text):
            self._keep_in_mind(text)
        elif not await self._say_exactly(text):
            if PASSED_ON.search(text) and self._phase is _Phase.SPEAKING:
                await self.interrupt()
            self._agenda.told(text, self._owed)
        if self._agenda.due:
            self._start_answering()

    async def answered(self, answers: Iterable[FunctionAnswer]) -> None:
        """Results of functions; raises `RefusalError` for those that nobody waits for."""
        for answer in answers:
            call = self._desk.take(answer)
            if call is None:
                continue
            if answer.scheduling == "INTERRUPT":
                await self.interrupt()
            self._agenda.answered(call.name, answer)
            if self._agenda.due:
                self._start_answering()

    async def content(self, content: ClientContent) -> None:
        """Turns for the context; a complete one cuts the agent off and wants an answer.

        Raises:
            RefusalError: 1007 where the model takes history only, and it is too late for that.
        """
        if self._setup.model.seeding is Seeding.HISTORY_ONLY:
            refuse_unless(self._setup.seeds_history and not self._spoken_to)
        self._record.contents.append(content)
        self._record.notice.changed()
        self._meter = self._meter.with_text(" ".join(content.texts))
        whisper = whispered(content, self._setup.model, self._talents)
        if whisper is not None:
            self._keep_in_mind(whisper)
        else:
            self._recall(content)
        if content.turn_complete and self._setup.model.seeding is Seeding.ANY_TIME:
            await self.interrupt()
            text = content.texts[-1] if content.texts else ""
            if not await self._say_exactly(text):
                self._agenda.demanded(text)
            if self._agenda.due:
                self._start_answering()
        elif self._phase is _Phase.SPEAKING:
            # The API's reference: any such message cuts the model off.
            await self.interrupt()

    def _keep_in_mind(self, text: str) -> None:
        self._dialogue.keep_in_mind(text)
        self._record.whispers.append(text)
        self._record.notice.changed()

    async def _say_exactly(self, text: str) -> bool:
        """Put the nearest line first where a sentence is asked for: there is no synthesizer."""
        sentence = exact_sentence(text)
        if sentence is None:
            return False
        self._record.sentences.append(sentence)
        self._record.notice.changed()
        if self._phase is _Phase.SPEAKING:
            await self.interrupt()
        voice = {clip.id: clip.text for clip in self._talents.voice.values()}
        self._agenda.exactly(nearest(sentence, voice))
        return True

    def _recall(self, content: ClientContent) -> None:
        """Turns of an earlier session: who has greeted, and who is owed an answer."""
        self._dialogue.recall(
            agent_spoke=any(content.by_model),
            farewell=any(
                self._talents.voice[line].text in text
                for text, by_model in zip(content.texts, content.by_model, strict=True)
                for line in self._dialogue.farewells
                if by_model
            ),
        )
        if any(content.by_model) and not content.by_model[-1]:
            self._owed = self._dialogue.answer(self._talents.recognizer.read(content.texts[-1]))

    def learn(self, text: str) -> None:
        """New instructions; a call that is under way already must not be greeted again."""
        self._meter = self._meter.with_text(text)
        if _UNDER_WAY in text.lower():
            self._dialogue.recall(agent_spoke=True, farewell=False)

    # Turns ----------------------------------------------------------------------------------

    async def _notice(self, event: HearingEvent) -> None:
        await self._signal(event)
        if isinstance(event, SpeechEnded):
            self._take_turn(event.pcm)
        elif self._setup.interruptible:
            late_ms = self._talents.faults.late_interruption_ms
            if late_ms:
                self._host.spawn(self._interrupt_late(late_ms))
            else:
                await self.interrupt()

    async def _signal(self, event: HearingEvent) -> None:
        starts = isinstance(event, SpeechStarted)
        kind = "ACTIVITY_START" if starts else "ACTIVITY_END"
        offset = duration(round(event.offset_s, 3))
        await self._wire.send({"voiceActivity": {"type": kind, "audioOffset": offset}})
        if self._setup.vad_signals:
            signal = "VAD_SIGNAL_TYPE_SOS" if starts else "VAD_SIGNAL_TYPE_EOS"
            await self._wire.send({"voiceActivityDetectionSignal": {"vadSignalType": signal}})

    def _take_turn(self, pcm: Pcm16) -> None:
        self._meter = self._meter.with_audio(len(pcm) / INPUT_RATE_HZ)
        self._unheard.append(pcm)
        self._start_answering()

    def _start_answering(self) -> None:
        if self._answering is None or self._answering.done():
            self._answering = self._host.spawn(self._answer())

    async def interrupt(self, *, phantom: bool = False) -> None:
        """Cut the agent off, or let it think again; a `phantom` is announced in any case."""
        await self._desk.take_back()
        speaking = self._phase is _Phase.SPEAKING
        if self._answering is not None and self._phase in {_Phase.THINKING, _Phase.SPEAKING}:
            self._answering.cancel()
            await asyncio.wait([self._answering])
            self._phase = _Phase.QUIET
        if speaking or phantom:
            self._record.interruptions += 1
            await self._wire.send(server_content(interrupted=True))
        if speaking:
            await self._complete_turn()

    async def _interrupt_late(self, late_ms: float) -> None:
        await asyncio.sleep(late_ms / 1000)
        # The reply may be over by then, and still be playing at the other end.
        await self.interrupt(phantom=True)

    async def _answer(self) -> None:
        while self._unheard or self._agenda.due:
            self._phase = _Phase.RECOGNIZING
            while self._unheard:
                await self._transcribe(self._unheard.pop(0))
            if self._hearing.speaking:
                break
            self._phase = _Phase.THINKING
            await asyncio.sleep(self._talents.pace.think_ms / 1000)
            plan = self._agenda.next()
            if not plan.empty:
                await self._take_floor(plan)
        self._phase = _Phase.QUIET

    async def _transcribe(self, pcm: Pcm16) -> None:
        heard = await asyncio.to_thread(self._talents.recognizer.recognize, pcm)
        self._agenda.hear(heard)
        self._record.heard += heard
        self._record.notice.changed()
        text = " ".join(piece.text for piece in heard)
        if not self._setup.transcribes_caller or not text:
            return
        if self._setup.model.whole_transcripts:
            await self._wire.send(
                server_content(inputTranscription={"text": text, "finished": True})
            )
            return
        for words in split_words(text, _WORDS_PER_DELTA):
            await self._wire.send(server_content(inputTranscription={"text": words}))

    async def _take_floor(self, plan: Plan) -> None:
        faults = self._talents.faults
        self._turns_begun += 1
        if self._turns_begun <= faults.unanswered_turns:
            self._owed = plan.line
            return
        self._phase, self._generated_s = _Phase.SPEAKING, 0.0
        self._faulty = self._turns_begun <= faults.faulty_turns + faults.unanswered_turns
        await self._host.offer_handle(resumable=False)
        if self._turns_begun <= faults.silent_turns + faults.unanswered_turns:
            self._owed = plan.line
        else:
            self._owed = None
            await self._act(plan)
        self._phase = _Phase.CLOSING
        await self._complete_turn()

    async def _act(self, plan: Plan) -> None:
        await self._desk.call(plan.before)
        await self._desk.settled()
        if plan.line is not None:
            await self._speak(self._talents.voice[plan.line], plan.after)
        else:
            await self._wire.send(server_content(generationComplete=True))

    async def _speak(self, clip: Clip, after: tuple[Wish, ...]) -> None:
        self._dialogue.said(clip.id)
        self._record.said.append(clip.id)
        self._record.notice.changed()
        loop = asyncio.get_running_loop()
        played_until = loop.time()
        pieces = plan_reply(clip, self._talents.pace.chunk_ms)
        if self._faulty:
            pieces = self._talents.faults.spoil(pieces)
        left = len(pieces)
        calls_at = left // 2 if self._talents.faults.tools.before_audio else 0
        async with aclosing(paced(pieces, self._talents.pace, self._talents.faults)) as coming:
            async for piece in coming:
                if left == calls_at:
                    await self._desk.call(after)
                await self._say(piece)
                left -= 1
                played_until = max(played_until, loop.time()) + piece.duration_s
        if not calls_at:
            await self._desk.call(after)
        await self._desk.settled()
        await self._wire.send(server_content(generationComplete=True))
        if self._talents.pace.waits_for_playback:
            await asyncio.sleep(max(0.0, played_until - loop.time()))

    async def _say(self, piece: Piece) -> None:
        first = self._generated_s == 0.0
        self._generated_s += piece.duration_s
        for message in piece.messages(
            transcribed=self._setup.transcribes_agent, bundled=self._setup.model.bundles
        ):
            await self._wire.send(message)
        if first:
            self._host.audio_begun()

    async def _complete_turn(self) -> None:
        usage = self._meter.usage(self._generated_s, self._setup.door.back_end)
        self._meter = self._meter.with_audio(self._generated_s)
        if not self._talents.faults.never_turn_complete:
            done: Json = {**server_content(turnComplete=True), "usageMetadata": usage}
            await self._wire.send(done)
        self._record.turns_completed += 1
        self._record.notice.changed()
        await self._host.offer_handle(resumable=True)
