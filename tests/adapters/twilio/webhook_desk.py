"""Our webhooks on a real socket, with Twilio's way of posting to them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from xml.etree import ElementTree

from aiohttp import ClientSession
from pydantic import SecretStr
from twilio_door import ACCOUNT, CALL_SID, PUBLIC, TOKEN, serving, signed

from callconsole.adapters.twilio import webhooks
from callconsole.adapters.twilio.signature import SignatureCheck
from fakes.switchboard import FIRST_CALL, FakeSwitchboard

STATUS = {"CallSid": CALL_SID, "AccountSid": ACCOUNT, "CallStatus": "ringing"}
HANG_UP = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup /></Response>'


def read_document(text: str) -> ElementTree.Element:
    """The root of a document that we wrote."""
    return ElementTree.fromstring(text)  # noqa: S314 - our own text


@dataclass
class Desk:
    switchboard: FakeSwitchboard
    signature: SignatureCheck
    client: ClientSession
    base: str

    async def post(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Post a form, signed as Twilio signs it unless other headers are given."""
        headers = signed(PUBLIC + path, fields) if headers is None else headers
        async with self.client.post(self.base + path, data=fields, headers=headers) as answer:
            return answer.status, await answer.text()


@asynccontextmanager
async def open_desk(public_url: str = PUBLIC) -> AsyncIterator[Desk]:
    """The webhooks of a console with one call."""
    switchboard = FakeSwitchboard(FIRST_CALL)
    signature = SignatureCheck(SecretStr(TOKEN), lambda: public_url)
    async with serving(webhooks.routes(switchboard, signature)) as base, ClientSession() as client:
        yield Desk(switchboard, signature, client, base)
