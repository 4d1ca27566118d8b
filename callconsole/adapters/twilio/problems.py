"""Twilio's refusals and our failures to reach it, in words that an operator can act on."""

from __future__ import annotations

import re
import ssl
from typing import Final

import aiohttp

from callconsole.adapters.twilio.refusals import CONSOLE, REFUSALS
from callconsole.domain.phone import pretty
from callconsole.domain.problems import Problem, ProblemError

ERROR_PAGE: Final = "https://www.twilio.com/docs/errors/{}"
NUMBERS_PAGE: Final = f"{CONSOLE}/us1/develop/phone-numbers/manage/incoming"
STATUS_PAGE: Final = "https://status.twilio.com"

_TRIAL_TEXTS: Final = re.compile(
    r"unverified|trial account|disallowed parameter|limited parameter access", re.IGNORECASE
)
_LONG_DIGITS: Final = re.compile(r"\+?\d[\d\s().-]{5,}\d")


def refused(status: int, code: object, message: object) -> Problem:
    """Put one of Twilio's error answers into words.

    Args:
        status: the HTTP status, 300 to 599.
        code: Twilio's error code as it came, of any JSON type.
        message: Twilio's own words, of any JSON type.
    """
    number = _whole(code)
    if number is None or number == status or status >= 500:
        return _by_status(status, _said(message))
    known = REFUSALS.get(number)
    link = ERROR_PAGE.format(number)
    if known is None:
        return _unknown(number, _said(message), link)
    title, cause, cure, page = known
    return Problem(f"twilio.{number}", title, cause, cure, page or link)


def _unknown(number: int, said: str, link: str) -> Problem:
    trial = bool(_TRIAL_TEXTS.search(said))
    return Problem(
        code=f"twilio.{number}",
        title="Twilio refused",
        cause=f"Twilio says: “{said}”" if said else f"Twilio gave the code {number}, and no words.",
        cure="Upgrade the trial account in the Twilio console."
        if trial
        else "Follow the link to Twilio's page about this code.",
        link=link,
    )


def _by_status(status: int, said: str) -> Problem:
    if status in (401, 403):
        title, cause, cure, page = REFUSALS[20003]
        return Problem("twilio.20003", title, cause, cure, page)
    if status == 404:
        title, cause, cure, page = REFUSALS[20404]
        return Problem("twilio.20404", title, cause, cure, page)
    if status == 429:
        title, cause, cure, page = REFUSALS[20429]
        return Problem("twilio.20429", title, cause, cure, page)
    if status >= 500:
        return Problem(
            code="twilio.unavailable",
            title="Twilio is in trouble",
            cause=f"Twilio answered with its own fault ({status}).",
            cure="Look at Twilio's status page, and try again in a few minutes.",
            link=STATUS_PAGE,
        )
    return Problem(
        code="twilio.refused",
        title="Twilio refused",
        cause=f"Twilio says: “{said}”" if said else f"Twilio answered {status}, and no words.",
        cure="Check the settings for Twilio.",
    )


def unreachable(error: BaseException) -> Problem:
    """Put a failed connection, a time-out or an unreadable answer into words."""
    if isinstance(error, TimeoutError):
        return Problem(
            code="twilio.timeout",
            title="Twilio does not answer",
            cause="Twilio took too long to answer.",
            cure="Check this computer's connection, and try again in a moment.",
            link=STATUS_PAGE,
        )
    if isinstance(error, (ssl.SSLError, aiohttp.ClientSSLError)):
        return Problem(
            code="twilio.tls",
            title="No secure connection to Twilio",
            cause="The certificate that was shown for Twilio is not trusted here.",
            cure="Check this computer's clock, and any filter or proxy between you and Twilio.",
        )
    if isinstance(error, aiohttp.ClientConnectorError):
        return Problem(
            code="twilio.unreachable",
            title="Twilio cannot be reached",
            cause="No connection to Twilio could be made.",
            cure="Check this computer's connection to the internet.",
            link=STATUS_PAGE,
        )
    if isinstance(error, (aiohttp.ClientError, OSError)):
        return Problem(
            code="twilio.connection_lost",
            title="The connection to Twilio broke",
            cause="The connection ended before Twilio had answered.",
            cure="Check this computer's connection to the internet, and try again.",
            link=STATUS_PAGE,
        )
    return unreadable()


def unreadable() -> Problem:
    """Words for an answer that is not what Twilio's API gives."""
    return Problem(
        code="twilio.unreadable",
        title="Twilio's answer makes no sense",
        cause="What answered in Twilio's place did not speak as Twilio does.",
        cure="Check TWILIO_API_BASE_URL and any proxy between you and Twilio.",
        link=STATUS_PAGE,
    )


def perhaps_placed(reason: Problem) -> ProblemError:
    """The error where nobody can tell whether a phone rings now; `reason` is why not."""
    return ProblemError(
        Problem(
            code=f"{reason.code}.perhaps_placed",
            title="The call may have been placed",
            cause=f"{reason.cause} So we do not know whether the phone rings.",
            cure="Look at the call log in the Twilio console before you call again.",
            link="https://console.twilio.com/us1/monitor/logs/calls",
        )
    )


def perhaps_done(reason: Problem) -> ProblemError:
    """The error where nobody can tell whether a live call was given its new instructions."""
    return ProblemError(
        Problem(
            code=f"{reason.code}.perhaps_done",
            title="The call may have been steered",
            cause=f"{reason.cause} So we do not know whether the call does as it was told.",
            cure="Listen to the call before you try again.",
            link=STATUS_PAGE,
        )
    )


def no_keys() -> Problem:
    """Words for keys that no phone has; it does not repeat them."""
    return Problem(
        code="keys.invalid",
        title="These keys cannot be pressed",
        cause="There are none, or some are not keys of a phone.",
        cure="Press 0 to 9, *, # or A to D, and w to wait for half a second.",
    )


def account_closed(status: str) -> Problem:
    """Words for an account that answers but places no calls (`suspended`, `closed`)."""
    return Problem(
        code="twilio.account_closed",
        title="The Twilio account is not active",
        cause=f"Twilio says that the account is {status}.",
        cure="Open the Twilio console to see why, or use another account.",
        link=CONSOLE,
    )


def no_public_address() -> Problem:
    """Words for a public address that Twilio would not accept."""
    return Problem(
        code="twilio.no_public_address",
        title="Twilio cannot reach us",
        cause="There is no public https address yet that leads to this computer.",
        cure="Start the tunnel, or set SERVER_BASE_URL to an address that begins with https://.",
    )


def number_not_owned(e164: str) -> Problem:
    """Words for a number that the account does not have."""
    return Problem(
        code="twilio.number_not_owned",
        title="The number is not the account's",
        cause=f"{pretty(e164)} is not among the numbers of this Twilio account.",
        cure="Set TWILIO_PHONE_NUMBER to one of its numbers, or buy one in the Twilio console.",
        link=NUMBERS_PAGE,
    )


def number_in_use(e164: str) -> Problem:
    """Words for a number whose calls go to something that a webhook does not replace."""
    return Problem(
        code="twilio.number_in_use",
        title="Incoming calls do not come here",
        cause=f"A TwiML application or a trunk of the account gets the calls to {pretty(e164)}.",
        cure="Take the number out of it in the Twilio console, then check again.",
        link=NUMBERS_PAGE,
    )


def failed_call(sip_code: int | None, error_code: int | None) -> Problem:
    """Words for a call that Twilio reports as failed.

    Args:
        sip_code: the last SIP answer (RFC 3261), or None.
        error_code: Twilio's error code in the report, or None.
    """
    if error_code is not None and error_code in REFUSALS:
        return refused(400, error_code, "")
    if sip_code in (404, 410, 484, 604):
        return Problem(
            code=f"twilio.sip_{sip_code}",
            title="This number cannot be reached",
            cause="The phone network does not know the number.",
            cure="Check the digits and the country code.",
        )
    return Problem(
        code="twilio.failed" if sip_code is None else f"twilio.sip_{sip_code}",
        title="The call failed",
        cause="The phone network could not carry the call.",
        cure="Check the number, and try again in a moment.",
    )


def _whole(code: object) -> int | None:
    if isinstance(code, bool) or not isinstance(code, (int, str)):
        return None
    text = str(code)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _said(message: object) -> str:
    """Twilio's words, cleaned of line breaks and of all but the last digits of numbers."""
    if not isinstance(message, str):
        return ""
    words = " ".join(part for part in message.split() if part.isprintable())
    # The SDK puts "Unable to create record: " and the like in front.
    words = re.sub(r"^Unable to \w+ \w+:?\s*", "", words)
    return _LONG_DIGITS.sub(lambda found: "…" + found.group()[-2:], words)[:200]
