"""The books as double entry: every sale, cash entry, payoff and other payment as one transaction.

What can go wrong: a transaction that does not balance, or one that balances and says something else than
the books. So sats and fiat are commodities of their own and each balances by itself, never through a
rate; and every account holds a figure that stands elsewhere, too: an LP's account what is left of its
cash, a wallet's accounts what its proof says, with its unpaid legs and what was kept by reason.

Amounts are signed: what an account gets is positive. Sats are in millisatoshi, fiat in minor units.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .errors import ensure
from .model import Leg, Settlement
from .proof import ProofLine
from .states import (
    RESERVING_LEG_STATES,
    CashEntryKind,
    LegState,
    LegType,
    SettlementState,
    SkipReason,
    TxType,
)

#: The commodity of sats; amounts of it are in millisatoshi.
SAT = "SAT"
#: The states of a settlement whose legs hold all of its sats.
_PLANNED = (SettlementState.PROCESSING, SettlementState.PROCESSED, SettlementState.ERRORED)
#: What became of payments that no sale and no payout of these books explains.
_OTHERS = {
    ProofLine.OPENING: "Equity:Opening",
    ProofLine.TOP_UPS: "Equity:Top-Ups",
    ProofLine.OTHER_IN: "Income:Other",
    ProofLine.OTHER_OUT: "Expenses:Other",
    ProofLine.SALES_IN: "Income:Other",
    ProofLine.SALES_OUT: "Expenses:Other",
    ProofLine.FEES: "Expenses:Network-Fees",
    ProofLine.ON_THE_WAY: "Equity:Undecided",
    ProofLine.NOT_LANDED: "Equity:Undecided",
    ProofLine.UNKNOWN: "Expenses:Unknown",
}
#: (account, commodity) → amount
Amounts = Mapping[tuple[str, str], int]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One transaction: what it was, and what each account got by it."""

    #: the day on the operator's clock
    day: str
    text: str
    amounts: Amounts
    #: what it is in the books, for who looks it up: name → value
    marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Party:
    """Somebody or something with accounts."""

    id: str
    name: str

    @property
    def segment(self) -> str:
        """Its part of an account's name: ASCII, and the same for ever as long as it is not renamed."""
        return f"{_slug(self.name)}-{hashlib.sha256(self.id.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A leg and, once it is paid, what it came to."""

    leg: Leg
    sent_msat: int = 0
    fee_msat: int = 0
    unused_msat: int = 0


class _Sheet:
    """Amounts that are being added up."""

    def __init__(self) -> None:
        self._amounts: dict[tuple[str, str], int] = defaultdict(int)

    def add(self, account: str, commodity: str, amount: int) -> None:
        self._amounts[account, commodity] += amount

    def done(self, what: str) -> Amounts:
        """What was added up; every commodity comes to nothing over all accounts."""
        sums: dict[str, int] = defaultdict(int)
        for (_account, commodity), amount in self._amounts.items():
            sums[commodity] += amount
        ensure(not any(sums.values()), f"the entry of {what} does not balance: {dict(sums)}")
        return {place: amount for place, amount in self._amounts.items() if amount}


def wallet_of(machine: Party) -> str:
    """The account over all accounts of a machine's wallet."""
    return f"Assets:Wallet:{machine.segment}"


def lp_account(machine: Party, lp: Party) -> str:
    """What is left of an LP's cash, as the operator's debt."""
    return f"Liabilities:LP:{machine.segment}:{lp.segment}"


def of_sale(
    settlement: Settlement, outcomes: Sequence[Outcome], machine: Party, lps: Mapping[str, Party]
) -> Amounts:
    """A sale as it stands now. `outcomes` are its legs without those beside it; `lps` by enrolment.

    A payment without facts is no sale: it is among the other payments of its wallet.
    """
    sheet = _Sheet()
    if settlement.tx_type is None:
        return {}
    counting = [outcome for outcome in outcomes if outcome.leg.state is not LegState.VOIDED]
    if settlement.state not in _PLANNED or settlement.plan_version == 0:
        _add_undecided(sheet, settlement, machine)
        return sheet.done(f"settlement {settlement.id}")
    _add_wire(sheet, settlement, counting, machine)
    for outcome in counting:
        _add_leg(sheet, outcome, machine, lps)
    _add_cash(sheet, settlement, [outcome.leg for outcome in counting], machine, lps)
    return sheet.done(f"settlement {settlement.id}")


def _add_undecided(sheet: _Sheet, settlement: Settlement, machine: Party) -> None:
    """Sats that arrived, or left, without anybody having decided on them, or that were put aside."""
    sign = -1 if settlement.tx_type is TxType.CASH_IN else 1
    moved_msat = sign * settlement.wire_sats * 1000 - settlement.host_fee_msat
    is_aside = settlement.state is SettlementState.DISMISSED
    sheet.add(f"{wallet_of(machine)}:{'Float' if is_aside else 'Undecided'}", SAT, moved_msat)
    sheet.add(f"Expenses:Host-Fees:{machine.segment}", SAT, settlement.host_fee_msat)
    other = "Income:Dismissed" if is_aside else "Equity:Undecided"
    sheet.add(f"{other}:{machine.segment}", SAT, -sign * settlement.wire_sats * 1000)


def _add_wire(sheet: _Sheet, settlement: Settlement, counting: Sequence[Outcome], machine: Party) -> None:
    """What crossed Lightning and what it was for; the wallet's part is sorted by what became of it."""
    is_cash_in = settlement.tx_type is TxType.CASH_IN
    principal_msat = settlement.principal_sats * 1000 * (1 if is_cash_in else -1)
    wire_msat = settlement.wire_sats * 1000 * (-1 if is_cash_in else 1)
    sheet.add(f"Income:Principal:{machine.segment}", SAT, principal_msat)
    sheet.add(f"Income:Commission:{machine.segment}", SAT, -settlement.commission_sats * 1000)
    sheet.add(f"Expenses:Host-Fees:{machine.segment}", SAT, settlement.host_fee_msat)
    undispensed_msat = wire_msat + principal_msat - settlement.commission_sats * 1000
    owed_msat = 1000 * sum(outcome.leg.sats for outcome in counting if _is_owed(outcome.leg))
    sheet.add(f"Liabilities:Customers:{machine.segment}", SAT, -owed_msat)
    sheet.add(f"Income:Undispensed:{machine.segment}", SAT, owed_msat - undispensed_msat)
    paid_msat = sum(outcome.sent_msat + outcome.fee_msat for outcome in counting)
    there_msat = sum(_there_msat(outcome) for outcome in counting)
    rest_msat = wire_msat - settlement.host_fee_msat - paid_msat - there_msat
    sheet.add(f"{wallet_of(machine)}:Float", SAT, rest_msat)


def _is_owed(leg: Leg) -> bool:
    """Whether it is a customer's who has not got it back yet."""
    is_open = leg.state not in (LegState.REFUNDED, LegState.COMPLETED)
    return leg.reason is SkipReason.UNDISPENSED and is_open and not leg.is_kept


def _there_msat(outcome: Outcome) -> int:
    """What of a leg is in the machine's wallet."""
    if outcome.leg.state in (LegState.COMPLETED, LegState.REFUNDED):
        return outcome.unused_msat
    return outcome.leg.sats * 1000


def _add_leg(sheet: _Sheet, outcome: Outcome, machine: Party, lps: Mapping[str, Party]) -> None:
    """What was paid of a leg, and what of it is in the wallet, and why."""
    leg, wallet = outcome.leg, wallet_of(machine)
    if leg.state in (LegState.COMPLETED, LegState.REFUNDED):
        sheet.add(_receiver(leg, machine, lps), SAT, outcome.sent_msat)
        sheet.add(f"Expenses:Network-Fees:{machine.segment}", SAT, outcome.fee_msat)
        sheet.add(f"{wallet}:Kept:Fee-Unused", SAT, outcome.unused_msat)
    elif leg.state is LegState.SKIPPED:
        reason = str(leg.reason or SkipReason.RELEASED).replace("_", "-").title()
        sheet.add(f"{wallet}:Kept:{reason}", SAT, leg.sats * 1000)
    else:
        sheet.add(f"{wallet}:Unpaid", SAT, leg.sats * 1000)


def _receiver(leg: Leg, machine: Party, lps: Mapping[str, Party]) -> str:
    """The account of who got a leg."""
    if leg.state is LegState.REFUNDED:
        return f"Expenses:Refunds:{machine.segment}"
    if leg.leg_type is LegType.SUPER_FEE:
        return f"Expenses:Platform:{machine.segment}"
    if leg.enrolment_id is not None:
        return f"Expenses:LPs:{machine.segment}:{lps[leg.enrolment_id].segment}"
    partner = Party(id=leg.target or "", name=leg.label or "Partner")
    return f"Expenses:Partners:{machine.segment}:{partner.segment}"


def _add_cash(
    sheet: _Sheet, settlement: Settlement, legs: Iterable[Leg], machine: Party, lps: Mapping[str, Party]
) -> None:
    """The banknotes: whose they were, and the operator's own where no LP's."""
    fiat_minor, currency = settlement.fiat_minor or 0, settlement.currency
    if settlement.tx_type is TxType.CASH_IN:
        sheet.add(f"Assets:Cash:{machine.segment}", currency, fiat_minor)
        sheet.add(f"Equity:Own-Cash:{machine.segment}", currency, -fiat_minor)
        return
    sheet.add(f"Assets:Cash:{machine.segment}", currency, -fiat_minor)
    own_minor = fiat_minor
    for leg in legs:
        if leg.enrolment_id is not None and leg.fiat_minor and _draws(leg):
            sheet.add(lp_account(machine, lps[leg.enrolment_id]), currency, leg.fiat_minor)
            own_minor -= leg.fiat_minor
    sheet.add(f"Equity:Own-Cash:{machine.segment}", currency, own_minor)


def _draws(leg: Leg) -> bool:
    """Whether an LP's cash is spent on it, or in reserve for it."""
    return leg.state is LegState.COMPLETED or leg.state in RESERVING_LEG_STATES


def of_cash(
    kind: CashEntryKind, amount_minor: int, currency: str, machine: Party, lp: Party, *, is_of_sale: bool
) -> Amounts:
    """A confirmed entry of an LP's cash. The correction of a sale's rate moves no banknotes: what it gives
    an LP the operator bears. Every other entry is cash that came, went, or was counted wrongly."""
    is_own = kind is CashEntryKind.CORRECTION and is_of_sale
    account = f"{'Equity:Own-Cash' if is_own else 'Assets:Cash'}:{machine.segment}"
    sheet = _Sheet()
    sheet.add(account, currency, amount_minor)
    sheet.add(lp_account(machine, lp), currency, -amount_minor)
    return sheet.done("a cash entry")


def of_payoff(outcome: Outcome, currency: str, machine: Party, lp: Party, payer: Party | None) -> Amounts:
    """A balance that the operator pays off: its cash is the operator's from the request on. `payer` is the
    machine whose wallet pays, if one's does; a wallet of the operator's own is none of these books."""
    sheet, leg = _Sheet(), outcome.leg
    if _draws(leg) and leg.fiat_minor:
        sheet.add(lp_account(machine, lp), currency, leg.fiat_minor)
        sheet.add(f"Equity:Own-Cash:{machine.segment}", currency, -leg.fiat_minor)
    if leg.state is LegState.COMPLETED:
        purse = f"Equity:Funding:{machine.segment}" if payer is None else f"{wallet_of(payer)}:Float"
        sheet.add(f"Expenses:LPs:{machine.segment}:{lp.segment}", SAT, outcome.sent_msat)
        sheet.add(f"Expenses:Network-Fees:{machine.segment}", SAT, outcome.fee_msat)
        sheet.add(purse, SAT, -outcome.sent_msat - outcome.fee_msat)
    return sheet.done(f"payoff {leg.id}")


def of_other(line: ProofLine, msat: int, machine: Party) -> Amounts:
    """A payment on a machine's wallet that is no sale and no payout of these books."""
    sheet = _Sheet()
    sheet.add(f"{wallet_of(machine)}:Float", SAT, msat)
    sheet.add(f"{_OTHERS[line]}:{machine.segment}", SAT, -msat)
    return sheet.done("a payment")


def _slug(name: str) -> str:
    """ASCII letters, digits and dashes, beginning with a capital or a digit; `X` for a name without any."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:30].strip("-") or "X"
    return words[0].upper() + words[1:]
