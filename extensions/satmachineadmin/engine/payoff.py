"""A balance that its operator pays off, as what its leg belongs to: there is no settlement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..core.errors import InvariantViolated
from ..core.model import Leg, Machine
from ..core.states import TxType
from ..ports import Books


@dataclass(frozen=True, kw_only=True)
class Payoff:
    """The leg by which it is paid off, and what that leg and those that pass it on stem from."""

    leg: Leg
    operator_user_id: str
    machine: Machine
    #: when it was written: nothing of it was paid before
    paid_at: datetime
    id: str = ""
    plan_version: int = 1
    #: no sale: nothing was dispensed, and what is passed on was priced when it was paid off
    tx_type: TxType | None = None
    fiat_minor: int | None = None
    exchange_rate: str | None = None

    @property
    def mark(self) -> str:
        """What every payment of it begins with in the host's books, whatever the attempt."""
        return f"sm1:{self.leg.key}:"

    @property
    def machine_id(self) -> str:
        return self.machine.id

    @property
    def currency(self) -> str:
        return self.machine.currency

    @property
    def wallet_id(self) -> str:
        """The wallet that paid it off."""
        return self.leg.payer_wallet_id

    @property
    def payment_hash(self) -> str:
        if self.leg.minted is None:
            raise InvariantViolated("a payoff has its invoice since it was written")
        return self.leg.minted.payment_hash


async def load_payoff(books: Books, leg_id: str) -> Payoff:
    """The payoff of a leg that is one."""
    leg = await books.payoffs.get(leg_id)
    machine = await books.machines.get(leg.machine_id) if leg else None
    if leg is None or machine is None:
        raise InvariantViolated("a payoff and its machine exist")
    return Payoff(
        leg=leg,
        operator_user_id=machine.operator_user_id,
        machine=machine,
        paid_at=await books.payoffs.written_at(leg_id),
    )
