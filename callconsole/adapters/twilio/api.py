"""One account at Twilio's REST API: the SDK's client, and its failures as problems."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import aiohttp
from pydantic import SecretStr

from callconsole.adapters.twilio import problems
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.ports import CarrierStatus

if TYPE_CHECKING:
    from twilio.base.exceptions import TwilioException
    from twilio.rest import Client

    from callconsole.adapters.twilio.api_session import ApiSession

API_BASE_URL: Final = "https://api.twilio.com"
# Failures after which nobody can tell whether Twilio has done what it was asked for.
DOUBTFUL: Final = frozenset(
    {
        "twilio.timeout",
        "twilio.connection_lost",
        "twilio.unavailable",
        "twilio.unreadable",
    }
)
# What the SDK raises where an answer's fields are of another kind than Twilio's.
_MISREAD: Final = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError)
_Answer = TypeVar("_Answer")


class TwilioApi:
    """The SDK's client, built late and off the event loop, because it takes long to import.

    Args:
        account_sid: AC and 32 hex digits.
        auth_token: the account's secret.
        base_url: Twilio's API, or what stands in for it.
        timeout_s: seconds for one whole request.
    """

    def __init__(
        self, account_sid: str, auth_token: SecretStr, base_url: str, timeout_s: float
    ) -> None:
        self.account_sid = account_sid
        self._auth_token = auth_token
        self._base_url = base_url
        self._timeout_s = timeout_s
        self._session: ApiSession | None = None
        self._client: Client | None = None

    async def client(self) -> Client:
        """The SDK's client, made where it is first needed."""
        if self._client is None:
            client, session = await asyncio.to_thread(self._built)
            if self._client is None:
                self._client, self._session = client, session
        return self._client

    @property
    def clock_ahead_s(self) -> float | None:
        """By how much our clock is ahead of Twilio's, as of the latest answer; None before one."""
        return self._session.clock_ahead_s if self._session is not None else None

    async def asked(self, request: Awaitable[_Answer]) -> _Answer:
        """The answer to one SDK request, or its failure as a `ProblemError`."""
        from twilio.base.exceptions import (
            TwilioException,
            TwilioRestException,
            TwilioServiceException,
        )

        from callconsole.adapters.twilio.api_session import UnreadableAnswer

        try:
            return await request
        except TwilioRestException as error:
            raise ProblemError(problems.refused(error.status, error.code, error.msg)) from None
        except TwilioServiceException as error:
            words = error.detail or error.title
            raise ProblemError(problems.refused(error.status, error.code, words)) from None
        except TwilioException as error:
            raise ProblemError(_list_refused(error)) from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise ProblemError(problems.unreachable(error)) from error
        except (UnreadableAnswer, *_MISREAD) as error:
            raise ProblemError(problems.unreadable()) from error

    async def close(self) -> None:
        """Let go of connections; the next request opens new ones."""
        if self._session is not None:
            await self._session.close()

    def _built(self) -> tuple[Client, ApiSession]:
        from twilio.rest import Client

        from callconsole.adapters.twilio.api_session import ApiSession

        session = ApiSession(self._base_url, self._timeout_s)
        client = Client(
            self.account_sid,
            self._auth_token.get_secret_value(),
            http_client=session,
            # Without this, TWILIO_EDGE and TWILIO_REGION of the surroundings would count.
            environment={"TWILIO_ACCOUNT_SID": self.account_sid},
        )
        _ = client.calls, client.api.v2010.accounts  # imports the heavy part of the SDK
        return client, session


def _list_refused(error: TwilioException) -> Problem:
    """Words for a refused list, whose exception holds no more than the raw answer."""
    answer: Any = error.args[-1] if error.args else None
    status = getattr(answer, "status_code", None)
    if not isinstance(status, int) or status < 400:
        return problems.unreadable()
    try:
        body = json.loads(answer.text)
    except (ValueError, RecursionError):
        body = None
    told = body if isinstance(body, dict) else {}
    return problems.refused(status, told.get("code"), told.get("message"))


def status_of(word: object) -> CarrierStatus | None:
    """A call's status as the API spells it, or None where it is none that we know."""
    try:
        return CarrierStatus(str(word))
    except ValueError:
        return None
