"""The table of the routes that machines ask, and sign; and of the operator's about their keys and limits."""

from __future__ import annotations

from tests.harness.machine import BASE
from tests.harness.shop import DCA

from .route import EMPTY, NOT_A_RATE, NOT_AN_AMOUNT, NOT_GIVEN, TEXT, Field, Route

_MACHINE = f"{DCA}/machines/{{machine_id}}"
_LIMITS = Field(
    good={"transaction": "500.00", "hour": None},
    legal=frozenset({"missing", "object"}),
    bad=("500.00",),
)

#: The operator's.
KEY_ROUTES = (
    Route(method="POST", path=f"{_MACHINE}/pairing"),
    Route(method="POST", path=f"{_MACHINE}/pairing/cancel"),
    Route(method="POST", path=f"{_MACHINE}/revoke", body={"reason": TEXT}),
    Route(method="PUT", path=f"{_MACHINE}/limits", body={"cash_out": _LIMITS, "cash_in": _LIMITS}),
)

_TXID = Field(good="20261129-000017", bad=("short", "x" * 65, "with space", "ünïcode-", "../../etc/passwd"))
_VERSION = Field(good=1, bad=("1",))
_SAYS = Field(good="idle", legal=NOT_GIVEN | EMPTY, bad=("x" * 101,))
_BILLS = Field(good=None, legal=NOT_GIVEN)

#: The machines'. They take no login: only a signature.
SIGNED_ROUTES = (
    Route(method="POST", path=f"{BASE}/pair", body={"code": Field(good="7K3M-0000-0000-0000-0000")}),
    Route(method="GET", path=f"{BASE}/config"),
    Route(
        method="POST",
        path=f"{BASE}/heartbeat",
        body={
            "software": _SAYS,
            "screen": _SAYS,
            "cash_units": Field(good=[], legal=NOT_GIVEN | {"list"}),
        },
    ),
    Route(
        method="POST",
        path=f"{BASE}/cash-out",
        body={
            "txid": _TXID,
            "version": _VERSION,
            "fiat_amount": Field(good="200.00", bad=NOT_AN_AMOUNT),
            "exchange_rate": Field(good="5", bad=NOT_A_RATE),
            "bills": _BILLS,
        },
    ),
    Route(
        method="POST",
        path=f"{BASE}/dispense",
        body={
            "txid": _TXID,
            "version": _VERSION,
            "outcome": Field(good="complete", bad=("Complete", "half")),
            "fiat_amount": Field(good=None, legal=NOT_GIVEN, bad=NOT_AN_AMOUNT),
            "bills": _BILLS,
        },
    ),
    Route(
        method="POST",
        path=f"{BASE}/cash-in",
        body={
            "txid": _TXID,
            "version": _VERSION,
            "exchange_rate": Field(good="5", bad=NOT_A_RATE),
            "notes": Field(good=[], legal=frozenset({"list"})),
            "done": Field(good=False, legal=frozenset({"missing", "boolean"})),
            "withdraw_link_id": Field(good=None, legal=NOT_GIVEN, bad=("x" * 65,)),
        },
    ),
    Route(method="GET", path=f"{BASE}/transactions/{{txid}}", filters=("wait", "known")),
)
