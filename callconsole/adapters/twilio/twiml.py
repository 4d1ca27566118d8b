"""The documents that tell Twilio what to do with a call."""

from __future__ import annotations

from callconsole.adapters.twilio.problems import no_public_address
from callconsole.domain.problems import ProblemError

MEDIA_PATH = "/media-stream"
TOKEN_PARAMETER = "token"  # noqa: S105 - the parameter's name, not its value


def stream_url(public_url: str) -> str:
    """The wss address of our media socket; Twilio connects to no other scheme (E31922).

    Raises:
        ProblemError: the public address does not begin with https://.
    """
    scheme, separator, rest = public_url.rstrip("/").partition("://")
    if scheme.lower() != "https" or not separator or not rest:
        raise ProblemError(no_public_address())
    return f"wss://{rest}{MEDIA_PATH}"


def stream_document(url: str, token: str) -> str:
    """TwiML that joins the call to our media socket, and ends the call with it.

    Nothing follows the stream, so our crash or close ends the call. The token travels as a
    parameter because Twilio strips the query from a stream's address.

    Args:
        url: wss address, see `stream_url`.
        token: one-time secret; name and value stay below Twilio's 500 characters.
    """
    from twilio.twiml.voice_response import Connect, VoiceResponse

    response = VoiceResponse()
    connect = Connect()
    connect.stream(url=url).parameter(name=TOKEN_PARAMETER, value=token)
    response.append(connect)
    return str(response)


def hangup_document() -> str:
    """TwiML that ends the call."""
    from twilio.twiml.voice_response import VoiceResponse

    response = VoiceResponse()
    response.hangup()
    return str(response)
