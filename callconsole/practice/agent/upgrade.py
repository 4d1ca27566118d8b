"""Decide whether an HTTP request may become a Live session, and at which back end."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

_DEVELOPER_PATH = re.compile(
    r"/+ws/google\.ai\.generativelanguage\.(v1|v1beta|v1alpha)\."
    r"GenerativeService\.BidiGenerateContent"
)
_VERTEX_PATH = re.compile(
    r"/+ws/google\.cloud\.aiplatform\.(v1|v1beta1)\.LlmBidiService/BidiGenerateContent"
)


class BackEnd(StrEnum):
    """Google's two doors to the same models."""

    DEVELOPER = "developer"
    VERTEX = "vertex"


@dataclass(frozen=True, slots=True)
class Door:
    """Where a session came in.

    Attributes:
        back_end: which of the two services was addressed.
        api_version: such as ``v1beta``.
        express: Vertex with an API key instead of a project and a token.
    """

    back_end: BackEnd
    api_version: str
    express: bool = False


@dataclass(frozen=True, slots=True)
class HttpRefusal:
    """An HTTP answer instead of the upgrade; an error, or a page that was asked for."""

    status: int
    body: str


def google_error(status: int, message: str, name: str) -> HttpRefusal:
    """Google's error JSON (``{"error": {code, message, status}}``)."""
    error = {"error": {"code": status, "message": message, "status": name}}
    return HttpRefusal(status, json.dumps(error, indent=2) + "\n")


def examine(
    target: str, headers: Mapping[str, str], api_key: str, access_token: str
) -> Door | HttpRefusal:
    """Check path and credentials of an upgrade request.

    Args:
        target: request target, with any query.
        headers: by lower-case name.
        api_key: what the Developer API, or Vertex in express mode, has to be shown.
        access_token: what Vertex has to be shown as a bearer token.
    """
    url = urlsplit("/" + target.lstrip("/"))
    key = headers.get("x-goog-api-key") or parse_qs(url.query).get("key", [None])[0]
    if match := _DEVELOPER_PATH.fullmatch(url.path):
        door = Door(BackEnd.DEVELOPER, match[1])
        return door if same_secret(key, api_key) else _bad_key(key)
    if match := _VERTEX_PATH.fullmatch(url.path):
        if key is not None:
            door = Door(BackEnd.VERTEX, match[1], express=True)
            return door if same_secret(key, api_key) else _bad_key(key)
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        return Door(BackEnd.VERTEX, match[1]) if same_secret(bearer, access_token) else _bad_token()
    return google_error(404, "The requested address was not found on this server.", "NOT_FOUND")


def same_secret(given: str | None, expected: str) -> bool:
    """Compare what a client shows, in a time that tells nothing."""
    if given is None:
        return False
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def _bad_key(key: str | None) -> HttpRefusal:
    if key is None:
        return google_error(403, "The request is missing an API key.", "PERMISSION_DENIED")
    return google_error(403, "API key not valid. Please pass a valid API key.", "PERMISSION_DENIED")


def _bad_token() -> HttpRefusal:
    return google_error(
        401, "The request had no valid authentication credentials.", "UNAUTHENTICATED"
    )
