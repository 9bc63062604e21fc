"""A machine of the kill chain that buys banknotes, and its customers, whose wallets are elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from lnurl import decode

from tests.harness.machine import Machine
from tests.harness.pay_links import foreign_invoice

from .steps import Step, around
from .town import Town


def cash_ins() -> Iterator[Step]:
    """Claimed, handed over, paid, written down; and found in LNbits' books, which are younger."""
    yield from around("claim", up=_claim)
    yield from around("claim_handed_over")
    yield from around("claim_resume")
    yield from around("claim_outcome")
    yield Step(place="claim_handed_over.before_commit", up=_claim)
    yield from around("claim_found", down=_paid_before)


def _machine(town: Town) -> Machine:
    """The machine, paired anew."""
    return Machine.paired(town.server.url, town.extra.api, town.kiosk["id"])


def _taken_in(town: Town) -> str:
    """A customer that gave 50 EUR and is done; the machine's name for it."""
    notes = [{"id": "1", "denomination": "50"}]
    body = {"txid": uuid4().hex, "version": 1, "exchange_rate": "5", "notes": notes, "done": True}
    return str(_machine(town).post("/cash-in", body, expect=201)["txid"])


def _claim(town: Town) -> None:
    """A customer hands in an invoice for the link that nobody has claimed, or for a new one."""
    nobody = town.server.api()
    (row,) = town.sql(
        """
        SELECT MAX(txid) AS txid FROM satmachineadmin.machine_transactions AS one
        JOIN satmachineadmin.withdrawals AS link ON link.transaction_id = one.id
        WHERE link.kind = 'cash_in' AND link.state = 'open'
        """
    )
    txid = row["txid"] or _taken_in(town)
    told = _machine(town).get(f"/transactions/{txid}")
    terms = nobody.get(urlsplit(str(decode(told["lnurl"]))).path)
    invoice = foreign_invoice(terms["maxWithdrawable"])
    nobody.get(urlsplit(terms["callback"]).path, k1=terms["k1"], pr=invoice)


def _claimed(town: Town) -> dict[str, Any]:
    (row,) = town.sql(
        "SELECT * FROM satmachineadmin.withdrawals WHERE kind = 'cash_in' AND state = 'claimed'"
    )
    return row


def _paid_before(town: Town) -> None:
    """LNbits has paid the claim, to a wallet of its own; our books are a copy of before."""
    link = _claimed(town)
    name = f"smw1:{link['id']}:1"
    moved = town.move(town.kiosk_wallet, town.purse, link["amount_msat"] // 1000, mark=name)
    for old, new in (
        (moved, link["payment_hash"]),
        (f"internal_{moved}", f"internal_{link['payment_hash']}"),
    ):
        town.sql(
            "UPDATE apipayments SET checking_id = :new, payment_hash = :hash WHERE checking_id = :old",
            old=old,
            new=new,
            hash=link["payment_hash"],
        )
