"""The guide's step about Google: a session is opened with a key or a project, and a word heard."""

from __future__ import annotations

from PySide6.QtCore import QObject

from callconsole.domain.problems import Problem, ProblemError
from callconsole.viewmodels.guide_step import GuideStep, GuideTools

KEY, PROJECT, LOCATION = "gemini_api_key", "vertex_project_id", "vertex_location"
BY_KEY, BY_PROJECT = "key", "project"


class GoogleStep(GuideStep):
    """An API key, or a Vertex AI project with this computer's Google sign-in.

    Attributes:
        way: `BY_KEY` or `BY_PROJECT`.
        sign_in: what was found of this computer's Google sign-in, as a sentence, or "".
        sign_in_problem: why none was found, or None.
    """

    title = "Google"
    line = "Gemini is the voice that talks. A key is the quickest; a project suits a firm."
    names = (KEY, PROJECT, LOCATION)

    def __init__(self, tools: GuideTools, parent: QObject | None = None) -> None:
        super().__init__(tools, parent)
        self.way = BY_PROJECT if tools.settings.vertex_project_id is not None else BY_KEY
        self.sign_in = ""
        self.sign_in_problem: Problem | None = None

    @property
    def key_refused(self) -> str:
        """Why a key cannot be used, or ""."""
        return self.row(PROJECT).locked

    def choose(self, way: str) -> None:
        """Use a key or a project."""
        if way == self.way or (way == BY_KEY and self.key_refused):
            self.changed.emit()
            return
        self.way = way
        self._forget()
        self.enter()

    def enter(self) -> None:
        """Look for a Google sign-in where a project needs one."""
        if self.way == BY_PROJECT and not self.sign_in and not self.checking:
            self._begin(self._look_for_sign_in)
            return
        super().enter()

    @property
    def done(self) -> bool:
        """A sign-in alone proves nothing."""
        return self._passed and bool(self.found)

    @property
    def lacks(self) -> str:
        """The key, or the project, is needed."""
        return self._missing_words(KEY if self.way == BY_KEY else PROJECT)

    def _used(self) -> tuple[str, ...]:
        return (KEY,) if self.way == BY_KEY else (PROJECT, LOCATION)

    def _values(self) -> dict[str, str]:
        values = super()._values()
        # A project would win over the key.
        if self.way == BY_KEY and self._tools.settings.vertex_project_id is not None:
            values[PROJECT] = ""
        return values

    async def _look(self) -> None:
        values = self._values()
        if self.way == BY_PROJECT:
            await self._find_sign_in()
        self.found = await self._in_time(self._tools.probes.google(self._with(values)))
        await self._keep(values)

    async def _look_for_sign_in(self) -> None:
        """Only look; with a project at hand the session is opened too."""
        await self._find_sign_in()
        if not self.lacks:
            await self._look()

    async def _find_sign_in(self) -> None:
        self.sign_in, self.sign_in_problem = "", None
        try:
            project = await self._in_time(self._tools.probes.google_project())
        except ProblemError as error:
            self.sign_in_problem = error.problem
            raise
        self.sign_in = "This computer is signed in to Google."
        if project:
            self.sign_in = f"This computer is signed in to Google, for the project {project}."
            if not self.has(PROJECT):
                self._typed[PROJECT] = project
        self.changed.emit()
