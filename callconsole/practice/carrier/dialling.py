"""Carries out Dial: calls a second party, lets it hear its own document, and joins both."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

from callconsole.practice.carrier import tones
from callconsole.practice.carrier.legs import Leg, joined
from callconsole.practice.carrier.line import FrameSource, Line
from callconsole.practice.carrier.orders import Order, TwimlSource, is_number, is_premium
from callconsole.practice.carrier.person import Sound
from callconsole.practice.carrier.playout import FRAME_BYTES
from callconsole.practice.carrier.services import Services
from callconsole.practice.carrier.twiml import Dial, TwimlError

_FAILED = {"DialCallStatus": "failed", "DialBridged": "false"}


async def dial(
    verb: Dial, base_url: str, fields: Mapping[str, str], line: Line, services: Services
) -> dict[str, str]:
    """Call the second party and return when that call is over; cancelling ends it.

    Args:
        verb: whom to call, and how.
        base_url: address of the document, which relative addresses in it start from.
        fields: the first call's fields, as in every request about it.
        line: the first call's voice path.
        services: the company's.

    Returns:
        The fields that tell the action how it went: DialCallStatus, DialBridged and, where there
        was a call, DialCallSid and DialCallDuration.

    Raises:
        TwimlError: 13214, the number to show is neither the account's nor one of the call's two.
    """
    caller = verb.caller_id or fields["From"]
    if caller not in (services.number, fields["From"], fields["To"]):
        raise TwimlError(13214, "callerId is not a number that the account may show")
    if refusal := _refusal(verb.number.to, services):
        services.alerts.add(refusal, "the number to dial was refused", fields["CallSid"])
        return dict(_FAILED)
    leg = services.place(_order(verb, base_url, caller, fields["CallSid"]))
    try:
        bridged = await _talk(leg, line)
        await leg.wait_until_over()
    finally:
        leg.hang_up(by="parent")
    return {
        "DialCallStatus": leg.status,
        "DialBridged": "true" if bridged else "false",
        "DialCallSid": leg.sid,
        "DialCallDuration": str(leg.duration_s),
    }


def _refusal(number: str, services: Services) -> int:
    """Twilio's code for a number that is not even dialled, or 0."""
    if not number.startswith("+"):
        return 13223
    if not is_number(number) or services.is_unverified(number):
        return 13224
    return 13227 if is_premium(number) else 0


def _order(verb: Dial, base_url: str, caller: str, parent_sid: str) -> Order:
    number = verb.number
    whisper = urljoin(base_url, number.url) if number.url else ""
    return Order(
        to=number.to,
        from_number=caller,
        twiml=TwimlSource(text="" if whisper else "<Response/>", url=whisper, method=number.method),
        status_callback=urljoin(base_url, number.status_callback) if number.status_callback else "",
        status_callback_method=number.status_callback_method,
        status_events=number.status_events,
        ring_timeout_s=verb.timeout_s,
        time_limit_s=verb.time_limit_s,
        amd=None,
        parent_sid=parent_sid,
    )


async def _talk(leg: Leg, line: Line) -> bool:
    """Ring until the second party can be joined, then join; False where it never came to that."""
    ringing = _ringing()
    line.play(ringing, Sound.RINGING)
    try:
        joinable = await leg.wait_until_joinable()
    finally:
        line.stop(ringing)
    if not joinable or leg.line is None:
        return False
    with joined(line, leg.line):
        await leg.wait_until_over()
    return True


def _ringing() -> FrameSource:
    sound, at = tones.ringing(), 0

    def source() -> bytes:
        nonlocal at
        frame = sound[at : at + FRAME_BYTES]
        at = (at + FRAME_BYTES) % len(sound)
        return frame

    return source
