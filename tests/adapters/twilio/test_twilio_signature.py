"""Signatures, over Twilio's published example and over what an attacker may send."""

from __future__ import annotations

from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from pydantic import SecretStr
from twilio_door import PUBLIC, TOKEN, signed

from callconsole.adapters.twilio.signature import SignatureCheck

EXAMPLE = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675310",
    "Digits": "1234",
    "From": "+14158675310",
    "To": "+18005551212",
}


def check(token: str = TOKEN, url: str = PUBLIC) -> SignatureCheck:
    return SignatureCheck(SecretStr(token), lambda: url)


def test_twilios_published_example_is_accepted() -> None:
    signature = {"X-Twilio-Signature": "L/OH5YylLD5NRKLltdqwSvS0BnU="}
    request = make_mocked_request("POST", "/myapp.php?foo=1&bar=2", headers=signature)
    example = check(url="https://example.com/")
    assert example.webhook(request, EXAMPLE)
    assert not example.webhook(request, {**EXAMPLE, "Digits": "1235"})
    assert example.refused == 1


def test_fields_that_repeat_and_empty_fields_count() -> None:
    fields = MultiDict([("a", "2"), ("a", "1"), ("empty", "")])
    header = signed(f"{PUBLIC}/call-status")
    request = make_mocked_request("POST", "/call-status", headers=header)
    assert not check().webhook(request, fields)


def test_without_a_header_a_secret_or_an_address_everything_is_refused() -> None:
    path = "/call-status"
    bare = make_mocked_request("POST", path)
    assert not check().webhook(bare, {})
    assert not check().handshake(bare)
    empty = make_mocked_request("POST", path, headers=signed(PUBLIC + path, token=""))
    assert not check(token="").webhook(empty, {})
    nowhere = make_mocked_request("POST", path, headers=signed(path))
    assert not check(url="").webhook(nowhere, {})
    assert not check(url="").handshake(nowhere)


def test_a_handshake_is_signed_over_wss_with_or_without_a_slash() -> None:
    def judged(url: str) -> bool:
        return check().handshake(make_mocked_request("GET", "/media-stream", headers=signed(url)))

    assert judged("wss://desk.example.com/media-stream")
    assert judged("wss://desk.example.com/media-stream/")
    assert not judged("https://desk.example.com/media-stream")
    assert not judged("wss://evil.example.com/media-stream")


def test_host_and_forwarded_headers_have_no_say() -> None:
    header = signed("https://evil.example.com/call-status")
    header |= {"Host": "evil.example.com", "X-Forwarded-Host": "evil.example.com"}
    assert not check().webhook(make_mocked_request("POST", "/call-status", headers=header), {})


def test_a_former_address_stays_valid_for_both_kinds() -> None:
    kept = SignatureCheck(SecretStr(TOKEN), lambda: PUBLIC, lambda: ["https://old.example.com"])

    def judged(url: str) -> bool:
        path = "/" + url.split("/", 3)[3]
        request = make_mocked_request("POST", path, headers=signed(url))
        handshake = make_mocked_request("GET", path, headers=signed(url))
        return kept.handshake(handshake) if url.startswith("wss") else kept.webhook(request, {})

    for base in (PUBLIC, "https://old.example.com"):
        assert judged(f"{base}/call-status")
        assert judged(f"wss{base.removeprefix('https')}/media-stream/")
    assert kept.refused == 0
    assert not judged("https://older.example.com/call-status")
    assert not judged("wss://older.example.com/media-stream")
    assert kept.refused == 2


@given(st.text(max_size=40), st.text(max_size=40), st.dictionaries(st.text(), st.text()))
def test_any_nonsense_is_refused_and_nothing_breaks(
    signature: str, query: str, fields: dict[str, str]
) -> None:
    request = make_mocked_request(
        "POST", f"/call-status?{query}", headers={"X-Twilio-Signature": signature}
    )
    assert not check().webhook(request, fields)
    assert not check().handshake(request)
