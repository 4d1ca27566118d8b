from __future__ import annotations

import asyncio
import os
import ssl
import stat
from pathlib import Path

import pytest

from callconsole.practice.certificates import LoopbackCertificate, make_loopback_certificate


async def greet(host: str, port: int, trust: ssl.SSLContext) -> bytes:
    reader, writer = await asyncio.open_connection(host, port, ssl=trust)
    try:
        return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


async def serve(certificate: LoopbackCertificate) -> asyncio.Server:
    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", 0, ssl=certificate.server_context())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_client_that_trusts_the_authority_connects(tmp_path: Path, host: str) -> None:
    certificate = make_loopback_certificate(tmp_path)
    async with await serve(certificate) as server:
        trust = ssl.create_default_context(cafile=certificate.ca_file)
        trust.verify_flags |= ssl.VERIFY_X509_STRICT
        port = server.sockets[0].getsockname()[1]
        assert await greet(host, port, trust) == b"hello"


async def test_a_client_that_does_not_trust_it_is_warned(tmp_path: Path) -> None:
    certificate = make_loopback_certificate(tmp_path / "one")
    other = make_loopback_certificate(tmp_path / "two")
    async with await serve(certificate) as server:
        port = server.sockets[0].getsockname()[1]
        for trust in (
            ssl.create_default_context(),
            ssl.create_default_context(cafile=other.ca_file),
        ):
            with pytest.raises(ssl.SSLCertVerificationError):
                await greet("127.0.0.1", port, trust)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no owner-only mode bits")
def test_the_key_is_private_and_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "certificates"
    first = make_loopback_certificate(folder)
    key = first.key_file.read_bytes()
    first.key_file.chmod(0o644)
    second = make_loopback_certificate(folder)
    assert second.key_file.read_bytes() != key
    assert stat.S_IMODE(second.key_file.stat().st_mode) == 0o600
    assert sorted(path.name for path in folder.iterdir()) == [
        "ca.pem",
        "server.key",
        "server.pem",
    ]
