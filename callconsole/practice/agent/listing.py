"""The list of models over plain HTTP, as the Developer API gives it, page by page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import parse_qs, urlsplit

from callconsole.practice.agent.models import MODELS, served
from callconsole.practice.agent.upgrade import (
    BackEnd,
    Door,
    HttpRefusal,
    google_error,
    same_secret,
)

LIVE = "bidiGenerateContent"
USUAL_PAGE = 50
_PATH = re.compile(r"/+(v1|v1beta|v1alpha)/models")
_QUERIES = frozenset({"pageSize", "pageToken", "key"})
# An account has models of other kinds too, which a client has to leave out.
_OTHERS = {
    "gemini-3.8-flash": ["generateContent", "countTokens"],
    "text-embedding-005": ["embedContent"],
}


def answer(
    target: str, headers: Mapping[str, str], api_key: str, today: date
) -> HttpRefusal | None:
    """The HTTP answer to a request for the list; None where it asks for something else.

    Args:
        target: request target, with any query.
        headers: by lower-case name.
        api_key: what has to be shown.
        today: models that are retired by then are gone.
    """
    url = urlsplit("/" + target.lstrip("/"))
    match = _PATH.fullmatch(url.path)
    if match is None:
        return None
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    key = headers.get("x-goog-api-key") or query.get("key")
    if key is None:
        return google_error(403, "The request is missing an API key.", "PERMISSION_DENIED")
    if not same_secret(key, api_key):
        words = "API key not valid. Please pass a valid API key."
        return google_error(400, words, "INVALID_ARGUMENT")
    unknown = sorted(query.keys() - _QUERIES)
    if unknown:
        words = f'Invalid JSON payload received. Unknown name "{unknown[0]}"'
        return google_error(400, words, "INVALID_ARGUMENT")
    return _page(_models(match[1], today), query)


def _models(api_version: str, today: date) -> list[dict[str, object]]:
    door = Door(BackEnd.DEVELOPER, api_version)
    live = {name: [LIVE, "countTokens"] for name, model in MODELS.items() if served(
        model, door, today
    )}  # fmt: skip
    return [
        {
            "name": f"models/{name}",
            "displayName": name.replace("-", " ").title(),
            "supportedGenerationMethods": methods,
        }
        for name, methods in {**_OTHERS, **live}.items()
    ]


def _page(models: list[dict[str, object]], query: Mapping[str, str]) -> HttpRefusal:
    size, start = query.get("pageSize", str(USUAL_PAGE)), query.get("pageToken", "0")
    if not size.isdecimal() or not start.isdecimal() or int(start) > len(models):
        return google_error(400, "Request contains an invalid argument.", "INVALID_ARGUMENT")
    end = int(start) + (min(int(size), 1000) or USUAL_PAGE)
    body: dict[str, object] = {"models": models[int(start) : end]}
    if end < len(models):
        body["nextPageToken"] = str(end)
    return HttpRefusal(200, json.dumps(body, indent=2) + "\n")
