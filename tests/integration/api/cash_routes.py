"""The table of routes about LPs and their cash, and of the LPs' own routes."""

from __future__ import annotations

from tests.harness.shop import DCA, LP

from .route import EMPTY, MACHINE, NOT_A_DAY, NOT_AN_AMOUNT, NOT_GIVEN, TEXT, Field, Route

NOT_A_RIGHT_AMOUNT = tuple(text for text in NOT_AN_AMOUNT if text != "0")
#: a link for somebody else, or none
_TOKEN = Field(good="$token", bad=("x" * 101,), unknown=404)
#: what a first acceptance comes with
_BEGINNING = {
    "dca_wallet_id": Field(good="$guest_wallet_id", legal=NOT_GIVEN),
    "time_zone": Field(good="Europe/Berlin", legal=NOT_GIVEN, bad=("x" * 65,)),
}
_NARROWED = ("enrolment_id", "since", "until")
#: of an LP that there is not
_STATEMENT = (
    '{"line":"statement","lp":"lp_0","month":"2026-11","time_zone":"UTC","version":1}\n'
    '{"line":"end","rows":1}\n'
)
_CASH = {
    "cash_date": Field(good="2024-02-29", legal=NOT_GIVEN, bad=NOT_A_DAY),
    "notes": Field(good="", legal=frozenset({"missing"}) | EMPTY, bad=("x" * 2001,)),
}

CASH_ROUTES = (
    Route(
        method="GET", path=f"{DCA}/clients", filters=("machine_id", "status", "is_ended"), is_list=True,
        sorts=("username", "created_at", "status", "remaining", "deposited", "received_sats"),
    ),
    Route(
        method="POST",
        path=f"{DCA}/clients",
        body={
            "machine_id": MACHINE,
            "username": Field(good="$username", legal=NOT_GIVEN, bad=("nobody-of-this-name",)),
            "display_name": Field(good="Guest", legal=NOT_GIVEN),
        },
    ),
    Route(method="POST", path=f"{DCA}/clients/{{enrolment_id}}/invitation"),
    Route(method="GET", path=f"{DCA}/clients/{{client_id}}"),
    Route(
        method="PUT",
        path=f"{DCA}/clients/{{client_id}}",
        body={
            "username": Field(good="Ana", legal=NOT_GIVEN - {"null"}),
            "status": Field(good="active", legal=NOT_GIVEN - {"null"}, bad=("gone", "Active", "invited")),
        },
    ),
    Route(method="GET", path=f"{DCA}/clients/{{client_id}}/balance"),
    Route(
        method="GET", path=f"{DCA}/deposits", filters=("client_id", "machine_id", "status", "kind"),
        is_list=True, sorts=("created_at", "cash_date", "amount"),
    ),
    Route(
        method="POST",
        path=f"{DCA}/deposits",
        body={
            "client_id": Field(good="$client_id", unknown=404, foreign=("client_id", 404)),
            "amount": Field(good="1.00", bad=NOT_AN_AMOUNT),
            "kind": Field(good="deposit", legal=frozenset({"missing"}), bad=("correction", "moved", "gift")),
            **_CASH,
        },
    ),
    Route(
        method="POST",
        path=f"{DCA}/deposits/move",
        body={
            "client_id": Field(good="$client_id", unknown=404, foreign=("client_id", 404)),
            "to_client_id": Field(good="$other_client_id", unknown=404, foreign=("client_id", 404)),
            "amount": Field(good="1.00", bad=NOT_AN_AMOUNT),
            **_CASH,
        },
    ),
    Route(method="GET", path=f"{DCA}/deposits/{{entry_id}}"),
    Route(method="POST", path=f"{DCA}/deposits/{{entry_id}}/confirm"),
    Route(method="POST", path=f"{DCA}/deposits/{{entry_id}}/cancel"),
    Route(
        method="POST",
        path=f"{DCA}/deposits/{{confirmed_entry_id}}/correct",
        body={
            "amount": Field(good="1.00", bad=NOT_A_RIGHT_AMOUNT),
            "reason": TEXT,
        },
    ),
)  # fmt: skip
LP_ROUTES = (
    Route(method="GET", path=f"{LP}/preferences"),
    Route(
        method="PUT",
        path=f"{LP}/preferences",
        body={
            "dca_wallet_id": Field(
                good="$lp_wallet_id", legal=frozenset({"missing"}), unknown=400, foreign=("lp_wallet_id", 400)
            ),
            "default_dca_mode": Field(good="flow", legal=frozenset({"missing"}), bad=("fix", "FLOW")),
            "fixed_mode_daily_limit": Field(good="50.00", bad=NOT_AN_AMOUNT),
            "fixed_mode_currency": Field(good="EUR", bad=("eur", "XXX", "E", "€€€")),
            "autoforward_ln_address": Field(
                good="ana@example.com", legal=NOT_GIVEN, bad=("ana", "ana@", "http://example.com", "x" * 2001)
            ),
            "autoforward_enabled": Field(good=False, legal=frozenset({"missing", "boolean"})),
            "autoforward_min_sats": Field(good=0, legal=frozenset({"missing", "zero"}), bad=("1",)),
            "time_zone": Field(
                good="Europe/Berlin", legal=frozenset({"missing"}), bad=("Mars/Olympus", "CET")
            ),
            "notifications": Field(good="daily", legal=frozenset({"missing"}), bad=("always", "DAILY")),
        },
    ),
    Route(method="GET", path=f"{LP}/preferences/history", is_list=True),
    Route(
        method="POST",
        path=f"{LP}/preferences/address/test",
        body={"address": Field(good="lnurlp://127.0.0.1:9/nobody", bad=("ana", "ana@", "x" * 2001))},
        only_looks=True,
    ),
    Route(
        method="POST",
        path=f"{LP}/preferences/address/confirm",
        body={
            "address": Field(good="ana@example.com", bad=("x" * 2001,)),
            "password": Field(good="my password", bad=("x" * 201,)),
        },
    ),
    Route(method="GET", path=f"{LP}/enrolments", is_list=True),
    Route(method="POST", path=f"{LP}/enrolments/{{enrolment_id}}/accept", body=_BEGINNING),
    Route(method="POST", path=f"{LP}/invitation/look", body={"token": _TOKEN}, only_looks=True),
    Route(method="POST", path=f"{LP}/invitation/accept", body={"token": _TOKEN, **_BEGINNING}),
    Route(method="GET", path=f"{LP}/summary"),
    Route(method="GET", path=f"{LP}/positions", is_list=True),
    Route(method="GET", path=f"{LP}/chart", filters=("period",)),
    Route(method="GET", path=f"{LP}/cash", filters=(*_NARROWED, "kind", "status"), is_list=True),
    Route(
        method="POST",
        path=f"{LP}/cash/{{entry_id}}/dispute",
        body={"reason": Field(good="I gave you more", bad=("x" * 501,))},
    ),
    Route(method="POST", path=f"{LP}/cash/{{entry_id}}/withdraw-dispute"),
    Route(method="GET", path=f"{LP}/transactions", filters=(*_NARROWED, "leg_type", "state"), is_list=True),
    Route(method="GET", path=f"{LP}/reports/transactions.csv", filters=_NARROWED),
    Route(method="GET", path=f"{LP}/reports/cash.csv", filters=_NARROWED),
    Route(method="GET", path=f"{LP}/reports/koinly.csv", filters=_NARROWED),
    Route(method="GET", path=f"{LP}/statements"),
    Route(method="GET", path=f"{LP}/statement", filters=("month",)),
    Route(
        method="POST",
        path=f"{LP}/statement/check",
        body={"text": Field(good=_STATEMENT, bad=("x", "{}", '{"line":"end"}', "x" * 1_000_001))},
        only_looks=True,
    ),
)  # fmt: skip
