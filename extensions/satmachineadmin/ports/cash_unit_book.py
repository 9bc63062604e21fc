"""The book of the banknotes in machines, as a protocol; store/cash_units.py is the real one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from ..core.cash_position import Reported
from ..core.model import Machine


class CashUnitBook(Protocol):
    async def report(self, machine: Machine, units: Iterable[Reported]) -> None: ...
    async def dispensed(
        self, machine: Machine, bills: Iterable[tuple[int, int]], transaction_id: str
    ) -> None: ...
    async def taken(
        self, machine: Machine, notes: Iterable[tuple[int, int]], transaction_id: str
    ) -> None: ...
