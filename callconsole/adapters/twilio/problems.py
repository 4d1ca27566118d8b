"""Twilio's refusals and our failures to reach it, in words that an operator can act on."""

from __future__ import annotations

import re
import ssl
from typing import Final

import aiohttp

from callconsole.domain.problems import Problem, ProblemError

ERROR_PAGE: Final = "https://www.twilio.com/docs/errors/{}"
STATUS_PAGE: Final = "https://status.twilio.com"
_CONSOLE: Final = "https://console.twilio.com"
_GEO: Final = "https://console.twilio.com/us1/develop/voice/settings/geo-permissions"
_VERIFIED: Final = "https://console.twilio.com/us1/develop/phone-numbers/manage/verified"

_TRIAL_ONLY_VERIFIED: Final = (
    "This number may not be called yet",
    "Your Twilio account is a trial, and a trial only calls numbers that you have verified.",
    "Verify this number in the Twilio console, or upgrade the account.",
    _VERIFIED,
)
_COUNTRY_CLOSED: Final = (
    "Calls to this country are switched off",
    "Your Twilio account does not permit calls to the country of this number.",
    "Switch the country on under Voice, Geo Permissions in the Twilio console.",
    _GEO,
)
_TOO_FAST: Final = (
    "Twilio asks us to slow down",
    "Your Twilio account has reached its limit of calls or requests for the moment.",
    "Wait a minute, then call again.",
    None,
)

# Title, cause, cure, and a better page than the code's own. Sources of the codes' meanings:
# the reference's table (twilio.md, section 2), from Twilio's error pages.
_REFUSALS: Final[dict[int, tuple[str, str, str, str | None]]] = {
    20003: (
        "Twilio refused the account",
        "The account SID or auth token is wrong, lacks permission, or the balance is used up.",
        "Check both values and the balance in the Twilio console, then try again.",
        _CONSOLE,
    ),
    20404: (
        "Twilio does not know this call",
        "No such call, account or page exists for your Twilio account.",
        "Check the account SID, then look at the call log in the Twilio console.",
        None,
    ),
    21211: (
        "Twilio cannot read this number",
        "The number to call is not a valid phone number.",
        "Type the number with + and its country code.",
        None,
    ),
    21212: (
        "Twilio cannot read your own number",
        "The Twilio number in the settings is not a valid phone number.",
        "Enter it in the settings with + and its country code.",
        None,
    ),
    21210: (
        "Your own number was refused",
        "The number in the settings neither belongs to this Twilio account nor is verified for it.",
        "Enter a number of this account in the settings, or verify this one with Twilio.",
        _VERIFIED,
    ),
    21219: _TRIAL_ONLY_VERIFIED,
    573002: (
        "The trial account may not call from this number",
        "On a trial, Twilio assigns a number of its own to each person that you call.",
        "Use the number that Twilio assigned, or upgrade the account.",
        None,
    ),
    573005: (
        "This number may not be called yet",
        "Its verification for your trial account is not finished.",
        "Finish the verification in the Twilio console, or upgrade the account.",
        _VERIFIED,
    ),
    10002: (
        "The trial account lacks a feature",
        "Twilio's trial accounts may not use everything that a call here needs.",
        "Upgrade the account in the Twilio console.",
        _CONSOLE,
    ),
    21214: (
        "This number cannot be reached",
        "Twilio has no way to reach the number.",
        "Check the number, or try another one of the same person.",
        None,
    ),
    21215: _COUNTRY_CLOSED,
    13227: _COUNTRY_CLOSED,
    21216: (
        "Twilio blocks calls to this number",
        "The number is at high risk of fraud, is closed by regulation, or your account has no "
        "customer profile yet, which calls within North America need.",
        "Complete the customer profile in the Twilio console, or ask Twilio's support.",
        None,
    ),
    21220: (
        "The call is over already",
        "Twilio says that the call is no longer in progress.",
        "Nothing needs to be done.",
        None,
    ),
    13224: (
        "This number cannot be called",
        "Twilio does not support the number, or it does not exist.",
        "Check the number and its country code.",
        None,
    ),
    10004: _TOO_FAST,
    20429: _TOO_FAST,
    22005: (
        "Twilio's queue is full",
        "More calls are waiting at Twilio than it can place within a day.",
        "Wait until the waiting calls have gone out.",
        None,
    ),
    21205: (
        "Twilio cannot use our address",
        "The public address of this computer is not one that Twilio accepts.",
        "Check the public address in the settings: https, and no underscore in its name.",
        None,
    ),
    21609: (
        "Twilio cannot use our address",
        "The address for call reports is not one that Twilio accepts.",
        "Check the public address in the settings: https, and no underscore in its name.",
        None,
    ),
    32018: (
        "The call's instructions are too long",
        "Twilio takes at most 4000 characters of instructions with a call.",
        "Use a shorter public address.",
        None,
    ),
    11200: (
        "Twilio got no useful answer from us",
        "Twilio reached our public address, but did not get the answer it needs.",
        "Check that the tunnel leads to this console.",
        None,
    ),
    11205: (
        "Twilio cannot reach us",
        "Nothing answered at our public address.",
        "Check that the tunnel is up, then call again.",
        None,
    ),
    12100: (
        "Twilio could not read our instructions",
        "The document that we sent for the call was not valid.",
        "Update callconsole, or report this fault.",
        None,
    ),
    12200: (
        "Twilio could not follow our instructions",
        "The document that we sent for the call holds something unknown to Twilio.",
        "Update callconsole, or report this fault.",
        None,
    ),
    31901: (
        "Twilio cannot open the audio stream",
        "Nothing answered at our public address when the call's audio was to begin.",
        "Check that the tunnel is up, then call again.",
        None,
    ),
    31920: (
        "The audio stream was refused",
        "Our public address answered, but not with an audio stream.",
        "Check that the tunnel leads to this console, and that its auth token is right.",
        None,
    ),
}
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
    known = _REFUSALS.get(number)
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
        title, cause, cure, page = _REFUSALS[20003]
        return Problem("twilio.20003", title, cause, cure, page)
    if status == 404:
        title, cause, cure, page = _REFUSALS[20404]
        return Problem("twilio.20404", title, cause, cure, page)
    if status == 429:
        title, cause, cure, page = _REFUSALS[20429]
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
        link=_CONSOLE,
    )


def no_public_address() -> Problem:
    """Words for a public address that Twilio would not accept."""
    return Problem(
        code="twilio.no_public_address",
        title="Twilio cannot reach us",
        cause="There is no public https address yet that leads to this computer.",
        cure="Start the tunnel, or set SERVER_BASE_URL to an address that begins with https://.",
    )


def failed_call(sip_code: int | None, error_code: int | None) -> Problem:
    """Words for a call that Twilio reports as failed.

    Args:
        sip_code: the last SIP answer (RFC 3261), or None.
        error_code: Twilio's error code in the report, or None.
    """
    if error_code is not None and error_code in _REFUSALS:
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
