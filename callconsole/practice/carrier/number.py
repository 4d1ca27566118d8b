"""What the account's number is set to, and how a request changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from callconsole.practice.carrier.edge import is_public
from callconsole.practice.carrier.rest_errors import RestError

_ADDRESSES = {"VoiceUrl": "voice_url", "StatusCallback": "status_callback"}
_METHODS = {"VoiceMethod": "voice_method", "StatusCallbackMethod": "status_callback_method"}


@dataclass(slots=True)
class NumberSettings:
    """Attributes:
    voice_url: where the company asks about a call that comes in; empty to begin with.
    status_callback: where it tells of such a call's end; empty to begin with.
    """

    voice_url: str = ""
    voice_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"


def change(own: NumberSettings, form: Mapping[str, object]) -> None:
    """Take in what a request sets; nothing at all where one part is wrong.

    Raises `RestError`: an address that is none, a method that is none, or a field that this
    company does not know.
    """
    changed = replace(own)
    for name, value in form.items():
        text = str(value)
        if name in _ADDRESSES:
            if text and not is_public(text):
                raise RestError(11100, text)
            setattr(changed, _ADDRESSES[name], text)
        elif name in _METHODS:
            if text not in ("GET", "POST"):
                raise RestError(20001, f"{name} cannot be {text}")
            setattr(changed, _METHODS[name], text)
        else:
            raise RestError(20001, f"this company does not know {name}")
    for name in (*_ADDRESSES.values(), *_METHODS.values()):
        setattr(own, name, getattr(changed, name))
