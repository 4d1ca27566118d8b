"""What machines and people say when they pick up, as patterns over plain words, and who says it.

English is covered broadly; German, French, Spanish, Italian, Portuguese, Dutch and Polish in their
basics. Patterns see text in small letters without accents, apostrophes or punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from callconsole.domain.answering import AnsweredBy

_PERSON, _VOICEMAIL = AnsweredBy.PERSON, AnsweredBy.VOICEMAIL
_SCREENING, _MENU = AnsweredBy.SCREENING, AnsweredBy.MENU

_APOSTROPHES = dict.fromkeys(map(ord, "'\u2019\u2018`\u00b4"))
# Letters that do not come apart into a plain one and an accent.
_WHOLE_LETTERS = str.maketrans({"ł": "l", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d"})
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


class Hint(StrEnum):
    """What a phrase says of the pause that should follow it.

    ``BARE``: nothing but a greeting, which waits for a reply. ``NAME``: somebody gives a name, as
    people and private voicemails do. ``BUSINESS``: a firm answers, a person or a menu.
    """

    BARE = "bare"
    NAME = "name"
    BUSINESS = "business"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something that gives away who speaks.

    Attributes:
        says: what it is, to go on from "It" or "Somebody": "asks for a message".
        answered_by: who says such a thing.
        weight: points out of a hundred.
        pattern: finds it in normalised text.
    """

    says: str
    answered_by: AnsweredBy
    weight: int
    pattern: re.Pattern[str] = field(repr=False)
    hint: Hint | None = None


def normalised(text: str) -> str:
    """Small letters, digits and single spaces; accents and apostrophes dropped."""
    text = text.lower().translate(_APOSTROPHES).translate(_WHOLE_LETTERS)
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _NOT_A_WORD.sub(" ", plain).strip()


def phrases_in(text: str) -> tuple[Phrase, ...]:
    """Every phrase that a text holds, once each; what one has claimed is not seen by the next.

    Args:
        text: as transcribed; pieces that were put together need no care.
    """
    rest = normalised(text)
    found = []
    for phrase in PHRASES:
        remaining, count = phrase.pattern.subn(" | ", rest)
        if count:
            found.append(phrase)
            rest = remaining
    return tuple(found)


def _phrase(
    answered_by: AnsweredBy, weight: int, says: str, *patterns: str, hint: Hint | None = None
) -> Phrase:
    """A phrase of which any of the patterns is enough; each begins and ends at a word's edge."""
    either = "|".join(patterns)
    return Phrase(says, answered_by, weight, re.compile(rf"\b(?:{either})\b"), hint)


_GREETINGS = (
    "hello|hi|hey|hiya|yes|yeah|yep|yup|ok|okay|good (?:morning|afternoon|evening|day)|hallo|ja|"
    "bitte|guten (?:tag|morgen|abend)|moin|servus|allo|oui|bonjour|diga|digame|bueno|si|hola|"
    "aqui|pronto|prego|alo|sim|ola|estou|met|goedemorgen|goedemiddag|halo|tak|slucham|dzien dobry"
)

# More telling and longer ones come first: they claim their words.
PHRASES: Final = (
    _phrase(
        _PERSON, 45, "offers to take a message",
        r"(?:would you like|do you want|did you want|shall i|can i|could i|may i|want me) "
        r"(?:\w+ ){0,3}?(?:leave|take) (?:\w+ ){0,3}?message",
    ),
    _phrase(
        _VOICEMAIL, 80, "asks for a message",
        r"leave (?:\w+ ){0,8}?reason for (?:\w+ )?call(?:ing)?",
        r"leave (?:\w+ ){0,5}?(?:messages?|voicemail|name|(?:phone )?number|details)",
        r"(?:record|speak) (?:\w+ ){0,2}?message",
        r"hinterlassen sie", r"nachricht hinterlassen", r"sprechen sie (?:\w+ ){0,3}?nach",
        r"laissez (?:\w+ ){0,3}?message", r"laisser (?:\w+ ){0,3}?message",
        r"dej(?:e|ar|anos|ame) (?:\w+ ){0,3}?mensaje", r"grabe (?:\w+ ){0,2}?mensaje",
        r"lasci\w* (?:\w+ ){0,3}?messaggio", r"deix\w* (?:\w+ ){0,3}?(?:recado|mensagem)",
        r"spreek (?:\w+ ){0,4}?in", r"laat (?:\w+ ){0,4}?(?:bericht|boodschap)",
        r"zostaw\w* (?:\w+ ){0,3}?wiadomosc",
    ),
    _phrase(
        _SCREENING, 80, "asks for a name and a reason",
        r"(?:record|say|state|give|tell me|ask|need|have) (?:\w+ ){0,3}?name"
        r"(?! and (?:\w+ )?number)(?: after the (?:tone|beep))?",
        r"reason for (?:your |the |you )?call(?:ing)?", r"why (?:youre|you are) calling",
        r"say who you are", r"who you are and",
    ),
    _phrase(
        _SCREENING, 80, "screens calls",
        r"screening service", r"call screen(?:ing)?",
        r"screen(?:s|ing)? (?:your|this|their) calls?",
        r"call assist(?:ant)?", r"virtual assistant", r"uses? an assistant", r"from google",
        r"person (?:youre|you are) calling is using",
    ),
    _phrase(
        _SCREENING, 80, "goes to see who is available",
        r"see if (?:\w+ ){1,4}?(?:is|are) available", r"see if (?:\w+ ){1,4}?can take",
        r"(?:try|trying) to connect you", r"before i (?:\w+ ){0,3}?connect",
    ),
    _phrase(
        _VOICEMAIL, 80, "speaks of a tone to wait for",
        r"(?:after|at|following|wait for|until) the (?:\w+ )?(?:tone|beep|signal|bleep)",
        r"nach dem (?:\w+ )?(?:ton|signalton|signal|piepton|piep)",
        r"apres le (?:\w+ )?(?:bip|signal)",
        r"despues de (?:la |l )?(?:senal|tono)", r"despues del (?:tono|bip)",
        r"dopo il (?:segnale|bip|tono)", r"apos o (?:sinal|bip|tom)",
        r"na de (?:piep|toon|pieptoon)",
        r"po sygnale",
    ),
    _phrase(
        _VOICEMAIL, 80, "is a mailbox",
        r"voice ?mail(?:box)?", r"voice ?mailbox", r"mailbox", r"answering machine",
        r"answerphone",
        r"voice messag\w+", r"message service", r"anrufbeantworter", r"messagerie", r"repondeur",
        r"boite vocale", r"buzon", r"contestador", r"segreteria", r"caixa postal",
        r"correio de voz", r"secretaria eletronica", r"antwoordapparaat",
        r"poczt[ay] glosow\w+", r"sekretark\w+",
    ),
    _phrase(
        _VOICEMAIL, 80, "is an announcement of the network",
        r"not in service", r"(?:been|is) disconnected", r"no longer in service",
        r"check the number",
        r"cannot be completed", r"number you (?:have |ve )?(?:dialed|dialled|called)",
        r"try (?:\w+ ){0,3}?(?:again )?later", r"please hang up", r"cannot accept",
        r"not (?:been )?set up", r"is full", r"not accepting", r"kein anschluss",
        r"nicht vergeben",
        r"numero que (?:\w+ )?ha marcado", r"abonent\w*", r"numero composto", r"utente",
    ),
    _phrase(
        _VOICEMAIL, 80, "says that nobody can take the call",
        r"(?:person|customer|party|subscriber|user|caller|client) (?:\w+ ){0,6}?"
        r"(?:not available|unavailable|cannot|cant|not answering|has a voicemail)",
        r"(?:cant|cannot|can not|could not|couldnt|unable to|not able to|arent able to) "
        r"(?:\w+ ){0,3}?(?:come to|get to|take|answer|pick up|be reached)",
        r"nicht erreichbar", r"nicht (?:\w+ ){0,2}?rangehen", r"ne (?:suis|sommes|peux) pas",
        r"nest pas disponible", r"votre correspondant", r"no (?:esta|se encuentra) disponible",
        r"no podemos atender",
        r"non (?:e|sono|risulta) (?:\w+ ){0,3}?(?:raggiungibile|disponibile)",
        r"nao (?:esta|posso|podemos) (?:\w+ ){0,2}?(?:disponivel|atender)", r"niet bereikbaar",
        r"niet (?:\w+ ){0,2}?(?:opnemen|beschikbaar)",
        r"nie (?:moge|mozemy) (?:\w+ ){0,2}?odebrac",
    ),
    _phrase(
        _VOICEMAIL, 70, "speaks as recordings do",
        r"(?:youve|you have|you) reached", r"sorry (?:\w+ ){0,2}?missed", r"missed your call",
        r"you know what to do", r"call has been forwarded", r"(?:either|or) (?:\w+ ){0,3}?on the "
        r"other line", r"away from (?:my|the|our) (?:desk|phone)", r"as soon as (?:i|we) can",
        r"as soon as possible", r"return your call",
    ),
    _phrase(
        _VOICEMAIL, 65, "says that it is closed",
        r"(?:is|are|were) (?:now |currently |presently |already )?closed",
        r"(?:opening|business|office|normal) hours", r"call (?:again|back) (?:between|during|on)",
        r"ausserhalb (?:unserer|der)", r"geschlossen", r"actuellement ferme\w*",
    ),
    _phrase(
        _VOICEMAIL, 35, "speaks of being away",
        r"not (?:at )?(?:home|in|here) (?:right now|at the moment)", r"out of the office",
        r"on (?:vacation|holiday|leave) (?:until|till|through|from)", r"(?:i|we)ll (?:call|get) "
        r"(?:back to )?you", r"get back to you", r"call you back",
        r"send (?:me|us) (?:a text|an email)",
    ),
    _phrase(
        _VOICEMAIL, 25, "speaks of somebody who is called",
        r"not available", r"unavailable", r"(?:trying|tried) to (?:reach|call)",
        r"you (?:have )?called",
    ),
    _phrase(
        _MENU, 80, "offers keys to press",
        r"press(?:ing)? (?:the )?(?:zero|one|two|three|four|five|six|seven|eight|nine|star|pound|"
        r"hash|any|[0-9])", r"dial (?:zero|one|it now|[0-9])", r"(?:pound|hash|star) (?:key|sign)",
        r"drucken sie", r"wahlen sie", r"(?:tapez|appuyez|composez)",
        r"(?:oprima|marque|pulse|presione) (?:el|la|uno|dos|tres|cero|[0-9])",
        r"(?:prema|premere|premi|digiti|digitare)", r"(?:digite|tecle|aperte)",
        r"(?:toets|kies|druk op)", r"(?:wybierz|nacisnij|wcisnij)",
    ),
    _phrase(
        _MENU, 80, "offers a menu",
        r"(?:menu|options) (?:have|has)", r"following (?:menu|options)", r"main menu",
        r"listen (?:carefully|closely)", r"(?:partys|persons|your) extension", r"you can say",
        r"in a few words",
        r"(?:please )?(?:enter|say) (?:your|the) (?:\w+ )?(?:account|card|member|"
        r"customer|order|phone|pin)", r"account number", r"para espanol", r"for english",
    ),
    _phrase(
        _MENU, 60, "speaks as phone systems do",
        r"(?:call|calls|conversation) (?:may|will|is|are) (?:be )?(?:\w+ )?(?:recorded|monitored)",
        r"quality (?:and|assurance|purposes)", r"your call is (?:very )?important",
        r"next available (?:agent|representative|operator|advisor)", r"(?:estimated|current) wait",
        r"all (?:of )?our (?:agents|operators|lines|representatives)", r"qualitatssicherung",
    ),
    _phrase(
        _PERSON, 60, "asks how to help",
        r"how (?:can|may|could) (?:i|we) (?:\w+ )?(?:help|assist|direct)",
        r"what can (?:i|we) do for you",
        r"what may i", r"was kann ich (?:\w+ ){0,2}?tun", r"wie kann ich (?:\w+ ){0,2}?helfen",
        r"(?:que|en quoi) puis je", r"je vous ecoute", r"en que (?:le |te )?puedo ayudar\w*",
        r"come posso", r"(?:em que|como) posso ajudar", r"waarmee kan ik", r"wat kan ik voor",
        r"w czym moge pomoc",
    ),
    _phrase(
        _PERSON, 60, "asks who is calling",
        r"who(?:s| is) (?:this|calling|speaking|there|that|it)", r"who (?:am i|are you|do i)",
        r"wer (?:ist|spricht) (?:da|dort)?", r"cest qui", r"qui est", r"quien (?:habla|es|llama)",
        r"con quien", r"chi (?:parla|e)", r"quem (?:fala|e|esta)", r"met wie",
        r"wie is (?:dit|dat)",
        r"kto mowi",
    ),
    _phrase(
        _PERSON, 50, "asks whether anybody is there",
        r"(?:anybody|anyone|someone|somebody) (?:is )?(?:there|on the)", r"(?:are you|you) there",
        r"can you hear", r"can i help you", r"what (?:is|s) (?:it|this) about", r"what is it",
    ),
    _phrase(
        _PERSON, 40, "speaks as people do",
        r"speaking", r"whats up", r"go ahead(?! and)", r"hang on", r"hold on",
        r"im (?:just |in a |at )?"
        r"(?:driving|meeting|work)", r"am apparat", r"a lappareil", r"mi dica", r"pois nao",
        r"spreekt u mee", r"przy telefonie",
    ),
    _phrase(
        _SCREENING, 20, "asks to wait",
        r"(?:please )?(?:stay on|hold) the line", r"please hold", r"one moment", r"connecting you",
    ),
    _phrase(
        _MENU, 20, "greets as firms do",
        r"(?:thank you|thanks) for (?:calling|your call)", r"welcome to", r"willkommen",
        r"bienvenue",
        r"bienvenid[oa]", r"benvenut[oi]", r"bem vindo", r"welkom", r"witamy",
        hint=Hint.BUSINESS,
    ),
    Phrase(
        "only greets", _PERSON, 20, re.compile(rf"^(?:(?:{_GREETINGS})(?: |$))+$"), Hint.BARE
    ),
    _phrase(
        _PERSON, 5, "gives a name",
        r"(?:this|it) is", r"its", r"my name is",
        r"(?:you are|youre) (?:talking|speaking) (?:to|with)",
        r"here", r"hier (?:ist|spricht)", r"ici", r"met \w+", r"soy", r"sono",
        hint=Hint.NAME,
    ),
    _phrase(
        _PERSON, 5, "greets",
        r"hello", r"hi", r"hiya", r"hey", r"yeah", r"yes", r"yep",
        r"good (?:morning|afternoon|evening)",
    ),
)  # fmt: skip
