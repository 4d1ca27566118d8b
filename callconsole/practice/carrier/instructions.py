"""Carries out a call's TwiML: verb after verb, document after document, until nothing is left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urljoin

from callconsole.practice.carrier import tones, twiml, twiml_reader
from callconsole.practice.carrier.dialling import dial
from callconsole.practice.carrier.line import Line
from callconsole.practice.carrier.orders import TwimlSource
from callconsole.practice.carrier.person import Sound
from callconsole.practice.carrier.playout import PlayoutBuffer
from callconsole.practice.carrier.services import Services
from callconsole.practice.carrier.stream import MediaStream
from callconsole.practice.carrier.webhooks import WebhookError

_XML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})
_APOLOGY = "An application error has occurred."
_Fields = Callable[[], dict[str, str]]
# Verbs to carry out, or None where nothing is left; and the address they came from.
_Document = tuple[list[twiml.Verb] | None, str]


async def fetch(
    url: str, method: str, fields: dict[str, str], services: Services
) -> list[twiml.Verb]:
    """The document at an address of the customer's server. Raises `twiml.TwimlError`."""
    if services.faults.twiml_fetch_fails:
        raise twiml.TwimlError(11205, "the TwiML address cannot be reached")
    try:
        answer = await services.webhooks.fetch(url, fields, method)
    except WebhookError as error:
        raise twiml.TwimlError(error.code, error.detail) from None
    if answer.content_type not in _XML_TYPES:
        raise twiml.TwimlError(12300, f"{answer.content_type} is no TwiML")
    return twiml_reader.parse(answer.text)


class Instructions:
    """What a call is doing between its answer and its end.

    Attributes:
        stream: the media stream that is open now, or None.
        hung_up: True where the last document ended the call, or could not be carried out.
    """

    def __init__(
        self,
        call_sid: str,
        line: Line,
        fields: _Fields,
        services: Services,
        *,
        dialled: bool = False,
    ) -> None:
        """Get ready; nothing happens yet.

        Args:
            call_sid: the call's.
            line: its voice path.
            fields: gives what every request for a document carries, as it is by then.
            services: the company's.
            dialled: the call is the second leg of another one, which it will be joined to.
        """
        self.stream: MediaStream | None = None
        self.hung_up = False
        self._call_sid = call_sid
        self._dialled = dialled
        self._line = line
        self._fields = fields
        self._services = services

    async def run(self, source: TwimlSource) -> None:
        """Carry out a source's document and what it leads to; returns where nothing is left.

        A document that cannot be had or read is told to the callee by an apology.
        """
        await self._obey(self._first(source))

    async def go_on(self, verbs: list[twiml.Verb], base_url: str) -> None:
        """Carry out verbs that were read while the call rang, as `run` does."""
        await self._obey(self._carry_out(verbs, base_url))

    async def _obey(self, first: Coroutine[Any, Any, _Document]) -> None:
        try:
            verbs, base_url = await first
            while verbs is not None:
                verbs, base_url = await self._carry_out(verbs, base_url)
        except twiml.TwimlError as error:
            self._services.alerts.add(error.code, error.detail, self._call_sid)
            self.hung_up = True
            await self._play(tones.murmur(_APOLOGY))

    async def _first(self, source: TwimlSource) -> _Document:
        if not source.url:
            return twiml_reader.parse(source.text), ""
        try:
            return await self._fetch(source.url, source.method)
        except twiml.TwimlError as error:
            if not source.fallback_url:
                raise
            self._services.alerts.add(error.code, error.detail, self._call_sid)
            reason = {"ErrorCode": str(error.code), "ErrorUrl": source.url}
            return await self._fetch(source.fallback_url, source.fallback_method, reason)

    async def _fetch(
        self, url: str, method: str, more: dict[str, str] | None = None
    ) -> tuple[list[twiml.Verb], str]:
        """Get a document from the customer's server. Raises `twiml.TwimlError`."""
        return await fetch(url, method, self._fields() | (more or {}), self._services), url

    async def _carry_out(self, verbs: list[twiml.Verb], base_url: str) -> _Document:
        """Run verbs in order; the next document, or None where nothing is left."""
        for verb in verbs:
            match verb:
                case twiml.Hangup() | twiml.Reject():
                    self.hung_up = True
                    return None, base_url
                case twiml.Pause(length_s):
                    await self._play(tones.silence(length_s * 1000))
                case twiml.Say(text):
                    await self._play(tones.murmur(text))
                case twiml.Play(digits):
                    await self._play(tones.key_tones(digits), Sound.KEYS)
                case twiml.Redirect(url, method):
                    return await self._fetch(urljoin(base_url, url), method)
                case twiml.Connect() | twiml.Dial():
                    outcome = await self._join(verb, base_url)
                    if verb.action:
                        action = urljoin(base_url, verb.action)
                        return await self._fetch(action, verb.method, outcome)
        return None, base_url

    async def _join(self, verb: twiml.Connect | twiml.Dial, base_url: str) -> dict[str, str]:
        """Join the call to a stream or a second party; what the action is told when that ends."""
        if self._dialled:
            raise twiml.TwimlError(13201, "a dialled leg is joined to nothing else")
        if isinstance(verb, twiml.Dial):
            return await dial(verb, base_url, self._fields(), self._line, self._services)
        await self._connect(verb)
        return {}

    async def _connect(self, verb: twiml.Connect) -> None:
        self.stream = MediaStream(verb.stream, self._call_sid, self._line, self._services)
        try:
            await self.stream.run()
        finally:
            self.stream = None

    async def _play(self, audio: bytes, sound: Sound = Sound.SPEECH) -> None:
        """Let the callee hear something to its end."""
        buffer = PlayoutBuffer()
        heard = asyncio.Event()
        buffer.put(audio)
        buffer.mark("end")

        def source() -> bytes:
            frame, due = buffer.take()
            if due:
                heard.set()
            return frame

        self._line.play(source, sound)
        try:
            await heard.wait()
        finally:
            self._line.stop(source)
