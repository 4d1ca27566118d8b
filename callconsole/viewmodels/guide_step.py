"""One step of the guide: what is typed in it, its check, and how it stands."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from PySide6.QtCore import QObject, Signal

from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import tasks
from callconsole.settings import Settings, trimmed
from callconsole.settings_catalogue import BY_NAME
from callconsole.settings_layers import taken
from callconsole.viewmodels.guide_desk import GuideProbes
from callconsole.viewmodels.guide_keeping import GuideKeeping
from callconsole.viewmodels.setting_rows import Row, row_of
from callconsole.viewmodels.settings_desk import SettingsAccess

logger = logging.getLogger(__name__)

LIMIT_S = 45.0
_Found = TypeVar("_Found")


class StepState(StrEnum):
    """How a step stands, as it is read aloud."""

    TODO = "to do"
    CHECKING = "checking"
    DONE = "done"
    WRONG = "wrong"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class GuideTools:
    """What every step works with."""

    access: SettingsAccess
    probes: GuideProbes
    keeping: GuideKeeping

    @property
    def settings(self) -> Settings:
        """The settings now."""
        return self.access.store.settings


class GuideStep(QObject):
    """Values are tried out first and kept once they have proved good.

    What is typed and not kept stays while the window lives. A check that is begun anew replaces
    the former one.

    Signals:
        changed: anything of the step is shown otherwise.

    Attributes:
        problem: what the last check found wrong, or None.
        found: what it found good, as a sentence, or "".
        skipped: the operator went on without it.
    """

    changed = Signal()
    title: ClassVar[str] = ""
    line: ClassVar[str] = ""
    names: ClassVar[tuple[str, ...]] = ()

    def __init__(self, tools: GuideTools, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._typed: dict[str, str] = {}
        self._left: set[str] = set()
        self._tried: dict[str, str] | None = None
        self._passed = False
        self._task: asyncio.Task[None] | None = None
        self.problem: Problem | None = None
        self.found = ""
        self.skipped = False

    # How it stands ------------------------------------------------------------------------------

    @property
    def state(self) -> StepState:
        """How it stands."""
        if self.checking:
            return StepState.CHECKING
        if self.problem is not None:
            return StepState.WRONG
        if self.done:
            return StepState.DONE
        return StepState.SKIPPED if self.skipped else StepState.TODO

    @property
    def checking(self) -> bool:
        """True while a check is being made."""
        return self._task is not None

    @property
    def waiting(self) -> bool:
        """True while a person has to say where a secret may be kept."""
        return self.checking and self._tools.keeping.asking

    @property
    def done(self) -> bool:
        """True once everything in it has proved good and is kept."""
        return self._passed

    @property
    def lacks(self) -> str:
        """What has to be entered before it can be checked, as a sentence, or ""."""
        raise NotImplementedError

    @property
    def button(self) -> tuple[str, bool]:
        """The words of the step's one main button, and whether it can be pressed."""
        if self.done:
            return "Continue", True
        if self.checking:
            return "Checking…", False
        return "Check", not self.lacks

    def press(self) -> bool:
        """The main button was pressed; True where the guide should go on to the next step."""
        if not self.done:
            self.check()
        return self.done

    def enter(self) -> None:
        """The step is shown: try out what is there already."""
        if not self.done and self.problem is None and not self.checking and not self.lacks:
            self.check()
        self.changed.emit()

    def leave(self) -> None:
        """Another step is shown, or the guide is left; a check goes on."""

    # What is typed ------------------------------------------------------------------------------

    def row(self, name: str) -> Row:
        """One setting as it is now; what is wrong with it is said once its field was left."""
        return row_of(self._tools.access, name, self._typed.get(name))

    def wrong(self, name: str) -> str:
        """Why what is typed cannot be right, once the field was left, or ""."""
        return self._wrong(name) if name in self._left else ""

    def _wrong(self, name: str) -> str:
        return self.row(name).wrong if self._typed.get(name) else ""

    def edit(self, name: str, text: str) -> None:
        """Something was typed; what was found before holds no more."""
        if self.row(name).locked or self.row(name).text == text:
            return
        self._typed[name] = text
        self._left.discard(name)
        self._forget()

    def leave_field(self, name: str) -> None:
        """The field was left: complain about its form, and check once all is there."""
        if name not in self._typed:
            return
        self._left.add(name)
        ready = not self.lacks and not any(self._wrong(each) for each in self._used())
        if ready and self._values() != self._tried:
            self.check()
        self.changed.emit()

    def has(self, name: str) -> bool:
        """True where a value is typed or kept."""
        if name in self._typed:
            return bool(trimmed(self._typed[name]))
        return getattr(self._tools.settings, name) is not None

    def _used(self) -> tuple[str, ...]:
        """The settings that the check will use."""
        return self.names

    def _values(self) -> dict[str, str]:
        """What would be kept, by field: everything typed that is used."""
        return {
            name: str(trimmed(self._typed[name])) for name in self._used() if name in self._typed
        }

    def _forget(self) -> None:
        """What was found does not hold any more."""
        self._stop()
        self.problem, self.found, self._passed, self._tried = None, "", False, None
        self.changed.emit()

    def _missing_words(self, *names: str) -> str:
        labels = [_inside(BY_NAME[name].label) for name in names if not self.has(name)]
        return f"Enter the {' and the '.join(labels)}." if labels else ""

    # The check ----------------------------------------------------------------------------------

    def check(self) -> None:
        """Try it out now; `changed` follows."""
        self._left.update(name for name in self._used() if name in self._typed)
        self._stop()
        self.problem, self.found, self._passed = None, "", False
        wrong = next((words for name in self._used() if (words := self._wrong(name))), "")
        if self.lacks or wrong:
            self.changed.emit()
            return
        self._tried = self._values()
        self._begin(self._look)

    async def _look(self) -> None:
        """Try the values and keep them; raises `ProblemError` for what is wrong."""
        raise NotImplementedError

    def _begin(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._stop()
        self.skipped = False
        self._task = tasks.start(self._run(work), name=f"guide: {self.title}")
        self.changed.emit()

    async def _run(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        mine = asyncio.current_task()
        problem: Problem | None = None
        try:
            await work()
        except ProblemError as error:
            problem = error.problem
        except Exception as error:
            # Its words are not logged: they may hold what was typed.
            logger.error("a step of the guide failed (%s)", type(error).__name__)
            problem = _BROKEN
        finally:
            if self._task is mine:
                self._task = None
                self.problem, self._passed = problem, problem is None
                self.changed.emit()

    async def _in_time(self, question: Awaitable[_Found]) -> _Found:
        """The answer to a question outside. Raises `ProblemError` where it takes too long."""
        limit = asyncio.timeout(LIMIT_S)
        try:
            async with limit:
                return await question
        except TimeoutError:
            if not limit.expired():
                raise
            raise ProblemError(_TOO_LATE) from None

    async def _keep(self, values: dict[str, str]) -> None:
        """Save values; what is typed anew meanwhile stays."""
        await self._tools.keeping.keep(values)
        for name, text in values.items():
            if trimmed(self._typed.get(name, "")) == text:
                self._typed.pop(name, None)

    def _with(self, values: dict[str, str]) -> Settings:
        """The settings as they would be. Raises `ProblemError`."""
        return taken(self._tools.settings, values)

    def _stop(self) -> None:
        if self.waiting:
            self._tools.keeping.withdraw()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    async def finish(self) -> None:
        """Let a check go, and wait until it has."""
        task = self._task
        self._stop()
        await tasks.stop(task)

    def close(self) -> None:
        """Let a check go."""
        self._stop()


def _inside(label: str) -> str:
    """A label within a sentence: names of firms and abbreviations stay as they are."""
    keeps = label.startswith(("Gemini", "Vertex", "ngrok", "SID"))
    return label if keeps else f"{label[:1].lower()}{label[1:]}"


_TOO_LATE = Problem(
    "guide.time_out",
    "There was no answer",
    f"Nothing came back within {LIMIT_S:.0f} s.",
    "Check this computer's connection to the internet, then check again.",
)
_BROKEN = Problem(
    "guide.failed",
    "This could not be checked",
    "The check itself failed inside the console.",
    "Check again; if it stays, look at the log and report it.",
)
