"""What a wallet received and paid before it becomes a machine's: what would become of each payment.

What can go wrong: an operator counts earlier payments as sales without knowing which, and sats are paid
out for them. So it sees the whole list first and confirms that very list: `digest` says which one, with
what would become of every payment in it, and another list is another digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from .landing import Counterparty, Ignored, judge
from .model import HostPayment, Landing, Machine, PlatformFee
from .states import SettlementState, TxType

#: So many payments are listed and confirmed at once: what a person can look through.
MOST_PAYMENTS = 500


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """A payment of the wallet's past, and what it would become."""

    payment: HostPayment
    verdict: Landing | Ignored

    @property
    def becomes(self) -> str:
        """A settlement's state, or `ignored`."""
        return "ignored" if isinstance(self.verdict, Ignored) else self.verdict.state.value


def foresee(
    payments: Sequence[HostPayment],
    parties: dict[str, Counterparty],
    machine: Machine,
    fees: dict[TxType, PlatformFee],
    *,
    host_rate: str | None,
    most_rates: int,
) -> list[Foreseen]:
    """Judge payments in the order in which they would land, each rate beside those before it."""
    rates: list[str] = []
    found = []
    for payment in sorted(payments, key=lambda one: (one.updated_at, one.checking_id)):
        tx_type = TxType.CASH_OUT if payment.is_lightning_inbound else TxType.CASH_IN
        party = parties[payment.payment_hash]
        verdict = judge(payment, machine, fees[tx_type], party, rates[:most_rates], host_rate)
        found.append(Foreseen(payment=payment, verdict=verdict))
        rate = None if isinstance(verdict, Ignored) or verdict.facts is None else verdict.facts.exchange_rate
        if rate is not None and found[-1].becomes == SettlementState.PENDING:
            rates.insert(0, rate)
    return found


def digest(machine: Machine, scan_from: int, foreseen: Sequence[Foreseen]) -> str:
    """Which list this is: whose wallet, from when on, which payments, and what each would become."""
    lines = [
        [
            one.payment.checking_id,
            one.payment.amount_msat,
            one.payment.fee_msat,
            one.becomes,
            one.verdict.reason,
            _facts(one.verdict),
        ]
        for one in foreseen
    ]
    whole = [machine.wallet_id, machine.currency, scan_from, lines]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def _facts(verdict: Landing | Ignored) -> list[object] | None:
    """What of a sale decides who gets how much."""
    if isinstance(verdict, Ignored) or verdict.facts is None:
        return None
    facts = verdict.facts
    fiat = [facts.fiat_minor, facts.exchange_rate]
    return [facts.principal_sats, facts.commission_sats, facts.platform_fee_sats, *fiat]
