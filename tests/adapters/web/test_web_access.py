"""Who is let in, decided on mocked requests: every header that tells an outsider apart."""

from __future__ import annotations

from unittest import mock

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from callconsole.adapters.web.access import AccessPolicy

SECRET = "correct horse"
LOCAL = {"Host": "127.0.0.1:8080"}
TOKEN = {"Authorization": f"Bearer {SECRET}"}


def request_with(headers: dict[str, str], peer: str = "127.0.0.1") -> web.Request:
    extra = {"peername": (peer, 5555), "sockname": ("127.0.0.1", 8080)}
    transport = mock.Mock()
    transport.get_extra_info.side_effect = lambda name, default=None: extra.get(name, default)
    return make_mocked_request("POST", "/place-call", headers=headers, transport=transport)


def code(headers: dict[str, str], peer: str = "127.0.0.1", secret: str | None = SECRET) -> str:
    policy = AccessPolicy(None if secret is None else SecretStr(secret))
    refusal = policy.refusal(request_with(headers, peer))
    return refusal.code if refusal else "in"


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost:8080", "LOCALHOST:8080", "[::1]:8080"]
)
def test_a_program_on_this_computer_is_let_in(host: str) -> None:
    assert code({"Host": host}, secret=None) == "in"


@pytest.mark.parametrize("peer", ["::1", "::ffff:127.0.0.1"])
def test_loopback_has_several_names(peer: str) -> None:
    assert code(LOCAL, peer) == "in"


OUTSIDERS = [
    {"X-Forwarded-For": "203.0.113.7"},
    {"x-forwarded-anything": ""},
    {"Forwarded": "for=203.0.113.7"},
    {"Via": "1.1 proxy"},
    {"X-Real-IP": "203.0.113.7"},
    {"Host": "desk.ngrok-free.app"},
    {"Host": "127.0.0.1"},
    {"Host": "127.0.0.1:9999"},
    {"Host": "evil.example.com:8080"},
    {"Host": "127.0.0.1:8080.evil.example.com"},
    {"Host": ""},
]


@pytest.mark.parametrize("headers", OUTSIDERS)
def test_what_came_through_a_tunnel_needs_the_token(headers: dict[str, str]) -> None:
    asked = {**LOCAL, **headers}
    assert code(asked) == "access.outside"
    assert code({**asked, **TOKEN}) == "in"
    assert code({**asked, **TOKEN}, secret=None) == "access.outside"
    assert code({**asked, "Authorization": "Bearer "}, secret="") == "access.outside"


@pytest.mark.parametrize("peer", ["192.168.1.20", "203.0.113.7", "::ffff:203.0.113.7", ""])
def test_another_computer_needs_the_token(peer: str) -> None:
    assert code(LOCAL, peer) == "access.outside"
    assert code({**LOCAL, **TOKEN}, peer) == "in"


@pytest.mark.parametrize(
    "given_token",
    ["Bearer wrong", "Bearer", "Bearer correct", f"Basic {SECRET}", SECRET, "Bearer ü"],
)
def test_a_wrong_token_opens_nothing(given_token: str) -> None:
    assert code({"Host": "x", "Authorization": given_token}) == "access.outside"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1:8080"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8080"},
    ],
)
def test_a_page_of_another_site_is_refused_token_or_not(headers: dict[str, str]) -> None:
    assert code({**LOCAL, **headers}) == "access.cross_site"
    assert code({**LOCAL, **headers, **TOKEN}) == "access.cross_site"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost:8080"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_our_own_address_in_a_browser_is_local(headers: dict[str, str]) -> None:
    assert code({**LOCAL, **headers}) == "in"


@given(st.dictionaries(st.sampled_from(["Host", "Origin", "Authorization", "Via"]), st.text()))
def test_nonsense_never_breaks_the_policy(headers: dict[str, str]) -> None:
    assert code(headers) in ("access.outside", "access.cross_site", "in")
