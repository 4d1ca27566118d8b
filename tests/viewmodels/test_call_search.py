"""What is looked for among the kept calls, and which call is that."""

from datetime import UTC, datetime, timedelta

import pytest

from callconsole.domain.call import Outcome
from callconsole.viewmodels.call_search import CallFilter, CallSearch, matches
from fakes.kept_records import call

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
VOICEMAIL = call("CA1", "+14155552671", "appointment_reminder", NOW, Outcome.VOICEMAIL)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (CallSearch(), True),
        (CallSearch("555-26"), True),
        (CallSearch("555-27"), False),
        (CallSearch("appointment R"), True),
        (CallSearch("survey"), False),
        (CallSearch(filter=CallFilter.VOICEMAIL), True),
        (CallSearch(filter=CallFilter.FAILED), False),
        (CallSearch(filter=CallFilter.TODAY), True),
        (CallSearch(prompt="appointment_reminder"), True),
        (CallSearch("555-26", CallFilter.VOICEMAIL, "survey"), False),
        # Of stars the history alone knows.
        (CallSearch(starred=True), False),
    ],
)
def test_a_call_is_what_is_looked_for(search: CallSearch, found: bool) -> None:
    assert matches(VOICEMAIL, search.query(NOW, 0, 50)) is found


def test_yesterday_s_call_is_none_of_today() -> None:
    old = call("CA2", "+14155552671", "survey", NOW - timedelta(days=2))
    assert not matches(old, CallSearch(filter=CallFilter.TODAY).query(NOW, 0, 50))
    assert matches(old, CallSearch().query(NOW, 0, 50))


def test_only_a_search_for_every_call_is_not_narrowed() -> None:
    assert not CallSearch().narrowed
    for search in (CallSearch("4"), CallSearch(filter=CallFilter.WEEK), CallSearch(starred=True)):
        assert search.narrowed
        assert search.nothing_found.startswith("No call matches")
