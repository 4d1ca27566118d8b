"""The agent: opens sessions with one Live model at one back end."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from callconsole.adapters.gemini.client import build_client
from callconsole.adapters.gemini.connection import OPEN_S, Connection
from callconsole.adapters.gemini.credentials import GeminiAccess
from callconsole.adapters.gemini.faults import Circumstances
from callconsole.adapters.gemini.model_list import offered_models
from callconsole.adapters.gemini.models import (
    DEFAULT_MODEL,
    BackEnd,
    bare_name,
    capabilities,
    check_back_end,
)
from callconsole.adapters.gemini.problems import problem_from
from callconsole.adapters.gemini.resume import Lifetime
from callconsole.adapters.gemini.seeding import Recollection, as_contents, brief_again
from callconsole.adapters.gemini.session import GeminiSession
from callconsole.adapters.gemini.session_config import USUAL_MANNER, Manner, session_config
from callconsole.adapters.gemini.tool_calls import ToolTerms
from callconsole.adapters.gemini.voice_sample import BRIEF, spoken
from callconsole.adapters.gemini.warm_up import exercise
from callconsole.domain.agent_models import OfferedModels
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import Prompt
from callconsole.engine.clock import SystemClock
from callconsole.engine.ports import AgentBrief, Clock, Pcm16

if TYPE_CHECKING:
    from google.genai import Client

DEFAULT_VOICE = "Puck"
# A caller is waiting on the line.
REOPEN_S = 5.0

_log = logging.getLogger(__name__)


class GeminiAgent:
    """Fulfils `callconsole.engine.ports.Agent`; nothing of the SDK is imported until needed."""

    def __init__(
        self,
        access: GeminiAccess,
        model: str = DEFAULT_MODEL,
        voice: str = DEFAULT_VOICE,
        language: str | None = None,
        *,
        manner: Manner = USUAL_MANNER,
        clock: Clock | None = None,
        lifetime: Lifetime | None = None,
    ) -> None:
        """Remember how to connect; nothing is opened yet.

        Args:
            access: account and address.
            model: model id; a leading ``models/`` or resource path is cut off.
            voice: a prebuilt voice.
            language: BCP 47 code that helps the transcripts, or None.
            manner: what of the model's talents is wanted.
            clock: the date, for models that retire, and durations; None for this computer's.
            lifetime: when a connection is replaced; None for what suits Gemini.
        """
        self._access = access
        self._model = bare_name(model)
        self._voice = voice
        self._language = language
        self._manner = manner
        self._clock = clock or SystemClock()
        self._lifetime = lifetime
        self._able = capabilities(self._model, access.account.back_end)
        self._client: Client | None = None
        self._client_lock = asyncio.Lock()

    async def open(self, brief: AgentBrief) -> GeminiSession:
        """Open a session that is ready to talk.

        Raises:
            ProblemError: code ``agent.…``; see `callconsole.adapters.gemini.problems`.
        """
        connection = await self._connect(brief, within_s=OPEN_S)
        return GeminiSession(
            connection,
            dial=partial(self._connect_again, brief),
            explain=lambda error: self._explain(error, connected=True),
            clock=self._clock,
            lifetime=self._lifetime,
            tools=self._tool_terms,
        )

    @property
    def _tool_terms(self) -> ToolTerms:
        return ToolTerms(
            blocking=self._able.tools == "blocking",
            scheduling=self._able.tool_scheduling,
            # The SDK refuses an answer without one there; Vertex AI leaves ids out at times.
            ids=self._access.account.back_end is BackEnd.DEVELOPER,
        )

    async def check(self) -> str:
        """Open and close a session; return model and back end. Raises `ProblemError`."""
        brief = AgentBrief(Prompt(name="check", text="Say nothing."))
        connection = await self._connect(brief, within_s=OPEN_S)
        await connection.close()
        return f"{self._model}, {self._access.account.where}"

    async def offered_models(self) -> OfferedModels:
        """Models that this account may use for calls. Raises `ProblemError`."""
        try:
            return await offered_models(self._access, self._able.api_version)
        except Exception as error:
            raise self._refusal(error) from None

    async def sample(self, voice: str) -> Pcm16:
        """One sentence in this voice, shape (n,), int16, mono, 24000 Hz. Raises `ProblemError`."""
        connection = await self._connect(BRIEF, within_s=OPEN_S, voice=voice)
        session = GeminiSession(
            connection,
            dial=partial(self._connect_again, BRIEF),
            explain=lambda error: self._explain(error, connected=True),
            clock=self._clock,
            lifetime=self._lifetime,
            tools=self._tool_terms,
        )
        try:
            return await spoken(session)
        finally:
            await session.close()

    async def warm_up(self) -> None:
        """Import and build what is slow, in a thread; a fault is left for `check` to tell."""
        with suppress(ProblemError):
            await self._ready_client()
        await asyncio.to_thread(self._exercise)

    async def close(self) -> None:
        """Let go of the SDK's client; sessions are closed by whoever opened them."""
        async with self._client_lock:
            client, self._client = self._client, None
        if client is not None:
            await client.aio.aclose()
            client.close()

    def _exercise(self) -> None:
        exercise(self._model, self._access.account.back_end, self._voice)

    async def _connect_again(
        self,
        brief: AgentBrief,
        handle: str | None,
        known: Recollection | None,
        *,
        plainly: bool,
    ) -> Connection:
        """Resume, or begin anew with what is known; see `callconsole.adapters.gemini.redial`."""
        if known is None:
            return await self._connect(brief, within_s=REOPEN_S, handle=handle)
        way = "instruction" if plainly else self._able.history
        turns = as_contents(known) if way != "instruction" else []
        first = way == "initial_history" and bool(turns)
        connection = await self._connect(
            brief_again(brief, known, way), within_s=REOPEN_S, history_first=first
        )
        if turns:
            try:
                await connection.seed(turns, complete=first)
            except Exception as error:
                await connection.close()
                raise self._refusal(error) from None
        return connection

    async def _connect(
        self,
        brief: AgentBrief,
        *,
        within_s: float,
        handle: str | None = None,
        history_first: bool = False,
        voice: str | None = None,
    ) -> Connection:
        back_end = self._access.account.back_end
        check_back_end(self._model, back_end)
        client = await self._ready_client()
        config = session_config(
            self._model,
            back_end,
            brief,
            voice or self._voice,
            language=self._language,
            handle=handle,
            history_first=history_first,
            manner=self._manner,
        )
        try:
            return await Connection.open(
                client,
                self._model,
                config,
                self._able.text,
                self._able.whisper_way,
                within_s=within_s,
            )
        except Exception as error:
            raise self._refusal(error) from None

    async def _ready_client(self) -> Client:
        async with self._client_lock:
            if self._client is None:
                try:
                    self._client = await asyncio.to_thread(self._build_client)
                except Exception as error:
                    raise self._refusal(error) from None
            return self._client

    def _build_client(self) -> Client:
        return build_client(self._access, self._able.api_version)

    def _refusal(self, error: Exception) -> ProblemError:
        # Not chained: what a server says may repeat a secret, and chains are printed whole.
        _log.warning("a Gemini session could not be opened (%s)", type(error).__name__)
        return ProblemError(self._explain(error, connected=False))

    def _explain(self, error: BaseException, *, connected: bool) -> Problem:
        return problem_from(
            error,
            Circumstances(
                access=self._access,
                model=self._model,
                today=self._clock.now().date(),
                connected=connected,
            ),
        )
