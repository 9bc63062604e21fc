"""What a row of the table of routes says: a route, its fields, and what is wrong with a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.harness.shop import LP

#: the kinds of bad JSON values of values.py that are legal for an optional field: not given
NOT_GIVEN = frozenset({"missing", "null"})
EMPTY = frozenset({"empty", "blank"})


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of a body: a usable value, and which of the bad values are none for it."""

    #: `$name` stands for an id of the world
    good: Any
    legal: frozenset[str] = frozenset()
    #: further text that only this field refuses
    bad: tuple[str, ...] = ()
    #: how an unknown id is answered; None: it is no id
    unknown: int | None = None
    #: what another operator's id is, and how it is answered
    foreign: tuple[str, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Route:
    method: str
    path: str
    body: Mapping[str, Field] = field(default_factory=dict)
    #: query parameters beside those of every list
    filters: tuple[str, ...] = ()
    is_list: bool = False
    sorts: tuple[str, ...] = ()
    longest_search: int = 100
    #: no GET, and takes no Idempotency-Key: it looks, computes or compares
    only_looks: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_lp(self) -> bool:
        return self.path.startswith(LP)

    def url(self, ids: Mapping[str, str]) -> str:
        """The path with ids of the world in it."""
        return self.path.format(**ids)

    def good_body(self, ids: Mapping[str, str]) -> dict[str, Any]:
        return {name: filled(spec.good, ids) for name, spec in self.body.items()}


def filled(value: Any, ids: Mapping[str, str]) -> Any:
    """`$wallet_id` is the wallet id of the world."""
    if isinstance(value, str) and value.startswith("$"):
        return ids[value[1:]]
    if isinstance(value, list):
        return [filled(item, ids) for item in value]
    if isinstance(value, dict):
        return {key: filled(item, ids) for key, item in value.items()}
    return value


NOT_A_PERCENT = ("-1", "100.0001", "101", "1.23456", "1e1", "NaN", "1,5", "+5", "٣", "0x10", "5%", ".5")
NOT_A_RATE = ("-5", "0", "0.0", "1e3", "NaN", "Infinity", "1,5", "9" * 19, "0." + "1" * 25)
#: `0`: nobody hands over nothing
NOT_AN_AMOUNT = ("-5", "1.234", "1e3", "NaN", "Infinity", "1,50", "9" * 31, "1000000000000000000", "٣", "0")
NOT_A_DAY = (
    "9999-01-01",
    "2026-13-01",
    "2026-02-30",
    "today",
    "20261122",
    "2026-11-22T10:00:00",
    "0000-00-00",
)
TEXT = Field(good="The customer called.", bad=("x" * 2001,))
MACHINE = Field(good="$machine_id", unknown=404, foreign=("machine_id", 404))
