"""The control API: place a call, look at it, follow it, say who answered, pass it on, end it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from callconsole import __version__
from callconsole.adapters.web import answers
from callconsole.adapters.web.access import AccessPolicy
from callconsole.adapters.web.answers import Handler
from callconsole.adapters.web.bodies import read_object, require_keys, text_of
from callconsole.adapters.web.call_json import call_json, unknown_call
from callconsole.adapters.web.event_stream import EventStreams
from callconsole.adapters.web.guard import guarded
from callconsole.adapters.web.history import HistoryApi
from callconsole.adapters.web.queries import one_of
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import Call
from callconsole.domain.incoming import Answerer
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.ports import Switchboard

# What an operator can say; that nobody knows is not a judgement.
_JUDGEMENTS: Final = tuple(who.value for who in AnsweredBy if who is not AnsweredBy.UNKNOWN)

_ANSWERERS: Final = tuple(who.value for who in Answerer)


def routes(
    switchboard: Switchboard, access: AccessPolicy, streams: EventStreams, instance: str
) -> list[web.RouteDef]:
    """`/` and `/health`, and guarded: `/place-call`, `/calls`, `/history` and all below them."""
    api = _ControlApi(switchboard, access, streams, instance)
    history = HistoryApi(switchboard)

    def own(handler: Handler) -> Handler:
        return guarded(handler, access)

    return [
        web.get("/", api.root),
        web.get("/health", api.health),
        web.post("/place-call", own(api.place_call)),
        web.get("/calls", own(api.calls)),
        web.get("/calls/{sid}", own(api.call)),
        web.get("/calls/{sid}/events", own(api.events)),
        web.post("/calls/{sid}/hang-up", own(api.hang_up)),
        web.post("/calls/{sid}/answer", own(api.answer)),
        web.post("/calls/{sid}/decline", own(api.decline)),
        web.post("/calls/{sid}/answered-by", own(api.answered_by)),
        web.post("/calls/{sid}/transfer", own(api.transfer)),
        web.get("/history", own(history.calls)),
        web.get("/history/{sid}", own(history.call)),
    ]


def alive(instance: str) -> dict[str, str]:
    """What everybody may know of us: that we answer, and which of us it is."""
    return {"status": "ok", "instance": instance}


class _ControlApi:
    def __init__(
        self,
        switchboard: Switchboard,
        access: AccessPolicy,
        streams: EventStreams,
        instance: str,
    ) -> None:
        self._switchboard = switchboard
        self._access = access
        self._instance = instance
        self._streams = streams

    async def root(self, _: web.Request) -> web.Response:
        """What this server is."""
        what = "A console that lets an AI make phone calls while a person watches."
        return answers.value({"name": "callconsole", "version": __version__, "about": what})

    async def health(self, request: web.Request) -> web.Response:
        """How the parts are doing; to the outside only who answers."""
        if self._access.refusal(request) is not None:
            return answers.value(alive(self._instance))
        return answers.value({**alive(self._instance), **self._switchboard.health()})

    async def place_call(self, request: web.Request) -> web.Response:
        """Dial `to` with the prompt named `prompt`, or the chosen one."""
        body = await read_object(request)
        require_keys(body, ("to", "prompt"))
        to = text_of(body, "to", required=True) or ""
        call = await self._switchboard.place_call(to, text_of(body, "prompt", required=False))
        return answers.value({"callSid": call.sid, "status": call.phase.value})

    async def calls(self, request: web.Request) -> web.Response:
        """The state of every call, live ones first and then newest first; `?live=1`: only those."""
        only_live = request.query.get("live") == "1"
        calls = [call for call in self._switchboard.calls() if call.live or not only_live]
        calls.sort(key=lambda call: (call.live, call.placed_at), reverse=True)
        now = datetime.now(UTC)
        return answers.value({"calls": [call_json(call, now) for call in calls]})

    async def call(self, request: web.Request) -> web.Response:
        """The call's present state, and what was counted in it."""
        call = self._known(request)
        figures = self._switchboard.figures(call.sid)
        return answers.value({**call_json(call, datetime.now(UTC)), "figures": figures})

    async def events(self, request: web.Request) -> web.StreamResponse:
        """The call's events, one JSON object a line, until it has ended."""
        call = self._known(request)
        first = {"event": "CallState", "call": call_json(call, datetime.now(UTC))}
        return await self._streams.follow(request, call, first)

    async def hang_up(self, request: web.Request) -> web.Response:
        """End the call; one that is over already is a success."""
        call = self._known(request)
        await self._switchboard.hang_up(call.sid)
        call = self._switchboard.call(call.sid) or call
        return answers.value({"callSid": call.sid, "status": call.phase.value})

    async def answer(self, request: web.Request) -> web.Response:
        """Pick up a call that rings here, with the AI or, at a desk, by yourself."""
        call = self._known(request)
        body = await read_object(request)
        require_keys(body, ("by", "prompt"))
        by = one_of(text_of(body, "by", required=True) or "", "by", _ANSWERERS)
        prompt = text_of(body, "prompt", required=False)
        await self._switchboard.answer_incoming(call.sid, Answerer(by), prompt)
        call = self._switchboard.call(call.sid) or call
        return answers.value({"callSid": call.sid, "status": call.phase.value, "by": by})

    async def decline(self, request: web.Request) -> web.Response:
        """Refuse a call that rings here: the caller hears an engaged tone."""
        call = self._known(request)
        self._switchboard.decline_incoming(call.sid)
        call = self._switchboard.call(call.sid) or call
        return answers.value({"callSid": call.sid, "status": call.phase.value})

    async def answered_by(self, request: web.Request) -> web.Response:
        """The operator says who answered, which counts more than any other verdict."""
        call = self._known(request)
        body = await read_object(request)
        require_keys(body, ("answeredBy",))
        word = text_of(body, "answeredBy", required=True) or ""
        who = AnsweredBy(one_of(word, "answeredBy", _JUDGEMENTS))
        # The call may have ended while the body came.
        if not (self._switchboard.call(call.sid) or call).live:
            raise _call_is_over()
        self._switchboard.judge_answer(call.sid, who)
        call = self._switchboard.call(call.sid) or call
        return answers.value(
            {"callSid": call.sid, "status": call.phase.value, "answeredBy": call.answered_by.value}
        )

    async def transfer(self, request: web.Request) -> web.Response:
        """Pass the call on `to` a name of its prompt or a number, who is told `note` before."""
        call = self._known(request)
        body = await read_object(request)
        require_keys(body, ("to", "note"))
        to = text_of(body, "to", required=True) or ""
        note = text_of(body, "note", required=False) or ""
        await self._switchboard.transfer_call(call.sid, to, note)
        call = self._switchboard.call(call.sid) or call
        return answers.value(
            {
                "callSid": call.sid,
                "status": call.phase.value,
                "transferredTo": call.transferred_to,
            }
        )

    def _known(self, request: web.Request) -> Call:
        call = self._switchboard.call(request.match_info["sid"])
        if call is None:
            raise unknown_call(
                "This console has placed no call of that name since it was started.",
                "Use the callSid that /place-call gave.",
            )
        return call


def _call_is_over() -> ProblemError:
    return ProblemError(
        Problem(
            code="call.over",
            title="The call is over",
            cause="It has ended, so there is nothing left to decide.",
            cure="Nothing needs to be done.",
        )
    )
