"""What Twilio is asked for when a call is placed."""

from __future__ import annotations

from typing import Any, Final

from callconsole.adapters.twilio import addresses, twiml
from callconsole.domain.answering import AnswerThresholds
from callconsole.engine.ports import CallOrder, Detection

_EVENTS: Final = ["initiated", "ringing", "answered", "completed"]
# Silence that ends an utterance; Twilio's advice for private greetings is 1400 to 1500.
_SPEECH_END_MS: Final = 1400


def order_form(order: CallOrder, number: str, public_url: str) -> dict[str, Any]:
    """The arguments of the SDK's `calls.create`.

    Args:
        order: what is wanted.
        number: the number to call from, E.164.
        public_url: https address that leads to our server.

    Raises:
        ProblemError: the public address is not one that Twilio can use.
    """
    return {
        "to": order.to,
        "from_": number,
        "status_callback": addresses.webhook_url(public_url, addresses.STATUS_PATH),
        "status_callback_method": "POST",
        "status_callback_event": _EVENTS,
        "timeout": order.ring_timeout_s,
        "time_limit": order.time_limit_s,
        **_instructions(order, public_url),
        **_machine_detection(order, public_url),
    }


def _instructions(order: CallOrder, public_url: str) -> dict[str, str]:
    """What to do after the answer: stream at once, or ask us once Twilio knows who answered."""
    if order.detection is Detection.BLOCKING:
        return {
            "url": addresses.webhook_url(public_url, addresses.ANSWERED_PATH),
            "method": "POST",
        }
    return {"twiml": twiml.stream_document(public_url, order.stream_token)}


def _machine_detection(order: CallOrder, public_url: str) -> dict[str, Any]:
    if order.detection is Detection.OFF:
        return {}
    fields = {"machine_detection": "Enable", **_thresholds(order.thresholds)}
    if order.detection is Detection.BLOCKING:
        return fields
    return {
        **fields,
        "async_amd": "true",  # as text: the SDK sends Python's True as it is spelt
        "async_amd_status_callback": addresses.webhook_url(public_url, addresses.STATUS_PATH),
        "async_amd_status_callback_method": "POST",
    }


def _thresholds(thresholds: AnswerThresholds) -> dict[str, int]:
    """In ms, within the ranges that Twilio takes (reference: twilio.md, section 2)."""
    return {
        "machine_detection_speech_threshold": _within(1000, thresholds.short_ms, 6000),
        "machine_detection_speech_end_threshold": _SPEECH_END_MS,
        "machine_detection_silence_timeout": _within(2000, thresholds.silence_ms, 10_000),
    }


def _within(lowest: int, value: int, highest: int) -> int:
    return max(lowest, min(value, highest))
