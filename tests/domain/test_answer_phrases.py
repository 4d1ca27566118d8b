"""Words that give away who speaks."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.domain.answer_phrases import PHRASES, Hint, normalised, phrases_in
from callconsole.domain.answering import AnsweredBy

PERSON, VOICEMAIL = AnsweredBy.PERSON, AnsweredBy.VOICEMAIL
SCREENING, MENU = AnsweredBy.SCREENING, AnsweredBy.MENU


def strongest(text: str) -> AnsweredBy | None:
    found = phrases_in(text)
    return max(found, key=lambda phrase: phrase.weight).answered_by if found else None


@pytest.mark.parametrize(
    ("text", "answered_by"),
    [
        ("Hey, it's Jo. I can't come to the phone, leave a message.", VOICEMAIL),
        ("You've reached the Millers.", VOICEMAIL),
        ("you have reached the voicemail of", VOICEMAIL),
        ("At the tone please record your message", VOICEMAIL),
        ("Leave your name, your number and the reason for your call.", VOICEMAIL),
        ("Say your name and phone number after the beep", VOICEMAIL),
        ("The subscriber you have dialled is not available.", VOICEMAIL),
        ("Your call has been forwarded to voice mail.", VOICEMAIL),
        ("The mailbox is full. Goodbye.", VOICEMAIL),
        ("We're sorry, the number is no longer in service.", VOICEMAIL),
        ("Our office is currently closed.", VOICEMAIL),
        ("Bitte sprechen Sie nach dem Signalton", VOICEMAIL),
        ("Vous êtes sur le répondeur de Paul", VOICEMAIL),
        ("deje su mensaje después de la señal", VOICEMAIL),
        ("Lasciate un messaggio dopo il segnale acustico", VOICEMAIL),
        ("Deixe o seu recado após o sinal", VOICEMAIL),
        ("Spreek een bericht in na de piep", VOICEMAIL),
        ("Proszę zostawić wiadomość po sygnale", VOICEMAIL),
        ("the person you're calling is using a screening service from google", SCREENING),
        ("Hi, if you record your name and reason for calling, I'll see if this person is "
         "available", SCREENING),
        ("Please state your name after the tone and we'll try to connect you", SCREENING),
        ("Go ahead and say your name, and why you're calling", SCREENING),
        ("For sales, press 1. For support, press two.", MENU),
        ("please listen carefully as our menu has changed", MENU),
        ("If you know your party's extension, dial it at any time", MENU),
        ("Drücken Sie die Eins", MENU),
        ("Pour le service client, tapez deux", MENU),
        ("Para español, oprima el dos", MENU),
        ("Hello, who's this?", PERSON),
        ("Bayside Dental, how can I help you?", PERSON),
        ("He's out. Can I take a message?", PERSON),
        ("Would you like to leave him a message?", PERSON),
        ("Hello? Is anybody there?", PERSON),
        ("Praxis Weber, was kann ich für Sie tun?", PERSON),
        ("Allô, c'est qui ?", PERSON),
        ("¿Quién habla?", PERSON),
        ("Kto mówi?", PERSON),
        ("Hello?", PERSON),
        ("the weather is fine today", None),
        ("Pulse Fitness", None),
    ],
)  # fmt: skip
def test_words_tell_who_speaks(text: str, answered_by: AnsweredBy | None) -> None:
    assert strongest(text) is answered_by


@pytest.mark.parametrize(
    "text", ["Hello?", "hello, hello", "Yes, good morning!", "Oui, allô ?", "Halo"]
)
def test_nothing_but_a_greeting_is_bare(text: str) -> None:
    assert Hint.BARE in [phrase.hint for phrase in phrases_in(text)]


@pytest.mark.parametrize("text", ["Hello, this is Sam", "Hi there Sam", "yes we can", ""])
def test_a_greeting_with_more_is_not_bare(text: str) -> None:
    assert Hint.BARE not in [phrase.hint for phrase in phrases_in(text)]


def test_names_and_firms_are_hinted_at() -> None:
    assert Hint.NAME in [phrase.hint for phrase in phrases_in("Hi, this is Sam")]
    assert Hint.BUSINESS in [phrase.hint for phrase in phrases_in("Thank you for calling Acme")]


def test_case_accents_apostrophes_and_punctuation_do_not_matter() -> None:
    assert (
        normalised("  You\u2019ve   REACHED: Zoë—Łukasz, Straße 5! ")
        == "youve reached zoe lukasz strasse 5"
    )
    assert phrases_in("PLEASE LEAVE\n a message") == phrases_in("please, leave a message.")


def test_a_phrase_is_reported_once() -> None:
    assert len(phrases_in("press one, press two, press three")) == 1


@given(st.text(max_size=300))
def test_any_text_is_read_and_comes_out_plain(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9]*(?: [a-z0-9]+)*", normalised(text))
    assert len(phrases_in(text)) <= len(PHRASES)


def test_every_phrase_weighs_something_and_says_what_it_is() -> None:
    assert all(0 < phrase.weight <= 100 and phrase.says for phrase in PHRASES)
    assert len({phrase.says for phrase in PHRASES}) == len(PHRASES)
