"""A machine wallet's proof: what came in, what went out, what stays, to the millisatoshi.

Two sides that know nothing of each other: what the host says the wallet holds, and what our books say
it should hold. What our books cannot know (the wallet's life before it was the machine's, top-ups,
payments that the operator makes by hand) is taken from the host's rows one by one, each of them looked
at and sorted here; sales and payouts are taken from our books alone. So a payment row that was deleted,
edited or added shows as a difference, and so does an edited sale or leg.

Pure; amounts are in millisatoshi, signed: in is positive, out is negative.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from .landing import IgnoreReason
from .model import HostPayment
from .states import LegState, Word
from .withdrawing import LINK_MARK

_MARKS, _TAG = ("sm1:", LINK_MARK), "satmachine:"
_UNDECIDED = (LegState.PAYING, LegState.UNRESOLVED)


class ProofLine(Word):
    """Where the sats of a machine's wallet came from and went to. Closed; in the order of the page."""

    #: what the wallet held before it was the machine's
    OPENING = "opening"
    #: sales by which Lightning came in, less the host's fee on them
    SALES_IN = "sales_in"
    #: sales by which Lightning went out
    SALES_OUT = "sales_out"
    #: what the operator or the host's admin put in
    TOP_UPS = "top_ups"
    #: other payments that came in
    OTHER_IN = "other_in"
    #: other payments that went out
    OTHER_OUT = "other_out"
    #: payouts to the platform, the operator's targets and the LPs
    PAID_OUT = "paid_out"
    #: fees of those payouts, and of outgoing sales
    FEES = "fees"
    #: payments that are under way
    ON_THE_WAY = "on_the_way"
    #: payments that came or went and were not looked at yet
    NOT_LANDED = "not_landed"
    #: payments with our mark that these books do not know: they count as paid
    UNKNOWN = "unknown"


class Holding(Word):
    """What the sats in a machine's wallet are there for. Closed; in the order of the page."""

    #: what the wallet held before it was the machine's
    OPENING = "opening"
    #: shares of sales that are not paid yet
    UNPAID = "unpaid"
    #: what stays of sales, each with the reason of its leg
    KEPT = "kept"
    #: the rest: what the operator put in or took out, and what cash-ins are paid from
    FLOAT = "float"


@dataclass(frozen=True, kw_only=True)
class Known:
    """What our books know of some rows of one wallet's history."""

    #: the instant (epoch seconds) from which on the wallet's payments are sales
    scan_from: int
    #: payment hashes of settlements whose facts are known
    sales: Collection[str]
    #: hash → state, of legs that this wallet pays
    legs: Mapping[str, LegState]
    #: payment hashes of links that customers have claimed; once they land they are sales
    links: Collection[str] = ()
    #: hash → why a payment is no sale
    ignored: Mapping[str, str]
    #: payments of earlier days that were open when the wallet became the machine's
    open_hashes: Collection[str]
    #: checking ids of payments that a person accepted as paid
    accepted: Collection[str]


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What our books say of sales and payouts of one wallet."""

    sales_in_msat: int
    sales_out_msat: int
    paid_out_msat: int
    fees_msat: int
    #: legs that are to be paid from the wallet, whatever became of them up to now
    unpaid_msat: int = 0
    #: reason → what stays of sales for it; what an operator has taken for its own is not among it
    kept_msat: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The statement of one machine's wallet at one instant."""

    wallet_id: str
    machine_id: str
    #: signed; lines without anything are left out
    lines_msat: Mapping[ProofLine, int]
    #: what the host says the wallet holds
    balance_msat: int
    #: rows of the wallet's history
    rows: int
    #: what the balance is there for: (what, the reason where something is kept) → amount
    holdings_msat: Mapping[tuple[Holding, str], int] = field(default_factory=dict)

    @property
    def expected_msat(self) -> int:
        """What the wallet holds by these books."""
        return sum(self.lines_msat.values())

    @property
    def difference_msat(self) -> int:
        return self.balance_msat - self.expected_msat


def held_msat(row: HostPayment) -> int:
    """What a row adds to the balance by the host's own rule: pending counts only on its way out."""
    counts = row.status == "success" or (row.status == "pending" and row.is_lightning_outbound)
    return row.amount_msat - row.fee_msat if counts else 0


def is_marked(row: HostPayment) -> bool:
    """Whether an outgoing row bears the mark of our payouts, or of links that we pay."""
    has_mark = (row.external_id or "").startswith(_MARKS) or (row.tag or "").startswith(_TAG)
    return row.is_lightning_outbound and has_mark


class ProofWalk:
    """Sorts the rows of one wallet's history, slice by slice."""

    def __init__(self, wallet_id: str, machine_id: str) -> None:
        self._wallet_id = wallet_id
        self._machine_id = machine_id
        self._lines: dict[ProofLine, int] = {}
        self._rows = 0
        #: rows with our mark that no leg explains and nobody has accepted
        self.unknown: list[HostPayment] = []

    def go_on(self, rows: Iterable[HostPayment], known: Known) -> None:
        """Add rows that were not added before."""
        for row in rows:
            self._rows += 1
            self._add_row(row, known)

    def end(self, sums: Sums, balance_msat: int) -> Proof:
        """The proof, once every row was looked at."""
        self._add(ProofLine.SALES_IN, sums.sales_in_msat)
        self._add(ProofLine.SALES_OUT, -sums.sales_out_msat)
        self._add(ProofLine.PAID_OUT, -sums.paid_out_msat)
        self._add(ProofLine.FEES, -sums.fees_msat)
        lines = {line: self._lines[line] for line in ProofLine if self._lines.get(line)}
        return Proof(
            wallet_id=self._wallet_id,
            machine_id=self._machine_id,
            lines_msat=lines,
            holdings_msat=_holdings(lines, sums, balance_msat),
            balance_msat=balance_msat,
            rows=self._rows,
        )

    def _add(self, line: ProofLine, msat: int) -> None:
        self._lines[line] = self._lines.get(line, 0) + msat

    def _add_row(self, row: HostPayment, known: Known) -> None:
        for line, msat in lines_of(row, known):
            self._add(line, msat)
            if line is ProofLine.UNKNOWN and row.checking_id not in known.accepted:
                self.unknown.append(row)


def _holdings(
    lines: Mapping[ProofLine, int], sums: Sums, balance_msat: int
) -> dict[tuple[Holding, str], int]:
    """What the balance is there for; comes to the balance, since the float is what is left of it.

    A payment that is under way is off the balance already: it is no share that is still to be paid.
    """
    opening = lines.get(ProofLine.OPENING, 0)
    unpaid = max(0, sums.unpaid_msat + min(0, lines.get(ProofLine.ON_THE_WAY, 0)))
    kept = {(Holding.KEPT, reason): msat for reason, msat in sorted(sums.kept_msat.items())}
    held = {(Holding.OPENING, ""): opening, (Holding.UNPAID, ""): unpaid, **kept}
    held[Holding.FLOAT, ""] = balance_msat - sum(held.values())
    return {what: msat for what, msat in held.items() if msat}


def lines_of(row: HostPayment, known: Known) -> list[tuple[ProofLine, int]]:
    """What a row adds to which lines, beyond what our books say of sales and payouts."""
    if row.payment_hash in known.sales:
        return _beside_sale(row)
    if row.is_lightning_outbound and row.payment_hash in known.legs:
        is_under_way = row.status == "pending" or known.legs[row.payment_hash] in _UNDECIDED
        return [(ProofLine.ON_THE_WAY, held_msat(row))] if is_under_way else []
    is_looked_at = row.payment_hash in known.ignored or row.payment_hash in known.open_hashes
    if row.created_at.timestamp() < known.scan_from and not is_looked_at:
        return [(ProofLine.OPENING, held_msat(row))]
    if is_marked(row) and row.status != "failed" and row.payment_hash not in known.links:
        return [(ProofLine.UNKNOWN, held_msat(row))]
    return [(_line_of_other(row, known.ignored.get(row.payment_hash)), held_msat(row))]


def _beside_sale(row: HostPayment) -> list[tuple[ProofLine, int]]:
    """What of a sale's payment is no figure of our books: the network's fee, the part of a sat."""
    if row.status != "success":
        return []
    if row.is_lightning_outbound:
        return [(ProofLine.FEES, -row.fee_msat), (ProofLine.SALES_OUT, -(-row.amount_msat % 1000))]
    return [(ProofLine.SALES_IN, row.amount_msat % 1000)]


def _line_of_other(row: HostPayment, verdict: str | None) -> ProofLine:
    """A row that is neither a sale nor a payout of ours."""
    if verdict == IgnoreReason.TOP_UP:
        return ProofLine.TOP_UPS
    if row.status == "pending":
        return ProofLine.ON_THE_WAY
    if verdict is None and row.fiat_provider is None and not row.is_service_fee:
        return ProofLine.NOT_LANDED
    return ProofLine.OTHER_IN if row.is_lightning_inbound else ProofLine.OTHER_OUT
