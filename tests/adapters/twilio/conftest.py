"""Twilio's API played on a real socket, and our carrier at its door."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from api_stand_in import StandIn, carrier_at

from callconsole.adapters.twilio.rest import TwilioCarrier


@pytest.fixture
async def twilio() -> AsyncIterator[StandIn]:
    stand_in = StandIn()
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


@pytest.fixture
async def carrier(twilio: StandIn) -> AsyncIterator[TwilioCarrier]:
    carrier = carrier_at(twilio.base_url)
    yield carrier
    await carrier.close()
