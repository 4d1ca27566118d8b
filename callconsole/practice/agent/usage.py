"""Count tokens as the service bills them: the whole talk again with every turn."""

from __future__ import annotations

from dataclasses import dataclass, replace

from callconsole.practice.agent.protocol import Json
from callconsole.practice.agent.upgrade import BackEnd

# Derived from Google's price per minute against its price per token.
AUDIO_TOKENS_PER_S = 25
_LETTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class TokenMeter:
    """What the context of a session holds so far.

    Attributes:
        text_tokens: instructions, tools and remarks.
        audio_s: seconds of speech of both sides.
    """

    text_tokens: int = 0
    audio_s: float = 0.0

    def with_text(self, text: str) -> TokenMeter:
        """The meter after more text."""
        return replace(self, text_tokens=self.text_tokens + count_text(text))

    def with_audio(self, seconds: float) -> TokenMeter:
        """The meter after more speech."""
        return replace(self, audio_s=self.audio_s + seconds)

    def usage(self, response_s: float, back_end: BackEnd) -> Json:
        """The ``usageMetadata`` of a turn whose answer took `response_s` of audio.

        The prompt is everything before the answer, so that it grows from turn to turn. Vertex
        calls the answer's counts ``candidates…``.
        """
        audio = round(self.audio_s * AUDIO_TOKENS_PER_S)
        response = round(response_s * AUDIO_TOKENS_PER_S)
        vertex = back_end is BackEnd.VERTEX
        answer = "candidates" if vertex else "response"
        return {
            "promptTokenCount": self.text_tokens + audio,
            f"{answer}TokenCount": response,
            "totalTokenCount": self.text_tokens + audio + response,
            "promptTokensDetails": _details(TEXT=self.text_tokens, AUDIO=audio),
            f"{answer}TokensDetails": _details(AUDIO=response),
            **({"trafficType": "ON_DEMAND"} if vertex else {"serviceTier": "standard"}),
        }


def count_text(text: str) -> int:
    """Tokens of a text, about one to four letters."""
    return -(-len(text) // _LETTERS_PER_TOKEN)


def _details(**counts: int) -> list[Json]:
    return [
        {"modality": modality, "tokenCount": count} for modality, count in counts.items() if count
    ]
