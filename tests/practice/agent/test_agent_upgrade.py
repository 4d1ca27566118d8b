from __future__ import annotations

import json

import pytest
from practice_live_kit import Desk, StaticToken
from websockets.exceptions import InvalidStatus

from callconsole.practice.agent.upgrade import BackEnd, Door, HttpRefusal, examine

DEVELOPER = "/ws/google.ai.generativelanguage.{}.GenerativeService.BidiGenerateContent"
VERTEX = "/ws/google.cloud.aiplatform.{}.LlmBidiService/BidiGenerateContent"


def ask(target: str, **headers: str) -> Door | HttpRefusal:
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return examine(target, named, "key", "token")


@pytest.mark.parametrize("slashes", ["", "/", "//"])
@pytest.mark.parametrize("version", ["v1", "v1beta", "v1alpha"])
def test_the_developer_path_is_known(version: str, slashes: str) -> None:
    door = ask(slashes + DEVELOPER.format(version), x_goog_api_key="key")
    assert door == Door(BackEnd.DEVELOPER, version)


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_the_vertex_path_is_known(version: str) -> None:
    door = ask("/" + VERTEX.format(version), Authorization="Bearer token")
    assert door == Door(BackEnd.VERTEX, version)


def test_vertex_takes_a_key_in_express_mode() -> None:
    door = ask(VERTEX.format("v1beta1"), x_goog_api_key="key")
    assert door == Door(BackEnd.VERTEX, "v1beta1", express=True)


def test_a_key_in_the_query_counts() -> None:
    assert isinstance(ask(DEVELOPER.format("v1") + "?key=key"), Door)


@pytest.mark.parametrize(
    ("target", "headers", "status", "name"),
    [
        (DEVELOPER.format("v1"), {}, 403, "PERMISSION_DENIED"),
        (DEVELOPER.format("v1"), {"x_goog_api_key": "wrong"}, 403, "PERMISSION_DENIED"),
        (DEVELOPER.format("v1"), {"x_goog_api_key": "k\udce9y"}, 403, "PERMISSION_DENIED"),
        (VERTEX.format("v1"), {}, 401, "UNAUTHENTICATED"),
        (VERTEX.format("v1"), {"Authorization": "Bearer other"}, 401, "UNAUTHENTICATED"),
        (DEVELOPER.format("v2"), {"x_goog_api_key": "key"}, 404, "NOT_FOUND"),
        (VERTEX.format("v1alpha"), {"Authorization": "Bearer token"}, 404, "NOT_FOUND"),
        ("/", {}, 404, "NOT_FOUND"),
    ],
)
def test_others_get_google_s_error(
    target: str, headers: dict[str, str], status: int, name: str
) -> None:
    refusal = ask(target, **headers)
    assert isinstance(refusal, HttpRefusal)
    assert refusal.status == status
    error = json.loads(refusal.body)["error"]
    assert (error["code"], error["status"]) == (status, name)
    assert "wrong" not in refusal.body


async def test_the_sdk_sees_a_wrong_key_and_a_wrong_token(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    wrong_key = desk.client(api_key="wrong-key")
    with pytest.raises(InvalidStatus) as refused:
        async with desk.session(agent, client=wrong_key):
            pass
    assert refused.value.response.status_code == 403
    assert json.loads(refused.value.response.body)["error"]["status"] == "PERMISSION_DENIED"
    wrong_token = desk.client(
        vertexai=True, project="p", location="global", credentials=StaticToken("wrong")
    )
    with pytest.raises(InvalidStatus) as refused:
        async with desk.session(agent, client=wrong_token):
            pass
    assert refused.value.response.status_code == 401
    assert agent.sessions == []
    assert agent.refused == 2


async def test_vertex_express_reaches_the_agent(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    express = desk.client(vertexai=True, api_key="test-key")
    async with desk.session(agent, client=express):
        pass
    assert agent.sessions[0].door.express
    assert agent.sessions[0].headers["x-goog-api-key"] == "***"
