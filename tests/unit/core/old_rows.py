"""Rows of a predecessor's as its tables have them, and what these books know beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from satmachineadmin.core.model import SplitRule
from satmachineadmin.core.predecessor.found import Found, read
from satmachineadmin.core.predecessor.moves import Known
from satmachineadmin.core.states import TargetKind

Row = dict[str, Any]
MACHINE: Row = {
    "id": "m", "operator_user_id": "olga", "wallet_id": "plaza", "name": "Plaza", "currency": "EUR",
    "machine_npub": None, "created_at": 100,
}  # fmt: skip
CLIENT: Row = {"id": "c", "machine_id": "m", "user_id": "ana", "username": "ana", "status": "active"}
LP: Row = {"user_id": "ana", "dca_wallet_id": "anas", "default_dca_mode": "flow", "updated_at": 5}
DEPOSIT: Row = {"id": "d", "client_id": "c", "amount": 100.0, "status": "confirmed", "created_at": 50}
SALE: Row = {
    "id": "s", "machine_id": "m", "payment_hash": "ab", "wire_sats": 1100, "status": "processed",
    "created_at": 200,
}  # fmt: skip
LEG: Row = {
    "id": "l", "settlement_id": "s", "client_id": "c", "leg_type": "dca", "amount_sats": 1000,
    "amount_fiat": 25.0, "status": "completed", "created_at": 201,
}  # fmt: skip
SPLIT: Row = {"id": "x", "operator_user_id": "olga", "machine_id": None, "target": "pias", "fraction": 1.0}
KNOWN = Known(
    users={"olga", "ana", "ben"},
    wallets={"plaza": "olga", "market": "olga", "anas": "ana", "bens": "ben"},
    machines={},
    machine_wallets=frozenset(),
    unrecorded={},
    receivers=frozenset(),
    keys=frozenset(),
    enrolments={},
    chosen=frozenset(),
    targets={
        "pias": SplitRule(
            position=0,
            target="pias",
            target_kind=TargetKind.WALLET,
            wallet_id="pias",
            label="Pia's",
            share_ppm=0,
        )
    },
    splits=frozenset(),
    sales={},
    moved={},
)


def known(**more: Any) -> Known:
    return replace(KNOWN, **more)


def found(**tables: Sequence[Row]) -> Found:
    """Everything of one machine, one LP and one sale, but for the tables that are given."""
    rows: dict[str, Sequence[Row]] = {
        "dca_machines": [MACHINE],
        "dca_clients": [CLIENT],
        "dca_lp": [LP],
        "dca_deposits": [DEPOSIT],
        "dca_commission_splits": [SPLIT],
        "dca_settlements": [SALE],
        "dca_payments": [LEG],
        **tables,
    }
    return read("somewhere", rows, {table: _columns(table, of) for table, of in rows.items()})


def _columns(table: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    usual = {
        "dca_machines": MACHINE,
        "dca_clients": CLIENT,
        "dca_lp": LP,
        "dca_deposits": DEPOSIT,
        "dca_commission_splits": SPLIT,
        "dca_settlements": SALE,
        "dca_payments": LEG,
    }
    return sorted({column for row in (rows or [usual.get(table, {})]) for column in row})
