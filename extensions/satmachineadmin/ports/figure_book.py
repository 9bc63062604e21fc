"""What figures and messages for people need of the books; store/figures.py and operators.py are real."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from ..core.figures import ChangedSale, DayFigures
from ..core.notices import Notice


class FigureBook(Protocol):
    async def of_machine(self, machine_id: str, day: date, time_zone: str) -> list[DayFigures]:
        """One day of a machine, from its sales."""

    async def kept_of(self, machine_id: str, day: date) -> list[DayFigures]:
        """One day of a machine, as it is kept."""

    async def changed(self, since: int, limit: int) -> list[ChangedSale]:
        """Sales that changed at or after an instant, the earliest change first."""

    async def keep(self, user_id: str, machine_id: str, day: date, figures: Sequence[DayFigures]) -> None:
        """Write a day of a machine over the one before."""

    async def replace(self, user_id: str, figures: Sequence[DayFigures]) -> None:
        """Write all of an operator's days over those before: nothing of them is due any more."""

    async def due(self) -> str | None:
        """An operator whose days are to be counted anew."""

    async def looked_until(self) -> int | None:
        """The instant up to which changes of sales are in the figures."""

    async def note_look(self, until: int) -> None:
        """Remember that instant."""


class OperatorBook(Protocol):
    async def time_zone(self, user_id: str) -> str:
        """The zone that the operator's days are cut by."""

    async def notices(self, user_id: str) -> frozenset[Notice]:
        """What the operator wants to be told of."""
