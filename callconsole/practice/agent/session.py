"""One Live session on one socket: set it up, pass messages on, end it as the service would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import date

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from callconsole.practice.agent.client_messages import (
    ActivityMarked,
    CallerAudio,
    ClientContent,
    ClientMessage,
    ContextUpdate,
    Picture,
    RealtimeText,
    StreamEnded,
    ToolResponse,
    read_client_message,
)
from callconsole.practice.agent.conversation import Conversation, Talents
from callconsole.practice.agent.dialogue import Dialogue, Script
from callconsole.practice.agent.faults import (
    CloseSocket,
    DropConnection,
    Freeze,
    GoAway,
    Moment,
    PhantomInterruption,
    SendFrame,
    Strike,
)
from callconsole.practice.agent.protocol import Json, duration, fields_of, read_message
from callconsole.practice.agent.records import SessionRecord
from callconsole.practice.agent.refusals import SESSION_EXPIRED, RefusalError, fit_reason
from callconsole.practice.agent.resumption import HandleBook, Memory
from callconsole.practice.agent.session_setup import SessionSetup
from callconsole.practice.agent.setup_check import check_setup
from callconsole.practice.agent.tool_desk import ToolDesk
from callconsole.practice.agent.upgrade import BackEnd
from callconsole.practice.agent.wire import Wire
from callconsole.practice.agent.wishes import Wishes

_REALTIME = (CallerAudio, RealtimeText, Picture, StreamEnded, ActivityMarked)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a session needs of the agent that it belongs to.

    Attributes:
        talents: voice, ear, pace and this session's faults.
        script: what is said when.
        handles: resumption handles of all sessions.
        today: which models are retired.
        connection_limit_s: life of a connection.
        go_away_lead_s: how long before its end the client is told.
    """

    talents: Talents
    script: Script
    handles: HandleBook
    today: Callable[[], date]
    connection_limit_s: float
    go_away_lead_s: float


class Session:
    """Serves one socket until it closes.

    Args:
        socket: after the upgrade, before any message.
        record: told of everything, with the door that the session came in by.
        house: what sessions share.
    """

    def __init__(self, socket: ServerConnection, record: SessionRecord, house: House) -> None:
        self._socket, self._record, self._house = socket, record, house
        self._faults = house.talents.faults
        self._wire = Wire(socket, text_frames=self._faults.text_frames)
        self._tasks: asyncio.TaskGroup
        self._setup: SessionSetup
        self._conversation: Conversation
        self._messages_read = 0
        self._has_spoken = False

    async def run(self) -> None:
        """Serve until the socket is closed by either side; no task is left behind."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                await self._open()
                await self._listen()
        except* ConnectionClosed:
            pass
        except* RefusalError as refusals:
            for refusal in refusals.exceptions:
                if isinstance(refusal, RefusalError):
                    await self._socket.close(refusal.code, refusal.reason)
        finally:
            self._record.closed(self._socket.close_code, self._socket.close_reason or "")

    def abort(self) -> None:
        """Cut the connection without a handshake."""
        self._wire.drop()

    # What the conversation asks of its host --------------------------------------------------

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Start a task that ends with the session."""
        return self._tasks.create_task(work)

    async def offer_handle(self, *, resumable: bool) -> None:
        """Send a handle, or say that there is none while the agent speaks."""
        if not self._setup.gives_handles:
            return
        update: Json = {"resumable": resumable}
        if resumable:
            memory = self._conversation.memory
            handle = self._house.handles.issue(memory, self._setup, lambda: self._wire.is_open)
            update["newHandle"] = handle
            self._record.handles.append(handle)
        if resumable and self._setup.transparent:
            update["lastConsumedClientMessageIndex"] = str(self._messages_read)
        await self._wire.send({"sessionResumptionUpdate": update})

    def audio_begun(self) -> None:
        """Let the faults begin that wait for speech."""
        if not self._has_spoken:
            self._has_spoken = True
            self._schedule(Moment.FIRST_AUDIO)

    # Its life -------------------------------------------------------------------------------

    async def _open(self) -> None:
        message = read_message(await self._socket.recv())
        self._record.setup = fields_of(message.get("setup", {}))
        self._record.notice.changed()
        self._setup = check_setup(message, self._record.door, self._house.today())
        refusal = self._faults.refuse_resume
        if refusal is not None and self._setup.resumes is not None:
            raise RefusalError(refusal.code, refusal.reason)
        memory = self._house.handles.resume(self._setup)
        for strike in self._faults.at(Moment.SETUP):
            await self._strike(strike)
        if self._faults.hang_setup:
            await self._socket.wait_closed()
        self._conversation = self._begin(memory)
        if self._setup.resumes is None:
            self._conversation.learn(self._setup.instruction)
            self._conversation.learn(" ".join(tool.name for tool in self._setup.tools))
        await self._welcome()

    def _begin(self, memory: Memory) -> Conversation:
        talents, script = self._house.talents, self._house.script
        desk = ToolDesk(
            self._wire,
            self._setup,
            talents.faults.tools,
            talents.pace.call_grace_ms / 1000,
            self._record,
            memory.calls,
        )
        return Conversation(
            self,
            self._wire,
            self._setup,
            Dialogue(script, memory.dialogue),
            Wishes(self._setup.tools, script, self._house.today()),
            desk,
            memory.meter,
            talents,
            self._record,
        )

    async def _welcome(self) -> None:
        vertex = self._record.door.back_end is BackEnd.VERTEX
        answer: Json = {"sessionId": str(self._socket.id)} if vertex else {}
        await self._wire.send({"setupComplete": answer})
        self._record.set_up = True
        self._record.notice.changed()
        await self.offer_handle(resumable=True)
        self.spawn(self._end_in_time())
        self._schedule(Moment.READY)

    async def _listen(self) -> None:
        while True:
            message = read_message(await self._socket.recv())
            self._messages_read += 1
            await self._take(read_client_message(message, self._setup))

    async def _take(self, message: ClientMessage) -> None:
        if isinstance(message, _REALTIME) and not self._conversation.hears():
            return
        match message:
            case CallerAudio(pcm):
                await self._conversation.hear(pcm)
            case RealtimeText(text):
                await self._conversation.remark(text)
            case ClientContent():
                await self._conversation.content(message)
            case ActivityMarked(starts):
                await self._conversation.mark_activity(starts)
            case StreamEnded():
                await self._conversation.end_stream()
            case ToolResponse(answers):
                await self._conversation.answered(answers)
            case ContextUpdate(instruction, _):
                self._record.updates.append(message)
                self._conversation.learn(instruction or "")

    async def _end_in_time(self) -> None:
        if self._faults.no_go_away:
            await asyncio.sleep(self._house.connection_limit_s)
            await self._socket.close(1000)
            return
        lead_s = min(self._house.go_away_lead_s, self._house.connection_limit_s)
        await asyncio.sleep(self._house.connection_limit_s - lead_s)
        await self._go_away(lead_s)

    async def _go_away(self, time_left_s: float) -> None:
        await self._wire.send({"goAway": {"timeLeft": duration(time_left_s)}})
        await asyncio.sleep(time_left_s)
        await self._socket.close(1008, fit_reason(SESSION_EXPIRED))

    # Faults ---------------------------------------------------------------------------------

    def _schedule(self, moment: Moment) -> None:
        for strike in self._faults.at(moment):
            self.spawn(self._strike(strike))

    async def _strike(self, strike: Strike) -> None:
        await asyncio.sleep(strike.after_ms / 1000)
        match strike.action:
            case CloseSocket(code, reason):
                await self._socket.close(code, fit_reason(reason))
            case DropConnection():
                self._wire.drop()
            case SendFrame(frame):
                await self._wire.send_frame(frame)
            case GoAway(time_left_s):
                await self._go_away(time_left_s)
            case Freeze():
                self._wire.freeze()
            case PhantomInterruption():
                await self._conversation.interrupt(phantom=True)
