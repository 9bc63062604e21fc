"""Whole sales over HTTP: from the customer's payment to everybody's balance in LNbits' own books."""

from __future__ import annotations

import pytest

from tests.harness import LnbitsServer
from tests.harness.shop import DCA, Shop, check_conservation, sats_of


def test_a_commission_of_100_goes_30_35_21_14_and_the_principal_by_cash(server: LnbitsServer) -> None:
    """The example of DESIGN §4.3, and LPs with 100, 60 and 40 of fiat left share 50/30/20."""
    shop = Shop.open(server, cash={"ana": "100.00", "ben": "60.00", "carol": "40.00"})
    before = shop.balances()

    sale = shop.sell(principal_sats=1000, commission_sats=100, fiat_amount="200.00", exchange_rate="5")
    settlement = shop.settled(sale)

    assert settlement["state"] == "processed"
    assert sats_of(settlement, "super_fee") == [30]
    assert sats_of(settlement, "operator_split") == [35, 21, 14]
    assert sats_of(settlement, "dca") == [500, 300, 200]
    check_conservation(settlement)
    moved = {name: sats - before[name] for name, sats in shop.balances().items()}
    assert moved == {
        "machine": 0, "platform": 30, "partner 0": 35, "partner 1": 21, "partner 2": 14,
        "ana": 500, "ben": 300, "carol": 200,
    }  # fmt: skip
    assert [shop.remaining(name) for name in ("ana", "ben", "carol")] == ["0.00"] * 3


def test_an_lp_never_gets_more_than_its_cash_and_the_rest_is_uncovered(server: LnbitsServer) -> None:
    """DESIGN §4.4: cash that belongs to no LP stays in the machine's wallet, as a skipped leg."""
    shop = Shop.open(server, cash={"ana": "30.00", "ben": "10.00"})

    sale = shop.sell(principal_sats=1000, commission_sats=100, fiat_amount="200.00", exchange_rate="5")
    settlement = shop.settled(sale)

    assert sats_of(settlement, "dca") == [150, 50]
    uncovered = [leg for leg in settlement["legs"] if leg["state"] == "skipped"]
    assert [(leg["reason"], leg["sats"], leg["fiat_amount"]) for leg in uncovered] == [
        ("uncovered", 800, "160.00")
    ]
    assert settlement["state"] == "processed"
    assert settlement["retained_sats"] == 800
    assert shop.balances()["machine"] == 800
    check_conservation(settlement)


def test_fifteen_sats_over_ten_shares_of_10_percent_are_five_twos_and_five_ones(
    server: LnbitsServer,
) -> None:
    """DESIGN §4.2: rounding every leg and letting the last absorb would give it −3."""
    shop = Shop.open(server, shares=["10"] * 10, super_fee_pct="0")

    sale = shop.sell(principal_sats=1000, commission_sats=15, fiat_amount="200.00", exchange_rate="5")
    settlement = shop.settled(sale)

    assert sats_of(settlement, "operator_split") == [2] * 5 + [1] * 5
    assert [shop.balances()[f"partner {index}"] for index in range(10)] == [2] * 5 + [1] * 5


def test_every_reason_to_pay_nothing_is_a_leg_with_its_sats(server: LnbitsServer) -> None:
    """DESIGN §6: what was not paid out is shown, and why. A platform without a wallet comes first."""
    api = server.api(server.super_user)
    shop = Shop.open(server, shares=(), cash={})
    api.put(f"{DCA}/super-config", {"super_fee_wallet_id": None})

    without_lp = shop.settled(
        shop.sell(principal_sats=1000, commission_sats=100, fiat_amount="200.00", exchange_rate="5")
    )
    shop.enrol("ana", None)
    without_cash = shop.settled(
        shop.sell(principal_sats=1000, commission_sats=100, fiat_amount="200.00", exchange_rate="5")
    )
    api.put(f"{DCA}/super-config", {"super_fee_wallet_id": shop.platform_wallet.id})

    def reasons(settlement: dict) -> list[tuple[str, str, int]]:
        return [(leg["leg_type"], leg["reason"], leg["sats"]) for leg in settlement["legs"]]

    assert reasons(without_lp) == [
        ("super_fee", "no_platform_wallet", 30),
        ("operator_split", "no_split_rules", 70),
        ("dca", "no_lp", 1000),
    ]
    assert reasons(without_cash)[-1] == ("dca", "no_lp_balance", 1000)
    assert shop.balances()["machine"] == 2200
    assert {without_lp["state"], without_cash["state"]} == {"processed"}


def test_a_sale_larger_than_31_bits_of_millisatoshi_settles_exactly(server: LnbitsServer) -> None:
    """5 000 000 sat are 5 000 000 000 msat: more than PostgreSQL's INTEGER holds."""
    shop = Shop.open(server, cash={"ana": "1000000.00"}, customer_sats=6_000_000)

    sale = shop.sell(
        principal_sats=5_000_000, commission_sats=100, fiat_amount="1000000.00", exchange_rate="5"
    )
    settlement = shop.settled(sale)

    assert sats_of(settlement, "dca") == [5_000_000]
    assert shop.balances()["ana"] == 5_000_000


def test_a_held_sale_waits_for_its_release_and_is_paid_then(server: LnbitsServer) -> None:
    """DESIGN §5: an implausible rate is held for the operator; anyone can write a stamp."""
    shop = Shop.open(server, cash={"ana": "100.00"})

    sale = shop.sell(principal_sats=1000, commission_sats=100, fiat_amount="100.00", exchange_rate="10")
    held = shop.settled(sale)
    assert (held["state"], held["reason"], held["legs"]) == ("held", "implausible_rate", [])
    assert shop.balances()["ana"] == 0

    shop.api.post(f"{DCA}/settlements/{held['id']}/release")
    server.wait_for(lambda: (shop.settlement_of(sale) or {}).get("state") == "processed", "released sale")
    assert shop.balances()["ana"] == 1000


def test_a_cash_in_pays_the_commission_from_the_float_and_its_principal_has_left(
    server: LnbitsServer,
) -> None:
    """DESIGN §4.6: wire = principal − fee; the principal of a cash-in is never retained."""
    shop = Shop.open(server, cash={"ana": "100.00"})
    server.top_up(shop.machine_wallet, 5000)
    stamp = shop.stamp(
        principal_sats=1000, commission_sats=100, fiat_amount="200.00", exchange_rate="5", type="cash_in"
    )

    invoice = server.create_invoice(shop.customer, 900)
    server.pay_invoice(shop.machine_wallet, invoice.bolt11, extra=stamp)
    settlement = shop.settled(invoice)

    assert (settlement["tx_type"], settlement["wire_sats"], settlement["retained_sats"]) == (
        "cash_in",
        900,
        0,
    )
    assert sats_of(settlement, "super_fee") == [30]
    assert sats_of(settlement, "operator_split") == [35, 21, 14]
    assert sats_of(settlement, "dca") == []
    assert shop.balances()["machine"] == 5000 - 900 - 100
    assert shop.remaining("ana") == "100.00"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"principal_sats": 999}, "wire_disagrees"),
        ({"exchange_rate": "6"}, "amounts_disagree"),
        ({"currency": "USD"}, "wrong_currency"),
        ({"type": "cash_in"}, "wrong_direction"),
        ({"type": "gift"}, "bad_stamp"),
        ({"fiat_amount": "200.001"}, "bad_stamp"),
        ({"source": "somebody"}, "no_stamp"),
        ({"nostr_sender_pubkey": "ab" * 32}, "wrong_signer"),
        ({"fiat_currency": "EUR"}, "priced_in_fiat"),
    ],
)
def test_a_payment_with_an_unusable_stamp_is_recorded_and_never_distributed(
    server: LnbitsServer, shared_shop: Shop, change: dict[str, object], reason: str
) -> None:
    """DESIGN §5: rejected with a reason code; a person adopts or dismisses it."""
    shop = shared_shop
    stamp = {
        **shop.stamp(principal_sats=1000, commission_sats=100, fiat_amount="200.00", exchange_rate="5"),
        **change,
    }
    before = shop.balances()

    invoice = server.create_invoice(shop.machine_wallet, 1100, extra=stamp)
    server.pay_invoice(shop.customer, invoice.bolt11)
    settlement = shop.settled(invoice)

    assert (settlement["state"], settlement["reason"]) == ("rejected", reason)
    assert settlement["legs"] == []
    moved = {name: sats - before[name] for name, sats in shop.balances().items() if sats != before[name]}
    assert moved == {"machine": 1100}


@pytest.fixture(scope="module")
def shared_shop(server: LnbitsServer) -> Shop:
    return Shop.open(server, cash={"ana": "100.00"})
