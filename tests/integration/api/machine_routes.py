"""The table of the operator's routes about what machines sign, hold and post."""

from __future__ import annotations

from tests.harness.shop import DCA

from .route import EMPTY, NOT_AN_AMOUNT, TEXT, Field, Route

_CASH = f"{DCA}/machines/{{machine_id}}/cash-position"
_CASH_INS = f"{DCA}/transactions"
_DENOMINATION = Field(good="50", bad=NOT_AN_AMOUNT)
_NOTE = Field(good="from the bank", legal=frozenset({"missing"}) | EMPTY, bad=("x" * 2001,))
_NOT_A_COUNT = ("1", "five")

OPERATORS_MACHINE_ROUTES = (
    Route(method="GET", path=_CASH, filters=("by_people",)),
    Route(
        method="POST",
        path=f"{_CASH}/refilled",
        body={
            "denomination": _DENOMINATION,
            "count": Field(good=100, bad=_NOT_A_COUNT),
            "note": _NOTE,
        },
    ),
    Route(
        method="POST",
        path=f"{_CASH}/emptied",
        body={
            "unit": Field(good="box", bad=("Box", "drawer")),
            "denomination": _DENOMINATION,
            "counted": Field(good=7, legal=frozenset({"zero"}), bad=_NOT_A_COUNT),
            "note": _NOTE,
        },
    ),
    Route(
        method="GET",
        path=_CASH_INS,
        filters=("machine_id", "tx_type", "state", "is_owing"),
        is_list=True,
        sorts=("created_at", "fiat_amount", "wire_sats", "state"),
    ),
    Route(method="GET", path=f"{_CASH_INS}/{{transaction_id}}"),
    Route(method="POST", path=f"{_CASH_INS}/{{transaction_id}}/release"),
    Route(
        method="POST",
        path=f"{_CASH_INS}/{{transaction_id}}/extend",
        body={"days": Field(good=7, bad=("7", "a week"))},
    ),
    Route(method="POST", path=f"{_CASH_INS}/{{transaction_id}}/give-back", body={"reason": TEXT}),
)
