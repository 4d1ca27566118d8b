"""Choosing a model and a voice: the account's list, what each can do, and a sample to hear."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QObject, Signal

from callconsole.domain.agent_models import ModelFacts, OfferedModels, Voice
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import tasks
from callconsole.viewmodels.playback import Playback
from callconsole.viewmodels.settings_desk import AgentOffers


class VoiceChoice(QObject):
    """Asks once for the list, when the page is opened; hears one voice at a time.

    Signals:
        models_changed: the list, or what is said of it, is another.
        sample_changed: a sample began, is heard or failed.
    """

    models_changed = Signal()
    sample_changed = Signal()

    def __init__(
        self, offers: AgentOffers, playback: Playback, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._offers = offers
        self._playback = playback
        self._models: OfferedModels | None = None
        self._asking: asyncio.Task[None] | None = None
        self._sampling: asyncio.Task[None] | None = None
        self.list_problem: Problem | None = None
        self.sample_problem: Problem | None = None
        self.voice = ""
        playback.failed.connect(self._on_not_played)

    # Models -------------------------------------------------------------------------------------

    @property
    def models(self) -> tuple[str, ...]:
        """Names to choose from."""
        return (self._models or self._offers.known()).names

    @property
    def models_words(self) -> str:
        """Where the list comes from, as a sentence."""
        if self._asking is not None:
            return "Asking your account for its models…"
        if self.list_problem is not None:
            return f"The account's list could not be had: {self.list_problem.title}."
        if self._models is not None and self._models.from_account:
            return "These are the models of your account that can talk."
        return "These are the models that we know; another name can be typed."

    def facts(self, model: str) -> ModelFacts:
        """What a model can do."""
        return self._offers.facts(model)

    def ask(self) -> None:
        """Ask the account for its models, off the loop's way; a fault leaves our table."""
        if self._asking is None:
            self._asking = tasks.start(self._ask(), name="list the models")
            self.models_changed.emit()

    async def _ask(self) -> None:
        try:
            self._models = await self._offers.offered()
            self.list_problem = None
        except ProblemError as error:
            self.list_problem = error.problem
        finally:
            self._asking = None
            self.models_changed.emit()

    # Voices -------------------------------------------------------------------------------------

    def voices(self) -> list[Voice]:
        """The prebuilt voices."""
        return self._offers.voices()

    @property
    def sampling(self) -> bool:
        """True while a sample is being made."""
        return self._sampling is not None

    @property
    def sample_words(self) -> str:
        """How the sample is doing, or ""."""
        if self.sampling:
            return f"{self.voice} is being asked to speak…"
        if self.sample_problem is not None:
            problem = self.sample_problem
            return f"{problem.title}. {problem.cause} {problem.cure}"
        return ""

    def hear(self, voice: str) -> None:
        """Play one sentence in this voice."""
        if self._sampling is None:
            self.voice, self.sample_problem = voice, None
            self._sampling = tasks.start(self._hear(voice), name="voice sample")
            self.sample_changed.emit()

    async def _hear(self, voice: str) -> None:
        try:
            path = await self._offers.sample(voice)
            self._playback.stop()
            self._playback.toggle(str(path))
        except ProblemError as error:
            self.sample_problem = error.problem
        finally:
            self._sampling = None
            self.sample_changed.emit()

    def _on_not_played(self, path: str, problem: Problem) -> None:
        if self.voice and path.endswith(f"{self.voice}.wav"):
            self.sample_problem = problem
            self.sample_changed.emit()

    async def finish(self) -> None:
        """Let go of what is being asked."""
        await tasks.stop(self._asking)
        await tasks.stop(self._sampling)
