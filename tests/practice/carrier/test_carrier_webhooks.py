from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from practice_customer import PUBLIC, TOKEN, Customer

from callconsole.practice.carrier import Edge
from callconsole.practice.carrier.alerts import AlertLog
from callconsole.practice.carrier.edge import UnreachableError, is_public
from callconsole.practice.carrier.webhooks import Timeouts, WebhookError, Webhooks


@pytest.fixture
def edge(customer: Customer) -> Edge:
    edge = Edge()
    edge.map(PUBLIC, customer.local_url)
    return edge


@pytest.fixture
async def webhooks(edge: Edge) -> AsyncIterator[Webhooks]:
    webhooks = Webhooks(TOKEN, edge, AlertLog(), Timeouts(connect_s=0.1, total_s=0.5))
    webhooks.open()
    yield webhooks
    await webhooks.close()


def test_the_signature_of_twilios_own_example() -> None:
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    webhooks = Webhooks("12345", Edge(), AlertLog())
    url = "https://example.com/myapp.php?foo=1&bar=2"
    assert webhooks.signature(url, fields) == "L/OH5YylLD5NRKLltdqwSvS0BnU="
    dressed = "https://user:pass@example.com:443/myapp.php?foo=1&bar=2#rc=2"
    assert webhooks.signature(dressed, fields) == "L/OH5YylLD5NRKLltdqwSvS0BnU="


async def test_a_server_that_never_answers_is_given_up(edge: Edge) -> None:
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    edge.map(PUBLIC, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    alerts = AlertLog()
    webhooks = Webhooks(TOKEN, edge, alerts, Timeouts(connect_s=0.1, total_s=0.3))
    webhooks.open()
    await webhooks.send(f"{PUBLIC}/slow", {}, "CA1")
    assert alerts.codes == [11205]
    await webhooks.close()
    server.close()
    await server.wait_closed()


async def test_only_a_slow_connection_is_tried_again(edge: Edge) -> None:
    """A listener whose queue is full lets connections wait, as a dead route does."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for guest in (first, second):
            guest.setblocking(False)
            guest.connect_ex(full.getsockname())
        edge.map(PUBLIC, f"http://127.0.0.1:{full.getsockname()[1]}")
        alerts = AlertLog()
        webhooks = Webhooks(TOKEN, edge, alerts, Timeouts(connect_s=0.1, total_s=5))
        webhooks.open()
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        await webhooks.send(f"{PUBLIC}/full", {}, "CA1")
        assert 0.19 <= loop.time() - begun_s <= 0.5
        assert alerts.codes == [11205]
        await webhooks.close()


async def test_redirects_are_not_followed(customer: Customer, webhooks: Webhooks) -> None:
    customer.status["/moved"] = 302
    with pytest.raises(WebhookError, match="302"):
        await webhooks.fetch(f"{PUBLIC}/moved", {"a": "1"})
    assert len(customer.requests) == 1


async def test_the_edge_knows_only_what_was_mapped() -> None:
    edge = Edge()
    edge.map("https://a.example", "http://127.0.0.1:8080")
    assert edge.route("wss://a.example/media").url == "ws://a.example/media"
    assert edge.route("https://a.example/x?y=1").local_url == "http://127.0.0.1:8080/x?y=1"
    edge.unmap("https://a.example")
    with pytest.raises(UnreachableError):
        edge.route("https://a.example/")
    with pytest.raises(ValueError, match="port"):
        edge.map("https://a.example", "http://127.0.0.1")


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://console.practice.example/a", True),
        ("http://198.41.0.4/a", True),
        ("http://127.0.0.1:8080/a", False),
        ("http://[::1]/a", False),
        ("http://192.168.1.2/a", False),
        ("http://localhost/a", False),
        ("https://my_host.example/", False),
        ("wss://console.practice.example/", False),
        ("https://[broken/", False),
        ("https://a.example:port/", False),
        ("", False),
    ],
)
def test_what_twilio_can_call(url: str, public: bool) -> None:
    assert is_public(url) is public
