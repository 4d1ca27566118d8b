"""Checks of the Twilio account: state, balance, number, permission for a country, callees."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from callconsole.adapters.twilio.account import TwilioAccount
from callconsole.adapters.twilio.problems import NUMBERS_PAGE, number_in_use, number_not_owned
from callconsole.domain.checkup import Action, ActionKind
from callconsole.domain.phone import pretty
from callconsole.domain.problems import Problem
from callconsole.engine.checkup import Verdict, amber, green, red, skipped

LOW_BALANCE: Final = 5
_CONSOLE: Final = "https://console.twilio.com"
_BILLING: Final = f"{_CONSOLE}/us1/billing/manage-billing/billing-overview"
_VERIFIED: Final = f"{_CONSOLE}/us1/develop/phone-numbers/manage/verified"
_GEO: Final = f"{_CONSOLE}/us1/develop/voice/settings/geo-permissions"


async def account(twilio: TwilioAccount) -> Verdict:
    """The credentials are right and the account is active; a trial's limits are told."""
    found = await twilio.account()
    return amber(_TRIAL, "active, a trial") if found.trial else green("active, full account")


async def balance(twilio: TwilioAccount) -> Verdict:
    """There is money for calls."""
    left = await twilio.balance()
    detail = f"{left.amount:.2f} {left.currency}".strip()
    if left.amount <= 0:
        return red(_no_balance(detail), detail)
    return amber(_low_balance(detail), detail) if left.amount < LOW_BALANCE else green(detail)


async def number(twilio: TwilioAccount, own: str, incoming_url: str | None) -> Verdict:
    """Our number is the account's and can make calls.

    Args:
        twilio: whom to ask.
        own: E.164.
        incoming_url: our address for incoming calls, where they are used; else None.
    """
    found = await twilio.number(own)
    if found is None:
        return red(number_not_owned(own))
    if not found.voice:
        return red(_no_voice(own))
    if incoming_url is None:
        return green(f"{pretty(own)} makes voice calls")
    if found.elsewhere:
        # An application or a trunk has the number; taking it away from there is not for a button.
        return amber(number_in_use(own), pretty(own))
    if not found.voice_url.startswith(incoming_url):
        ring = Action(ActionKind.NUMBER, "Let this number ring here", incoming_url)
        return amber(_led_elsewhere(own, found.voice_url, incoming_url), pretty(own), ring)
    return green(f"{pretty(own)} makes voice calls, and rings here")


async def country(twilio: TwilioAccount, iso: str) -> Verdict:
    """Calls to this country are permitted."""
    found = await twilio.country(iso)
    if not found.open:
        return red(_closed(found.name))
    return green(f"{found.name} may be called")


async def callees(twilio: TwilioAccount, wanted: str | None) -> Verdict:
    """On a trial, somebody may be called at all, and the test number too.

    Args:
        twilio: whom to ask.
        wanted: the test number, E.164, or None.
    """
    if not (await twilio.account()).trial:
        return skipped("everybody may be called from a full account")
    verified = await twilio.verified_callees()
    if not verified:
        return red(_nobody_verified())
    shown = (
        "1 number is verified" if len(verified) == 1 else f"{len(verified)} numbers are verified"
    )
    if wanted is not None and wanted not in verified:
        return amber(_not_verified(wanted), shown)
    return green(shown)


# What an operator reads ---------------------------------------------------------------------

_TRIAL: Final = Problem(
    "twilio.trial",
    "The Twilio account is a trial",
    "A trial calls only numbers that you have verified, up to five, only within your own country, "
    "and each call begins with an announcement of Twilio's.",
    "Upgrade the account in the Twilio console for real calls.",
    _BILLING,
)


def _no_balance(left: str) -> Problem:
    return Problem(
        "twilio.no_balance",
        "The Twilio balance is used up",
        f"{left} is left, so Twilio refuses calls.",
        "Add money to the account in the Twilio console.",
        _BILLING,
    )


def _low_balance(left: str) -> Problem:
    return Problem(
        "twilio.low_balance",
        "The Twilio balance is low",
        f"{left} is left.",
        "Add money to the account before calls are refused.",
        _BILLING,
    )


def _no_voice(own: str) -> Problem:
    return Problem(
        "twilio.number_without_voice",
        "The number cannot make calls",
        f"{pretty(own)} has no voice capability.",
        "Take a number with voice in the Twilio console.",
        NUMBERS_PAGE,
    )


def _led_elsewhere(own: str, present: str, url: str) -> Problem:
    host = urlsplit(present).hostname
    where = f"to {host}" if host else "nowhere"
    return Problem(
        "twilio.webhook_elsewhere",
        "Incoming calls do not come here",
        f"Twilio sends calls to {pretty(own)} {where}.",
        f"Let the number ring here, or set “A call comes in” of it to {url} in the Twilio console.",
        NUMBERS_PAGE,
    )


def _closed(name: str) -> Problem:
    return Problem(
        "twilio.country_closed",
        f"Calls to {name} are switched off",
        "The Twilio account does not permit calls to this country.",
        "Switch the country on under Voice, Geo Permissions in the Twilio console.",
        _GEO,
    )


def _nobody_verified() -> Problem:
    return Problem(
        "twilio.nobody_verified",
        "Nobody may be called yet",
        "The Twilio account is a trial, and no number is verified for it.",
        "Verify the numbers that you want to call, or upgrade the account.",
        _VERIFIED,
    )


def _not_verified(wanted: str) -> Problem:
    return Problem(
        "twilio.test_number_not_verified",
        "The test number may not be called yet",
        f"{pretty(wanted)} is not verified, and the Twilio account is a trial.",
        "Verify it in the Twilio console, or upgrade the account.",
        _VERIFIED,
    )
