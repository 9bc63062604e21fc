"""Every reply has exactly the fields of docs/reference/api.md, each in its documented form."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.harness import REPOSITORY
from tests.harness.shop import DCA, LP

from .world import World

REFERENCE = (REPOSITORY / "docs/reference/api.md").read_text()
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
DECIMAL = re.compile(r"-?\d+(\.\d+)?")
DECIMALS = {
    "amount", "fiat_amount", "exchange_rate", "reference_rate", "confirmed", "pending", "paid", "reserved",
    "remaining", "leaving", "corrected_amount",
}  # fmt: skip
#: what only the reply about one machine has
OF_ONE = ("cash", "lps", "left")
#: what only the reply about one settlement has
OF_ONE_SALE = {"actions", "legs", "raw", "refund", "timeline", "transaction", "work"}
#: what only a leg in the reply about its sale has
OF_A_SALE = ("actions", "rounding")
COUNTS = ("sats", "_msat", "_total", "_completed", "_failed", "_version")


def documented(name: str) -> set[str]:
    """The fields of the example of a value: a section of its own, or a line of the LP's block."""
    found = re.search(rf"^### {name}\n.*?```json\n(.*?)```", REFERENCE, re.DOTALL | re.MULTILINE)
    text = found[1] if found else REFERENCE[re.search(rf"^{name} +\{{", REFERENCE, re.MULTILINE).end() - 1 :]  # type: ignore[union-attr]
    example, _end = json.JSONDecoder().raw_decode(text.lstrip())
    return set(example)


def replies(world: World) -> dict[str, list[dict[str, Any]]]:
    """One kind of value → replies that are made of it."""
    olga, ana, ids = world.operator("olga"), world.lp("ana"), world.ids["olga"]
    sale = olga.get(f"{DCA}/settlements/{ids['processed_id']}")
    one = olga.get(f"{DCA}/machines/{ids['machine_id']}")
    platform = world.server.api(world.server.super_user)
    return {
        "Status": [olga.get(f"{DCA}/status")],
        # that of one machine also says what its LPs have there
        "Machine": [*olga.get(f"{DCA}/machines")["data"], {k: v for k, v in one.items() if k not in OF_ONE}],
        "Client": [*olga.get(f"{DCA}/clients")["data"], olga.get(f"{DCA}/clients/{ids['client_id']}")],
        "Balance": [olga.get(f"{DCA}/clients/{ids['client_id']}/balance")],
        "CashEntry": olga.get(f"{DCA}/deposits")["data"],
        "SplitSet": [olga.get(f"{DCA}/commission-splits")],
        "SuperConfig": [olga.get(f"{DCA}/super-config"), platform.get(f"{DCA}/super-config")],
        "Settlement": olga.get(f"{DCA}/settlements")["data"],
        # those of one settlement also say what may be done to them, and what rounding gave them
        "Leg": [{k: v for k, v in leg.items() if k not in OF_A_SALE} for leg in sale["legs"]]
        + olga.get(f"{DCA}/payments")["data"],
        "AuditEvent": olga.get(f"{DCA}/audit-events", limit=200)["data"],
        "MachineTransaction": olga.get(f"{DCA}/transactions")["data"],
        "TrailVerdict": [platform.post(f"{DCA}/audit/verify")],
        "Preferences": [ana.get(f"{LP}/preferences")],
        "Enrolment": ana.get(f"{LP}/enrolments")["data"],
        "Position": ana.get(f"{LP}/positions")["data"],
        "OwnCashEntry": ana.get(f"{LP}/cash")["data"],
        "Fill": ana.get(f"{LP}/transactions")["data"],
    }


def wrong_forms(value: Any, path: str = "") -> list[str]:
    """Where a value is not in the documented form, anywhere in a reply."""
    if isinstance(value, dict):
        return [wrong for key, item in value.items() for wrong in wrong_form(key, item, f"{path}.{key}")]
    if isinstance(value, list):
        return [wrong for item in value for wrong in wrong_forms(item, path)]
    return []


def wrong_form(key: str, value: Any, path: str) -> list[str]:
    is_right = True
    if isinstance(value, float):
        is_right = False
    elif value is None or isinstance(value, dict | list):
        return wrong_forms(value, path)
    elif key.endswith(("_at", "scan_from")) or key == "at":
        is_right = isinstance(value, str) and bool(TIME.fullmatch(value))
    elif key in DECIMALS or key.endswith("_pct"):
        is_right = isinstance(value, str) and bool(DECIMAL.fullmatch(value))
    elif key.endswith(COUNTS):
        is_right = type(value) is int
    return [] if is_right else [f"{path} = {value!r}"]


def test_replies_have_the_documented_fields_in_the_documented_form(world: World) -> None:
    """Sats are integers, fiat, rates and percent decimal strings, times ISO 8601 in UTC; no float."""
    for kind, values in replies(world).items():
        assert values, kind
        for value in values:
            assert set(value) == documented(kind), kind
            assert wrong_forms(value) == [], kind


def test_a_whole_settlement_tells_its_story(world: World) -> None:
    """Legs in the order of the plan, the timeline newest first, by people's names."""
    sale = world.operator("olga").get(f"{DCA}/settlements/{world.ids['olga']['processed_id']}")

    assert set(sale) == documented("Settlement") | OF_ONE_SALE
    kinds = [leg["leg_type"] for leg in sale["legs"]]
    assert kinds == ["super_fee", *["operator_split"] * 3, "dca", "dca"]
    assert {event["actor"] for event in sale["timeline"]} == {"engine"}
    assert [event["event"] for event in sale["timeline"]][-1] == "settlement.landed"
    assert wrong_forms(sale) == []


def test_what_is_not_known_is_null(world: World) -> None:
    """A held sale has no plan and no time of processing; an LP's leg shows no destination."""
    ids, olga = world.ids["olga"], world.operator("olga")
    held = olga.get(f"{DCA}/settlements/{ids['settlement_id']}")
    assert [held[name] for name in ("processed_at", "split_version", "error_message")] == [None] * 3
    dca = [leg for leg in olga.get(f"{DCA}/payments", leg_type="dca")["data"] if leg["client_id"]]
    assert dca and {leg["destination_wallet_id"] for leg in dca} == {None}
    assert {leg["destination_ln_address"] for leg in dca} == {None}


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("settlements", "state", "held"),
        ("settlements", "tx_type", "cash_out"),
        ("payments", "leg_type", "dca"),
        ("payments", "state", "completed"),
        ("deposits", "status", "pending"),
        ("deposits", "kind", "deposit"),
        ("clients", "status", "invited"),
        ("transactions", "state", "held"),
        ("transactions", "tx_type", "cash_in"),
    ],
)
def test_a_filter_keeps_exactly_what_it_names(world: World, path: str, name: str, value: str) -> None:
    olga = world.operator("olga")
    everything = olga.get(f"{DCA}/{path}", limit=200)["data"]
    kept = olga.request("GET", f"{DCA}/{path}", params={"limit": 200, name: value})
    assert {row["id"] for row in kept["data"]} == {row["id"] for row in everything if row[name] == value}
    assert kept["total"] == len(kept["data"]) > 0
