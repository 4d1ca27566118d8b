"""Draws up what is checked on the line that is open, and has it checked.

What it checks with is imported when it checks: it takes long, and the window is shown before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from callconsole.checkup.premises import Premises
from callconsole.checkup.remedies import remedy
from callconsole.domain.checkup import Check, Finding, Group
from callconsole.domain.events import Service
from callconsole.domain.phone import parse
from callconsole.domain.problems import Problem
from callconsole.engine import checkup
from callconsole.engine.checkup import (
    Examination,
    OnFinding,
    OutsideProbe,
    Probe,
    Verdict,
    green,
    red,
    skipped,
)
from callconsole.engine.world import PRACTICE
from callconsole.settings import Settings, missing_for_phone
from callconsole.settings_layers import SettingSource

if TYPE_CHECKING:
    from callconsole.lines import Line

_QUICK_S = 5.0
_AGENT_S = 25.0

Devices = Callable[[], tuple[str | None, str | None]]
Sources = Callable[[str], SettingSource]


class Examiner:
    """Fulfils `callconsole.engine.checkup.Examiner` for one console.

    Args:
        premises: the console.
        outside: reaches our public address from outside; None where nothing here can.
        country: ISO country whose permission is asked for; None takes the test number's, or else
            our own number's.
        devices: ids of the chosen output and input, each None for the system's default.
        incoming_path: path of our address for incoming calls where they are used, else None.
        source: where a setting's value comes from; None where nobody knows, and no setting can be
            changed.
    """

    def __init__(
        self,
        premises: Premises,
        outside: OutsideProbe | None = None,
        *,
        country: Callable[[], str | None] = lambda: None,
        devices: Devices = lambda: (None, None),
        incoming_path: Callable[[], str | None] = lambda: None,
        source: Sources | None = None,
    ) -> None:
        self._premises = premises
        self._outside = outside
        self._country = country
        self._devices = devices
        self._incoming_path = incoming_path
        self._source = source

    def checks(self) -> list[Check]:
        """What will be looked at on the present line, in the order of the board."""
        return [examination.check for examination in self._examinations(aloud=False)]

    async def examine(self, on_finding: OnFinding, *, aloud: bool) -> list[Finding]:
        """Look at everything; see `callconsole.engine.checkup.Examiner`.

        No tone is played into a call.
        """
        aloud = aloud and not self._premises.console.live_calls()
        return await checkup.run(self._examinations(aloud=aloud), on_finding, remedy)

    async def save_bundle(self, path: Path, findings: Sequence[Finding]) -> None:
        """Write what helps a supporter, redacted, see `callconsole.checkup.bundle`."""
        from callconsole.checkup import bundle

        premises = self._premises
        line = premises.line.name if premises.line is not None else ""
        await asyncio.to_thread(
            bundle.save,
            path,
            premises.settings,
            findings,
            line,
            source=self._source,
            data=premises.data,
        )

    def _examinations(self, *, aloud: bool) -> list[Examination]:
        line = self._premises.line
        found = [*self._computer(), *self._sound(aloud=aloud), *_settings(self._premises.settings)]
        if line is not None:
            found += [*self._carrier(line), self._address(line), *_agent(line)]
        return found

    def _computer(self) -> list[Examination]:
        from callconsole.checkup import computer

        premises, settings = self._premises, self._premises.settings
        known = premises.console.services().get(Service.HISTORY)
        problem = known.problem if known is not None else None
        data, host = premises.data, settings.server_host
        probes: list[tuple[str, str, bool, Probe]] = [
            ("computer.python", "Python", True, computer.python),
            ("computer.libraries", "Libraries", True, computer.libraries),
            ("computer.disk", "Disk", True, partial(computer.disk, data)),
            ("computer.data", "Data folder", True, partial(computer.folder, data)),
            ("computer.history", "History", False, partial(computer.history, data, problem)),
            ("computer.prompt", "Prompt", False, partial(computer.prompt, data, settings.prompt)),
            ("computer.prices", "Prices", False, partial(computer.prices, data)),
            ("computer.keychain", "Keychain", False, computer.keychain_there),
            (
                "computer.port",
                "Server port",
                True,
                partial(
                    computer.port,
                    host,
                    settings.server_port,
                    premises.port,
                    may_change=self._may_change_port(),
                ),
            ),
        ]
        return [_made(*one, group=Group.COMPUTER, limit_s=_QUICK_S) for one in probes]

    def _may_change_port(self) -> bool:
        """Whoever leads an address of their own here leads it to one port."""
        if self._source is None or self._premises.settings.server_base_url is not None:
            return False
        return not self._source("server_port").locked

    def _sound(self, *, aloud: bool) -> list[Examination]:
        from callconsole.checkup import sound

        speaker, microphone = self._devices()
        turn = asyncio.Lock()  # one at a time: the tone is no room's noise

        async def output() -> Verdict:
            async with turn:
                return await sound.output(speaker, microphone, aloud=aloud)

        async def hear() -> Verdict:
            async with turn:
                return await sound.microphone(microphone)

        return [
            _made("sound.output", "Sound", False, output, group=Group.SOUND),
            _made("sound.microphone", "Microphone", False, hear, group=Group.SOUND),
        ]

    def _carrier(self, line: Line) -> list[Examination]:
        from callconsole.checkup import carrier, computer

        twilio = line.carrier.account
        settings, own = self._premises.settings, line.carrier.number
        tested = settings.test_phone_number
        iso = self._country() or parse(tested or own).region
        path, address = self._incoming_path(), line.address.url
        incoming = None if path is None or address is None else f"{address}{path}"
        probes: list[tuple[str, str, bool, Probe]] = [
            ("twilio.account", "Account", True, partial(carrier.account, twilio)),
            ("twilio.balance", "Balance", True, partial(carrier.balance, twilio)),
            ("twilio.number", "Number", True, partial(carrier.number, twilio, own, incoming)),
            ("twilio.country", "Country", False, partial(carrier.country, twilio, iso)),
            ("twilio.callees", "Callees", True, partial(carrier.callees, twilio, tested)),
            ("twilio.clock", "Clock", True, partial(computer.clock, twilio.clock_ahead_s)),
        ]
        return [_made(*one, group=Group.TWILIO) for one in probes]

    def _address(self, line: Line) -> Examination:
        from callconsole.checkup import address, computer

        known = self._premises.console.services().get(Service.TUNNEL)
        problem = known.problem if known is not None else None

        async def practice() -> Verdict:
            return skipped("the practice line needs none")

        settings, ours = self._premises.settings, self._premises.port
        url = line.address.url or settings.server_base_url

        async def probe() -> Verdict:
            # What answers at an address of one's own is then that console, which knows itself.
            if not ours and await computer.held_by_console(
                settings.server_host, settings.server_port
            ):
                return skipped("a console that is running has the port; its own check-up tells")
            return await address.public(url, problem, self._outside)

        needless = line.name == PRACTICE
        return _made(
            "address.public",
            "Reached from outside",
            True,
            practice if needless else probe,
            group=Group.ADDRESS,
        )


def _agent(line: Line) -> list[Examination]:
    from callconsole.checkup import agent

    probes: list[tuple[str, str, bool, Probe]] = [
        ("gemini.session", "Session", True, partial(agent.session, line.agent)),
        ("gemini.speech", "Speech", True, partial(agent.speech, line.agent)),
    ]
    return [_made(*one, group=Group.GEMINI, limit_s=_AGENT_S) for one in probes]


# What each missing value is called on the board.
_MISSING = {
    "settings.twilio_account_sid": "Account SID",
    "settings.twilio_auth_token": "Auth token",
    "settings.twilio_phone_number": "Number",
    "settings.vertex_project_id": "Google",
    "settings.ngrok_authtoken": "Public address",
}


def _settings(settings: Settings) -> list[Examination]:
    """One for each value that real calls lack, or one that says that none is missing."""
    missing = missing_for_phone(settings)
    if missing:
        return [
            _made(
                item.code, _MISSING[item.code], False, partial(_lacks, item), group=Group.SETTINGS
            )
            for item in missing
        ]
    return [
        _made(
            "settings.complete",
            "For real calls",
            False,
            partial(_complete, settings),
            group=Group.SETTINGS,
        )
    ]


async def _lacks(problem: Problem) -> Verdict:
    return red(problem)


async def _complete(settings: Settings) -> Verdict:
    if settings.both_back_ends:
        return green("complete; both Vertex AI and an API key are set, Vertex AI is used")
    return green(f"complete, Gemini through {settings.backend}")


def _made(
    name: str,
    title: str,
    needed: bool,
    probe: Probe,
    *,
    group: Group,
    limit_s: float = checkup.LIMIT_S,
) -> Examination:
    return Examination(Check(name, title, group, needed), probe, limit_s)
