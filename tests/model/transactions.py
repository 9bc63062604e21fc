"""Transactions of machines that sign, in the reference's books: what was posted, and what must come of it.

What the machine posts and which invoices customers hand in the world tells beforehand; that and the rules
in force are all that amounts are computed from. The trail says which of it was taken, and in which order.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from . import reference
from .ledger import DIGITS, IN_FLIGHT, NETWORK_FEE_MSAT, PAID, STAYED, Event, ppm_of
from .people import PURSE
from .sales import Sales


@dataclass
class Post:
    """What a machine has said of one of its transactions, taken or not."""

    machine: str
    is_out: bool
    version: int
    #: (fiat, rate) of every post
    said: list[tuple[int, str]]
    #: banknotes that are in the machine, by their ids
    notes: dict[str, int] = field(default_factory=dict)
    #: (outcome, fiat that came out) of every report
    reports: list[tuple[str, int]] = field(default_factory=list)
    report_version: int = 1

    @property
    def rate(self) -> str:
        return self.said[0][1]


@dataclass
class Link:
    """A link that no leg stands for."""

    payer: str
    amount_msat: int
    state: str = "open"
    is_on_its_way: bool = False
    #: the wallet here that it pays; outside where it is none
    payee: str = ""

    @property
    def most_msat(self) -> int:
        """What may be off the payer's wallet meanwhile: also what is kept back for the network."""
        return self.amount_msat + max(2000, self.amount_msat // 100)

    @property
    def fee_msat(self) -> int:
        return 0 if self.payee else NETWORK_FEE_MSAT


@dataclass
class Tx:
    """A transaction as the reference has it."""

    id: str
    txid: str
    machine: str
    is_out: bool
    state: str
    fiat: int
    rate: str
    fee_ppm: int
    principal: int = 0
    commission: int = 0
    wire: int = 0
    payment_hash: str | None = None
    is_above: bool = False
    expires_at: int | None = None
    outcome: str | None = None
    dispensed: int | None = None
    stayed: int | None = None
    sale: str | None = None


@dataclass
class Transactions(Sales):
    """Holds what becomes of posts, reports and claims against the reference."""

    posts: dict[str, Post] = field(default_factory=dict)
    txs: dict[str, Tx] = field(default_factory=dict)
    #: links without a leg, by transaction; of a late refund by its sale
    links: dict[str, Link] = field(default_factory=dict)
    #: where a customer who claims wants its sats, by the same
    claimants: dict[str, str] = field(default_factory=dict)
    #: sales whose customers may fetch a refund of a leg, or are being paid one
    refunds_open: set[str] = field(default_factory=set)
    #: what has yet to be seen of a report's effect, by sale
    _expected: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def tx_called(self, txid: str) -> Tx | None:
        return next((tx for tx in self.txs.values() if tx.txid == txid), None)

    def tx_of(self, sale_id: str) -> Tx | None:
        return next((tx for tx in self.txs.values() if tx.sale == sale_id), None)

    def _transaction(self, event: Event, tx_id: str, before: Event, after: Event) -> None:
        what = event["event"].removeprefix("transaction.")
        if what == "opened":
            self._open(tx_id, after)
            return
        tx = self.txs[tx_id]
        if what.startswith("link_") and what != "link_registered":
            self._link(what.removeprefix("link_"), tx_id, tx, event, after)
            return
        if "state" in after:
            self._check_arrow("transaction", tx.state, before, after)
            if tx.state == "collecting":
                self._check_end(tx, after)
            tx.state = after["state"]
        if "expires_at" in after:
            tx.expires_at = after["expires_at"]
        if what == "invoiced":
            assert tx.payment_hash is None, "a transaction got a second invoice"
            self.expect(tx, after["payment_hash"])
            tx.payment_hash = after["payment_hash"]
        elif what == "notes_taken":
            assert after["fiat_minor"] >= tx.fiat, "a note is gone"
            tx.fiat = after["fiat_minor"]
            self._compute(tx, after)
        elif what == "dispensed":
            self._report(tx, after)
        elif what == "stayed":
            self._expected[tx.sale or ""] -= {f"stayed {after['stayed_minor']}"}
            tx.stayed = after["stayed_minor"]
        elif tx.state == "paid" and "settlement_id" in after:
            made = self.made[after["payment_hash"]]
            assert made["settlement"] == after["settlement_id"], "a transaction has another one's sale"
            assert made["txid"] == tx.txid, "a transaction was settled by another one's payment"
            tx.sale, tx.payment_hash = after["settlement_id"], after["payment_hash"]

    # Posts ---------------------------------------------------------------------------------------

    def _open(self, tx_id: str, after: Event) -> None:
        assert self.tx_called(after["txid"]) is None, "a machine's transaction stands twice in the books"
        post = self.posts[after["txid"]]
        machine = self.machines[post.machine]
        direction = "cash_out" if post.is_out else "cash_in"
        assert after["tx_type"] == direction and after["state"] == (
            "invoiced" if post.is_out else "collecting"
        )
        tx = self.txs[tx_id] = Tx(
            id=tx_id, txid=after["txid"], machine=post.machine, is_out=post.is_out, state=after["state"],
            fiat=after["fiat_minor"], rate=after["exchange_rate"],
            fee_ppm=ppm_of(machine[f"{direction}_fee_pct"]),
        )  # fmt: skip
        threshold = machine.get("cash_out_hold_above_minor")
        tx.is_above = post.is_out and threshold is not None and tx.fiat > threshold
        self._compute(tx, after)

    def _compute(self, tx: Tx, after: Event) -> None:
        """Principal = fiat × rate, commission = principal × fee; the customer pays both, or gets the rest."""
        assert (tx.fiat, tx.rate) in self.posts[tx.txid].said, f"nobody posted {tx.fiat} at {tx.rate}"
        digits = DIGITS[self.machines[tx.machine]["currency"]]
        tx.principal = reference.sats_at(tx.fiat, tx.rate, digits)
        tx.commission = reference.half_up(tx.principal * tx.fee_ppm, reference.WHOLE)
        tx.wire = tx.principal + (tx.commission if tx.is_out else -tx.commission)
        wanted = {
            "principal_sats": tx.principal, "commission_sats": tx.commission, "wire_sats": tx.wire
        }  # fmt: skip
        found = {name: after.get(name, wanted[name]) for name in wanted}
        assert found == wanted, f"a transaction comes to {found}, it should to {wanted}"

    def expect(self, tx: Tx, payment_hash: str) -> None:
        """What lands by this payment is this transaction's."""
        self.made[payment_hash] = {
            "wallet": self.machines[tx.machine]["wallet_id"], "is_cash_out": tx.is_out, "wire": tx.wire,
            "principal": tx.principal, "commission": tx.commission, "host_fee_msat": 0, "settlement": None,
            "fiat": tx.fiat, "rate": tx.rate, "is_unstamped": False, "is_lying": False, "is_wild": False,
            "is_above": tx.is_above, "txid": tx.txid,
        }  # fmt: skip

    def _check_end(self, tx: Tx, after: Event) -> None:
        """No note: nothing. Beyond a limit or the threshold, or for no sat, the operator decides."""
        machine = self.machines[tx.machine]
        limits = [machine.get(f"cash_in_{name}_minor") for name in ("transaction", "hold_above")]
        is_beyond = tx.wire == 0 or any(limit is not None and tx.fiat > limit for limit in limits)
        wanted = ["cancelled"] if tx.fiat == 0 else ["held"] if is_beyond else ["offered"]
        if wanted == ["offered"] and not self.is_calm:
            wanted.append("held")
        assert after["state"] in wanted, f"a cash-in is {after['state']}, it should be {wanted}"

    # Reports -------------------------------------------------------------------------------------

    def _report(self, tx: Tx, after: Event) -> None:
        """What came out, and what has to come of it in the same transaction."""
        part, outcome, sale_id = after["dispensed_minor"], after["dispense"], tx.sale
        assert tx.is_out and tx.state == "paid" and sale_id is not None, "a report of what is not paid"
        assert (outcome, part) in self.posts[tx.txid].reports, "nobody reported that"
        assert tx.outcome in (None, outcome) and part >= (tx.dispensed or 0), "a report was taken back"
        tx.outcome, tx.dispensed = outcome, part
        self.reported_part[sale_id] = (part, tx.fiat)
        sale = self.sales[sale_id]
        is_held = sale.state == "held"
        awaited = {"released"} if is_held and self.reasons[sale_id] == "awaiting_dispense" else set()
        legs = [leg.state for leg in self.legs.values() if leg.sale == sale_id and leg.kind != "autoforward"]
        is_open = sale.state in ("held", "pending", "processing", "errored")
        is_late = not is_open or any(state in (*PAID, *IN_FLIGHT) for state in legs)
        if part == tx.fiat:
            self._expected[sale_id] = awaited
        elif is_held and part == 0:
            self._expected[sale_id] = {"dispense_failed"}
        elif not is_late and sale_id not in self.refunds_open:
            self._expected[sale_id] = {"dispensed", *awaited}
        else:
            # Only what the sale is paid out for: its customer is owed the rest by its own leg.
            stayed = max(0, (sale.fiat or 0) - part) or None
            self._expected[sale_id] = set() if stayed == tx.stayed else {f"stayed {stayed}"}

    def _check_reports(self) -> None:
        missing = {sale: what for sale, what in self._expected.items() if what}
        assert missing == {}, f"nothing came of a report: {missing}"

    # Links ---------------------------------------------------------------------------------------

    def _link(self, what: str, tx_id: str, tx: Tx, event: Event, after: Event) -> None:
        if what == "opened":
            assert tx.state == "offered" and tx_id not in self.links, "a link that nobody is to get"
            assert after["amount_msat"] == tx.wire * 1000, (
                f"a link over {after['amount_msat']} msat, not {tx.wire} sats"
            )
            payer = self.machines[tx.machine]["wallet_id"]
            self.links[tx_id] = Link(payer=payer, amount_msat=tx.wire * 1000)
            return
        if what == "claimed":
            assert tx.state == "offered" and event["at"] < (tx.expires_at or 0), "a link that is over"
        if what == "paid":
            assert tx.state in ("offered", "paid"), "cash that was given back was paid as well"
        self._move_link(self.links[tx_id], what, tx_id)

    def _move_link(self, link: Link, what: str, key: str) -> None:
        if what == "handed_over":
            assert link.state == "claimed", "nobody claimed what is paid"
            assert not self.is_overtaken, "a process paid that had lost its lease"
            link.is_on_its_way = True
            return
        after = {"claimed": "claimed", "paid": "paid", "came_back": "open", "cancelled": "cancelled"}[what]
        self._check_arrow("link", link.state, {"state": link.state}, {"state": after})
        if after == "claimed":
            link.payee = self.claimants[key]
        if after == "paid":
            assert link.is_on_its_way, "a link is paid that was not handed over"
            self.held_msat[link.payer] -= link.amount_msat + link.fee_msat
            if link.payee:
                self.held_msat[link.payee] += link.amount_msat
        link.state, link.is_on_its_way = after, False

    def _refund_link(self, event: Event, sale_id: str, after: Event) -> None:
        """Of a late refund the link itself is followed; of a leg's whether there is one under way."""
        what = event["event"].removeprefix("withdrawal.")
        link = self.links.get(sale_id)
        if what == "opened" and after["reason"] == STAYED:
            self._open_late(sale_id, link, after)
        elif what == "opened":
            self.refunds_open.add(sale_id)
        elif link is not None and link.state in ("open", "claimed"):
            self._move_link(link, what, sale_id)
        elif what in ("paid", "cancelled", "expired"):
            self.refunds_open.discard(sale_id)

    def _open_late(self, sale_id: str, before: Link | None, after: Event) -> None:
        tx, sale = self.tx_of(sale_id), self.sales[sale_id]
        assert before is None or before.state == "cancelled", "a customer is refunded twice"
        assert tx is not None, "a late refund of no transaction"
        owed = reference.half_up(tx.wire * (tx.stayed or 0), tx.fiat)
        assert 0 < owed <= sale.principal + sale.commission + 1, f"{owed} sats are more than were paid out"
        wanted = 1000 * reference.most_to_send(owed)
        assert after["amount_msat"] == wanted, f"a refund of {after['amount_msat']} msat, to be {wanted}"
        self.links[sale_id] = Link(payer=PURSE, amount_msat=wanted)
