"""The REST API's answers in JSON: calls, lists of calls, the account and its number."""

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
        "to_formatted": _formatted(call.order.to),
        "from": call.order.from_number,
        "from_formatted": _formatted(call.order.from_number),
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


def account_json(account_sid: str) -> dict[str, Any]:
    """The account; its auth token is not shown."""
    base = f"/{API_VERSION}/Accounts/{account_sid}"
    return {
        "sid": account_sid,
        "owner_account_sid": account_sid,
        "friendly_name": "Practice line",
        "status": "active",
        "type": "Full",
        "date_created": None,
        "date_updated": None,
        "auth_token": None,
        "uri": f"{base}.json",
        "subresource_uris": {"calls": f"{base}/Calls.json", "balance": f"{base}/Balance.json"},
    }


def balance_json(account_sid: str) -> dict[str, Any]:
    """What is left to spend: nothing on the practice line costs anything."""
    return {"account_sid": account_sid, "balance": "100.00", "currency": "USD"}


def number_json(account_sid: str, number_sid: str, number: str) -> dict[str, Any]:
    """The phone number that the account owns."""
    return {
        "sid": number_sid,
        "account_sid": account_sid,
        "friendly_name": _formatted(number),
        "phone_number": number,
        "capabilities": {"voice": True, "sms": False, "mms": False, "fax": False},
        "api_version": API_VERSION,
        "status": "in-use",
        "voice_url": "",
        "voice_method": "POST",
        "status_callback": "",
        "status_callback_method": "POST",
        "uri": f"/{API_VERSION}/Accounts/{account_sid}/IncomingPhoneNumbers/{number_sid}.json",
    }


def _formatted(e164: str) -> str:
    number = phonenumbers.parse(e164)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
