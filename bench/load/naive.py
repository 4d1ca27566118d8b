"""The naive baseline: aiohttp, the SDK's own send and receive, straight lines between samples.

As most open projects do it: every frame is resampled on its own, every audio message is built and
read by google-genai, what the agent says is sent on at once. Runs on asyncio's own loop. Prints
`ready <port>`. ``naive.py GEMINI_PORT CA_FILE``
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
from aiohttp import WSMsgType, web
from google import genai
from google.genai import types
from numpy.typing import NDArray

from callconsole.audio import mulaw

FRAME_BYTES = 160


def resampled(pcm: NDArray[np.int16], count: int) -> NDArray[np.int16]:
    """`count` samples on straight lines between those of one frame."""
    at = np.linspace(0, len(pcm), count, endpoint=False)
    return np.interp(at, np.arange(len(pcm)), pcm).astype(np.int16)


class Bridge:
    """One call."""

    def __init__(self, client: genai.Client) -> None:
        self._client = client

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Carry one media socket."""
        line = web.WebSocketResponse()
        await line.prepare(request)
        config = types.LiveConnectConfig(
            response_modalities=[types.Modality.AUDIO],
            system_instruction="Be brief.",
            input_audio_transcription=types.AudioTranscriptionConfig(),
            output_audio_transcription=types.AudioTranscriptionConfig(),
        )
        async with self._client.aio.live.connect(model="gemini-live", config=config) as session:
            agent: asyncio.Task[None] | None = None
            async for message in line:
                if message.type is not WSMsgType.TEXT:
                    break
                event = json.loads(message.data)
                if event["event"] == "start":
                    await session.send_realtime_input(text="Greet the person now.")
                    agent = asyncio.create_task(self._play(session, line, event["streamSid"]))
                elif event["event"] == "media":
                    pcm = mulaw.decode(base64.b64decode(event["media"]["payload"]))
                    data = resampled(pcm, 2 * len(pcm)).tobytes()
                    await session.send_realtime_input(
                        audio=types.Blob(data=data, mime_type="audio/pcm;rate=16000")
                    )
                elif event["event"] == "stop":
                    break
            if agent is not None:
                agent.cancel()
        return line

    async def _play(
        self, session: genai.live.AsyncSession, line: web.WebSocketResponse, sid: str
    ) -> None:
        while True:
            async for message in session.receive():
                content = message.server_content
                if content is None:
                    continue
                if content.interrupted:
                    await line.send_json({"event": "clear", "streamSid": sid})
                for part in (content.model_turn.parts or []) if content.model_turn else []:
                    if part.inline_data is not None and part.inline_data.data:
                        await self._send(line, sid, part.inline_data.data)

    async def _send(self, line: web.WebSocketResponse, sid: str, data: bytes) -> None:
        pcm = np.frombuffer(data, "<i2")
        coded = mulaw.encode(resampled(pcm, len(pcm) // 3))
        for at in range(0, len(coded), FRAME_BYTES):
            payload = base64.b64encode(coded[at : at + FRAME_BYTES]).decode()
            await line.send_json(
                {"event": "media", "streamSid": sid, "media": {"payload": payload}}
            )


async def main(gemini_port: int, ca_file: str) -> None:
    """Serve until killed."""
    options = types.HttpOptions(
        base_url=f"https://127.0.0.1:{gemini_port}",
        async_client_args={"ssl": ssl.create_default_context(cafile=ca_file)},
    )
    bridge = Bridge(genai.Client(vertexai=False, api_key="k", http_options=options))
    app = web.Application()
    app.router.add_get("/media-stream", bridge.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print("ready", runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
