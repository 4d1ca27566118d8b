"""Makes the SDK's client for one account: pinned version, trusted certificates, socket options."""

from __future__ import annotations

import logging
import ssl
from typing import TYPE_CHECKING, Any

from callconsole.adapters.gemini.credentials import ApiKey, GeminiAccess, load_credentials
from callconsole.adapters.gemini.faults import key_missing
from callconsole.domain.problems import ProblemError

if TYPE_CHECKING:
    from aiohttp import ClientSession
    from google.genai import Client, types

# Ten minutes of speech in one message take 38 MB; the library's own limit of 1 MiB ends calls.
LARGEST_MESSAGE_BYTES = 64 * 2**20

# A logger of its own, kept at warnings: websockets' debug lines show keys, tokens and words.
_socket_log = logging.getLogger(f"{__name__}.socket")
_socket_log.setLevel(logging.WARNING)


def build_client(
    access: GeminiAccess, api_version: str, *, http: ClientSession | None = None
) -> Client:
    """A client; importing and making it takes a second, so this belongs in a thread.

    Args:
        access: account and address.
        api_version: version of the protocol to pin.
        http: for plain requests; without one the SDK makes its own, of a kind that aiohttp warns
            of.

    Raises:
        ProblemError: the key is empty, or there are no application default credentials.
        OSError: a file of certificates is missing or broken.
    """
    from google.genai import Client

    options = _http_options(access, api_version)
    options.aiohttp_client = http
    if isinstance(access.account, ApiKey):
        if not access.account.key.get_secret_value().strip():
            # The SDK would take one from the environment instead.
            raise ProblemError(key_missing())
        # Said outright, as GOOGLE_GENAI_USE_VERTEXAI in the environment would win otherwise.
        return Client(
            vertexai=False,
            api_key=access.account.key.get_secret_value(),
            http_options=options,
        )
    return Client(
        vertexai=True,
        project=access.account.project,
        location=access.account.location,
        credentials=load_credentials(access.account),
        http_options=options,
    )


def _http_options(access: GeminiAccess, api_version: str) -> types.HttpOptions:
    from google.genai import types

    return types.HttpOptions(
        base_url=access.base_url,
        api_version=api_version,
        async_client_args=_socket_options(access),
    )


def _socket_options(access: GeminiAccess) -> dict[str, Any]:
    """Keyword arguments that the SDK hands on to `websockets.connect`.

    Gemini's pongs were seen 8 to 30 seconds late, so pings would end good calls.
    """
    from callconsole.adapters.gemini.bounded_socket import CLOSE_S
    from callconsole.adapters.gemini.live_socket import LiveSocket

    options: dict[str, Any] = {
        "ping_interval": None,
        "close_timeout": CLOSE_S,
        "max_size": LARGEST_MESSAGE_BYTES,
        "compression": None,
        "create_connection": LiveSocket,
        "logger": _socket_log,
    }
    if access.on_loopback:
        options["proxy"] = None
    if access.ca_file is not None:
        options["ssl"] = ssl.create_default_context(cafile=str(access.ca_file))
    return options
