"""JSON answers of the control API: values, problems, and errors of HTTP itself."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, Final

from aiohttp import web

from callconsole.domain.dialling import DialError, Step, StepState
from callconsole.domain.problems import Problem, ProblemError

_log = logging.getLogger(__name__)

_BY_CODE: Final = {
    "call.unknown": 404,
    "prompt.missing": 404,
    "prompt.empty": 409,
    "call.busy": 409,
    "call.already": 409,
    "call.limit": 429,
    "access.cross_site": 403,
    "access.outside": 403,
    "request.too_large": 413,
    "twilio.10004": 429,
    "twilio.20429": 429,
    "twilio.22005": 429,
    "twilio.timeout": 503,
    "twilio.unreachable": 503,
    "twilio.unavailable": 503,
    "twilio.tls": 502,
    "twilio.connection_lost": 502,
    "twilio.unreadable": 502,
    "twilio.no_public_address": 503,
}
# Of problems that are not in the table: whose fault they are, by the family of their code.
_BY_FAMILY: Final = {"number": 400, "prompt": 409, "request": 400, "twilio": 400, "call": 409}
_BY_STEP: Final = {Step.NUMBER: 400, Step.PROMPT: 409, Step.CARRIER: 502}
_UNREACHABLE: Final = 503
_HTTP_WORDS: Final = {
    404: ("There is nothing here", "No such address exists on this server.", "Check the address."),
    405: ("Not in this way", "The address exists, but not for this method.", "See Allow."),
    413: ("The body is too long", "A body may have at most 64 KB.", "Send less."),
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def value(content: dict[str, Any], status: int = 200) -> web.Response:
    """A JSON object as an answer that nobody keeps; what JSON does not know becomes text."""
    text = json.dumps(content, default=str, ensure_ascii=False) + "\n"
    return web.Response(
        # A body may quote half a character that a sender wrote as an escape.
        body=text.encode("utf-8", "replace"),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )


def problem(error: Problem | ProblemError) -> web.Response:
    """A problem as `{"error": {code, title, cause, cure, link[, steps]}}` with its status."""
    shown = error.problem if isinstance(error, ProblemError) else error
    content: dict[str, Any] = asdict(shown)
    if isinstance(error, DialError):
        content["steps"] = [
            {
                "step": result.step.value,
                "state": result.state.value,
                "detail": result.detail,
                "at": result.at.isoformat(timespec="milliseconds") if result.at else None,
            }
            for result in error.steps
        ]
    return value({"error": content}, _status(shown, error))


def _status(shown: Problem, error: Problem | ProblemError) -> int:
    code = shown.code.removesuffix(".perhaps_placed")
    family = code.partition(".")[0]
    if code in _BY_CODE:
        return _BY_CODE[code]
    if family in _BY_FAMILY:
        return _BY_FAMILY[family]
    failed = _failed_step(error)
    return _BY_STEP.get(failed, _UNREACHABLE) if failed is not None else _UNREACHABLE


def _failed_step(error: Problem | ProblemError) -> Step | None:
    if not isinstance(error, DialError):
        return None
    return next((step.step for step in error.steps if step.state is StepState.FAILED), None)


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every way in which a handler can fail into a JSON answer."""
    try:
        return await handler(request)
    except ProblemError as error:
        return problem(error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _http_error(error)
    except ConnectionError:
        raise
    except Exception:
        resource = request.match_info.route.resource
        place = resource.canonical if resource is not None else "an unknown address"
        _log.exception("a fault in the answer to %s %s", request.method, place)
        return problem_of_ours()


def problem_of_ours() -> web.Response:
    """The answer to our own fault; it says nothing of our insides."""
    fault = Problem(
        code="server.fault",
        title="Something went wrong here",
        cause="callconsole met a fault of its own.",
        cure="Try again; the log has the details.",
    )
    return value({"error": asdict(fault)}, 500)


def _http_error(error: web.HTTPException) -> web.Response:
    words = _HTTP_WORDS.get(error.status, (error.reason, "The request was refused.", ""))
    answer = value({"error": asdict(Problem(f"http.{error.status}", *words))}, error.status)
    if "Allow" in error.headers:
        answer.headers["Allow"] = error.headers["Allow"]
    return answer
