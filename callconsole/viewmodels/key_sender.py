"""Sends the digits that are pressed in a call, in their order, while others are under way."""

from __future__ import annotations

from collections.abc import Callable

from callconsole.engine import tasks
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.operator_hand import Hand

KEYS = frozenset("0123456789*#")


class KeySender:
    """Sends each call's digits for itself, whichever call is shown.

    Args:
        sent: told the call whose digits all went out.
        failed: told the call whose digits did not, and why; those that waited are dropped.
    """

    def __init__(
        self,
        desk: Desk,
        sent: Callable[[Hand], None],
        failed: Callable[[Hand, BaseException], None],
    ) -> None:
        self._desk = desk
        self._sent = sent
        self._failed = failed

    def press(self, hand: Hand, key: str) -> None:
        """Send a tone after those pressed before."""
        hand.keys += key
        hand.unsent += key
        if not hand.sending:
            hand.sending = True
            tasks.start(
                self._send(hand),
                on_error=lambda error: self._on_unsent(hand, error),
                name="press keys",
            )

    async def _send(self, hand: Hand) -> None:
        while hand.unsent:
            digits, hand.unsent = hand.unsent, ""
            await self._desk.press_keys(hand.sid, digits)
        hand.sending = False
        self._sent(hand)

    def _on_unsent(self, hand: Hand, error: BaseException) -> None:
        hand.unsent, hand.sending = "", False
        self._failed(hand, error)
