"""Where Twilio reaches us: the paths of our webhooks and media socket, and their full addresses."""

from __future__ import annotations

from typing import Final

from callconsole.adapters.twilio.problems import no_public_address
from callconsole.domain.problems import ProblemError

STATUS_PATH: Final = "/call-status"
MEDIA_PATH: Final = "/media-stream"
INCOMING_PATH: Final = "/twiml/incoming"
STREAM_PATH: Final = "/twiml/stream"
ANSWERED_PATH: Final = "/twiml/answered"
STREAM_ENDED_PATH: Final = "/twiml/stream-ended"
WHISPER_PATH: Final = "/twiml/whisper"
TRANSFER_ENDED_PATH: Final = "/twiml/transfer-ended"


def webhook_url(public_url: str, path: str) -> str:
    """The https address of a webhook.

    Raises:
        ProblemError: the public address does not begin with https://.
    """
    return f"https://{_reached_at(public_url)}{path}"


def stream_url(public_url: str) -> str:
    """The wss address of our media socket; Twilio connects to no other scheme (E31922).

    Raises:
        ProblemError: the public address does not begin with https://.
    """
    return f"wss://{_reached_at(public_url)}{MEDIA_PATH}"


def _reached_at(public_url: str) -> str:
    """Host, and port and path where there are any, without a trailing slash."""
    scheme, separator, rest = public_url.rstrip("/").partition("://")
    if scheme.lower() != "https" or not separator or not rest:
        raise ProblemError(no_public_address())
    return rest
