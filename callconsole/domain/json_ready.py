"""Values of ours as JSON has them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any


def json_ready(value: object) -> Any:
    """A value as objects, lists, text, numbers, true, false and null, all the way down.

    A dataclass becomes an object, an enum its value, a time ISO 8601 with milliseconds, a set a
    sorted list, and a number that JSON lacks (infinite, not a number) null. Anything else
    becomes text.
    """
    if isinstance(value, Enum):
        return json_ready(value.value)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    return _container(value)


def _container(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: json_ready(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {_key(key): json_ready(item) for key, item in value.items()}
    if isinstance(value, AbstractSet):
        return sorted((json_ready(item) for item in value), key=str)
    if isinstance(value, Iterable) and not isinstance(value, (bytes, bytearray)):
        return [json_ready(item) for item in value]
    return str(value)


def _key(key: object) -> str:
    ready = json_ready(key)
    return ready if isinstance(ready, str) else str(ready)
