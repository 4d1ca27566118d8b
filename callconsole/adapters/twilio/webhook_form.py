"""Reading a webhook's form: first whether it comes from Twilio, then its fields."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict

from callconsole.adapters.twilio.signature import SignatureCheck

Form = MultiDict[str]

_FIELDS_AT_MOST: Final = 200
_CALL_SID: Final = re.compile(r"CA[0-9a-fA-F]{32}")


class RefusedError(Exception):
    """The request is turned away; the text tells why, and repeats nothing that was sent."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status

    def answer(self) -> web.Response:
        """The refusal as JSON."""
        error = {
            "code": f"webhook.{self.status}",
            "title": "The request was refused",
            "cause": str(self),
            "cure": "",
            "link": None,
        }
        return web.json_response({"error": error}, status=self.status)


async def signed_form(request: web.Request, signature: SignatureCheck) -> Form:
    """All fields of a request that Twilio signed.

    Raises:
        RefusedError: 403 for a missing or wrong signature, 400 for a body that is no form.
    """
    form = await _form(request)
    if not signature.webhook(request, form or MultiDict()):
        raise RefusedError("The signature is missing or is not Twilio's.", 403)
    if form is None:
        raise RefusedError("The body is not a readable form.")
    return form


def call_sid(form: Form, name: str = "CallSid") -> str:
    """The call that a form names. Raises `RefusedError` where it names none."""
    given = form.get(name, "")
    if not _CALL_SID.fullmatch(given):
        raise RefusedError(f"{name} is missing or is not a call's name.")
    return given


def whole_number(form: Form, name: str) -> int | None:
    """A field's whole number, or None where it is missing or empty. Raises `RefusedError`."""
    text = form.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise RefusedError(f"{name} is not a whole number.")
    return int(text)


async def _form(request: web.Request) -> Form | None:
    """All fields of a form body, repeats and empty ones included; None where it is no form."""
    if request.content_type != "application/x-www-form-urlencoded":
        return None
    try:
        text = (await request.read()).decode()
        return MultiDict(
            parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS_AT_MOST, errors="strict")
        )
    except ValueError:
        return None
