"""The table of all routes: what they take, and what is wrong with a value that they must refuse."""

from __future__ import annotations

from dataclasses import replace

from tests.harness.shop import DCA

from .cash_routes import CASH_ROUTES, LP_ROUTES
from .machine_routes import OPERATORS_MACHINE_ROUTES
from .moving_routes import MOVING_ROUTES
from .route import (
    EMPTY,
    MACHINE,
    NOT_A_PERCENT,
    NOT_A_RATE,
    NOT_AN_AMOUNT,
    NOT_GIVEN,
    TEXT,
    Field,
    Route,
    filled,
)
from .signed_routes import KEY_ROUTES, SIGNED_ROUTES

__all__ = ["PUBLIC_ROUTES", "ROUTES", "Field", "Route", "filled"]

NOT_A_FRACTION = ("1", "-0.1", ".5", "0,5", "5e-1", "50", "NaN", "0." + "1" * 13, "٠")
_DISPENSED = {
    "dispensed_fraction": Field(good="0.5", bad=NOT_A_FRACTION),
    "dispensed_sats": Field(good=None, legal=NOT_GIVEN),
}
_PCT = Field(good="5", legal=NOT_GIVEN - {"null"}, bad=NOT_A_PERCENT)
_POLICY = Field(good="after_minutes", legal=NOT_GIVEN - {"null"}, bad=("later", "At_once", "on dispense"))
_MINUTES = Field(good=30, legal=NOT_GIVEN - {"null"}, bad=("30", "soon"))
_SWITCH = Field(good=False, legal=frozenset({"missing", "boolean"}))
_RATE = {
    "exchange_rate": Field(good="1500", bad=NOT_A_RATE),
    "fiat_amount": Field(good=None, legal=NOT_GIVEN, bad=NOT_AN_AMOUNT),
}
_PAYOFF = {
    "funding_wallet_id": Field(good="$wallet_id", unknown=400, foreign=("wallet_id", 400)),
    "exchange_rate": Field(good="5", bad=NOT_A_RATE),
    "amount_fiat": Field(good=None, legal=NOT_GIVEN, bad=NOT_AN_AMOUNT),
}
_FACTS = {
    "principal_sats": Field(good=1000, legal=frozenset({"zero"})),
    "fee_sats": Field(good=100, legal=frozenset({"zero"})),
    "exchange_rate": Field(good="5", legal=NOT_GIVEN, bad=NOT_A_RATE),
    "fiat_amount": Field(good="200.00", legal=NOT_GIVEN, bad=NOT_AN_AMOUNT),
}

SALE_FILTERS = ("machine_id", "state", "tx_type", "mark", "since", "until")
NOT_AN_INSTANT = ("2026-01-01", "2026-13-01T00:00:00Z", "9999-01-01T00:00:00Z", "2026-01-01 00:00:00", "now")
_MACHINE = {
    "name": Field(good="Harbour", bad=("x" * 61,)),
    "wallet_id": Field(good="$wallet_id", unknown=400, foreign=("wallet_id", 400)),
    "currency": Field(good="EUR", bad=("eur", "XXX", "EURO", "E", "€€€")),
    "location": Field(good="Pier 3", legal=frozenset({"missing"}) | EMPTY, bad=("x" * 121,)),
    "npub": Field(good=None, legal=NOT_GIVEN, bad=("npub1", "ab" * 31, "g" * 64)),
    "cash_out_fee_pct": _PCT,
    "cash_in_fee_pct": _PCT,
    "reference_rate": Field(good="1500", legal=NOT_GIVEN, bad=NOT_A_RATE),
    "rate_tolerance_pct": _PCT,
    "payout_policy": replace(_POLICY, legal=NOT_GIVEN),
    "payout_delay_minutes": replace(_MINUTES, legal=NOT_GIVEN),
    "dispense_report_minutes": replace(_MINUTES, legal=NOT_GIVEN),
    "maintenance": replace(_SWITCH, legal=_SWITCH.legal | NOT_GIVEN),
    "fallback_commission_pct": replace(_PCT, good=None, legal=NOT_GIVEN),
}

_FILES = Field(good=[{"name": "lps.csv", "content": "machine,lp\r\nPlaza,gus\r\n"}])

#: Lists that leave as files.
CSV_TABLES = (
    "sales", "legs", "cash", "lps", "machines", "transactions", "worklist", "audit", "earlier-sales",
    "earlier-legs",
)  # fmt: skip
JOURNALS = ("hledger", "beancount")

ROUTES: tuple[Route, ...] = (
    Route(method="GET", path=f"{DCA}/status"),
    Route(method="GET", path=f"{DCA}/overview", filters=("period",)),
    Route(
        method="GET", path=f"{DCA}/machines", filters=("active", "maintenance", "paused", "currency"),
        is_list=True, sorts=("name", "created_at", "last_sale_at", "settlements", "balance"),
    ),
    Route(
        method="POST",
        path=f"{DCA}/machines",
        body={
            **_MACHINE,
            "scan_from": Field(good=None, legal=NOT_GIVEN, bad=NOT_AN_INSTANT),
            "confirmation": Field(good=None, legal=NOT_GIVEN),
        },
    ),
    Route(
        method="POST",
        path=f"{DCA}/machines/earlier",
        body={**_MACHINE, "scan_from": Field(good="2026-01-01T00:00:00Z", bad=NOT_AN_INSTANT)},
        only_looks=True,
    ),
    Route(method="GET", path=f"{DCA}/machines/{{machine_id}}"),
    Route(
        method="PUT",
        path=f"{DCA}/machines/{{machine_id}}",
        body={
            "name": Field(good="Harbour", legal=frozenset({"missing"})),
            "wallet_id": Field(
                good="$machine_wallet_id",
                legal=NOT_GIVEN - {"null"},
                unknown=400,
                foreign=("wallet_id", 400),
            ),
            "currency": Field(
                good="EUR", legal=NOT_GIVEN - {"null"}, bad=("eur", "XXX", "EURO", "E", "€€€")
            ),
            "npub": Field(good=None, legal=NOT_GIVEN, bad=("npub1", "ab" * 31, "g" * 64)),
            "location": Field(good="Pier 3", legal=frozenset({"missing"}) | EMPTY),
            "cash_out_fee_pct": _PCT,
            "cash_in_fee_pct": _PCT,
            "reference_rate": Field(good="1500", legal=NOT_GIVEN, bad=NOT_A_RATE),
            "rate_tolerance_pct": _PCT,
            "fallback_commission_pct": replace(_PCT, good=None, legal=NOT_GIVEN),
            "active": replace(_SWITCH, good=True),
            "payout_policy": _POLICY,
            "payout_delay_minutes": _MINUTES,
            "dispense_report_minutes": _MINUTES,
            "maintenance": _SWITCH,
            "takes_unsigned": _SWITCH,
            "silent_minutes": _MINUTES,
        },
    ),
    Route(method="GET", path=f"{DCA}/commission-splits", filters=("machine_id",)),
    Route(
        method="PUT",
        path=f"{DCA}/commission-splits",
        body={
            "machine_id": replace(MACHINE, legal=NOT_GIVEN),
            "splits": Field(good=[{"target": "$wallet_id", "label": "me", "share_pct": "100"}]),
        },
    ),
    Route(method="DELETE", path=f"{DCA}/commission-splits", filters=("machine_id",)),
    Route(
        method="GET", path=f"{DCA}/commission-splits/versions",
        filters=("machine_id", "is_default", "is_in_force"), is_list=True, sorts=("created_at", "version"),
    ),
    Route(
        method="POST",
        path=f"{DCA}/commission-splits/example",
        body={
            "shares_pct": Field(good=["60", "40"]),
            "tx_type": Field(good="cash_in", legal=frozenset({"missing"}), bad=("cash-in", "CASH_IN")),
            "principal_sats": Field(good=1000, legal=frozenset({"zero"})),
            "commission_sats": Field(good=100, legal=frozenset({"zero"})),
        },
        only_looks=True,
    ),
    Route(
        method="POST",
        path=f"{DCA}/commission-splits/what-if",
        body={
            "machine_id": replace(MACHINE, legal=NOT_GIVEN),
            "splits": Field(good=[{"target": "$wallet_id", "label": "me", "share_pct": "100"}]),
            "last": Field(good=20, legal=frozenset({"missing"})),
        },
        only_looks=True,
    ),
    Route(
        method="POST",
        path=f"{DCA}/commission-splits/replace-target",
        body={
            "target": Field(good="$split_target", bad=("bob@", "http://example.com"), unknown=404),
            "new_target": Field(good="$wallet_id", bad=("bob@", "http://example.com"), unknown=422),
        },
    ),
    Route(method="POST", path=f"{DCA}/imports/preview", body={"files": _FILES}, only_looks=True),
    Route(
        method="POST",
        path=f"{DCA}/imports",
        body={"files": _FILES, "confirmation": Field(good="of another preview", bad=("x" * 101,))},
    ),
    Route(method="GET", path=f"{DCA}/settings"),
    Route(
        method="PUT",
        path=f"{DCA}/settings",
        body={
            "time_zone": Field(
                good="Europe/Zurich", legal=NOT_GIVEN - {"null"}, bad=("Europe", "CET", "+01:00", "x" * 61)
            ),
            "notify_errored": Field(good=True, legal=frozenset({"missing", "boolean"})),
            "notify_paused": Field(good=False, legal=frozenset({"missing", "boolean"})),
            "notify_disputed": Field(good=False, legal=frozenset({"missing", "boolean"})),
        },
    ),
    Route(method="GET", path=f"{DCA}/super-config"),
    Route(
        method="PUT",
        path=f"{DCA}/super-config",
        body={
            "super_fee_pct": _PCT,
            "super_fee_cash_in_pct": _PCT,
            "super_fee_basis": Field(
                good="principal", legal=NOT_GIVEN - {"null"}, bad=("wire", "Commission", "PRINCIPAL")
            ),
            "super_fee_wallet_id": Field(good="$wallet_id", legal=NOT_GIVEN, unknown=422),
            "operators": Field(good="open", legal=NOT_GIVEN - {"null"}, bad=("closed", "Open")),
            "fast_way_allowed": replace(_SWITCH, good=True),
        },
    ),
    Route(method="POST", path=f"{DCA}/approval"),
    Route(
        method="GET", path=f"{DCA}/operators", filters=("standing", "days"), is_list=True,
        sorts=("moved_at", "name", "standing"),
    ),
    Route(
        method="POST",
        path=f"{DCA}/operators",
        body={"username": Field(good="$username", bad=("nobody-of-this-name",))},
    ),
    Route(method="POST", path=f"{DCA}/operators/{{operator_id}}/approve"),
    Route(
        method="POST",
        path=f"{DCA}/operators/{{operator_id}}/withdraw",
        body={"reason": Field(good="known", bad=("x" * 2001,))},
    ),
    Route(
        method="GET", path=f"{DCA}/settlements", filters=SALE_FILTERS, is_list=True,
        sorts=("paid_at", "wire_sats", "principal_sats", "commission_sats", "state"), longest_search=2000,
    ),
    Route(method="GET", path=f"{DCA}/settlements/{{settlement_id}}"),
    Route(
        method="POST",
        path=f"{DCA}/settlements/{{settlement_id}}/adopt/preview",
        body=_FACTS,
        only_looks=True,
    ),
    Route(
        method="POST",
        path=f"{DCA}/settlements/{{settlement_id}}/adopt",
        body={**_FACTS, "confirm": Field(good=False, legal=frozenset({"missing", "boolean"}))},
    ),
    Route(
        method="POST",
        path=f"{DCA}/settlements/{{settlement_id}}/dismiss",
        body={
            "reason": Field(good="a joke", bad=("x" * 501,)),
            "remember_payer": Field(good=False, legal=frozenset({"missing", "boolean"})),
        },
    ),
    Route(method="GET", path=f"{DCA}/known-payers"),
    Route(method="DELETE", path=f"{DCA}/known-payers/{{payer_id}}"),
    Route(
        method="POST",
        path=f"{DCA}/settlements/{{settlement_id}}/correct/preview",
        body={"exchange_rate": _RATE["exchange_rate"]},
        only_looks=True,
    ),
    Route(
        method="POST",
        path=f"{DCA}/settlements/{{settlement_id}}/correct",
        body={
            "exchange_rate": _RATE["exchange_rate"],
            "reason": Field(good="a stale feed", bad=("x" * 501,)),
        },
    ),
    Route(method="POST", path=f"{DCA}/clients/{{client_id}}/settle/preview", body=_PAYOFF, only_looks=True),
    Route(
        method="POST",
        path=f"{DCA}/clients/{{client_id}}/settle",
        body={
            **_PAYOFF,
            "notes": Field(good="", legal=frozenset({"missing"}) | EMPTY, bad=("x" * 2001,)),
            "confirm": Field(good=False, legal=frozenset({"missing", "boolean"})),
        },
    ),
    Route(method="POST", path=f"{DCA}/clients/{{client_id}}/settle/{{entry_id}}/retry"),
    Route(method="POST", path=f"{DCA}/clients/{{client_id}}/settle/{{entry_id}}/release"),
    Route(method="GET", path=f"{DCA}/sweepable", filters=("machine_id",)),
    Route(method="GET", path=f"{DCA}/settlements/{{settlement_id}}/sweep"),
    Route(
        method="POST",
        path=f"{DCA}/settlements/{{settlement_id}}/sweep",
        body={"leg_id": Field(good=None, legal=NOT_GIVEN)},
    ),
    Route(
        method="POST", path=f"{DCA}/settlements/{{settlement_id}}/supply-rate/preview", body=_RATE,
        only_looks=True,
    ),
    Route(
        method="POST",
        path=f"{DCA}/settlements/{{settlement_id}}/supply-rate",
        body={**_RATE, "confirm": Field(good=False, legal=frozenset({"missing", "boolean"}))},
    ),
    Route(
        method="POST",
        path=f"{DCA}/settlements/{{settlement_id}}/refund",
        body={
            "reason": Field(good="The notes jammed", bad=("x" * 2001,)),
            "wallet_id": Field(good=None, legal=NOT_GIVEN, unknown=400, foreign=("wallet_id", 400)),
        },
    ),
    Route(method="POST", path=f"{DCA}/settlements/{{settlement_id}}/refund/cancel"),
    Route(
        method="POST", path=f"{DCA}/settlements/{{settlement_id}}/release", filters=("as_real_sale",),
    ),
    Route(method="GET", path=f"{DCA}/settlements/stuck", filters=("threshold_minutes",)),
    Route(
        method="POST",
        path=f"{DCA}/settlements/{{settlement_id}}/retry",
        body={"legs": Field(good=[{"leg_id": "$leg_id"}])},
    ),
    Route(
        method="POST",
        path=f"{DCA}/settlements/{{settlement_id}}/force-reset",
        body={"reason": TEXT, "threshold_minutes": Field(good=30, legal=frozenset({"missing"}))},
    ),
    Route(
        method="POST",
        path=f"{DCA}/settlements/{{settlement_id}}/partial-dispense",
        body={**_DISPENSED, "notes": TEXT},
    ),
    Route(
        method="POST",
        path=f"{DCA}/settlements/{{settlement_id}}/partial-dispense/preview",
        body=_DISPENSED,
        only_looks=True,
    ),
    Route(method="POST", path=f"{DCA}/settlements/{{settlement_id}}/notes", body={"text": TEXT}),
    Route(method="POST", path=f"{DCA}/payments/{{leg_id}}/release", body={"reason": TEXT}),
    Route(method="POST", path=f"{DCA}/payments/{{leg_id}}/keep", body={"reason": TEXT}),
    Route(
        method="GET", path=f"{DCA}/payments", filters=("leg_type", "state", "machine_id", "settlement_id"),
        is_list=True, sorts=("created_at", "sats", "state"),
    ),
    Route(
        method="GET", path=f"{DCA}/audit-events", filters=("subject_kind", "subject_id", "since", "until"),
        is_list=True, sorts=("at",),
    ),
    Route(method="POST", path=f"{DCA}/audit/verify", only_looks=True),
    *(
        Route(
            method="GET", path=f"{DCA}/reports/{table}.csv",
            filters=SALE_FILTERS if table == "sales" else ("since", "until", "machine_id"),
        )
        for table in CSV_TABLES
    ),
    *(
        Route(method="GET", path=f"{DCA}/reports/journal.{form}", filters=("since", "until"))
        for form in JOURNALS
    ),
    Route(method="GET", path=f"{DCA}/reports/months"),
    Route(method="GET", path=f"{DCA}/reports/month", filters=("month",)),
    Route(method="GET", path=f"{DCA}/reports/month.csv", filters=("month",)),
    Route(
        method="POST",
        path=f"{DCA}/reports/month/close",
        body={"month": Field(good="2020-01", bad=("2020-13", "2020", "January", "2020-1"))},
    ),
    Route(method="GET", path=f"{DCA}/machines/{{machine_id}}/proof"),
    Route(method="GET", path=f"{DCA}/machines/{{machine_id}}/wallets"),
    Route(method="POST", path=f"{DCA}/machines/{{machine_id}}/wallets/{{wallet_id}}/close"),
    Route(method="POST", path=f"{DCA}/machines/{{machine_id}}/check", only_looks=True),
    Route(
        method="GET", path=f"{DCA}/worklist", filters=("machine_id", "is_open"), is_list=True,
        sorts=("opened_at", "kind"),
    ),
    Route(method="POST", path=f"{DCA}/worklist/{{matter_id}}/check", only_looks=True),
    Route(
        method="POST",
        path=f"{DCA}/worklist/{{matter_id}}/accept",
        body={"reason": Field(good="known", bad=("x" * 2001,))},
    ),
    Route(
        method="POST",
        path=f"{DCA}/worklist/{{matter_id}}/deny",
        body={"reason": Field(good="known", bad=("x" * 2001,))},
    ),
    *CASH_ROUTES,
    *OPERATORS_MACHINE_ROUTES,
    *KEY_ROUTES,
    *MOVING_ROUTES,
    *LP_ROUTES,
)  # fmt: skip
#: Routes without a login. Machines sign what they ask; what anybody may ask who knows a secret speaks LNURL.
PUBLIC_ROUTES = (
    *SIGNED_ROUTES,
    Route(method="GET", path="/satmachineadmin/api/v1/withdraw/{k1}"),
    Route(method="GET", path="/satmachineadmin/api/v1/withdraw/{link}/invoice", filters=("k1", "pr")),
)
