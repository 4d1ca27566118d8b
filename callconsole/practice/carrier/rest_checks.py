"""Reads the form of a REST request: what is asked for, or the error that Twilio would answer."""

from __future__ import annotations

from collections.abc import Callable, Collection

from multidict import MultiMapping

from callconsole.practice.carrier.amd import AmdOrder
from callconsole.practice.carrier.edge import is_public
from callconsole.practice.carrier.orders import EVENTS, Order, TwimlSource, is_number, is_premium
from callconsole.practice.carrier.rest_errors import RestError
from callconsole.practice.carrier.twiml_reader import MAX_INLINE_CHARS

Form = MultiMapping[str]

_MAX_TIME_LIMIT_S = 86400
_DEFAULT_TIME_LIMIT_S = 14400


def order_from(form: Form, owned_number: str, is_unverified: Callable[[str], bool]) -> Order:
    """A whole order. Raises `RestError`.

    Ranges and defaults: twilio.com/docs/voice/api/call-resource.
    """
    to = _callee(form, is_unverified)
    return Order(
        to=to,
        from_number=_caller(form, owned_number),
        twiml=_required_source(form),
        status_callback=_callback(form, "StatusCallback"),
        status_callback_method=_method(form, "StatusCallbackMethod"),
        status_events=_events(form),
        ring_timeout_s=_number(form, "Timeout", 60, 1, 600),
        time_limit_s=_number(form, "TimeLimit", _DEFAULT_TIME_LIMIT_S, 1, _MAX_TIME_LIMIT_S),
        amd=_amd(form),
    )


def source_from(form: Form) -> TwimlSource | None:
    """The instructions in a form, or None where it has none. Raises `RestError`."""
    url, text = form.get("Url", ""), form.get("Twiml", "")
    if url and text:
        raise RestError(20001, "Url and Twiml exclude each other")
    if not url and not text:
        return None
    if len(text) > MAX_INLINE_CHARS:
        raise RestError(32018)
    for name in ("Url", "FallbackUrl"):
        if form.get(name) and not is_public(form[name]):
            raise RestError(21205, form[name])
    return TwimlSource(
        text=text,
        url=url,
        method=_method(form, "Method"),
        fallback_url=form.get("FallbackUrl", ""),
        fallback_method=_method(form, "FallbackMethod"),
    )


def time_limit_from(form: Form) -> int | None:
    """A new time limit in seconds, or None. Raises `RestError`."""
    if "TimeLimit" not in form:
        return None
    return _number(form, "TimeLimit", 0, 1, _MAX_TIME_LIMIT_S)


def page_size_from(query: MultiMapping[str]) -> int:
    """How many items a list's page holds. Raises `RestError`."""
    return _number(query, "PageSize", 50, 1, 1000)


def choice(form: Form, name: str, default: str, allowed: Collection[str]) -> str:
    """A field that has to be one of a few words. Raises `RestError`."""
    value = form.get(name, default)
    if value not in allowed:
        raise RestError(20001, f"{name} cannot be {value}")
    return value


def _required_source(form: Form) -> TwimlSource:
    source = source_from(form)
    if source is None:
        raise RestError(21205, "Url or Twiml is required")
    return source


def _callee(form: Form, is_unverified: Callable[[str], bool]) -> str:
    to = form.get("To", "").strip()
    if not to:
        raise RestError(21201)
    if not is_number(to):
        raise RestError(21211, to)
    if is_premium(to):
        raise RestError(21215, to)
    if is_unverified(to):
        raise RestError(21219, to)
    return to


def _caller(form: Form, owned_number: str) -> str:
    caller = form.get("From", "").strip()
    if not caller:
        raise RestError(21213)
    if not is_number(caller):
        raise RestError(21212, caller)
    if caller != owned_number:
        raise RestError(21210, caller)
    return caller


def _callback(form: Form, name: str) -> str:
    url = form.get(name, "")
    if url and not is_public(url):
        raise RestError(21609, url)
    return url


def _events(form: Form) -> frozenset[str]:
    events = frozenset(form.getall("StatusCallbackEvent", ["completed"]))
    if not events <= EVENTS:
        unknown = ", ".join(sorted(events - EVENTS))
        raise RestError(20001, f"StatusCallbackEvent cannot be {unknown}")
    return events


def _method(form: Form, name: str) -> str:
    return choice(form, name, "POST", ("GET", "POST"))


def _number(form: Form, name: str, default: int, lowest: int, highest: int) -> int:
    text = form.get(name, str(default))
    if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
        raise RestError(20001, f"{name} has to be a whole number from {lowest} to {highest}")
    return int(text)


def _amd(form: Form) -> AmdOrder | None:
    """Machine detection; its flags are lower-case texts: ``True`` is refused, ``true`` is not."""
    wanted = choice(form, "MachineDetection", "", ("", "Enable", "DetectMessageEnd"))
    in_background = choice(form, "AsyncAmd", "false", ("true", "false")) == "true"
    prefix = "MachineDetection"
    order = AmdOrder(
        until_end=wanted == "DetectMessageEnd",
        in_background=in_background,
        callback_url=_callback(form, "AsyncAmdStatusCallback"),
        callback_method=_method(form, "AsyncAmdStatusCallbackMethod"),
        timeout_ms=1000 * _number(form, f"{prefix}Timeout", 30, 3, 59),
        speech_ms=_number(form, f"{prefix}SpeechThreshold", 2400, 1000, 6000),
        speech_end_ms=_number(form, f"{prefix}SpeechEndThreshold", 1200, 500, 5000),
        silence_ms=_number(form, f"{prefix}SilenceTimeout", 5000, 2000, 10000),
    )
    return order if wanted else None
