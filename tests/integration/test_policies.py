"""What the platform and an operator set about sales, end to end: fees, payout policy, maintenance."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.harness import LnbitsServer
from tests.harness.people import Payment
from tests.harness.shop import DCA, Shop, check_conservation, sats_of

#: 200 EUR at 5 sat, 10 % commission
SALE: dict[str, Any] = {
    "principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5",
}  # fmt: skip


def buy(shop: Shop, **stamp: Any) -> Payment:
    """A cash-in: the machine's wallet pays the customer."""
    extra = shop.stamp(**stamp, type="cash_in")
    invoice = shop.server.create_invoice(shop.customer, extra["principal_sats"] - extra["fee_sats"])
    shop.server.pay_invoice(shop.machine_wallet, invoice.bolt11, extra=extra)
    return invoice


def set_fee(shop: Shop, **fields: str) -> dict[str, Any]:
    platform = shop.server.api(shop.server.super_user)
    saved: dict[str, Any] = platform.put(f"{DCA}/super-config", fields)
    return saved


def fees_of(settlement: dict[str, Any]) -> tuple[int, int]:
    return settlement["platform_fee_sats"], settlement["operator_fee_sats"]


def test_the_platform_charges_each_direction_its_own_fee(server: LnbitsServer) -> None:
    """Cash-out 30 %, cash-in 10 %; one is changed without the other, and nothing that has landed moves."""
    shop = Shop.open(server, cash={"ana": "400.00"}, super_fee_pct="30", super_fee_cash_in_pct="10")
    server.top_up(shop.machine_wallet, 5000)
    before = shop.balances()["platform"]

    cash_out = shop.settled(shop.sell(**SALE))
    cash_in = shop.settled(buy(shop, **SALE))
    set_fee(shop, super_fee_cash_in_pct="50")
    later_out, later_in = shop.settled(shop.sell(**SALE)), shop.settled(buy(shop, **SALE))

    assert (fees_of(cash_out), fees_of(cash_in)) == ((30, 70), (10, 90))
    assert (fees_of(later_out), fees_of(later_in)) == ((30, 70), (50, 50))
    assert [sats_of(one, "super_fee") for one in (cash_out, cash_in)] == [[30], [10]]
    again = shop.api.get(f"{DCA}/settlements/{cash_in['id']}")
    assert (again["super_fee_pct"], fees_of(again)) == ("10", (10, 90))
    assert shop.balances()["platform"] - before == 30 + 10 + 30 + 50
    check_conservation(cash_out)


def test_a_fee_on_the_principal_never_takes_more_than_the_commission(server: LnbitsServer) -> None:
    """2 % of 1000 sat of principal are 20; 15 % would be 150 and are clipped to the commission of 100."""
    shop = Shop.open(server, cash={"ana": "400.00"}, super_fee_pct="2", super_fee_basis="principal")
    before = shop.balances()

    modest = shop.settled(shop.sell(**SALE))
    set_fee(shop, super_fee_pct="15")
    greedy = shop.settled(shop.sell(**SALE))

    assert [(one["super_fee_basis"], fees_of(one)) for one in (modest, greedy)] == [
        ("principal", (20, 80)),
        ("principal", (100, 0)),
    ]
    assert [sats_of(greedy, kind) for kind in ("super_fee", "operator_split", "dca")] == [[100], [], [1000]]
    moved = {name: sats - before[name] for name, sats in shop.balances().items()}
    assert moved == {
        "machine": 0, "platform": 120, "partner 0": 40, "partner 1": 24, "partner 2": 16, "ana": 2000,
    }  # fmt: skip
    check_conservation(greedy)


def test_the_platforms_fee_counts_a_version_up_only_when_a_value_changes(server: LnbitsServer) -> None:
    """What is saved as it was is no change, and no event; what changes is one, and names nothing else."""
    platform = server.api(server.super_user)
    saved = platform.put(f"{DCA}/super-config", {"super_fee_pct": "7", "super_fee_basis": "commission"})
    same = platform.put(f"{DCA}/super-config", {"super_fee_pct": "7.0", "super_fee_basis": "commission"})
    changed = platform.put(f"{DCA}/super-config", {"super_fee_pct": "8", "super_fee_basis": "commission"})

    assert same["version"] == saved["version"]
    assert changed["version"] == saved["version"] + 1
    events = server.sql(
        "SELECT body FROM satmachineadmin.audit_events WHERE event = 'platform.changed' ORDER BY seq DESC"
    )
    assert '"change":{"after":{"super_fee_pct":"8"},"before":{"super_fee_pct":"7"}}' in events[0]["body"]


# --- when a machine pays out ------------------------------------------------------------------


def set_up(shop: Shop, **fields: Any) -> dict[str, Any]:
    machine: dict[str, Any] = shop.api.put(f"{DCA}/machines/{shop.machine['id']}", fields)
    return machine


def let_pass(shop: Shop, settlement: dict[str, Any], minutes: int) -> None:
    """As if the sale had been held that much longer."""
    shop.server.sql(
        "UPDATE satmachineadmin.dca_settlements SET next_try_at = next_try_at - :seconds WHERE id = :id",
        seconds=60 * minutes,
        id=settlement["id"],
    )


def state_of(shop: Shop, settlement: dict[str, Any]) -> dict[str, Any]:
    whole: dict[str, Any] = shop.api.get(f"{DCA}/settlements/{settlement['id']}")
    return whole


def wait_until_processed(shop: Shop, settlement: dict[str, Any]) -> dict[str, Any]:
    shop.server.wait_for(lambda: state_of(shop, settlement)["state"] == "processed", "processed sale")
    return state_of(shop, settlement)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def test_a_machine_that_pays_after_some_minutes_does(server: LnbitsServer) -> None:
    """Held with its time, counted as waiting and not as needing anybody, then paid by itself."""
    shop = Shop.open(server, cash={"ana": "400.00"})
    machine = set_up(shop, payout_policy="after_minutes", payout_delay_minutes=30)
    assert (machine["payout_policy"], machine["payout_delay_minutes"]) == ("after_minutes", 30)

    held = shop.settled(shop.sell(**SALE))

    assert (held["state"], held["reason"], held["legs"]) == ("held", "awaiting_delay", [])
    assert instant(held["next_try_at"]) - instant(held["paid_at"]) == timedelta(minutes=30)
    totals = shop.api.get(f"{DCA}/status")["totals"]
    assert (totals["waiting"], totals["held"]) == (1, 0)
    let_pass(shop, held, 15)
    assert state_of(shop, held)["state"] == "held"
    let_pass(shop, held, 15)

    paid = wait_until_processed(shop, held)

    assert (paid["next_try_at"], shop.balances()["ana"], shop.remaining("ana")) == (None, 1000, "200.00")
    assert [entry["event"] for entry in paid["timeline"]][-2:] == [
        "settlement.released",
        "settlement.landed",
    ]
    check_conservation(paid)


def test_release_now_does_not_wait_for_the_minutes(server: LnbitsServer) -> None:
    shop = Shop.open(server, cash={"ana": "400.00"})
    set_up(shop, payout_policy="after_minutes", payout_delay_minutes=1440)
    held = shop.settled(shop.sell(**SALE))

    shop.api.post(f"{DCA}/settlements/{held['id']}/release")

    assert wait_until_processed(shop, held)["next_try_at"] is None
    assert shop.balances()["ana"] == 1000


def test_a_sale_without_a_dispense_report_stays_held_and_becomes_a_matter(server: LnbitsServer) -> None:
    """Nothing is paid on a guess; what the policy is by then changes nothing; the release closes the row."""
    shop = Shop.open(server, cash={"ana": "400.00"})
    set_up(shop, payout_policy="on_dispense", dispense_report_minutes=15)
    held = shop.settled(shop.sell(**SALE))
    assert (held["state"], held["reason"]) == ("held", "awaiting_dispense")
    set_up(shop, payout_policy="at_once")
    let_pass(shop, held, 15)

    def matters() -> list[tuple[str, str]]:
        rows = shop.api.get(f"{DCA}/status")["matters"]
        return [(row["kind"], row["subject_id"]) for row in rows]

    server.wait_for(lambda: matters() == [("no_dispense_report", held["id"])], "matter")
    asked = state_of(shop, held)
    assert (asked["state"], asked["next_try_at"], asked["legs"]) == ("held", None, [])
    assert "has not reported in time" in asked["error_message"]
    assert shop.balances()["ana"] == 0

    shop.api.post(f"{DCA}/settlements/{held['id']}/release")

    assert wait_until_processed(shop, held)["error_message"] is None
    assert (matters(), shop.balances()["ana"]) == ([], 1000)


def test_a_policy_of_minutes_needs_its_minutes(server: LnbitsServer) -> None:
    """A machine from before there was a choice has none; it is asked for them."""
    shop = Shop.open(server, cash={})
    server.sql(
        "UPDATE satmachineadmin.dca_machines SET payout_delay_minutes = 0 WHERE id = :id",
        id=shop.machine["id"],
    )
    path = f"{DCA}/machines/{shop.machine['id']}"

    refusal = shop.api.put(path, {"payout_policy": "after_minutes"}, expect=422)

    assert (refusal["code"], refusal["field"]) == ("invalid_input", "payout_delay_minutes")
    saved = shop.api.put(path, {"payout_policy": "after_minutes", "payout_delay_minutes": 5})
    assert (saved["payout_policy"], saved["payout_delay_minutes"]) == ("after_minutes", 5)


def test_a_sale_in_maintenance_is_paid_only_as_a_real_one(server: LnbitsServer) -> None:
    """Held and marked; in no total of today; the end of the maintenance releases nothing."""
    shop = Shop.open(server, cash={"ana": "400.00"})
    assert set_up(shop, maintenance=True)["maintenance"] is True
    test, real = (shop.settled(shop.sell(**SALE)) for _ in range(2))
    set_up(shop, maintenance=False)

    assert [(one["state"], one["reason"], one["is_test"]) for one in (test, real)] == [
        ("held", "maintenance", True)
    ] * 2
    status = shop.api.get(f"{DCA}/status")
    assert (status["today"]["sales"], status["totals"]["test"], status["totals"]["held"]) == (0, 2, 0)
    assert shop.api.get(f"{DCA}/machines/{shop.machine['id']}")["settlements"] == 0
    path = f"{DCA}/settlements/{real['id']}/release"
    assert shop.api.post(path, expect=409)["code"] == "test_sale"

    released = shop.api.raw("POST", path, params={"as_real_sale": "true"})

    assert (released.status_code, released.json()["is_test"]) == (200, False)
    check_conservation(wait_until_processed(shop, real))
    assert (state_of(shop, test)["state"], shop.balances()["ana"]) == ("held", 1000)
    assert (shop.balances()["machine"], shop.remaining("ana")) == (1100, "200.00")
    status = shop.api.get(f"{DCA}/status")
    assert (status["today"]["sales"], status["totals"]["test"]) == (1, 1)
    assert shop.api.get(f"{DCA}/machines/{shop.machine['id']}")["settlements"] == 1


# --- what the machine charged -----------------------------------------------------------------


def test_a_sale_whose_commission_is_not_the_machines_fee_is_found_by_its_mark(server: LnbitsServer) -> None:
    """100 sat on 1000 where 6 % were agreed: +40, in the list and by filter; the sale is paid as reported."""
    shop = Shop.open(server, cash={"ana": "1000.00"})
    set_up(shop, cash_out_fee_pct="10")
    as_agreed = shop.settled(shop.sell(**SALE))
    set_up(shop, cash_out_fee_pct="6")
    more = shop.settled(shop.sell(**SALE))
    set_up(shop, cash_out_fee_pct="12", maintenance=True)
    test = shop.settled(shop.sell(**SALE))

    differences = [one["commission_difference_sats"] for one in (as_agreed, more, test)]

    assert (differences, more["state"]) == ([0, 40, -20], "processed")

    def marked(**query: Any) -> set[str]:
        return {row["id"] for row in shop.api.get(f"{DCA}/settlements", **query)["data"]}

    assert marked(mark="commission_differs") == {more["id"], test["id"]}
    assert marked(mark="test") == {test["id"]}
    assert marked(mark="commission_differs", state="processed") == {more["id"]}
    assert marked() == {as_agreed["id"], more["id"], test["id"]}
