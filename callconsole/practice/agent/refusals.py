"""How the Live service says no: close codes with the reasons that were seen in the wild."""

from __future__ import annotations

INVALID_ARGUMENT = "Request contains an invalid argument."
INTERNAL_ERROR = "Internal error encountered."
NOT_IMPLEMENTED = "Operation is not implemented, or supported, or enabled."
ENTITY_NOT_FOUND = "Requested entity was not found."
SESSION_EXPIRED = (
    "Connection aborted because the client failed to close the connection after receiving "
    "a GoAway signal once the session duration expired"
)

_MAX_REASON_BYTES = 123


class RefusalError(Exception):
    """Raised where the service would close the socket.

    Attributes:
        code: WebSocket close code (1007 bad request, 1008 policy, 1011 server fault).
        reason: the text that goes with it, cut to what a close frame can carry.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = fit_reason(reason)


def invalid_argument() -> RefusalError:
    """The service's answer to a value that it does not take."""
    return RefusalError(1007, INVALID_ARGUMENT)


def unknown_field(name: str, where: str) -> RefusalError:
    """The service's answer to a field that its protocol does not have."""
    place = f" at '{where}'" if where else ""
    text = f'Invalid JSON payload received. Unknown name "{name}"{place}: Cannot find field.'
    return RefusalError(1007, text)


def model_not_found(model: str, api_version: str) -> RefusalError:
    """The service's answer to a model that this back end and version do not offer."""
    return RefusalError(
        1008,
        f"models/{model} is not found for API version {api_version}, "
        "or is not supported for bidiGenerateContent.",
    )


def not_implemented() -> RefusalError:
    """The service's answer to realtime input while it waits for a function's result."""
    return RefusalError(1008, NOT_IMPLEMENTED)


def entity_not_found() -> RefusalError:
    """The service's answer to the result of a call that it does not wait for."""
    return RefusalError(1008, ENTITY_NOT_FOUND)


def fit_reason(reason: str) -> str:
    """Cut `reason` to the 123 bytes of UTF-8 that a close frame carries (RFC 6455, 5.5)."""
    return reason.encode(errors="replace")[:_MAX_REASON_BYTES].decode(errors="ignore")
