"""How the parts are doing: server, tunnel, Twilio, Gemini, sound; and what needs a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from callconsole.domain.events import Service, ServiceChanged, ServiceState
from callconsole.domain.problems import Problem
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.relay import Relay

NAMES = {
    Service.SERVER: "Server",
    Service.TUNNEL: "Tunnel",
    Service.CARRIER: "Twilio",
    Service.AGENT: "Gemini",
    Service.SOUND: "Sound",
    Service.HISTORY: "History",
}
_MARKS = {
    ServiceState.READY: ("success", "check-circle-fill", "ready"),
    ServiceState.STARTING: ("warning", "circle-dashed", "starting…"),
    ServiceState.OFF: ("muted", "minus-circle", "off"),
    ServiceState.DEGRADED: ("warning", "warning-fill", "doubtful"),
    ServiceState.FAILED: ("danger", "x-circle-fill", "not working"),
}
# A part that is doubtful is told by its mark; a download that was asked for is told until it ends.
_TOLD = (ServiceState.FAILED, ServiceState.STARTING)


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One part as the window shows it; `hint` says how it is and what to do.

    `round_trip` is "84 ms" or "1.4 s", or empty where it was not measured.
    """

    service: Service
    name: str
    value: str
    tone: str
    symbol: str
    state: ServiceState
    hint: str
    round_trip: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a button can do about a problem."""

    label: str
    act: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Notice:
    """The banner: the most serious thing that needs a person; `key` names it for closing.

    `action` is the label of a button that does something about it, or empty.
    """

    key: str
    title: str
    line: str
    tone: str
    hint: str = ""
    action: str = ""


class Services(QObject):
    """The last word of each part.

    Args:
        desk: the engine.
        relay: passes its events on.
        missing: what real calls lack.
        remedy: what can be done about a problem, or None.

    Signals:
        changed: a part has another state.
    """

    changed = Signal()

    def __init__(
        self,
        desk: Desk,
        relay: Relay,
        missing: Sequence[Problem] = (),
        parent: QObject | None = None,
        *,
        remedy: Callable[[Problem], Remedy | None] | None = None,
    ) -> None:
        super().__init__(parent)
        self._remedy = remedy
        self._known = dict(desk.services())
        self._missing = tuple(missing)
        self._closed: set[str] = set()
        relay.service_changed.connect(self._on_changed)

    @property
    def missing(self) -> tuple[Problem, ...]:
        """What real calls lack; empty where they can be placed."""
        return self._missing

    def set_missing(self, missing: Sequence[Problem]) -> None:
        """What real calls lack is another now."""
        self._missing = tuple(missing)
        self.changed.emit()

    def statuses(self) -> list[ServiceStatus]:
        """What a call needs, in its order on the bar."""
        return [self.status(service) for service in Service if service is not Service.HISTORY]

    def status(self, service: Service) -> ServiceStatus:
        """One part; off where nothing was heard of it."""
        known = self._known.get(service)
        state = known.state if known else ServiceState.OFF
        tone, symbol, word = _MARKS[state]
        name = NAMES[service]
        value = (known.detail if known else "") or word
        hint = f"{name}: {value}"
        took_ms = known.round_trip_ms if known is not None else None
        round_trip = "" if took_ms is None else _duration(took_ms)
        if round_trip:
            hint = f"{hint}\nRound trip {round_trip}"
        if known is not None and known.problem is not None:
            problem = known.problem
            hint = f"{problem.title}. {problem.cause}\n{problem.cure}".strip()
        return ServiceStatus(service, name, value, tone, symbol, state, hint, round_trip)

    def notice(self) -> Notice | None:
        """What the banner says, or None."""
        for candidate in self._notices():
            if candidate.key not in self._closed:
                return candidate
        return None

    def act(self) -> None:
        """Do what the present notice offers."""
        shown = self.notice()
        problems = (
            known.problem
            for service, known in self._known.items()
            if shown is not None and shown.key in (f"service.{service}", f"starting.{service}")
        )
        problem = next(problems, None)
        remedy = self._remedy_for(problem) if problem is not None else None
        if remedy is not None:
            remedy.act()

    def close_notice(self) -> None:
        """Put the present notice away until it comes anew."""
        shown = self.notice()
        if shown is not None:
            self._closed.add(shown.key)
            self.changed.emit()

    def _notices(self) -> list[Notice]:
        found = []
        for service, known in self._known.items():
            problem = known.problem
            if problem is None or known.state not in _TOLD:
                continue
            if service is Service.SOUND:  # said beside Listen in; calls go on without it
                continue
            line = f"{problem.cause} {problem.cure}".strip()
            failed = known.state is ServiceState.FAILED
            remedy = self._remedy_for(problem)
            action = remedy.label if remedy is not None else ""
            key, tone = ("service", "danger") if failed else ("starting", "accent")
            found.append(Notice(f"{key}.{service}", problem.title, line, tone, action=action))
        if self._missing:
            hint = "\n".join(f"{item.title}. {item.cure}" for item in self._missing)
            names = [_name(item) for item in self._missing]
            title = "Real calls are not set up yet. The practice line works."
            line = f"Missing: {', '.join(names)}"
            if self._missing[0].code == "settings.invalid":
                title, line = self._missing[0].title, self._missing[0].cause
            found.append(Notice("setup", title, line, "warning", hint))
        return found

    def _remedy_for(self, problem: Problem) -> Remedy | None:
        return self._remedy(problem) if self._remedy is not None else None

    def _on_changed(self, event: ServiceChanged) -> None:
        self._known[event.service] = event
        if event.state is not ServiceState.FAILED:
            self._closed.discard(f"service.{event.service}")
        if event.state is not ServiceState.STARTING:
            self._closed.discard(f"starting.{event.service}")
        self.changed.emit()


def _duration(took_ms: int) -> str:
    return f"{took_ms} ms" if took_ms < 1000 else f"{took_ms / 1000:.1f} s"


def _name(problem: Problem) -> str:
    title = problem.title.rstrip(".")
    for ending in (" is missing", " is not set", " is empty"):
        title = title.removesuffix(ending)
    return title
