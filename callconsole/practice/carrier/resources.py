"""The REST API's answers in JSON: calls and lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import phonenumbers

from callconsole.practice.carrier.call import PracticeCall
from callconsole.practice.carrier.orders import API_VERSION, rfc2822

_CALL_SUBRESOURCES = {
    "events": "Events",
    "notifications": "Notifications",
    "payments": "Payments",
    "recordings": "Recordings",
    "siprec": "Siprec",
    "streams": "Streams",
    "transcriptions": "Transcriptions",
    "user_defined_messages": "UserDefinedMessages",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
}


def call_json(call: PracticeCall, account_sid: str, number_sid: str) -> dict[str, Any]:
    """A call as the API shows it; every field that Twilio's has."""
    base = f"/{API_VERSION}/Accounts/{account_sid}/Calls/{call.sid}"
    return {
        "sid": call.sid,
        "account_sid": account_sid,
        "to": call.order.to,
        "toformatted": formatted(call.order.to),
        "from": call.order.from_number,
        "fromformatted": formatted(call.order.from_number),
        "status": call.status,
        "direction": call.order.direction,
        "answered_by": call.answered_by,
        "duration": None if call.live else str(call.duration_s),
        "start_time": rfc2822(call.answered_at) if call.answered_at else None,
        "end_time": rfc2822(call.ended_at) if call.ended_at else None,
        "date_created": rfc2822(call.created_at),
        "date_updated": rfc2822(call.updated_at),
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "api_version": API_VERSION,
        "parent_call_sid": call.order.parent_sid or None,
        "phone_number_sid": number_sid,
        "caller_name": None,
        "forwarded_from": None,
        "group_sid": None,
        "trunk_sid": None,
        "annotation": None,
        "uri": f"{base}.json",
        "subresource_uris": {
            name: f"{base}/{path}.json" for name, path in _CALL_SUBRESOURCES.items()
        },
    }


def page_json(key: str, items: Sequence[dict[str, Any]], path: str, size: int) -> dict[str, Any]:
    """One and only page of a list."""
    return {
        key: list(items),
        "page": 0,
        "page_size": size,
        "start": 0,
        "end": max(0, len(items) - 1),
        "uri": path,
        "first_page_uri": path,
        "next_page_uri": None,
        "previous_page_uri": None,
    }


def formatted(e164: str) -> str:
    """A number as its country writes it."""
    number = phonenumbers.parse(e164)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
