"""Gemini Live as the agent on the phone, by the Gemini API or by Vertex AI."""

from callconsole.adapters.gemini.credentials import ApiKey, GeminiAccess, Vertex
from callconsole.adapters.gemini.live import GeminiAgent

__all__ = ["ApiKey", "GeminiAccess", "GeminiAgent", "Vertex"]
