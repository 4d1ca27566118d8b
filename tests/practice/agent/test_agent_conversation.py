from __future__ import annotations

import numpy as np
import pytest
from practice_live_kit import TRANSCRIBED, Desk, listening, said, silence, speak

from callconsole.practice import clips

pytestmark = pytest.mark.parametrize("back_end", ["developer", "vertex"])


async def test_a_hello_is_heard_and_greeted(start_agent, desk: Desk, back_end: str) -> None:
    agent = await start_agent()
    greeting = clips.load("agent")["agent_greeting"]
    async with (
        desk.session(agent, back_end, **TRANSCRIBED) as session,
        listening(session) as ear,
    ):
        await speak(session, silence(200), said("person_hello"), silence(1000))
        await ear.until_kind("usage")
    assert ear.words("caller") == "Hello, Sam speaking."
    assert ear.words("agent") == greeting.text
    assert np.array_equal(ear.audio(), greeting.pcm)
    assert ear.story() == ["activity", "caller", "agent", "audio", "generated", "turn", "usage"]
