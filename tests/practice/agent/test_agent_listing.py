"""The practice agent's list of models, as strict as the real one."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from callconsole.practice.agent.listing import answer

TODAY = date(2026, 11, 26)


def ask(target: str, **headers: str) -> tuple[int, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    found = answer(target, named, "key", TODAY)
    assert found is not None
    return found.status, json.loads(found.body)


def names(body: Any) -> list[str]:
    return [model["name"] for model in body["models"]]


def test_every_model_of_today_is_listed_with_what_it_does() -> None:
    status, body = ask("/v1beta/models", x_goog_api_key="key")
    assert status == 200
    methods = {m["name"]: m["supportedGenerationMethods"] for m in body["models"]}
    assert "bidiGenerateContent" in methods["models/gemini-3.8-live"]
    assert "bidiGenerateContent" not in methods["models/gemini-3.8-flash"]
    assert "models/gemini-2.0-flash-live-001" not in methods
    assert "models/gemini-live-2.5-flash-native-audio" not in methods
    assert "nextPageToken" not in body


def test_pages_follow_one_another() -> None:
    whole = names(ask("/v1beta/models?key=key")[1])
    seen, token = [], ""
    while True:
        query = f"/v1beta/models?key=key&pageSize=2{token}"
        _, body = ask(query)
        seen += names(body)
        if "nextPageToken" not in body:
            break
        token = f"&pageToken={body['nextPageToken']}"
    assert seen == whole


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        ("/v1beta/models", {}, 403),
        ("/v1beta/models", {"x_goog_api_key": "wrong"}, 400),
        ("/v1beta/models?pageSize=many", {"x_goog_api_key": "key"}, 400),
        ("/v1beta/models?pageToken=99999", {"x_goog_api_key": "key"}, 400),
        ("/v1beta/models?teapot=1", {"x_goog_api_key": "key"}, 400),
    ],
)
def test_what_is_wrong_is_refused_in_googles_form(
    target: str, headers: dict[str, str], status: int
) -> None:
    code, body = ask(target, **headers)
    assert (code, body["error"]["code"]) == (status, status)


@pytest.mark.parametrize("target", ["/v1beta1/models", "/v2/models", "/v1beta/models/x", "/ws/x"])
def test_other_paths_are_not_its_business(target: str) -> None:
    assert answer(target, {"x-goog-api-key": "key"}, "key", TODAY) is None
