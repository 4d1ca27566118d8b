"""The hot path's frame is the library's frame, byte for byte."""

from __future__ import annotations

import pytest
from websockets import frames
from websockets.frames import Frame, Opcode

from callconsole.adapters.gemini.client_frame import Masks, text_frame


@pytest.mark.parametrize("length", [0, 1, 125, 126, 936, 65535, 65536, 70001])
def test_it_equals_what_websockets_makes(monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    mask = b"\x37\xfa\x21\x3d"
    monkeypatch.setattr(frames.secrets, "token_bytes", lambda _: mask)
    payload = bytes(32 + index % 90 for index in range(length))
    assert text_frame(payload, mask) == Frame(Opcode.TEXT, payload).serialize(mask=True)


def test_the_example_of_the_rfc() -> None:
    # RFC 6455 §5.7: a single-frame masked text message that contains "Hello".
    frame = text_frame(b"Hello", b"\x37\xfa\x21\x3d")
    assert frame == bytes.fromhex("818537fa213d7f9f4d5158")


def test_masks_do_not_repeat() -> None:
    masks = Masks()
    keys = [masks.next() for _ in range(3000)]
    assert {len(key) for key in keys} == {4}
    assert len(set(keys)) > 2990
