"""The documents that tell Twilio what to do with a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from callconsole.adapters.twilio import addresses, problems
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import Transfer

if TYPE_CHECKING:
    from twilio.twiml.voice_response import VoiceResponse

TOKEN_PARAMETER: Final = "token"  # noqa: S105 - the parameter's name, not its value
_DOCUMENT_CHARS: Final = 4000
# About a minute of speech; escaped, which makes five characters of one, it still fits.
_WHISPER_CHARS: Final = 600


def stream_document(public_url: str, token: str) -> str:
    """TwiML that joins the call to our media socket.

    When the stream ends while the call goes on, whoever ended it, Twilio asks us what to do. The
    token travels as a parameter because Twilio strips the query from a stream's address.

    Args:
        public_url: our https address.
        token: one-time secret; name and value stay below Twilio's 500 characters.

    Raises:
        ProblemError: the public address is not one that Twilio can use, or too long.
    """
    response = _response()
    _connect(response, public_url, token)
    return _text(response)


def keys_document(public_url: str, digits: str, token: str) -> str:
    """TwiML that plays key tones to the callee, then joins the call to our media socket.

    Args:
        public_url: our https address.
        digits: 0-9, *, #, A-D, and w for half a second.
        token: as for `stream_document`.

    Raises:
        ProblemError: as `stream_document`.
    """
    response = _response()
    response.play(digits=digits)
    _connect(response, public_url, token)
    return _text(response)


def transfer_document(public_url: str, number: str, transfer: Transfer) -> str:
    """TwiML that joins the call to another number, and asks us what to do afterwards.

    The callee hears ringing until the other has picked up and has heard our whisper.

    Args:
        public_url: our https address.
        number: our own number, which the other is shown, E.164.
        transfer: whom to call, and for how long.

    Raises:
        ProblemError: as `stream_document`.
    """
    response = _response()
    dial = response.dial(
        caller_id=number,
        answer_on_bridge=True,
        timeout=transfer.ring_timeout_s,
        time_limit=transfer.time_limit_s,
        action=addresses.webhook_url(public_url, addresses.TRANSFER_ENDED_PATH),
        method="POST",
    )
    whisper = addresses.webhook_url(public_url, addresses.WHISPER_PATH)
    dial.number(transfer.to, url=whisper, method="POST")
    return _text(response)


def whisper_document(text: str) -> str:
    """TwiML that says a text to whom a call is transferred to; too long a text is cut."""
    response = _response()
    said = _sayable(text)
    if said:
        response.say(said)
    return _text(response)


def ring_on_document(public_url: str) -> str:
    """TwiML that lets an incoming call ring for a second more, and asks us again.

    A pause at the beginning of a document delays the pick-up (Twilio's docs of Pause). That the
    call is not picked up for the redirect behind it is not documented.

    Raises:
        ProblemError: as `stream_document`.
    """
    response = _response()
    response.pause(length=1)
    response.redirect(addresses.webhook_url(public_url, addresses.INCOMING_PATH), method="POST")
    return _text(response)


def reject_document(*, busy: bool) -> str:
    """TwiML that refuses an incoming call, unbilled: as engaged, or as a number without calls."""
    response = _response()
    response.reject(reason="busy" if busy else "rejected")
    return _text(response)


def hangup_document() -> str:
    """TwiML that ends the call."""
    response = _response()
    response.hangup()
    return _text(response)


def _response() -> VoiceResponse:
    from twilio.twiml.voice_response import VoiceResponse

    return VoiceResponse()


def _connect(response: VoiceResponse, public_url: str, token: str) -> None:
    action = addresses.webhook_url(public_url, addresses.STREAM_ENDED_PATH)
    connect = response.connect(action=action, method="POST")
    stream = connect.stream(url=addresses.stream_url(public_url))
    stream.parameter(name=TOKEN_PARAMETER, value=token)


def _text(response: VoiceResponse) -> str:
    text = str(response)
    if len(text) > _DOCUMENT_CHARS:
        raise ProblemError(problems.refused(400, 32018, ""))
    return text


def _sayable(text: str) -> str:
    """The words of a text without what XML cannot carry, cut at a space where too long."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(words) <= _WHISPER_CHARS:
        return words
    return words[: _WHISPER_CHARS + 1].rsplit(" ", 1)[0][:_WHISPER_CHARS]
