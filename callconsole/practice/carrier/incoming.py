"""A call to the customer's number while it rings: asks the customer what to do with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin

from callconsole.practice.carrier.instructions import fetch
from callconsole.practice.carrier.orders import TwimlSource
from callconsole.practice.carrier.services import Services
from callconsole.practice.carrier.twiml import Pause, Redirect, Reject, Verb

APOLOGY = "An application error has occurred."


@dataclass(frozen=True, slots=True)
class Decided:
    """What the customer wants done.

    Attributes:
        verbs: what is left to carry out once the call is picked up.
        base_url: where they came from.
        rejected: ``busy`` or ``rejected`` where the call is not picked up, else empty.
    """

    verbs: list[Verb]
    base_url: str
    rejected: str = ""


async def until_decided(
    source: TwimlSource, fields: Callable[[], dict[str, str]], services: Services
) -> Decided:
    """Follow the customer's documents up to the first verb that needs a call, or refuses it.

    A pause in front delays the pick-up (twilio.com/docs/voice/twiml/pause). That a redirect
    behind it does so as well is this company's guess.

    Raises:
        TwimlError: there is no document, or no readable one.
    """
    url, method = source.url, source.method
    while True:
        verbs = await fetch(url, method, fields(), services)
        while verbs and isinstance(verbs[0], Pause):
            await asyncio.sleep(verbs[0].length_s)
            verbs = verbs[1:]
        match verbs:
            case [Reject(reason), *_]:
                return Decided([], url, reason)
            case [Redirect(target, its_method), *_]:
                url, method = urljoin(url, target), its_method
            case _:
                return Decided(verbs, url)
