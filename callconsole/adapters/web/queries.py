"""Reading the query of an address that anybody may have written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from callconsole.adapters.web.bodies import bad_request

_TEXT_LENGTH: Final = 200


def require_parameters(query: Mapping[str, str], known: Collection[str]) -> None:
    """Refuse parameters that mean nothing here: they are mistakes, such as “outcomes”.

    Raises:
        ProblemError: names them.
    """
    strange = sorted(set(query) - set(known))
    if strange:
        shown = ", ".join(f"“{key[:40]}”" for key in strange[:5])
        raise bad_request(
            "unknown_parameter",
            "The address has an unknown parameter",
            f"There is no meaning for {shown}.",
            f"Send only {', '.join(f'“{key}”' for key in known)}.",
        )


def short_text(query: Mapping[str, str], key: str) -> str:
    """A parameter's text; empty where it is missing. Raises `ProblemError` where too long."""
    given = query.get(key, "")
    if len(given) > _TEXT_LENGTH:
        raise bad_request(
            "too_long",
            f"“{key}” is too long",
            f"“{key}” has {len(given)} characters.",
            f"Send at most {_TEXT_LENGTH}.",
        )
    return given


def whole_number(
    query: Mapping[str, str], key: str, *, default: int, lowest: int, highest: int
) -> int:
    """A parameter's whole number within bounds. Raises `ProblemError` for anything else."""
    given = query.get(key, str(default))
    plain = given.isascii() and given.isdigit() and len(given) <= len(str(highest))
    if not plain or not lowest <= int(given) <= highest:
        raise bad_request(
            "not_a_number",
            f"“{key}” is not a number that fits",
            f"It has to be a whole number from {lowest} to {highest}.",
            f"Correct “{key}”, or leave it out for {default}.",
        )
    return int(given)


def one_of(given: str, key: str, words: Collection[str]) -> str:
    """The text where it is one of a few words. Raises `ProblemError` where it is not."""
    if given not in words:
        raise bad_request(
            "unknown_word",
            f"“{key}” has an unknown value",
            f"“{given[:40]}” is none of its values.",
            f"Send one of {', '.join(words)}.",
        )
    return given
