"""The REST API's resources about the account: itself, balance, numbers, callees, countries."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import phonenumbers
from aiohttp import web
from multidict import MultiMapping

from callconsole.practice.carrier.number import change
from callconsole.practice.carrier.orders import API_VERSION
from callconsole.practice.carrier.resources import formatted, page_json
from callconsole.practice.carrier.rest_checks import page_size_from
from callconsole.practice.carrier.rest_errors import RestError
from callconsole.practice.carrier.services import Services, new_sid

_Json = dict[str, Any]

_APPLICATION_SID = "AP" + "0" * 32

# As Twilio names them; the rest go by their code here.
_NAMES = {
    "AT": "Austria", "AU": "Australia", "CA": "Canada", "CH": "Switzerland", "DE": "Germany",
    "ES": "Spain", "FR": "France", "GB": "United Kingdom", "IE": "Ireland", "IN": "India",
    "IT": "Italy", "NL": "Netherlands", "PL": "Poland", "SE": "Sweden", "US": "United States",
}  # fmt: skip


class AccountDesk:
    """Handlers of the requests about one account; what is amiss is `CarrierFaults.account`."""

    def __init__(self, services: Services, number: str, number_sid: str) -> None:
        self._services = services
        self._number = number
        self._number_sid = number_sid

    def add_routes(self, app: web.Application) -> None:
        """Answer under Twilio's paths; the dialling permissions are those of voice.twilio.com."""
        base = f"/{API_VERSION}/Accounts/{{account}}"
        app.router.add_get(f"{base}/Balance.json", self._balance)
        app.router.add_get(f"{base}/IncomingPhoneNumbers.json", self._numbers)
        app.router.add_post(f"{base}/IncomingPhoneNumbers/{{sid}}.json", self._set_number)
        app.router.add_get(f"{base}/OutgoingCallerIds.json", self._callees)
        app.router.add_get(f"{base}.json", self._account)
        app.router.add_get("/v1/DialingPermissions/Countries/{iso}", self._country)

    def refuse_order(self, to: str) -> None:
        """Raise `RestError` where the account's state forbids to call this number."""
        state = self._services.faults.account
        if Decimal(state.balance) <= 0:
            raise RestError(20003)
        if state.trial and to not in state.verified:
            raise RestError(21219, to)
        if _country_of(to) in state.closed_countries:
            raise RestError(21215, to)

    async def _account(self, _request: web.Request) -> web.Response:
        state = self._services.faults.account
        base = self._base
        return web.json_response(
            {
                "sid": self._services.account_sid,
                "owner_account_sid": self._services.account_sid,
                "friendly_name": "Practice line",
                "status": state.status,
                "type": "Trial" if state.trial else "Full",
                "date_created": None,
                "date_updated": None,
                "auth_token": None,
                "uri": f"{base}.json",
                "subresource_uris": {
                    "calls": f"{base}/Calls.json",
                    "balance": f"{base}/Balance.json",
                },
            }
        )

    async def _balance(self, _request: web.Request) -> web.Response:
        sid, left = self._services.account_sid, self._services.faults.account.balance
        return web.json_response({"account_sid": sid, "balance": left, "currency": "USD"})

    async def _numbers(self, request: web.Request) -> web.Response:
        state = self._services.faults.account
        asked = request.query.get("PhoneNumber", self._number)
        owned = not state.number_gone and asked == self._number
        return self._page(request, "incoming_phone_numbers", [self._own()] if owned else [])

    async def _set_number(self, request: web.Request) -> web.Response:
        gone = self._services.faults.account.number_gone
        if gone or request.match_info["sid"] != self._number_sid:
            raise RestError(20404, request.path)
        change(self._services.own, await request.post())
        return web.json_response(self._own())

    async def _callees(self, request: web.Request) -> web.Response:
        verified = self._services.faults.account.verified
        asked = request.query.get("PhoneNumber")
        found = [self._callee(one) for one in verified if asked in (None, one)]
        return self._page(request, "outgoing_caller_ids", found)

    async def _country(self, request: web.Request) -> web.Response:
        iso = request.match_info["iso"]
        if iso not in phonenumbers.SUPPORTED_REGIONS:
            raise RestError(20404, request.path)
        opened = iso not in self._services.faults.account.closed_countries
        url = f"https://voice.twilio.com/v1/DialingPermissions/Countries/{iso}"
        return web.json_response(
            {
                "iso_code": iso,
                "name": _NAMES.get(iso, iso),
                "continent": None,
                "country_codes": [f"+{phonenumbers.country_code_for_region(iso)}"],
                "low_risk_numbers_enabled": opened,
                "high_risk_special_numbers_enabled": False,
                "high_risk_tollfraud_numbers_enabled": False,
                "url": url,
                "links": {"highrisk_special_prefixes": f"{url}/HighRiskSpecialPrefixes"},
            }
        )

    @property
    def _base(self) -> str:
        return f"/{API_VERSION}/Accounts/{self._services.account_sid}"

    def _own(self) -> _Json:
        state, own = self._services.faults.account, self._services.own
        return {
            "sid": self._number_sid,
            "account_sid": self._services.account_sid,
            "friendly_name": formatted(self._number),
            "phone_number": self._number,
            "capabilities": {"voice": not state.no_voice, "sms": False, "mms": False, "fax": False},
            "api_version": API_VERSION,
            "status": "in-use",
            "voice_url": own.voice_url,
            "voice_method": own.voice_method,
            "voice_application_sid": _APPLICATION_SID if state.application else "",
            "trunk_sid": "",
            "status_callback": own.status_callback,
            "status_callback_method": own.status_callback_method,
            "uri": f"{self._base}/IncomingPhoneNumbers/{self._number_sid}.json",
        }

    def _callee(self, number: str) -> _Json:
        sid = new_sid("PN")
        return {
            "sid": sid,
            "account_sid": self._services.account_sid,
            "friendly_name": formatted(number),
            "phone_number": number,
            "date_created": None,
            "date_updated": None,
            "uri": f"{self._base}/OutgoingCallerIds/{sid}.json",
        }

    @staticmethod
    def _page(request: web.Request, key: str, found: list[_Json]) -> web.Response:
        query: MultiMapping[str] = request.query
        size = page_size_from(query)
        return web.json_response(page_json(key, found[:size], request.path_qs, size))


def _country_of(e164: str) -> str | None:
    return phonenumbers.region_code_for_number(phonenumbers.parse(e164))
