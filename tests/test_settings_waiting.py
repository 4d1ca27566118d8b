"""Which changed settings wait, on which line, and for what."""

import pytest

from callconsole.engine.world import PHONE, PRACTICE
from callconsole.settings import Settings, load
from callconsole.settings_catalogue import CATALOGUE, Effect, Waiting
from callconsole.settings_waiting import PRACTICE_USES, waiting

BEGUN = load(None)


def changed(**values: object) -> Settings:
    return BEGUN.model_copy(update=values)


def test_nothing_waits_where_nothing_was_changed() -> None:
    assert waiting(BEGUN, PHONE, BEGUN, BEGUN) == Waiting()


@pytest.mark.parametrize(
    ("line", "waits"),
    [(PHONE, ("twilio_phone_number", "gemini_voice")), (PRACTICE, ("gemini_voice",)), (None, ())],
)
def test_a_line_waits_for_what_it_goes_by(line: str | None, waits: tuple[str, ...]) -> None:
    now = changed(gemini_voice="Kore", twilio_phone_number="+16285550100")
    found = waiting(now, line, BEGUN, BEGUN)
    assert (set(found.line), found.start) == (set(waits), ())


def test_what_a_line_was_opened_with_does_not_wait_for_it() -> None:
    now = changed(gemini_voice="Kore")
    assert waiting(now, PHONE, now, BEGUN) == Waiting()


def test_what_only_a_new_start_changes_waits_without_a_line() -> None:
    name = next(info.name for info in CATALOGUE if info.effect is Effect.NEXT_START)
    now = changed(**{name: "another"})
    assert waiting(now, None, now, BEGUN) == Waiting(start=(name,))


def test_the_practice_line_goes_by_settings_of_a_line() -> None:
    of_a_line = {info.name for info in CATALOGUE if info.effect is Effect.NEXT_LINE}
    assert of_a_line >= PRACTICE_USES
