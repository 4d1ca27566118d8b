"""What Twilio is asked for when a call is placed."""

from __future__ import annotations

from typing import Any, Final

from callconsole.adapters.twilio import twiml
from callconsole.engine.ports import CallOrder

STATUS_PATH: Final = "/call-status"
_EVENTS: Final = ["initiated", "ringing", "answered", "completed"]


def order_form(order: CallOrder, number: str, public_url: str) -> dict[str, Any]:
    """The arguments of the SDK's `calls.create`.

    Args:
        order: what is wanted.
        number: the number to call from, E.164.
        public_url: https address that leads to our server.

    Raises:
        ProblemError: the public address is not one that Twilio can use.
    """
    base = public_url.rstrip("/")
    fields: dict[str, Any] = {
        "to": order.to,
        "from_": number,
        "twiml": twiml.stream_document(twiml.stream_url(base), order.stream_token),
        "status_callback": f"{base}{STATUS_PATH}",
        "status_callback_method": "POST",
        "status_callback_event": _EVENTS,
        "timeout": order.ring_timeout_s,
        "time_limit": order.time_limit_s,
    }
    return {**fields, **_machine_detection(base)} if order.detect_machine else fields


def _machine_detection(base: str) -> dict[str, Any]:
    """Detection in the background; thresholds in ms for calls to people.

    Source: the reference (twilio.md, section 4), from Twilio's advice on private greetings.
    """
    return {
        "machine_detection": "Enable",
        "async_amd": "true",  # as text: the SDK sends Python's True as it is spelt
        "async_amd_status_callback": f"{base}{STATUS_PATH}",
        "async_amd_status_callback_method": "POST",
        "machine_detection_speech_threshold": 2000,
        "machine_detection_speech_end_threshold": 1400,
        "machine_detection_silence_timeout": 3000,
    }
