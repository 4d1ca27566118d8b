"""Models and voices to choose from, through whichever line is open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from callconsole.domain.agent_models import ModelFacts, OfferedModels, Voice
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import Pcm16
from callconsole.engine.world import STARTING
from callconsole.settings import Settings

if TYPE_CHECKING:
    from callconsole.adapters.gemini.models import BackEnd
    from callconsole.lines import Line

SAMPLE_RATE_HZ = 24_000


class AgentChoices:
    """Fulfils `callconsole.viewmodels.settings_desk.AgentOffers`.

    The adapter is imported at the first use: it takes long, and the window is shown before.
    """

    def __init__(
        self, line: Callable[[], Line | None], settings: Callable[[], Settings], folder: Path
    ) -> None:
        """Remember whom to ask.

        Args:
            line: the line that is open now.
            settings: the settings now.
            folder: where samples are kept while they are played.
        """
        self._line = line
        self._settings = settings
        self._folder = folder

    @property
    def _back_end(self) -> BackEnd:
        from callconsole.adapters.gemini.models import BackEnd

        vertex = self._settings().backend == "vertex"
        return BackEnd.VERTEX if vertex else BackEnd.DEVELOPER

    def known(self) -> OfferedModels:
        """What our table names for the back end that is set."""
        from callconsole.adapters.gemini.models import known_models

        return OfferedModels(tuple(known_models(self._back_end)), from_account=False)

    async def offered(self) -> OfferedModels:
        """What the account offers, where the open line can say. Raises `ProblemError`."""
        line = self._line()
        return self.known() if line is None else await line.agent.offered_models()

    def facts(self, model: str) -> ModelFacts:
        """What a model can do at the back end that is set."""
        from callconsole.adapters.gemini.model_facts import model_facts

        return model_facts(model, self._back_end, datetime.now(UTC).date())

    def voices(self) -> list[Voice]:
        """The prebuilt voices."""
        from callconsole.adapters.gemini.models import known_voices

        return known_voices()

    async def sample(self, voice: str) -> Path:
        """A recording of one sentence in this voice. Raises `ProblemError`."""
        line = self._line()
        if line is None:
            raise ProblemError(STARTING)
        pcm = await line.agent.sample(voice)
        return await asyncio.to_thread(self._write, voice, pcm)

    def _write(self, voice: str, pcm: Pcm16) -> Path:
        from callconsole.audio.wavfile import WavWriter

        self._folder.mkdir(parents=True, exist_ok=True)
        name = "".join(sign for sign in voice if sign.isalnum()) or "voice"
        path = self._folder / f"{name}.wav"
        with WavWriter(path, SAMPLE_RATE_HZ, 1) as file:
            file.append(pcm)
        return path
