"""A machine of the kill chain that signs what it sells, and customers who get no notes for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from coincurve import PrivateKey

from tests.harness.machine import Machine
from tests.harness.shop import DCA

from .steps import Step, around
from .town import Town

#: The machine keeps its key over all the server's lives, as it does.
_KEY = PrivateKey(b"\x07" * 32)
_REASON = "The notes jammed"


def cash_outs() -> Iterator[Step]:
    """The invoice; a refund of a sale that nothing came out for, known in time and known too late."""
    yield from around("external.charge", up=lambda town: _asked(town, "counter-charge"))
    yield from around("refund_failed", up=_refund_in_time)
    yield from around("refund_late", up=_refund_too_late)


def _machine(town: Town) -> Machine:
    """The machine; another episode may have paired it with another key meanwhile."""
    machine = Machine(town.server.url, _KEY)
    (row,) = town.sql("SELECT npub FROM satmachineadmin.dca_machines WHERE id = :id", id=town.kiosk["id"])
    if row["npub"] != machine.key_hex:
        machine.pair(town.extra.api.post(f"{DCA}/machines/{town.kiosk['id']}/pairing")["code"])
    return machine


def _asked(town: Town, txid: str) -> dict[str, Any]:
    """The same cash-out however often it is asked for."""
    body = {"txid": txid, "version": 1, "fiat_amount": "50.00", "exchange_rate": "5"}
    told: dict[str, Any] = _machine(town).post("/cash-out", body)
    return told


def _held(town: Town, txid: str) -> tuple[Machine, dict[str, Any]]:
    """A cash-out that a customer has paid, and its settlement."""
    one = _asked(town, txid)
    if not one["paid"]:
        town.server.pay_invoice(town.plain.customer, one["invoice"])
    machine = _machine(town)
    told = machine.get(f"/transactions/{txid}?wait=25&known=invoiced")
    settlement = town.settlement(told["payment_hash"])
    assert settlement is not None
    return machine, settlement


def _nothing_came_out(machine: Machine, txid: str) -> None:
    machine.post("/dispense", {"txid": txid, "version": 2, "outcome": "failed"})


def _refund_in_time(town: Town) -> None:
    machine, sale = _held(town, "counter-in-time")
    _nothing_came_out(machine, "counter-in-time")
    town.extra.api.post(f"{DCA}/settlements/{sale['id']}/refund", {"reason": _REASON})


def _refund_too_late(town: Town) -> None:
    """Its operator has released it, and it is paid out before the machine says that nothing came out."""
    machine, sale = _held(town, "counter-too-late")
    if sale["state"] == "held":
        town.extra.api.post(f"{DCA}/settlements/{sale['id']}/release")
    town.server.wait_for(lambda: town.is_processed(sale["payment_hash"]), "payout")
    _nothing_came_out(machine, "counter-too-late")
    refund = {"reason": _REASON, "wallet_id": town.extra.operator.wallet.id}
    town.extra.api.post(f"{DCA}/settlements/{sale['id']}/refund", refund)
