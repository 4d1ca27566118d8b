"""What can be chosen: the account's models, what each can do, and how a voice sounds."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from gemini_kit import BRIEF
from gemini_talk import Start, agent_for
from pydantic import SecretStr

from callconsole.adapters.gemini import ApiKey, GeminiAccess, GeminiAgent
from callconsole.adapters.gemini.model_facts import model_facts
from callconsole.adapters.gemini.models import BackEnd, known_models, known_voices
from callconsole.adapters.gemini.session_config import Manner, session_config
from callconsole.domain.problems import ProblemError
from callconsole.practice.agent.models import MODELS

TODAY = date(2026, 11, 26)
# The fixture's agent lives on this day.
PRACTICE_DAY = date(2025, 6, 1)


async def test_the_account_lists_its_live_models_alone(practice: Start) -> None:
    server = await practice()
    agent = agent_for(server, BackEnd.DEVELOPER)
    try:
        offered = await agent.offered_models()
    finally:
        await agent.close()
    assert offered.from_account
    assert set(offered.names) == {
        name
        for name, model in MODELS.items()
        if BackEnd.DEVELOPER in model.back_ends
        and (model.retires is None or model.retires > PRACTICE_DAY)
    }
    assert "gemini-3.8-flash" not in offered.names


async def test_vertex_gives_no_list_so_the_table_answers(practice: Start) -> None:
    agent = agent_for(await practice(), BackEnd.VERTEX)
    try:
        offered = await agent.offered_models()
    finally:
        await agent.close()
    assert (offered.from_account, list(offered.names)) == (False, known_models(BackEnd.VERTEX))


async def test_a_wrong_key_is_told_without_repeating_it(practice: Start) -> None:
    server = await practice()
    access = GeminiAccess(ApiKey(SecretStr("wrong-s3cret")), server.base_url, server.ca_file)
    agent = GeminiAgent(access)
    try:
        with pytest.raises(ProblemError) as caught:
            await agent.offered_models()
    finally:
        await agent.close()
    assert caught.value.problem.code == "agent.key_refused"
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("back_end", list(BackEnd))
async def test_a_voice_is_heard_in_one_sentence(practice: Start, back_end: BackEnd) -> None:
    server = await practice()
    agent = agent_for(server, back_end)
    try:
        pcm = await agent.sample("Kore")
    finally:
        await agent.close()
    assert pcm.dtype == np.int16
    assert len(pcm) > 24_000
    assert np.abs(pcm).max() > 1000
    voice = server.sessions[0].setup["generationConfig"]["speechConfig"]["voiceConfig"]
    assert voice["prebuiltVoiceConfig"]["voiceName"] == "Kore"


def test_what_a_model_can_do_is_told_in_words() -> None:
    facts = model_facts("models/gemini-live-2.5-flash-native-audio", BackEnd.VERTEX, TODAY)
    said = {remark.text: remark.able for remark in facts.remarks}
    assert said["hears the mood of a voice and answers in kind"]
    assert said["uses functions, and is silent until each has answered"]
    assert facts.warning == "Google ends it on 13 December 2026."
    plain = {
        r.text: r.able for r in model_facts("gemini-3.8-live", BackEnd.DEVELOPER, TODAY).remarks
    }
    assert not plain["does not go by the mood of a voice"]
    assert plain["uses functions while it goes on talking"]


def test_what_had_better_not_be_chosen_is_told() -> None:
    gone = model_facts("gemini-live-2.5-flash-preview", BackEnd.DEVELOPER, TODAY)
    assert "Google ended it on 09 December 2025" in gone.warning
    other = model_facts("gemini-3.8-live-extended-thinking", BackEnd.VERTEX, TODAY)
    assert "the Gemini API only" in other.warning
    free = model_facts("gemini-9-live", BackEnd.VERTEX, TODAY)
    assert not free.known
    assert free.remarks == ()
    assert "does not know this model" in free.warning


def test_what_an_operator_does_without_is_not_sent() -> None:
    model = "gemini-2.5-flash-native-audio-preview-12-2025"
    usual = session_config(model, BackEnd.DEVELOPER, BRIEF, "Puck")
    assert usual.enable_affective_dialog
    assert usual.proactivity is not None
    plain = session_config(
        model, BackEnd.DEVELOPER, BRIEF, "Puck", manner=Manner(affective=False, proactive=False)
    )
    assert (plain.enable_affective_dialog, plain.proactivity) == (None, None)
    assert model_facts(model, BackEnd.DEVELOPER, TODAY).lacking == frozenset()
    assert model_facts("gemini-3.8-live", BackEnd.DEVELOPER, TODAY).lacking == {
        "affective_dialog", "proactive_audio",
    }  # fmt: skip


def test_the_voices_are_named() -> None:
    voices = {voice.name: voice.character for voice in known_voices()}
    assert len(voices) == 30
    assert voices["Aoede"] == "breezy"
