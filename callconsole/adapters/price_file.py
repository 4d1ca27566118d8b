"""The price list as a file: the operator's own in the data folder, over the one that ships."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from callconsole.domain.costs import Prices, malformed, price_list
from callconsole.domain.problems import ProblemError

NAME = "prices.toml"
LIMIT_BYTES = 256 * 1024


def read_prices(own: Path, shipped: Path) -> Prices:
    """The operator's prices where there are any and they can be used, else the shipped ones.

    Args:
        own: the data folder; a ``prices.toml`` in it wins.
        shipped: the folder with the program's own, which is not to blame.

    Returns:
        The list; its `problem` says why the operator's own is passed over.
    """
    path = own / NAME
    if not path.exists():
        return _read(shipped / NAME)
    try:
        return _read(path)
    except ProblemError as error:
        return replace(_read(shipped / NAME), problem=error.problem)


def _read(path: Path) -> Prices:
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT_BYTES + 1)
        if len(data) > LIMIT_BYTES:
            raise ProblemError(malformed("there is far too much"))
        return price_list(tomllib.loads(data.decode("utf-8-sig"), parse_float=Decimal))
    except OSError:
        raise ProblemError(malformed("nothing can be read")) from None
    except UnicodeDecodeError:
        raise ProblemError(malformed("there is something else than UTF-8 text")) from None
    except (ValueError, ArithmeticError, RecursionError) as error:
        where = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "a value is wrong"
        raise ProblemError(malformed(f"this is no TOML: {where}")) from None
