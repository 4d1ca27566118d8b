"""The guide's step about Twilio: the account is signed in to, and one of its numbers chosen."""

from __future__ import annotations

import re

from PySide6.QtCore import QObject

from callconsole.domain.phone import pretty
from callconsole.domain.problems import Problem, ProblemError
from callconsole.settings import trimmed
from callconsole.viewmodels.guide_desk import AccountFound
from callconsole.viewmodels.guide_step import GuideStep, GuideTools

SID, TOKEN, NUMBER = "twilio_account_sid", "twilio_auth_token", "twilio_phone_number"
SHOWN_CALLEES = 3
_SID = re.compile(r"AC[0-9a-fA-F]{32}")
_API_KEY = re.compile(r"SK[0-9a-fA-F]{32}")
_NUMBERS = "https://console.twilio.com/us1/develop/phone-numbers/manage/incoming"
_NO_NUMBER = Problem(
    "guide.no_number",
    "The account has no phone number",
    "Calls have to come from a number of the account.",
    "Buy a number with voice in the Twilio console, then check again.",
    _NUMBERS,
)
_NO_VOICE = Problem(
    "guide.no_voice",
    "No number of the account can make calls",
    "Its numbers have no voice capability.",
    "Buy a number with voice in the Twilio console, then check again.",
    _NUMBERS,
)


class TwilioStep(GuideStep):
    """Account SID and token, then the number that calls.

    Attributes:
        account: what the account said, or None.
    """

    title = "Twilio"
    line = "The phone company that places your calls. Your account's first page shows both."
    names = (SID, TOKEN)

    def __init__(self, tools: GuideTools, parent: QObject | None = None) -> None:
        super().__init__(tools, parent)
        self.account: AccountFound | None = None

    @property
    def number(self) -> str:
        """The number that calls, where it is one of the account's; else ""."""
        kept = self._tools.settings.twilio_phone_number or ""
        return kept if self.account is not None and kept in self.account.numbers else ""

    @property
    def number_locked(self) -> str:
        """Why another number cannot be chosen here, or ""."""
        return self.row(NUMBER).locked

    @property
    def done(self) -> bool:
        """The account has answered and one of its numbers is chosen."""
        return self._passed and bool(self.number)

    @property
    def lacks(self) -> str:
        """SID and token are needed."""
        return self._missing_words(SID, TOKEN)

    @property
    def button(self) -> tuple[str, bool]:
        """Signed in and without a number there is only one thing to do."""
        if self._passed and not self.done and not self.checking:
            return "Continue", False
        return super().button

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What the account said, as (name, value)."""
        found = self.account
        if found is None:
            return []
        kind = "a trial" if found.trial else "a full account"
        rows = [("Account", f"{found.name}, {kind}" if found.name else kind)]
        return [*rows, ("Balance", found.balance)] if found.balance else rows

    @property
    def limits(self) -> str:
        """What a trial forbids, and whom it may call, or ""."""
        found = self.account
        if found is None or not found.trial:
            return ""
        shown = [pretty(number) for number in found.verified[:SHOWN_CALLEES]]
        more = len(found.verified) - len(shown)
        names = ", ".join(shown) + (f" and {more} more" if more else "")
        who = f"verified so far: {names}" if shown else "none is verified yet"
        return (
            f"A trial calls only numbers that you have verified with Twilio ({who}), and each call "
            "begins with an announcement of Twilio's."
        )

    @property
    def others(self) -> str:
        """That there are numbers which cannot call, or ""."""
        count = self.account.others if self.account is not None else 0
        if not count:
            return ""
        return (
            "One more number of the account cannot make voice calls."
            if count == 1
            else f"{count} more numbers of the account cannot make voice calls."
        )

    def choose_number(self, e164: str) -> None:
        """Call from this number of the account."""
        if self.account is not None and e164 in self.account.numbers and not self.number_locked:
            self._begin(lambda: self._keep({NUMBER: e164}))

    def _wrong(self, name: str) -> str:
        typed = str(trimmed(self._typed.get(name, "")))
        if name == SID and typed and not _SID.fullmatch(typed):
            if _API_KEY.fullmatch(typed):
                return "This is the SID of an API key. The account's begins with AC."
            return "An account SID is AC and 32 digits or letters from a to f."
        return super()._wrong(name)

    def _forget(self) -> None:
        self.account = None
        super()._forget()

    async def _look(self) -> None:
        values = self._values()
        self.account = None
        found = await self._in_time(self._tools.probes.twilio(self._with(values)))
        await self._keep(values)
        self.account = found
        self.found = "Signed in."
        if not found.numbers:
            raise ProblemError(_NO_VOICE if found.others else _NO_NUMBER)
        kept = self._tools.settings.twilio_phone_number
        if self.number_locked and kept not in found.numbers:
            raise ProblemError(_not_ours(kept or ""))
        if len(found.numbers) == 1 and not self.number:
            await self._keep({NUMBER: found.numbers[0]})


def _not_ours(number: str) -> Problem:
    return Problem(
        "guide.other_number",
        "The number that is set cannot call from this account",
        f"{pretty(number)} is set outside the console, and is no voice number of this account.",
        "Correct TWILIO_PHONE_NUMBER where it is set, or take it out there.",
        _NUMBERS,
    )
