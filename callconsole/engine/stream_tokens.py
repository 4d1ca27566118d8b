"""One-time secrets which prove that a media stream belongs to a call of ours."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass


@dataclass(slots=True)
class _Token:
    secret: str
    call_sid: str | None


class StreamTokens:
    """Mints, binds and spends tokens. A token is good once, for one call.

    A token is written into the order before the carrier has named the call, so it is bound to
    the SID afterwards.
    """

    def __init__(self) -> None:
        self._tokens: list[_Token] = []

    def mint(self, call_sid: str | None = None) -> str:
        """A new secret of 32 random bytes, bound to a call or waiting to be."""
        token = _Token(secrets.token_urlsafe(32), call_sid)
        self._tokens.append(token)
        return token.secret

    def bind(self, secret: str, call_sid: str) -> None:
        """Tie a waiting token to its call."""
        for token in self._tokens:
            if token.call_sid is None and hmac.compare_digest(token.secret, secret):
                token.call_sid = call_sid

    def spend(self, secret: str, call_sid: str) -> bool:
        """True once for the right secret of the right call; a wrong call does not spend it."""
        found = None
        for token in self._tokens:
            if hmac.compare_digest(token.secret.encode(), secret.encode()):
                found = token
        if found is None or found.call_sid != call_sid:
            return False
        self._tokens.remove(found)
        return True

    def forget(self, call_sid: str) -> None:
        """The call is over: its unspent tokens are void."""
        self._tokens = [token for token in self._tokens if token.call_sid != call_sid]

    def drop(self, secret: str) -> None:
        """The order failed: its token is void."""
        self._tokens = [token for token in self._tokens if token.secret != secret]
