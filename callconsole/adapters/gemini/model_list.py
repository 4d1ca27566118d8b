"""Which Live models an account may use, asked of the service where it says so."""

from __future__ import annotations

import asyncio

from callconsole.adapters.gemini.client import build_client
from callconsole.adapters.gemini.credentials import GeminiAccess
from callconsole.adapters.gemini.models import BackEnd, bare_name, known_models
from callconsole.domain.agent_models import OfferedModels

LIVE = "bidiGenerateContent"
PAGE = 100
LIST_S = 10.0


async def offered_models(access: GeminiAccess, api_version: str) -> OfferedModels:
    """The models of the account that can hold a Live session.

    Vertex AI lists publishers' models without what they can do, so our table answers for it.

    Raises:
        TimeoutError: no answer within ten seconds.
        Exception: whatever the SDK and the network raise.
    """
    back_end = access.account.back_end
    if back_end is BackEnd.VERTEX:
        return OfferedModels(tuple(known_models(back_end)), from_account=False)
    from aiohttp import ClientSession

    # It trusts what the sessions trust, and needs no proxy to reach this computer.
    http = ClientSession(trust_env=not access.on_loopback)
    async with asyncio.timeout(LIST_S), http:
        client = await asyncio.to_thread(build_client, access, api_version, http=http)
        try:
            pages = await client.aio.models.list(config={"page_size": PAGE, "query_base": True})
            names = [
                bare_name(model.name)
                async for model in pages
                if model.name and LIVE in (model.supported_actions or [])
            ]
        finally:
            client.close()
    return OfferedModels(tuple(names), from_account=True)
