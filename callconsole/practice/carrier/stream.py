"""One Media Streams connection: the callee's audio out, the customer's in, marks and clear."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    ConnectionClosedError,
    InvalidHandshake,
    InvalidStatus,
)

from callconsole.practice.carrier import stream_messages as messages
from callconsole.practice.carrier import twiml
from callconsole.practice.carrier.distance import Distance
from callconsole.practice.carrier.edge import UnreachableError
from callconsole.practice.carrier.line import Line
from callconsole.practice.carrier.playout import FRAME_MS, PlayoutBuffer
from callconsole.practice.carrier.services import Services, new_sid

_OPEN_TIMEOUT_S = 10.0
_CLOSE_TIMEOUT_S = 1.0
# Ten seconds of audio that the server does not take is congestion.
_MAX_OUTGOING = 500


class MediaStream:
    """Runs one stream of one call.

    Attributes:
        sid: MZ and 32 hex digits, new for every stream.
        playout: what was received and is not yet heard.
    """

    def __init__(self, wanted: twiml.Stream, call_sid: str, line: Line, services: Services) -> None:
        self.sid = new_sid("MZ")
        self.playout = PlayoutBuffer()
        self._wanted = wanted
        self._call_sid = call_sid
        self._line = line
        self._services = services
        self._faults = services.faults.stream
        self._writer = messages.Writer(self.sid)
        self._outgoing: asyncio.Queue[str] = asyncio.Queue()
        self._way_out = Distance(self._faults.delay_out_ms, self._outgoing.put_nowait)
        self._way_in = Distance(self._faults.delay_in_ms, self._receive)
        self._connection: ClientConnection | None = None
        self._began_ms = 0
        self._alerted: set[int] = set()
        self._hung = False
        self._dropped = False

    async def run(self) -> None:
        """Serve until the server closes. Cancelling sends ``stop`` and closes, as a call's end."""
        connection = await self._open()
        if connection is None:
            return
        self._connection = connection
        self._report("stream-started")
        writer = asyncio.create_task(self._write(connection))
        try:
            self._begin()
            await self._read(connection)
        except asyncio.CancelledError:
            self._detach()
            self._send(self._writer.stop(self._services.account_sid, self._call_sid))
            raise
        finally:
            self._detach()
            self._way_in.close()
            self._way_out.hasten()
            await self._finish(connection, writer)

    def press(self, digit: str) -> None:
        """Tell the server that the callee pressed a key."""
        self._send(self._writer.dtmf(digit))

    # Opening and closing ------------------------------------------------------------------

    async def _open(self) -> ClientConnection | None:
        url = self._wanted.url
        try:
            route = self._services.edge.route(url)
            headers = {k: v for k, v in route.headers.items() if k != "Host"}
            headers["X-Twilio-Signature"] = self._services.webhooks.signature(url, {})
            return await connect(
                route.url, host=route.host, port=route.port, additional_headers=headers,
                user_agent_header="Twilio.TmeWs/1.0", compression=None, proxy=None,
                ping_interval=None, open_timeout=_OPEN_TIMEOUT_S, close_timeout=_CLOSE_TIMEOUT_S,
            )  # fmt: skip
        except (UnreachableError, TimeoutError) as error:
            self._refused(31901, str(error) or "the handshake was not answered in time")
        except InvalidStatus as error:
            self._refused(31920, f"the handshake was answered with {error.response.status_code}")
        except InvalidHandshake as error:
            self._refused(31920, f"the handshake failed: {type(error).__name__}")
        except OSError:
            # The tunnel's agent is up and our server is not: ngrok answers 502.
            self._refused(31920, "the handshake was answered with 502")
        return None

    def _refused(self, code: int, detail: str) -> None:
        self._alert(code, detail)
        self._report("stream-error", f"{code}: {detail}")

    def _begin(self) -> None:
        self._began_ms = self._line.elapsed_ms
        self._send(self._writer.connected())
        self._send(
            self._writer.start(self._services.account_sid, self._call_sid, self._wanted.parameters)
        )
        self._line.play(self._play)
        self._line.sinks.append(self._on_frame)

    def _detach(self) -> None:
        if self._on_frame in self._line.sinks:
            self._line.sinks.remove(self._on_frame)
            self._line.stop(self._play)

    async def _finish(self, connection: ClientConnection, writer: asyncio.Task[None]) -> None:
        try:
            async with asyncio.timeout(2 * _CLOSE_TIMEOUT_S):
                await self._outgoing.join()
                if not self._hung:
                    await connection.close()
        except TimeoutError:
            self._services.alerts.add(31903, "the connection could not be closed", self._call_sid)
        finally:
            writer.cancel()
            connection.transport.abort()
            self._report("stream-stopped")

    # Out ----------------------------------------------------------------------------------

    def _send(self, text: str) -> None:
        if not self._hung:
            self._way_out.put(text)

    async def _write(self, connection: ClientConnection) -> None:
        while True:
            text = await self._outgoing.get()
            try:
                await connection.send(text)
            except ConnectionClosed:
                # What is still queued goes nowhere; the reader reports why.
                pass
            finally:
                self._outgoing.task_done()

    def _on_frame(self, frame: bytes, elapsed_ms: int) -> None:
        at_ms = elapsed_ms - self._began_ms
        if self._struck(at_ms):
            return
        if self._outgoing.qsize() >= _MAX_OUTGOING:
            self._alert(31930, "the server does not take the caller's audio")
            return
        self._send(self._writer.media(frame, at_ms))

    def _struck(self, at_ms: int) -> bool:
        """Play the faults that are due; True where this frame is lost."""
        faults = self._faults
        if at_ms == _frame_ms(faults.malformed_after_ms):
            self._send(faults.malformed_text)
        if at_ms == _frame_ms(faults.drop_after_ms) and self._connection is not None:
            self._dropped = True
            self._connection.transport.abort()
        if at_ms == _frame_ms(faults.hang_after_ms):
            self._hang()
        gap_ms = faults.gap_after_ms
        return gap_ms is not None and gap_ms <= at_ms < gap_ms + faults.gap_ms

    def _hang(self) -> None:
        """Be as a peer that is switched off: no reading, no writing, not even pongs."""
        self._hung = True
        if self._connection is not None:
            self._connection.transport.pause_reading()

    def _play(self) -> bytes:
        frame, due = self.playout.take()
        for name in due:
            self._send(self._writer.mark(name))
        return frame

    # In -----------------------------------------------------------------------------------

    async def _read(self, connection: ClientConnection) -> None:
        try:
            async for message in connection:
                if self._hung:
                    continue
                if isinstance(message, bytes):
                    self._alert(31950, "binary messages are not understood")
                else:
                    self._way_in.put(message)
        except ConnectionClosedError as error:
            self._explain(error)

    def _receive(self, text: str) -> None:
        try:
            message = messages.parse(text, self.sid)
        except messages.InvalidMessageError as error:
            self._alert(31951, str(error))
            return
        match message:
            case messages.Media(mulaw):
                if not self.playout.put(mulaw):
                    self._alert(31931, "audio beyond ten minutes was dropped")
            case messages.Mark(name):
                if self.playout.mark(name):
                    self._send(self._writer.mark(name))
            case messages.Clear():
                for name in self.playout.clear():
                    self._send(self._writer.mark(name))

    def _explain(self, error: ConnectionClosedError) -> None:
        if self._dropped:
            return
        if error.rcvd is not None:
            self._alert(31921, f"the server closed with code {error.rcvd.code}")
        elif error.sent is not None:
            self._alert(31924, f"the server broke the WebSocket protocol: {error.sent.reason}")
        else:
            self._alert(31903, "the connection broke off")

    # Telling ------------------------------------------------------------------------------

    def _alert(self, code: int, detail: str) -> None:
        """Each code is told once per stream, as Twilio does."""
        if code not in self._alerted:
            self._alerted.add(code)
            self._services.alerts.add(code, detail, self._call_sid)

    def _report(self, event: str, error: str = "") -> None:
        if not self._wanted.status_callback:
            return
        fields = {
            "AccountSid": self._services.account_sid,
            "CallSid": self._call_sid,
            "StreamSid": self.sid,
            "StreamName": self._wanted.name or self.sid,
            "StreamEvent": event,
            "Timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }
        if error:
            fields["StreamError"] = error
        self._services.tasks.spawn(self._post(fields))

    async def _post(self, fields: dict[str, str]) -> None:
        wanted = self._wanted
        await self._services.webhooks.send(
            wanted.status_callback, fields, self._call_sid, wanted.status_callback_method
        )


def _frame_ms(after_ms: int | None) -> int | None:
    """The start of the first frame at or after a time."""
    return None if after_ms is None else -(-after_ms // FRAME_MS) * FRAME_MS
