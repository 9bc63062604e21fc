"""What the kill chain's script is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .town import Town

Deed = Callable[[Town], object]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One life of the server."""

    #: where it is killed
    place: str
    #: when it is there for so many times
    times: int = 1
    #: what happened while the server was down
    down: Deed | None = None
    #: what a person does once it is up, and what may be the last thing it sees
    up: Deed | None = None


def around(name: str, *, down: Deed | None = None, up: Deed | None = None) -> Iterator[Step]:
    """Before and after a commit (`land`) or a call (`slow.pay`); a person does it again after the first."""
    group, _, what = name.partition(".")
    yield Step(place=f"{group}.before_{what or 'commit'}", down=down, up=up)
    yield Step(place=f"{group}.after_{what or 'commit'}", up=up)
