"""Proof that a request comes from Twilio: the signature over its public address and fields."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from aiohttp import web
from pydantic import SecretStr

if TYPE_CHECKING:
    from twilio.request_validator import RequestValidator

SIGNATURE_HEADER = "X-Twilio-Signature"
_log = logging.getLogger(__name__)


class SignatureCheck:
    """Checks X-Twilio-Signature with the account's auth token.

    The address that was signed is the one that we gave to Twilio. It is built from our public
    address and never from Host or X-Forwarded headers, which an attacker may set.

    Attributes:
        refused: how many requests were turned away.
    """

    def __init__(self, auth_token: SecretStr, public_url: Callable[[], str]) -> None:
        self._auth_token = auth_token
        self._public_url = public_url
        self._validator: RequestValidator | None = None
        self.refused = 0

    @property
    def public_url(self) -> str:
        """Our public address now, without a trailing slash; empty where there is none."""
        return self._public_url().rstrip("/")

    def webhook(self, request: web.BaseRequest, form: Mapping[str, str]) -> bool:
        """True for a webhook that Twilio signed; `form` holds all its fields, repeats included."""
        url = self.public_url
        return self._judged(bool(url) and self._valid(url + request.raw_path, form, request))

    def handshake(self, request: web.BaseRequest) -> bool:
        """True for a media socket's handshake that Twilio signed.

        Twilio signs the wss address without parameters, in some cases with a slash after it.
        """
        scheme, _, rest = self.public_url.partition("://")
        if scheme.lower() != "https" or not rest:
            return self._judged(False)
        url = f"wss://{rest}{request.raw_path}"
        return self._judged(any(self._valid(form, {}, request) for form in (url, url + "/")))

    def _valid(self, url: str, form: Mapping[str, str], request: web.BaseRequest) -> bool:
        given = request.headers.get(SIGNATURE_HEADER, "")
        secret = self._auth_token.get_secret_value()
        # An empty secret would accept what anybody can sign.
        if not given or not secret:
            return False
        if self._validator is None:
            from twilio.request_validator import RequestValidator

            self._validator = RequestValidator(secret)
        try:
            return bool(self._validator.validate(url, form, given))
        except (UnicodeError, ValueError):
            return False

    def _judged(self, valid: bool) -> bool:
        if not valid:
            self.refused += 1
            _log.warning("a request without Twilio's signature was refused (%d)", self.refused)
        return valid
