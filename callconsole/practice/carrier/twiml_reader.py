"""TwiML as the phone company reads it: text to verbs, refusing what Twilio would refuse."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit
from xml.etree import ElementTree

from callconsole.practice.carrier.orders import EVENTS
from callconsole.practice.carrier.twiml import (
    Connect,
    Dial,
    Hangup,
    Number,
    Pause,
    Play,
    Redirect,
    Reject,
    Say,
    Stream,
    TwimlError,
    Verb,
)

MAX_INLINE_CHARS = 4000
_MAX_PARAMETER_CHARS = 500
_KEYS = frozenset("0123456789*#ABCDabcdwW")

Element = ElementTree.Element


def parse(text: str) -> list[Verb]:
    """The verbs of a document, in order.

    Source: twilio.com/docs/voice/twiml. Stricter than Twilio, to find mistakes early: unknown
    attributes are an error (Twilio warns), and so is a query string in a stream's address (Twilio
    cuts it off without a word). Verbs and attributes that this company lacks are
    refused too.

    Raises:
        TwimlError: Twilio would refuse the document.
    """
    if "<!DOCTYPE" in text:
        raise TwimlError(12100, "a document type is not allowed")
    try:
        # Entities need a document type, which was refused above.
        root = ElementTree.fromstring(text.strip())  # noqa: S314
    except ElementTree.ParseError as error:
        raise TwimlError(12100, f"not XML: {error}") from None
    if root.tag != "Response":
        raise TwimlError(12100, f"the root element is {root.tag}, not Response")
    _check(root, attributes=())
    return [_verb(element) for element in root]


def _verb(element: Element) -> Verb:
    reader = _READERS.get(element.tag)
    if reader is None:
        raise TwimlError(12200, f"unknown verb {element.tag}")
    return reader(element)


def _check(element: Element, attributes: tuple[str, ...], text: bool = False) -> None:
    """Refuse attributes that the element does not have, and words where it takes none."""
    for name in element.attrib:
        if name not in attributes:
            raise TwimlError(12200, f"{element.tag} has no attribute {name}")
    tails = "".join(child.tail or "" for child in element)
    if not text and ((element.text or "") + tails).strip():
        raise TwimlError(12200, f"{element.tag} takes no text")


def _childless(element: Element) -> None:
    if len(element):
        raise TwimlError(12200, f"{element.tag} cannot contain {element[0].tag}")


def _method(element: Element, name: str = "method", code: int = 12200) -> str:
    method = element.get(name, "POST").upper()
    if method not in ("GET", "POST"):
        raise TwimlError(code, f"{name} has to be GET or POST")
    return method


def _connect(element: Element) -> Connect:
    _check(element, ("action", "method"))
    nouns = list(element)
    if len(nouns) != 1 or nouns[0].tag != "Stream":
        raise TwimlError(12200, "Connect needs exactly one noun, Stream")
    return Connect(_stream(nouns[0]), element.get("action", ""), _method(element))


def _stream(element: Element) -> Stream:
    _check(element, ("url", "name", "track", "statusCallback", "statusCallbackMethod"))
    if element.get("track", "inbound_track") != "inbound_track":
        raise TwimlError(31941, "Connect streams carry inbound_track only")
    return Stream(
        url=_stream_url(element.get("url", "")),
        name=element.get("name", ""),
        status_callback=element.get("statusCallback", ""),
        status_callback_method=_method(element, "statusCallbackMethod"),
        parameters=dict(_parameter(child) for child in element),
    )


def _stream_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        raise TwimlError(31923, "the stream's address is malformed") from None
    if parts.scheme != "wss":
        raise TwimlError(31922, "the stream's address has to begin with wss://")
    if not host or parts.query or parts.fragment:
        raise TwimlError(31923, "the stream's address needs a host and takes no query string")
    return url


def _parameter(element: Element) -> tuple[str, str]:
    if element.tag != "Parameter":
        raise TwimlError(12200, f"Stream cannot contain {element.tag}")
    _check(element, ("name", "value"))
    _childless(element)
    name, value = element.get("name", ""), element.get("value", "")
    if not name:
        raise TwimlError(12200, "a Parameter needs a name")
    if len(name) + len(value) >= _MAX_PARAMETER_CHARS:
        raise TwimlError(12200, "a Parameter's name and value have to be under 500 characters")
    return name, value


def _dial(element: Element) -> Dial:
    allowed = ("action", "method", "callerId", "answerOnBridge", "timeout", "timeLimit")
    _check(element, allowed, text=not len(element))
    on_bridge = element.get("answerOnBridge", "false")
    if on_bridge not in ("true", "false"):
        raise TwimlError(12200, "answerOnBridge is true or false")
    return Dial(
        number=_dialled(element),
        caller_id=element.get("callerId", ""),
        answer_on_bridge=on_bridge == "true",
        timeout_s=_whole(element, "timeout", 30, 600, 13212),
        time_limit_s=_whole(element, "timeLimit", 14400, 14400, 13216),
        action=element.get("action", ""),
        method=_method(element, code=13210),
    )


def _dialled(element: Element) -> Number:
    nouns = list(element)
    if not nouns:
        return Number((element.text or "").strip())
    if any(noun.tag != "Number" for noun in nouns):
        raise TwimlError(13215, "this phone company dials numbers only")
    if len(nouns) > 1:
        raise TwimlError(13215, "this phone company dials one number at a time")
    return _number(nouns[0])


def _number(element: Element) -> Number:
    allowed = ("url", "method", "statusCallback", "statusCallbackMethod", "statusCallbackEvent")
    _check(element, allowed, text=True)
    _childless(element)
    events = frozenset(element.get("statusCallbackEvent", "completed").split())
    if not events <= EVENTS:
        raise TwimlError(12200, "statusCallbackEvent knows no such event")
    return Number(
        to=(element.text or "").strip(),
        url=element.get("url", ""),
        method=_method(element, code=13221),
        status_callback=element.get("statusCallback", ""),
        status_callback_method=_method(element, "statusCallbackMethod"),
        status_events=events,
    )


def _whole(element: Element, name: str, default: int, highest: int, code: int) -> int:
    """A whole number of seconds from 1."""
    text = element.get(name, str(default))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= highest:
        raise TwimlError(code, f"{name} has to be a whole number from 1 to {highest}")
    return int(text)


def _hangup(element: Element) -> Hangup:
    _check(element, ())
    _childless(element)
    return Hangup()


def _pause(element: Element) -> Pause:
    _check(element, ("length",))
    _childless(element)
    length = element.get("length", "1")
    if not length.isascii() or not length.isdigit() or int(length) < 1:
        raise TwimlError(12200, "a Pause's length has to be a whole number of seconds from 1")
    return Pause(int(length))


def _say(element: Element) -> Say:
    _check(element, ("voice", "language"), text=True)
    _childless(element)
    return Say((element.text or "").strip())


def _play(element: Element) -> Play:
    _check(element, ("digits",), text=True)
    _childless(element)
    digits = element.get("digits", "")
    if not digits or not _KEYS.issuperset(digits):
        raise TwimlError(12200, "this phone company plays keys only: 0-9, A-D, *, #, w, W")
    return Play(digits)


def _redirect(element: Element) -> Redirect:
    _check(element, ("method",), text=True)
    _childless(element)
    return Redirect((element.text or "").strip(), _method(element))


def _reject(element: Element) -> Reject:
    _check(element, ("reason",))
    _childless(element)
    reason = element.get("reason", "rejected")
    if reason not in ("rejected", "busy"):
        raise TwimlError(12200, "a Reject's reason is rejected or busy")
    return Reject(reason)


_READERS: dict[str, Callable[[Element], Verb]] = {
    "Connect": _connect,
    "Dial": _dial,
    "Hangup": _hangup,
    "Pause": _pause,
    "Say": _say,
    "Play": _play,
    "Redirect": _redirect,
    "Reject": _reject,
}
