"""Puts the access policy in front of handlers, those of other adapters included."""

from __future__ import annotations

from aiohttp import web

from callconsole.adapters.web import answers
from callconsole.adapters.web.access import AccessPolicy
from callconsole.adapters.web.answers import Handler


def guarded(handler: Handler, access: AccessPolicy) -> Handler:
    """The handler, asked only for requests that the policy lets in."""

    async def guard(request: web.Request) -> web.StreamResponse:
        refusal = access.refusal(request)
        return answers.problem(refusal) if refusal is not None else await handler(request)

    return guard
