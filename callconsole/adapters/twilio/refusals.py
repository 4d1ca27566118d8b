"""Twilio's error codes in words that an operator can act on."""

from __future__ import annotations

from typing import Final

CONSOLE: Final = "https://console.twilio.com"
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

# By code: title, cause, cure, and a better page than the code's own, or None. Sources of the
# codes' meanings: the reference's table (twilio.md, section 2), from Twilio's error pages.
REFUSALS: Final[dict[int, tuple[str, str, str, str | None]]] = {
    20003: (
        "Twilio refused the account",
        "The account SID or auth token is wrong, lacks permission, or the balance is used up.",
        "Check both values and the balance in the Twilio console, then try again.",
        CONSOLE,
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
        CONSOLE,
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
