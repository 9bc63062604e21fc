"""What legs belong to and stem from; part of core.model, which see."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from .states import TxType


class LegHolder(Protocol):
    """What a leg belongs to: a settlement, or the balance of an LP that is paid off."""

    @property
    def id(self) -> str:
        """The settlement's id; empty where there is none."""

    @property
    def operator_user_id(self) -> str: ...


class Stem(LegHolder, Protocol):
    """What a leg with a payment of its own stems from: a settlement, or a balance that was paid off."""

    @property
    def machine_id(self) -> str: ...
    @property
    def wallet_id(self) -> str: ...
    @property
    def payment_hash(self) -> str: ...
    @property
    def paid_at(self) -> datetime: ...
    @property
    def plan_version(self) -> int: ...
    @property
    def tx_type(self) -> TxType | None: ...
    @property
    def fiat_minor(self) -> int | None: ...
    @property
    def currency(self) -> str: ...
    @property
    def exchange_rate(self) -> str | None: ...
