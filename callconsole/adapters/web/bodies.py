"""Reading JSON bodies that anybody may have written."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

from aiohttp import web

from callconsole.domain.problems import Problem, ProblemError

BODY_BYTES: Final = 64 * 1024
_READ_S: Final = 10.0
_TEXT_LENGTH: Final = 200


def bad_request(code: str, title: str, cause: str, cure: str) -> ProblemError:
    """The error for a request that its sender has to change."""
    return ProblemError(Problem(f"request.{code}", title, cause, cure))


async def read_object(request: web.Request) -> dict[str, Any]:
    """The body as a JSON object.

    Raises:
        ProblemError: not declared as JSON, not JSON, not an object, too long or too slow.
    """
    if request.content_type != "application/json":
        raise bad_request(
            "not_json",
            "The body is not JSON",
            f"Its Content-Type is “{request.content_type[:80]}”.",
            "Send JSON with “Content-Type: application/json”.",
        )
    try:
        parsed = json.loads(await _body(request))
    except (ValueError, RecursionError):
        raise bad_request(
            "not_json", "The body is not JSON", "It cannot be read as JSON.", "Send a JSON object."
        ) from None
    if not isinstance(parsed, dict):
        raise bad_request(
            "not_object",
            "The body is not an object",
            f"It is {_kind(parsed)}.",
            "Send a JSON object, such as {“to”: “+14155550100”}.",
        )
    return parsed


async def _body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(_READ_S):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise bad_request(
            "too_large", "The body is too long", "A body may have at most 64 KB.", "Send less."
        ) from None
    except TimeoutError:
        raise bad_request(
            "too_slow", "The body came too slowly", "It was not whole in 10 s.", "Send it again."
        ) from None


def require_keys(body: dict[str, Any], known: tuple[str, ...]) -> None:
    """Refuse a body with keys that mean nothing here: they are mistakes, such as “phone”."""
    strange = sorted(set(body) - set(known))
    if strange:
        shown = ", ".join(f"“{key[:40]}”" for key in strange[:5])
        raise bad_request(
            "unknown_key",
            "The body has an unknown key",
            f"There is no meaning for {shown}.",
            f"Send only {' and '.join(f'“{key}”' for key in known)}.",
        )


def text_of(body: dict[str, Any], key: str, *, required: bool) -> str | None:
    """A key's text; None where it is missing or null and not required."""
    given = body.get(key)
    if given is None and not required:
        return None
    if key not in body:
        raise bad_request(
            "missing", f"“{key}” is missing", f"The body has no “{key}”.", f"Add “{key}”."
        )
    if not isinstance(given, str):
        raise bad_request(
            "not_text",
            f"“{key}” is not text",
            f"“{key}” is {_kind(given)}.",
            f"Put “{key}” in quotation marks.",
        )
    if len(given) > _TEXT_LENGTH:
        raise bad_request(
            "too_long",
            f"“{key}” is too long",
            f"“{key}” has {len(given)} characters.",
            f"Send at most {_TEXT_LENGTH}.",
        )
    return given


def _kind(given: object) -> str:
    if given is None:
        return "null"
    if isinstance(given, bool):
        return "true or false"
    if isinstance(given, (int, float)):
        return "a number"
    if isinstance(given, list):
        return "a list"
    return "text" if isinstance(given, str) else "an object"
