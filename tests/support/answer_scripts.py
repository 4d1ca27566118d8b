"""What the other end says and plays in the labelled answers: scripts by class, in two parts.

The ear's numbers were chosen on the first part; the second has other voices, other words, other
levels, and was only scored. `tools/make_answer_set.py` speaks every text once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from callconsole.domain.answering import AnsweredBy

PERSON, VOICEMAIL, SCREENING = AnsweredBy.PERSON, AnsweredBy.VOICEMAIL, AnsweredBy.SCREENING
MENU, FAX, UNKNOWN = AnsweredBy.MENU, AnsweredBy.FAX, AnsweredBy.UNKNOWN


@dataclass(frozen=True, slots=True)
class Tones:
    """Frequencies together, on and off, `times` times; in seconds."""

    hz: tuple[float, ...]
    on_s: float
    off_s: float = 0.0
    times: int = 1


Part = str | float | Tones
"""A text that is said, a pause in seconds, or tones."""


@dataclass(frozen=True, slots=True)
class Script:
    """One answer.

    Attributes:
        id: unique; clips are named after it.
        answered_by: who is there at the end of it.
        voice: espeak-ng's name; a second one, after a bar, speaks from the last text on.
        dbfs: level of the speech.
        background: name of what lies under it, in `answer_calls.BACKGROUNDS`, and its level.
        at_first: who answers before a person picks up; None where nobody else does.
    """

    id: str
    answered_by: AnsweredBy
    voice: str
    parts: tuple[Part, ...]
    dbfs: float = -20.0
    background: tuple[str, float] = ("line", -62.0)
    held_out: bool = False
    at_first: AnsweredBy | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """What is said, in order."""
        return tuple(part for part in self.parts if isinstance(part, str))

    def voice_of(self, text_index: int) -> str:
        """Who says a text."""
        first, _, second = self.voice.partition("|")
        return second if second and text_index == len(self.texts) - 1 else first


@dataclass(slots=True)
class _Part:
    """Scripts of one part of the set, while they are written down."""

    held_out: bool
    scripts: list[Script] = field(default_factory=list)

    def add(
        self,
        answered_by: AnsweredBy,
        voice: str,
        *parts: Part,
        dbfs: float = -20.0,
        background: tuple[str, float] = ("line", -62.0),
        at_first: AnsweredBy | None = None,
    ) -> None:
        part = "held" if self.held_out else "tuned"
        name = f"{part}_{len(self.scripts):02}_{answered_by.value}"
        self.scripts.append(
            Script(name, answered_by, voice, parts, dbfs, background, self.held_out, at_first)
        )


def beep(hz: float = 1000.0, on_s: float = 0.5) -> Tones:
    return Tones((hz,), on_s)


CALLING_FAX = Tones((1100.0,), 0.5, 3.0, 3)
ANSWERING_FAX = Tones((2100.0,), 3.0)
RINGING_US = Tones((440.0, 480.0), 2.0, 4.0, 2)
RINGING_EU = Tones((425.0,), 1.0, 4.0, 2)
BUSY_US = Tones((480.0, 620.0), 0.5, 0.5, 8)
THREE_TONES = (Tones((950.0,), 0.33), Tones((1400.0,), 0.33), Tones((1800.0,), 0.33))


def _tuned() -> list[Script]:
    part = _Part(held_out=False)
    add = part.add
    # People at home and on the move.
    add(PERSON, "en-us+m1", "Hello?", 4.0)
    add(PERSON, "en-us+f1", "Hello?", 4.0, dbfs=-28)
    add(PERSON, "en-gb+m3", "Hello?", 4.0, dbfs=-35)
    add(PERSON, "en-gb+f2", "Yeah?", 4.0, dbfs=-24)
    add(PERSON, "en-gb-x-rp+m5", 0.8, "Yes, hello?", 4.0, dbfs=-12)
    add(PERSON, "en-us+f4", "Hi.", 4.0)
    add(PERSON, "en-gb-scotland+m2", "Hello, Sam speaking.", 4.0)
    add(PERSON, "en-us+m3", "Hello?", 1.2, "Hello, who's there?", 4.0, dbfs=-25)
    add(PERSON, "en-us+f2", "Hello?", 0.6, "Is anybody there?", 4.0)
    add(PERSON, "en-gb+f4", "Maria Lopez.", 4.0, background=("pink", -44))
    add(PERSON, "en-us+m6", "Hello, this is Maria, how can I help you?", 4.0)
    add(PERSON, "en-gb+m1", "Hi, who's calling please?", 4.0, background=("street", -42))
    add(PERSON, "en-us+f3", 1.6, "Hello?", 4.0, background=("babble", -42), dbfs=-22)
    add(PERSON, "en-us+m2", "This is Daniel.", 4.0, background=("music", -46))
    add(PERSON, "en-gb+f5", "Hello, good morning.", 4.0, background=("hum", -42))
    add(PERSON, "en-us+m5", "Hey, what's up?", 4.0, dbfs=-30, background=("white", -52))
    add(PERSON, "en-gb+m6", "Hello, I'm just driving, so it may get loud, what is it about?", 4.0)
    add(PERSON, "de+m3", "Hallo?", 4.0)
    add(PERSON, "de+f2", "Schneider.", 4.0, dbfs=-26)
    add(PERSON, "fr-fr+f1", "Oui, allô?", 4.0)
    add(PERSON, "es+m2", "¿Diga?", 4.0)
    add(PERSON, "it+f3", "Pronto, chi parla?", 4.0)
    add(PERSON, "nl+m1", "Hallo, met Jan.", 4.0)
    add(PERSON, "pl+f1", "Halo, słucham?", 4.0)
    # People at work.
    add(PERSON, "en-us+f1", "Bayside Dental, good morning.", 4.0)
    add(
        PERSON, "en-us+f5",
        "Thank you for calling Bayside Dental, this is Maria, how can I help you?", 4.0,
    )  # fmt: skip
    add(PERSON, "en-gb+m4", "Front desk, Tom speaking.", 4.0, background=("babble", -45))
    add(PERSON, "de+f1", "Praxis Doktor Weber, guten Tag, was kann ich für Sie tun?", 4.0)
    # Voicemail.
    add(
        VOICEMAIL, "en-us+m4", "Hi, this is Sam.", 0.8,
        "Please leave a message after the tone.", 0.7, beep(), 3.0,
    )  # fmt: skip
    add(
        VOICEMAIL, "en-us+f3",
        "Hello, you have reached Sam and Alex. We cannot come to the phone right now. "
        "Please leave a message after the tone.", 0.9, beep(440, 0.4), 3.0,
    )  # fmt: skip
    add(
        VOICEMAIL, "en-us+f2",
        "Your call has been forwarded to an automated voice messaging system.", 0.5,
        "Daniel Brown", 0.5, "is not available. At the tone, please record your message.",
        1.0, beep(1400, 0.3), 3.0, dbfs=-16,
    )  # fmt: skip
    add(
        VOICEMAIL, "en-gb+f1", "The person you are trying to reach is not available.", 0.6,
        "Please leave a message.", 1.2, beep(800, 0.25), 3.0,
    )  # fmt: skip
    add(VOICEMAIL, "en-us+m7", "Hey, it's Chris.", 0.7, "You know what to do.", 0.8, beep(), 3.0)
    add(
        VOICEMAIL, "en-gb+m2", "Hi!", 0.5, "You've reached Tom.", 0.6,
        "Sorry I missed your call, leave your name and number.", 1.0, beep(620, 0.6), 3.0,
    )  # fmt: skip
    add(
        VOICEMAIL, "en-us+f4", "Leave your name and number after the beep.", 0.6,
        "This is Ellen. Bye.", 0.9, beep(1850, 0.3), 3.0, dbfs=-28,
    )  # fmt: skip
    add(
        VOICEMAIL, "en-us+m1",
        "The mailbox is full and cannot accept any messages at this time. Goodbye.", 3.0,
    )  # fmt: skip
    add(
        VOICEMAIL, "en-gb-x-rp+f2",
        "Thank you for calling Harper and Sons. Our office is now closed. "
        "Please call again between nine and five.", 4.0,
    )  # fmt: skip
    add(VOICEMAIL, "en-us+f1", *THREE_TONES, 0.3, "We're sorry. The number you have dialed "
        "is not in service. Please check the number and dial again.", 3.0)  # fmt: skip
    add(VOICEMAIL, "en-us+m3", 1.5, beep(950, 0.8), 4.0)
    add(
        VOICEMAIL, "en-us+m5", RINGING_US, "Hi, this is Laura, I can't take your call.", 0.7,
        "Leave me a message.", 0.8, beep(1200, 0.35), 3.0,
    )  # fmt: skip
    add(
        VOICEMAIL, "en-gb+m5", "Hello, this is Peter.", 0.9,
        "I'm either away from my desk or on the other line.", 0.7, beep(), 3.0,
        background=("pink", -45),
    )  # fmt: skip
    add(
        VOICEMAIL, "de+f3", "Dies ist die Mailbox von Jan Peters.", 0.5,
        "Bitte hinterlassen Sie eine Nachricht nach dem Signalton.", 0.9, beep(), 3.0,
    )  # fmt: skip
    add(
        VOICEMAIL, "fr-fr+m2", "Bonjour, vous êtes bien sur la messagerie de Paul.", 0.6,
        "Laissez un message après le bip.", 0.8, beep(880, 0.4), 3.0,
    )  # fmt: skip
    add(
        VOICEMAIL, "es+f2", "El número que ha marcado no está disponible en este momento.", 0.6,
        "Deje su mensaje después de la señal.", 0.8, beep(), 3.0, dbfs=-26,
    )  # fmt: skip
    add(
        VOICEMAIL, "pt-br+m2", "Sua chamada está sendo encaminhada para a caixa postal.", 0.5,
        "Deixe o seu recado após o sinal.", 0.8, beep(425, 0.5), 3.0,
    )  # fmt: skip
    # Screening.
    add(
        SCREENING, "en-us+f2",
        "Hi, if you record your name and reason for calling, I'll see if this person is "
        "available.", 6.0,
    )  # fmt: skip
    add(
        SCREENING, "en-us+f4",
        "Hi, the person you're calling is using a screening service from Google.", 0.4,
        "Go ahead and say your name, and why you're calling.", 5.0,
    )  # fmt: skip
    add(
        PERSON, "en-us+f2|en-us+m2",
        "Hi, if you record your name and reason for calling, I'll see if this person is "
        "available.", 6.0, "Thanks. Please stay on the line.", 4.0, "Hello?", 4.0,
        at_first=SCREENING,
    )  # fmt: skip
    add(
        PERSON, "en-us+m6|en-gb+f3", "Please state your name after the tone, and Google Voice "
        "will try to connect you.", 0.6, beep(1000, 0.3), 3.0, RINGING_US, "Yeah, hi.", 4.0,
        at_first=SCREENING,
    )  # fmt: skip
    # Menus.
    add(
        MENU, "en-us+f3", "Thank you for calling Bayside Bank.", 0.7,
        "For account balances, press one. For cards, press two.", 5.0,
    )  # fmt: skip
    add(
        MENU, "en-gb+f2", "Welcome to Northern Rail. Please listen carefully, as our options "
        "have changed. To speak to an agent, press zero.", 5.0,
    )  # fmt: skip
    add(
        MENU, "en-us+m1", "Hello, and welcome to Acme. In a few words, please tell me what "
        "you're calling about. You can say things like, billing.", 5.0, dbfs=-26,
    )  # fmt: skip
    add(
        PERSON, "en-us+f1|en-us+m4", "Thank you for calling Bayside Dental. Para español, "
        "oprima el dos. If you know your party's extension, dial it now.", 3.0, RINGING_EU,
        "Good morning, this is Ben, how can I help?", 4.0, at_first=MENU,
    )  # fmt: skip
    add(
        MENU, "de+m1", "Herzlich willkommen bei der Stadtwerke Hotline.", 0.6,
        "Für Fragen zu Ihrem Vertrag drücken Sie die eins.", 5.0,
    )  # fmt: skip
    # Machines that do not talk, and nobody.
    add(FAX, "", 0.5, ANSWERING_FAX, 1.0)
    add(FAX, "", 1.0, CALLING_FAX)
    add(UNKNOWN, "", 10.0)
    add(UNKNOWN, "", 10.0, background=("street", -38))
    add(UNKNOWN, "", 10.0, background=("music", -24))
    add(UNKNOWN, "", 10.0, background=("white", -40))
    add(UNKNOWN, "", 0.5, RINGING_US)
    add(UNKNOWN, "", 0.5, RINGING_EU)
    add(UNKNOWN, "", 0.5, BUSY_US)
    add(UNKNOWN, "", 10.0, background=("television", -44))
    return part.scripts


def _held_out() -> list[Script]:
    part = _Part(held_out=True)
    add = part.add
    add(PERSON, "en-029+f3", "Hello?", 4.0)
    add(PERSON, "en-us-nyc+m7", "Hello?", 4.0, dbfs=-32)
    add(PERSON, "en-gb-x-gbclan+f5", "Yes?", 4.0, dbfs=-22)
    add(PERSON, "en-us-nyc+f2", "Good evening.", 4.0, background=("street", -44))
    add(PERSON, "en-gb-x-gbcwmd+m4", "Hiya, Karen here.", 4.0)
    add(PERSON, "en-029+m3", "Speaking.", 4.0, dbfs=-15)
    add(PERSON, "en-gb-x-gbclan+m2", "Hello?", 1.0, "Hello? Anyone on the line?", 4.0)
    add(PERSON, "en-us-nyc+m1", "Hi, you're talking to Robert, who am I speaking with?", 4.0)
    add(PERSON, "en-029+f1", "Sorry, hang on a second. Okay, hello?", 4.0)
    add(PERSON, "en-gb-x-gbcwmd+f4", "Hello?", 4.0, background=("television", -46))
    add(PERSON, "en-gb-x-gbclan+m6", 2.0, "Yep, go ahead.", 4.0, dbfs=-27)
    add(PERSON, "en-us-nyc+f6", "Hello, Thompson residence.", 4.0, background=("hum", -45))
    add(PERSON, "de+m7", "Ja, bitte?", 4.0, dbfs=-24)
    add(PERSON, "fr-fr+m5", "Allô, c'est qui?", 4.0)
    add(PERSON, "es-419+f3", "Bueno, ¿quién habla?", 4.0)
    add(PERSON, "pt-br+f4", "Alô?", 4.0, background=("pink", -45))
    add(PERSON, "it+m4", "Sì, pronto?", 4.0, dbfs=-30)
    add(PERSON, "pl+m3", "Tak, słucham.", 4.0)
    add(PERSON, "en-029+m5", "Pharmacy.", 4.0)
    add(
        PERSON, "en-gb-x-gbclan+f3",
        "Good afternoon, Hotel Astoria reception, Anna speaking, how may I help you?", 4.0,
    )  # fmt: skip
    add(
        PERSON, "en-us-nyc+m5", "Riverside Auto Repair, this is Mike, what can I do for you?", 4.0,
        background=("babble", -46),
    )  # fmt: skip
    add(PERSON, "nl+f4", "Goedemiddag, met tandarts de Vries, waarmee kan ik u helpen?", 4.0)
    add(
        VOICEMAIL, "en-us-nyc+f2", "Hey, this is Jess.", 0.9,
        "I can't get to the phone, so leave me a message and I'll call you back.", 0.8,
        beep(950, 0.45), 3.0,
    )  # fmt: skip
    add(
        VOICEMAIL, "en-029+m7", "You have reached the voice mailbox of", 0.4, "Mister Green.", 0.5,
        "Please record your message at the tone. When you are finished, you may hang up.", 0.9,
        beep(1320, 0.3), 3.0, dbfs=-25,
    )  # fmt: skip
    add(
        VOICEMAIL, "en-gb-x-gbclan+m4", "The customer you are calling is unavailable. "
        "Please try again later.", 4.0,
    )  # fmt: skip
    add(
        VOICEMAIL, "en-us-nyc+m3", "Hello!", 0.6, "We're not home right now, but if you leave "
        "your number we will get back to you as soon as we can.", 1.0, beep(700, 0.3), 3.0,
        background=("pink", -47),
    )  # fmt: skip
    add(
        VOICEMAIL, "en-gb-x-gbcwmd+f2", "I'm sorry, the person you have called has a voicemail "
        "that has not been set up yet. Goodbye.", 3.0,
    )  # fmt: skip
    add(
        VOICEMAIL, "en-029+f5", "Hi, Dana here, I'm on vacation until Monday.", 0.7,
        "Send me an email, or speak after the beep.", 0.7, beep(1500, 0.25), 3.0, dbfs=-30,
    )  # fmt: skip
    add(VOICEMAIL, "en-us-nyc+m1", "It's Rob, leave it.", 0.6, beep(1050, 0.3), 4.0)
    add(
        VOICEMAIL, "en-gb-x-gbclan+f1", 1.2, "Welcome to the message service of", 0.5,
        "oh seven seven double oh, nine hundred.", 0.6, "Please speak after the tone.", 0.8,
        beep(420, 0.5), 3.0,
    )  # fmt: skip
    add(
        VOICEMAIL, "de+f6", "Der gewünschte Gesprächspartner ist zurzeit nicht erreichbar.", 0.5,
        "Sprechen Sie bitte nach dem Ton.", 0.9, beep(800, 0.5), 3.0,
    )  # fmt: skip
    add(
        VOICEMAIL, "it+f5", "Risponde la segreteria telefonica.", 0.6,
        "Lasciate un messaggio dopo il segnale acustico.", 0.8, beep(), 3.0,
    )  # fmt: skip
    add(
        VOICEMAIL, "nl+m6", "Dit is de voicemail van Piet.", 0.6,
        "Spreek een bericht in na de piep.", 0.8, beep(1250, 0.4), 3.0,
    )  # fmt: skip
    add(
        VOICEMAIL, "pl+m5", "Tu poczta głosowa.", 0.6,
        "Proszę zostawić wiadomość po sygnale.", 0.8, beep(), 3.0, dbfs=-24,
    )  # fmt: skip
    add(
        SCREENING, "en-us-nyc+f4", "The person you are calling uses call assist. Please say who "
        "you are and why you are calling.", 6.0,
    )  # fmt: skip
    add(
        SCREENING, "en-029+f2", "Hello.", 0.5, "Before I try to connect you, can I ask your "
        "name and the reason for your call?", 5.0, dbfs=-26,
    )  # fmt: skip
    add(
        PERSON, "en-us-nyc+f6|en-gb-x-gbcwmd+m3", "Hi. Please record your name and the reason "
        "for your call, and I'll see if they are available.", 6.0, "Okay, please hold.", 4.0,
        "Hi, this is Tina.", 4.0, at_first=SCREENING,
    )  # fmt: skip
    add(
        MENU, "en-gb-x-gbclan+f5", "Welcome to City Council.", 0.6, "If you are calling about "
        "council tax, press one. For anything else, press nine or stay on the line.", 5.0,
    )  # fmt: skip
    add(
        MENU, "en-029+m2", "Thank you for calling. This call may be recorded for quality and "
        "training purposes. Please enter your account number followed by the pound key.", 5.0,
    )  # fmt: skip
    add(
        MENU, "fr-fr+f4", "Bienvenue chez Électricité du Nord.", 0.6,
        "Pour un dépannage, tapez un. Pour toute autre demande, tapez deux.", 5.0,
    )  # fmt: skip
    add(FAX, "", 1.5, ANSWERING_FAX, 1.0, background=("pink", -45))
    add(UNKNOWN, "", 10.0, background=("music", -30))
    add(UNKNOWN, "", 10.0, background=("hum", -32))
    add(UNKNOWN, "", 10.0, background=("babble", -40))
    add(UNKNOWN, "", 10.0, background=("knocks", -24))
    add(UNKNOWN, "", 0.7, Tones((400.0, 450.0), 0.4, 0.2, 2), 1.8,
        Tones((400.0, 450.0), 0.4, 0.2, 2), 4.0)  # fmt: skip
    return part.scripts


def scripts() -> Iterator[Script]:
    """All of both parts."""
    yield from _tuned()
    yield from _held_out()
