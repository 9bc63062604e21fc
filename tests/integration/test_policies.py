"""What the platform and an operator set about sales, end to end: fees, payout policy, maintenance."""

from __future__ import annotations

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
