"""An examiner that finds what a test says, when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from callconsole.domain.checkup import Action, ActionKind, Check, Finding, Group, Status, page
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.checkup import OnFinding

CHECKS = {
    check.id: check
    for check in (
        Check("computer.python", "Python", Group.COMPUTER, True),
        Check("computer.libraries", "Libraries", Group.COMPUTER, True),
        Check("computer.disk", "Disk", Group.COMPUTER, True),
        Check("computer.history", "History", Group.COMPUTER),
        Check("computer.prompt", "Prompt", Group.COMPUTER),
        Check("computer.keychain", "Keychain", Group.COMPUTER),
        Check("computer.port", "Server port", Group.COMPUTER, True),
        Check("sound.output", "Sound", Group.SOUND),
        Check("sound.microphone", "Microphone", Group.SOUND),
        Check("twilio.account", "Account", Group.TWILIO, True),
        Check("twilio.balance", "Balance", Group.TWILIO, True),
        Check("twilio.number", "Number", Group.TWILIO, True),
        Check("twilio.country", "Country", Group.TWILIO),
        Check("twilio.callees", "Callees", Group.TWILIO, True),
        Check("twilio.clock", "Clock", Group.TWILIO, True),
        Check("address.public", "Reached from outside", Group.ADDRESS, True),
        Check("gemini.session", "Session", Group.GEMINI, True),
        Check("gemini.speech", "Speech", Group.GEMINI, True),
    )
}
DETAILS = {
    "computer.python": "3.12.4 on Linux",
    "computer.libraries": "PySide6 6.11.3, twilio 9.13.0, google-genai 3.6.1",
    "computer.disk": "75.9 GB free",
    "computer.history": "318 calls are kept",
    "computer.prompt": "Appointment reminder",
    "computer.keychain": "Secret Service",
    "computer.port": "127.0.0.1:8080 is ours",
    "sound.output": "tone played on USB headset; no microphone heard it, as with a headset",
    "sound.microphone": "USB headset, \u221261 dBFS",
    "twilio.account": "active, full account",
    "twilio.balance": "18.42 USD",
    "twilio.number": "+1 628-555-0100 makes voice calls",
    "twilio.country": "United States may be called",
    "twilio.clock": "agrees with Twilio's clock",
    "address.public": "3f2a.ngrok.app, 84 ms there and back, 79 ms as audio goes",
    "gemini.session": "gemini-3.8-live, Gemini API",
    "gemini.speech": "first sound after 612 ms",
}
LOW = Problem(
    "twilio.low_balance",
    "The Twilio balance is low",
    "3.10 USD is left.",
    "Add money to the account before calls are refused.",
    "https://console.twilio.com/us1/billing/manage-billing/billing-overview",
)
KEY = Problem(
    "agent.key_refused",
    "Gemini refused the API key",
    "Gemini answered “API key not valid. Please pass a valid API key.”",
    "Create a key in Google AI Studio and put it into GEMINI_API_KEY.",
    "https://aistudio.google.com/apikey",
)
CLOSED = Problem(
    "twilio.country_closed",
    "Calls to Switzerland are switched off",
    "The Twilio account does not permit calls to this country.",
    "Switch the country on under Voice, Geo Permissions in the Twilio console.",
    "https://console.twilio.com/us1/develop/voice/settings/geo-permissions",
)
NO_PORTAUDIO = Problem(
    "sound.no_library",
    "This computer's sound cannot be used",
    "The sound library PortAudio is not installed.",
    "Install it, then start again.",
)
INSTALL = Action(ActionKind.COMMAND, "Copy command", "sudo apt install libportaudio2")
NO_PROMPT = Problem(
    "prompt.missing", "There is no such prompt", "It is gone.", "Choose another prompt."
)


def well(name: str) -> Finding:
    """This check as it stands on a good day."""
    if name == "twilio.callees":
        detail = "everybody may be called from a full account"
        return Finding(CHECKS[name], Status.SKIPPED, detail)
    return Finding(CHECKS[name], Status.GREEN, DETAILS[name])


def bad(name: str, problem: Problem, status: Status = Status.RED) -> Finding:
    """This check with a problem."""
    return Finding(CHECKS[name], status, "", problem, page(problem.link))


AMBER = {"twilio.balance": bad("twilio.balance", LOW, Status.AMBER)}
RED = {
    "sound.output": replace(bad("sound.output", NO_PORTAUDIO), action=INSTALL),
    "twilio.country": bad("twilio.country", CLOSED),
    "gemini.session": bad("gemini.session", KEY),
    "gemini.speech": bad("gemini.speech", KEY),
    **AMBER,
}


class FakeExaminer:
    """Attributes:
    odd: findings in place of the good ones, by id.
    gate: a run waits here once `first` findings are told.
    first: how many are told before the gate.
    runs: `aloud` of every run.
    bundles: paths of every bundle.
    refusal: why no bundle can be saved, or None.
    """

    def __init__(self) -> None:
        self.odd: dict[str, Finding] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.first = 0
        self.runs: list[bool] = []
        self.bundles: list[Path] = []
        self.refusal: Problem | None = None

    def checks(self) -> list[Check]:
        return list(CHECKS.values())

    async def examine(self, on_finding: OnFinding, *, aloud: bool) -> list[Finding]:
        self.runs.append(aloud)
        for check in CHECKS.values():
            on_finding(Finding(check, Status.RUNNING))
        found = [self.odd.get(name) or well(name) for name in CHECKS]
        for finding in found[: self.first]:
            on_finding(finding)
        await self.gate.wait()
        for finding in found[self.first :]:
            on_finding(finding)
        return found

    async def save_bundle(self, path: Path, findings: Sequence[Finding]) -> None:
        if self.refusal is not None:
            raise ProblemError(self.refusal)
        self.bundles.append(path)
