"""Values that come in over the wire and must not: as JSON text, since some are no JSON at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.harness.farm import SQLITE

#: for what is decided before a database is asked: there the second one could tell nothing new
ON_SQLITE = pytest.mark.parametrize("database", [SQLITE], indirect=True, scope="session")
#: kinds of values that a program may let through to a database, and that each database takes differently
TELLING = frozenset({"too large", "10 kB", "control character", "NUL", "lone surrogate"})

#: kind → JSON text; each is refused wherever a route's table does not call it legal
BAD_VALUES = {
    "null": "null",
    "zero": "0",
    "negative": "-1",
    "too large": "1" + "0" * 30,
    "float": "1.5",
    "exponent": "1e400",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "boolean": "true",
    "list": "[]",
    "object": "{}",
    "empty": '""',
    "blank": '"   "',
    "10 kB": json.dumps("x" * 10_240),
    "too long before it is trimmed": json.dumps("x" + " " * 10_240),
    "control character": r'"a\u0007b"',
    "NUL": r'"a\u0000b"',
    "lone surrogate": r'"a\ud800b"',
}
#: kind → the whole body, as bytes
BAD_BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "text": b'"hello"',
    "a number": b"7",
    "null": b"null",
    "a list": b"[]",
    "a list of objects": b"[{}]",
    "NaN": b"NaN",
    "no UTF-8": b'{"name": "\xff\xfe"}',
    "deep nesting": b"[" * 100_000,
    "deep nesting that is closed": b"[" * 50_000 + b"]" * 50_000,
    "deep objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "a number of 5000 digits": b'{"name": ' + b"1" * 5_000 + b"}",
}
#: added to a body that is fine
UNKNOWN_FIELDS = {
    "unknown field": '"colour": "red"',
    "a wallet's key": '"adminkey": "x"',
    "a user id": '"user_id": "x"',
    "the owner": '"operator_user_id": "x"',
    "an id": '"id": "x"',
    "a field with an empty name": '"": 1',
    "a field whose name is a lone surrogate": r'"\ud800": 1',
    "a field whose name has a NUL": r'"a\u0000": 1',
    "a field with braces": '"{what}": 1',
}


def bodies_with(body: dict[str, Any], name: str, values: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """The body with one field replaced by each of the JSON texts."""
    for kind, text in values.items():
        others = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in body.items() if key != name]
        yield kind, ("{" + ", ".join([*others, f"{json.dumps(name)}: {text}"]) + "}").encode()
