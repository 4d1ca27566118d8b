"""The practice agent: a Live service of both back ends on a loopback port, over TLS."""

from __future__ import annotations

import asyncio
import http
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from callconsole.practice import clips
from callconsole.practice.agent import listing
from callconsole.practice.agent.dialogue import Script
from callconsole.practice.agent.faults import NO_FAULTS, AgentFaults
from callconsole.practice.agent.pace import USUAL_PACE, Pace
from callconsole.practice.agent.protocol import OUTPUT_RATE_HZ
from callconsole.practice.agent.recognition import Recognizer
from callconsole.practice.agent.records import Notice, SessionRecord, masked_headers
from callconsole.practice.agent.resumption import HandleBook
from callconsole.practice.agent.session import House, Session
from callconsole.practice.agent.talents import Talents
from callconsole.practice.agent.upgrade import Door, HttpRefusal, examine
from callconsole.practice.certificates import make_loopback_certificate

KEPT_SESSIONS = 20
_CLOSE_WITHIN_S = 1.0

# A logger of its own, kept at warnings: websockets' debug lines would show keys and tokens.
_socket_log = logging.getLogger(f"{__name__}.socket")
_socket_log.setLevel(logging.WARNING)


class PracticeAgent:
    """Google's Live service in miniature, for the unmodified SDK.

    Args:
        folder: where the throw-away certificates are written; one agent, one folder.
        api_key: what Developer API clients (and Vertex express) have to show.
        access_token: what Vertex clients have to show as a bearer token.
        faults: what goes wrong; may be changed between connections.
        script: what is said when.
        pace: how fast.
        connection_limit_s: life of a connection; the real one is about ten minutes.
        go_away_lead_s: how long before that end ``goAway`` is sent.
        today: decides which models are retired; the real date where not given.

    Attributes:
        faults: for the connections to come.
        sessions: the last twenty upgraded connections, oldest first.
        refused: how many upgrades were answered with an HTTP error.
    """

    def __init__(
        self,
        folder: Path,
        api_key: str = "practice-key",
        access_token: str = "practice-token",  # noqa: S107 - opens nothing but this agent
        faults: AgentFaults = NO_FAULTS,
        script: Script | None = None,
        pace: Pace = USUAL_PACE,
        *,
        connection_limit_s: float = 600.0,
        go_away_lead_s: float = 50.0,
        today: Callable[[], date] | None = None,
    ) -> None:
        self.faults = faults
        self.sessions: list[SessionRecord] = []
        self.refused = 0
        self._folder, self._api_key, self._access_token = folder, api_key, access_token
        self._script, self._pace = script or Script(), pace
        self._limit_s, self._lead_s = connection_limit_s, go_away_lead_s
        self._today = today or (lambda: datetime.now(UTC).date())
        self._notice = Notice()
        self._live: set[Session] = set()
        self._connections = 0
        self._server: Server | None = None

    @property
    def base_url(self) -> str:
        """The address for the SDK's ``base_url``. Raises RuntimeError before the start."""
        if self._server is None:
            raise RuntimeError("The practice agent has not been started")
        return f"https://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def ca_file(self) -> Path:
        """PEM of the authority that a client has to trust."""
        return self._folder / "ca.pem"

    async def start(self) -> None:
        """Read the clips, make the certificates and listen on a free loopback port.

        Raises:
            OSError: the clips are missing, or the folder cannot be written.
            ValueError: a clip is broken, or the script asks for one that is not there.
        """
        certificate = await asyncio.to_thread(make_loopback_certificate, self._folder)
        self._voice = await asyncio.to_thread(_load_voice, self._script)
        self._recognizer = await asyncio.to_thread(_load_ear)
        self._handles = HandleBook(asyncio.get_running_loop().time)
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            0,
            ssl=certificate.server_context(),
            process_request=self._admit,
            compression=None,
            ping_interval=None,
            close_timeout=_CLOSE_WITHIN_S,
            logger=_socket_log,
        )

    async def stop(self) -> None:
        """Close every session (1001) and the port; safe to call twice."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        # A client that reads no more would hold the closing handshake up.
        cut = asyncio.get_running_loop().call_later(_CLOSE_WITHIN_S, self._abort)
        try:
            await server.wait_closed()
            await self._notice.until(lambda: not self._live)
        finally:
            cut.cancel()

    async def until(self, predicate: Callable[[], bool]) -> None:
        """Wait until `predicate` holds, asked again whenever a session changes."""
        await self._notice.until(predicate)

    def _abort(self) -> None:
        for session in list(self._live):
            session.abort()

    def _admit(self, _socket: ServerConnection, request: Request) -> Response | None:
        """Let the upgrade pass, or answer it with Google's error."""
        listed = listing.answer(request.path, _headers(request), self._api_key, self._today())
        if listed is not None:
            return _http(listed)
        refusal = self._hit().refuse_upgrade or self._examine(request)
        if not isinstance(refusal, HttpRefusal):
            return None
        self.refused += 1
        self._connections += 1
        self._notice.changed()
        return _http(refusal)

    def _examine(self, request: Request) -> Door | HttpRefusal:
        return examine(request.path, _headers(request), self._api_key, self._access_token)

    def _hit(self) -> AgentFaults:
        """The faults of the connection that is being opened."""
        first = self.faults.first_connections
        spared = first is not None and self._connections >= first
        return NO_FAULTS if spared else self.faults

    async def _serve(self, socket: ServerConnection) -> None:
        request = socket.request
        door = self._examine(request) if request is not None else None
        if request is None or not isinstance(door, Door):
            return
        record = SessionRecord(
            door, request.path.partition("?")[0], masked_headers(_headers(request)), self._notice
        )
        session = Session(socket, record, self._house())
        self._connections += 1
        self.sessions = [*self.sessions, record][-KEPT_SESSIONS:]
        self._live.add(session)
        self._notice.changed()
        try:
            await session.run()
        finally:
            self._live.discard(session)
            self._notice.changed()

    def _house(self) -> House:
        return House(
            talents=Talents(
                voice=self._voice,
                recognizer=self._recognizer,
                pace=self._pace,
                faults=self._hit(),
            ),
            script=self._script,
            handles=self._handles,
            today=self._today,
            connection_limit_s=self._limit_s,
            go_away_lead_s=self._lead_s,
        )


def _http(answer: HttpRefusal) -> Response:
    body = answer.body.encode()
    headers = Headers({"Content-Type": "application/json; charset=UTF-8"})
    headers["Content-Length"] = str(len(body))
    # One request a connection, as this server reads no second one.
    headers["Connection"] = "close"
    return Response(answer.status, http.HTTPStatus(answer.status).phrase, headers, body)


def _headers(request: Request) -> dict[str, str]:
    """Headers by lower-case name; of a repeated one the last counts."""
    return {name.lower(): value for name, value in request.headers.raw_items()}


def _load_voice(script: Script) -> dict[str, clips.Clip]:
    voice = clips.load("agent")
    missing = sorted(script.lines() - voice.keys())
    if missing:
        raise ValueError(f"The practice agent has no clip for {', '.join(missing)}")
    for clip in voice.values():
        if clip.rate_hz != OUTPUT_RATE_HZ or not len(clip.pcm):
            raise ValueError(f"The clip {clip.id} is not speech at {OUTPUT_RATE_HZ} Hz")
    return voice


def _load_ear() -> Recognizer:
    return Recognizer(clips.load("callee").values())
