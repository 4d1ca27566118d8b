"""What a Twilio account says of itself: its state, balance, number, permissions and our clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from callconsole.adapters.twilio import problems
from callconsole.adapters.twilio.addresses import INCOMING_PATH, STATUS_PATH, webhook_url
from callconsole.adapters.twilio.api import TwilioApi
from callconsole.domain.problems import Problem, ProblemError

_LISTED = 50
_NO_SUCH = "twilio.20404"


@dataclass(frozen=True, slots=True)
class Account:
    """Twilio's record of the account.

    Attributes:
        name: as its owner called it.
        trial: True where Twilio's limits for trials hold.
    """

    name: str
    trial: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left to spend.

    Attributes:
        amount: in `currency`.
        currency: ISO 4217.
    """

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """A phone number of the account.

    Attributes:
        sid: Twilio's name of it.
        number: E.164.
        voice: True where it can make calls.
        voice_url: where Twilio sends who calls it; empty for nowhere.
        elsewhere: True where an application or a trunk gets its calls in place of `voice_url`.
    """

    sid: str
    number: str
    voice: bool
    voice_url: str
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class CountryPermission:
    """Whether a country may be called.

    Attributes:
        iso: ISO 3166-1 alpha-2.
        name: Twilio's name of the country.
        open: ordinary numbers of it may be called.
    """

    iso: str
    name: str
    open: bool


class TwilioAccount:
    """Asks Twilio about one account; every method raises `ProblemError` where it cannot tell."""

    def __init__(self, api: TwilioApi) -> None:
        self._api = api

    async def account(self) -> Account:
        """The account's state. Raises `ProblemError` for one that is suspended or closed."""
        client = await self._api.client()
        accounts = client.api.v2010.accounts
        found = await self._api.asked(accounts(self._api.account_sid).fetch_async())
        if found.status != "active":
            raise ProblemError(problems.account_closed(str(found.status)))
        return Account(str(found.friendly_name or ""), found.type == "Trial")

    async def balance(self) -> Balance:
        """What is left to spend; Twilio's figure may be some minutes old."""
        client = await self._api.client()
        found = await self._api.asked(client.api.v2010.account.balance.fetch_async())
        try:
            amount = Decimal(str(found.balance))
        except InvalidOperation:
            raise ProblemError(problems.unreadable()) from None
        if not amount.is_finite():
            raise ProblemError(problems.unreadable())
        return Balance(amount, str(found.currency or ""))

    async def number(self, e164: str) -> OwnNumber | None:
        """The account's record of this number, or None where the account does not own it."""
        return next((own for own in await self._numbers(e164) if own.number == e164), None)

    async def lead_here(self, e164: str, public_url: str) -> None:
        """Have Twilio send calls to this number, and the news of their end, to us.

        Whoever got them before does no more. Raises `ProblemError`: the account does not own the
        number, an application or a trunk has it, or there is no public address.
        """
        voice_url = webhook_url(public_url, INCOMING_PATH)
        status_url = webhook_url(public_url, STATUS_PATH)
        own = await self.number(e164)
        if own is None:
            raise ProblemError(problems.number_not_owned(e164))
        if own.elsewhere:
            raise ProblemError(problems.number_in_use(e164))
        client = await self._api.client()
        number = client.api.v2010.account.incoming_phone_numbers(own.sid)
        await self._api.asked(
            number.update_async(
                voice_url=voice_url,
                voice_method="POST",
                status_callback=status_url,
                status_callback_method="POST",
            )
        )

    async def numbers(self) -> list[OwnNumber]:
        """The account's numbers, at most fifty."""
        return list(await self._numbers(None))

    async def verified_callees(self) -> list[str]:
        """Numbers that a trial may call, E.164, at most fifty."""
        client = await self._api.client()
        found = await self._api.asked(
            client.api.v2010.account.outgoing_caller_ids.list_async(limit=_LISTED)
        )
        return [str(one.phone_number) for one in found]

    async def country(self, iso: str) -> CountryPermission:
        """Whether this country may be called. Raises `ProblemError` for one unknown to Twilio."""
        client = await self._api.client()
        countries = client.voice.v1.dialing_permissions.countries
        try:
            found = await self._api.asked(countries(iso).fetch_async())
        except ProblemError as error:
            if error.problem.code == _NO_SUCH:
                raise ProblemError(_no_country(iso)) from error
            raise
        if not isinstance(found.low_risk_numbers_enabled, bool):
            raise ProblemError(problems.unreadable())
        return CountryPermission(iso, str(found.name or iso), found.low_risk_numbers_enabled)

    async def clock_ahead_s(self) -> float:
        """By how much this computer's clock is ahead of Twilio's, in seconds.

        A refusal carries the time as well as an answer does.
        """
        try:
            await self.account()
        except ProblemError:
            if self._api.clock_ahead_s is None:
                raise
        ahead_s = self._api.clock_ahead_s
        if ahead_s is None:
            raise ProblemError(problems.unreadable())
        return ahead_s

    async def _numbers(self, e164: str | None) -> Sequence[OwnNumber]:
        client = await self._api.client()
        listed = client.api.v2010.account.incoming_phone_numbers
        asked = {} if e164 is None else {"phone_number": e164}
        found = await self._api.asked(listed.list_async(limit=_LISTED, **asked))
        return [
            OwnNumber(
                sid=str(one.sid),
                number=str(one.phone_number),
                voice=isinstance(one.capabilities, dict) and one.capabilities.get("voice") is True,
                voice_url=str(one.voice_url or ""),
                elsewhere=bool(one.voice_application_sid or one.trunk_sid),
            )
            for one in found
        ]


def _no_country(iso: str) -> Problem:
    return Problem(
        "twilio.unknown_country",
        "Twilio does not know this country",
        f"There is no country {iso} among those that Twilio calls.",
        "Give the two letters of ISO 3166, such as US, GB or CH.",
    )
