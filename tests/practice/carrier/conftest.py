from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from practice_customer import ACCOUNT, NUMBER, PUBLIC, TOKEN, Customer
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from callconsole.practice.carrier import Edge, PracticeCarrier, hastened


@pytest.fixture
async def customer() -> AsyncIterator[Customer]:
    customer = Customer()
    await customer.start()
    yield customer
    await customer.stop()


@pytest.fixture
async def carrier(customer: Customer) -> AsyncIterator[PracticeCarrier]:
    edge = Edge()
    edge.map(PUBLIC, customer.local_url)
    carrier = PracticeCarrier(ACCOUNT, TOKEN, NUMBER, edge=edge, callees=hastened())
    await carrier.start()
    yield carrier
    await carrier.stop()


@pytest.fixture
async def sdk(carrier: PracticeCarrier) -> AsyncIterator[Client]:
    """The unmodified async client; every *_async method works."""
    http = AsyncTwilioHttpClient()
    client = Client(ACCOUNT, TOKEN, http_client=http)
    client.api.base_url = carrier.base_url
    yield client
    await http.close()
