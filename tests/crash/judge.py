"""What must hold after a crash, asserted from LNbits' own tables and from ours."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from .ledger import Ledger, Rows
from .world import COMMISSION_LEGS_SATS, FLOAT_SATS, LEGS, WIRE_SATS, World

_SETTLEMENT = "SELECT * FROM satmachineadmin.dca_settlements WHERE payment_hash = :hash"
_LEGS = (
    f"SELECT * FROM satmachineadmin.dca_payments WHERE settlement_id IN ({_SETTLEMENT.replace('*', 'id')})"
)
_PAYMENTS = """
    SELECT checking_id, payment_hash, wallet_id, amount, fee, status, external_id FROM apipayments
    WHERE external_id LIKE :mark
"""
_TOTAL = "SELECT SUM(balance) AS msat FROM balances"
_MACHINE = "SELECT balance AS msat FROM balances WHERE wallet_id = :wallet"
_LPS = """
    SELECT client.paid_minor, client.reserved_minor, client.received_sats, client.fills,
        COALESCE((SELECT SUM(fiat_minor) FROM satmachineadmin.dca_payments AS leg
                  WHERE leg.client_id = client.id AND state = 'completed'), 0) AS legs_paid_minor,
        COALESCE((SELECT SUM(fiat_minor) FROM satmachineadmin.dca_payments AS leg
                  WHERE leg.client_id = client.id
                    AND state IN ('pending', 'paying', 'unresolved')), 0) AS legs_open_minor,
        COALESCE((SELECT SUM(sats) FROM satmachineadmin.dca_payments AS leg
                  WHERE leg.client_id = client.id AND state = 'completed'), 0) AS legs_sats,
        (SELECT COUNT(*) FROM satmachineadmin.dca_payments AS leg
         WHERE leg.client_id = client.id AND state = 'completed') AS legs,
        (SELECT balance FROM balances JOIN satmachineadmin.dca_lp AS lp ON lp.dca_wallet_id = wallet_id
         WHERE lp.user_id = client.user_id) AS wallet_msat
    FROM satmachineadmin.dca_clients AS client
"""
_EVENTS = "SELECT seq, body, prev, hash FROM satmachineadmin.audit_events WHERE seq > :seq ORDER BY seq"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One sale, as both databases have it."""

    payment_hash: str
    settlement: dict[str, Any] | None
    legs: Rows
    #: LNbits' rows with the settlement's mark
    payments: Rows
    lps: Rows
    total_msat: int
    machine_msat: int

    @property
    def standing(self) -> Rows:
        """Legs that were not voided."""
        return [leg for leg in self.legs if leg["state"] != "voided"]

    def paid(self, sign: int) -> Counter[str]:
        """How often each leg was debited (-1) or credited (1) successfully, by its key."""
        mark = f"sm1:{self.payment_hash}:"
        return Counter(
            row["external_id"].removeprefix(mark).rpartition(":")[0]
            for row in self.payments
            if row["status"] == "success" and row["amount"] * sign > 0
        )


def look(ledger: Ledger, world: World, payment_hash: str) -> Evidence:
    """Read everything on one connection, after the dead are really gone."""
    ledger.wait_until_quiet()
    settlements, legs, payments, lps, total, machine = ledger.run_all(
        [
            (_SETTLEMENT, {"hash": payment_hash}),
            (_LEGS, {"hash": payment_hash}),
            (_PAYMENTS, {"mark": f"sm1:{payment_hash}:%"}),
            (_LPS, {}),
            (_TOTAL, {}),
            (_MACHINE, {"wallet": world.machine_wallet}),
        ]
    )
    assert len(settlements) <= 1, f"one payment has {len(settlements)} settlements"
    return Evidence(
        payment_hash=payment_hash,
        settlement=settlements[0] if settlements else None,
        legs=legs,
        payments=payments,
        lps=lps,
        total_msat=int(total[0]["msat"]),
        machine_msat=int(machine[0]["msat"]),
    )


def judge_after_kill(evidence: Evidence, world: World, way: str) -> int:
    """Nothing half done the fast way, nothing done twice the slow way; returns how many legs are paid."""
    debits, credits = evidence.paid(-1), evidence.paid(1)
    completed = [leg for leg in evidence.legs if leg["state"] == "completed"]
    assert max([*debits.values(), *credits.values(), 0]) <= 1, f"paid twice: {debits} {credits}"
    assert set(credits) <= set(debits), f"credited without a debit: {credits} {debits}"
    assert {leg["leg_key"] for leg in completed} <= set(credits), "recorded as paid but not paid"
    for lp in evidence.lps:
        _check_lp(lp)
    if way == "fast":
        assert len(debits) in (0, LEGS), f"half paid: {len(debits)} of {LEGS} legs"
        assert len(debits) == len(credits) == len(completed), "paid and recorded are not the same"
        assert len(evidence.payments) == 2 * len(debits), "LNbits holds rows of payments that are not"
        assert evidence.total_msat == world.total_msat, f"the sum is {evidence.total_msat} msat"
    return len(debits)


def judge_settled(evidence: Evidence, world: World) -> None:
    """The sale is processed, every leg was paid exactly once, and no millisatoshi is missing."""
    settlement = evidence.settlement
    assert settlement is not None, "the sale was never landed"
    state = {name: settlement[name] for name in ("state", "waits_code", "error_message", "next_try_at")}
    assert state == {
        "state": "processed", "waits_code": None, "error_message": None, "next_try_at": None
    }, f"the settlement is {state}"  # fmt: skip
    assert len(evidence.standing) == LEGS, f"{len(evidence.standing)} legs stand"
    assert sum(leg["sats"] for leg in evidence.standing) == WIRE_SATS
    commission = sorted(leg["sats"] for leg in evidence.standing if leg["leg_type"] != "dca")
    assert commission == COMMISSION_LEGS_SATS, f"the commission went in parts of {commission}"
    keys = Counter(leg["leg_key"] for leg in evidence.standing)
    assert evidence.paid(-1) == evidence.paid(1) == keys, f"paid {evidence.paid(-1)} {evidence.paid(1)}"
    for leg in evidence.standing:
        _check_paid(leg, evidence, world)
    for lp in evidence.lps:
        assert lp["reserved_minor"] == 0, f"{lp['reserved_minor']} minor units are still reserved"
        _check_lp(lp)
        assert lp["wallet_msat"] == lp["received_sats"] * 1000, "an LP's wallet holds something else"
    assert evidence.total_msat == world.total_msat, f"the sum is {evidence.total_msat} msat"
    assert evidence.machine_msat == FLOAT_SATS * 1000, f"the machine holds {evidence.machine_msat} msat"


def _check_paid(leg: dict[str, Any], evidence: Evidence, world: World) -> None:
    """Both of LNbits' rows, success, the right amount between the right wallets, under the stored hash."""
    msat = leg["sats"] * 1000
    rows = sorted(
        (row["amount"], row["wallet_id"], row["checking_id"], row["status"], row["fee"])
        for row in evidence.payments
        if row["payment_hash"] == leg["payment_hash"]
    )
    payee, payment_hash = leg["destination_wallet_id"], leg["payment_hash"]
    assert payee in world.receiver_wallets, "a leg went to a strange wallet"
    assert rows == [
        (-msat, world.machine_wallet, f"internal_{payment_hash}", "success", 0),
        (msat, payee, payment_hash, "success", 0),
    ], f"the leg {leg['leg_key']} has the rows {rows}"
    assert leg["state"] == "completed", f"a paid leg is {leg['state']}"
    assert (leg["sent_msat"], leg["fee_msat"], leg["fee_unused_msat"]) == (msat, 0, 0)


def _check_lp(lp: dict[str, Any]) -> None:
    """The totals that are kept are the sums over the legs, at every instant."""
    kept = (lp["paid_minor"], lp["reserved_minor"], lp["received_sats"], lp["fills"])
    summed = (lp["legs_paid_minor"], lp["legs_open_minor"], lp["legs_sats"], lp["legs"])
    assert kept == tuple(int(value) for value in summed), f"an LP's totals are {kept}, its legs say {summed}"


class AuditTrail:
    """Verifies the hash chain as it grows."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._seq, self._head = 0, "0" * 64

    def verify(self) -> int:
        """Every new event hashes to its hash and names the one before; returns how many there are."""
        for event in self._ledger.run(_EVENTS, seq=self._seq):
            assert event["seq"] == self._seq + 1, f"event {event['seq']} follows {self._seq}"
            assert event["prev"] == json.loads(event["body"])["prev"] == self._head, "the chain is broken"
            assert hashlib.sha256(event["body"].encode()).hexdigest() == event["hash"], "a body was changed"
            self._seq, self._head = event["seq"], event["hash"]
        return self._seq
