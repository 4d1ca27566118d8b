"""Proof that a request comes from Twilio: the signature over its public address and fields."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
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
    address and never from Host or X-Forwarded headers, which an attacker may set. A call that was
    placed before the address changed goes on being signed with the former one.

    Args:
        auth_token: the account's.
        public_url: our address now.
        former_urls: those that live calls may have been given before.

    Attributes:
        refused: how many requests were turned away.
    """

    def __init__(
        self,
        auth_token: SecretStr,
        public_url: Callable[[], str],
        former_urls: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._auth_token = auth_token
        self._public_url = public_url
        self._former_urls = former_urls
        self._validator: RequestValidator | None = None
        self.refused = 0

    @property
    def public_url(self) -> str:
        """Our public address now, without a trailing slash; empty where there is none."""
        return self._public_url().rstrip("/")

    def webhook(self, request: web.BaseRequest, form: Mapping[str, str]) -> bool:
        """True for a webhook that Twilio signed; `form` holds all its fields, repeats included."""
        return self._judged(
            any(self._valid(url + request.raw_path, form, request) for url in self._known_urls())
        )

    def handshake(self, request: web.BaseRequest) -> bool:
        """True for a media socket's handshake that Twilio signed.

        Twilio signs the wss address without parameters, in some cases with a slash after it.
        """
        urls = [
            f"wss://{rest}{request.raw_path}{slash}"
            for scheme, _, rest in (url.partition("://") for url in self._known_urls())
            if scheme.lower() == "https" and rest
            for slash in ("", "/")
        ]
        return self._judged(any(self._valid(url, {}, request) for url in urls))

    def _known_urls(self) -> list[str]:
        return [url for url in (self.public_url, *self._former_urls()) if url]

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
