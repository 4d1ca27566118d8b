"""The REST API's errors: Twilio's codes, HTTP statuses and JSON."""

from __future__ import annotations

from aiohttp import web

# Code: (HTTP status, message). From twilio.com/docs/api/errors; {} takes the offending value.
_ERRORS: dict[int, tuple[int, str]] = {
    11100: (400, "Invalid URL format: {}"),
    20001: (400, "Invalid parameter: {}"),
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource {} was not found"),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "Url is not a valid URL: {}"),
    21210: (400, "The source phone number provided, {}, is not yet verified for your account."),
    21211: (400, "The phone number you are attempting to call, {}, is not valid."),
    21212: (400, "The source phone number provided, {}, is not valid."),
    21213: (400, "No 'From' number is specified"),
    21215: (400, "Account not authorized to call {}."),
    21219: (
        400,
        "The number {} is unverified. Trial accounts may only make calls to verified numbers.",
    ),
    21220: (400, "Call is not in-progress. Cannot redirect."),
    21609: (400, "The StatusCallback URL {} is not a valid URL."),
    32018: (400, "Twiml is longer than 4000 characters"),
}


class RestError(Exception):
    """A request that is refused; `code` is Twilio's."""

    def __init__(self, code: int, value: str = "") -> None:
        self.code = code
        self.status, text = _ERRORS[code]
        self.message = text.format(value)
        super().__init__(self.message)

    def response(self) -> web.Response:
        """The refusal as Twilio writes it."""
        return error_response(self.status, self.code, self.message)


def error_response(status: int, code: int, message: str) -> web.Response:
    """Twilio's error JSON with any status and code."""
    body = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if status == 401 else {}
    return web.json_response(body, status=status, headers=headers)
