"""What LNbits and its other extensions see of the rows that the fast way writes."""

from __future__ import annotations

import time

import pytest

from tests.harness import LnbitsServer
from tests.harness.shop import DCA, Shop

PROBE = "/probe/api/v1"
SALE = {"principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5"}


@pytest.fixture(scope="module")
def shop(probed: LnbitsServer) -> Shop:
    return Shop.open(probed, cash={"ana": "100.00", "ben": "60.00", "carol": "40.00"})


@pytest.fixture(scope="module")
def settlement(shop: Shop) -> dict:
    """One sale, settled and announced."""
    settled = shop.settled(shop.sell(**SALE))
    time.sleep(2)
    return settled


def events_of(server: LnbitsServer, payment_hash: str) -> list[dict]:
    events = server.api().get(f"{PROBE}/events")
    return [event for event in events if event["payment_hash"] == payment_hash]


def events_after(server: LnbitsServer, count: int) -> list[dict]:
    time.sleep(2)
    events: list[dict] = server.api().get(f"{PROBE}/events")
    return events[count:]


def test_every_payee_gets_exactly_one_event_a_leg(probed: LnbitsServer, settlement: dict) -> None:
    """DESIGN §7: announcements go out after the commit, at most once."""
    told = {leg["recipient"]: events_of(probed, leg["payment_hash"]) for leg in settlement["legs"]}

    assert len(told) == 7
    assert {name: len(events) for name, events in told.items()} == dict.fromkeys(told, 1)
    assert all(events[0]["external_id"].startswith("sm1:") for events in told.values())


def break_payouts(server: LnbitsServer, database: str) -> None:
    """Let the database refuse the last write of a payout, after the host's rows were written."""
    what = "BEFORE UPDATE OF paid_minor ON"
    if database == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        server.sql(f"CREATE TRIGGER satmachineadmin.refuse {what} dca_clients {refuse}")
        return
    server.sql(
        "CREATE OR REPLACE FUNCTION satmachineadmin.refuse() RETURNS trigger AS "
        "$body$ BEGIN RAISE EXCEPTION 'refused'; END $body$ LANGUAGE plpgsql"
    )
    server.sql(
        f"CREATE TRIGGER refuse {what} satmachineadmin.dca_clients FOR EACH ROW "
        "EXECUTE FUNCTION satmachineadmin.refuse()"
    )


def mend_payouts(server: LnbitsServer, database: str) -> None:
    on_table = "" if database == "sqlite" else " ON satmachineadmin.dca_clients"
    server.sql(f"DROP TRIGGER {'satmachineadmin.' if database == 'sqlite' else ''}refuse{on_table}")


def test_a_payout_that_is_rolled_back_tells_nobody_and_is_paid_later(
    probed: LnbitsServer, shop: Shop, settlement: dict, database: str
) -> None:
    """DESIGN §7: no phantom events; the rows of both books vanish together."""
    probed.expected_defects += ["refused", "Traceback"]
    shop.hand_over("ana", "200.00")
    before = shop.balances()["ana"]
    break_payouts(probed, database)
    sale = shop.sell(**SALE)
    probed.wait_for(
        lambda: "tried again" in ((shop.settlement_of(sale) or {}).get("error_message") or ""), "trouble"
    )
    told = [
        event
        for event in probed.api().get(f"{PROBE}/events")
        if sale.payment_hash in str(event["external_id"])
    ]
    assert told == []
    assert shop.balances()["ana"] == before

    mend_payouts(probed, database)
    shop.wait_no_longer(sale)

    settled = shop.settled(sale)
    time.sleep(2)
    paid = [leg for leg in settled["legs"] if leg["state"] == "completed"]
    assert settled["state"] == "processed"
    assert [len(events_of(probed, leg["payment_hash"])) for leg in paid] == [1] * len(paid)


def test_a_payout_that_waits_says_for_what_tells_nobody_and_goes_on_by_itself(
    probed: LnbitsServer, shop: Shop, settlement: dict
) -> None:
    """DESIGN §7: every limit of the host is honoured; a wallet that is short pays nothing of it."""
    shop.hand_over("ana", "200.00")
    sale = shop.sell(principal_sats=2000, commission_sats=0, fiat_amount="200.00", exchange_rate="10")
    held = shop.settled(sale)
    shop.server.send(shop.machine_wallet, shop.customer, 500)
    told_before = len(probed.api().get(f"{PROBE}/events"))

    def waits_for(words: str) -> bool:
        message = (shop.settlement_of(sale) or {})["error_message"]
        return message is not None and words in message

    probed.api().post(f"{PROBE}/settings", {"lnbits_only_allow_incoming_payments": True})
    shop.api.post(f"{DCA}/settlements/{held['id']}/release")
    probed.wait_for(lambda: waits_for("incoming payments only"), "wait for the host")
    probed.api().post(f"{PROBE}/settings", {"lnbits_only_allow_incoming_payments": False})
    shop.wait_no_longer(sale)
    probed.wait_for(lambda: waits_for("500"), "wait for 500 sat")
    assert len(probed.api().get(f"{PROBE}/events")) == told_before
    probed.top_up(shop.machine_wallet, 500)
    shop.wait_no_longer(sale)

    assert shop.settled(sale)["state"] == "processed"
    assert sum(event["external_id"] is not None for event in events_after(probed, told_before)) == 1


def test_lnbits_lists_our_rows_like_its_own(shop: Shop, settlement: dict) -> None:
    """Both sides, with tag, memo and mark; the preimage fits the hash."""
    row = next(leg for leg in settlement["legs"] if leg["recipient"] == "ana")
    received = shop.server.payments(shop.lps["ana"].wallet)
    paid = shop.server.payments(shop.machine_wallet)

    credit = next(payment for payment in received if payment.payment_hash == row["payment_hash"])
    debit = next(payment for payment in paid if payment.payment_hash == row["payment_hash"])
    assert (credit.amount_msat, credit.fee_msat, credit.status) == (row["sats"] * 1000, 0, "success")
    assert (debit.amount_msat, debit.fee_msat, debit.status) == (-row["sats"] * 1000, 0, "success")
    assert credit.checking_id == row["payment_hash"]
    assert debit.checking_id == f"internal_{row['payment_hash']}"
    assert credit.tag == f"satmachine:{shop.machine['id']}" == credit.extra["tag"]
    assert credit.memo == "Plaza: sats for cash, cash-out 100.00 EUR"


def test_lnbits_history_and_statistics_cope_with_our_rows(shop: Shop, settlement: dict) -> None:
    key = shop.server.api_with_key(shop.machine_wallet.inkey)

    history = key.get("/api/v1/payments/history")
    stats = shop.server.api(shop.operator).get("/api/v1/payments/stats/daily")
    page = key.get("/api/v1/payments/paginated", limit=50)
    detail = key.get(f"/api/v1/payments/{settlement['legs'][0]['payment_hash']}")

    moved = sum(point["income"] - point["spending"] for point in history)
    assert moved == shop.server.balance_msat(shop.machine_wallet)
    assert stats[-1]["balance"] >= 0
    assert page["total"] >= 8
    assert detail["paid"] is True


def test_lnbits_own_sweep_of_pending_payments_leaves_our_rows_alone(
    probed: LnbitsServer, shop: Shop, settlement: dict
) -> None:
    before = shop.balances()

    probed.api().post(f"{PROBE}/sweep")

    assert shop.balances() == before
    assert shop.api.get(f"{DCA}/settlements/{settlement['id']}")["legs"] == settlement["legs"]


def test_a_stranger_cannot_pay_a_legs_invoice_again(shop: Shop, settlement: dict) -> None:
    bolt11 = shop.server.payments(shop.lps["ben"].wallet)[0].bolt11

    answer = shop.server.api_with_key(shop.customer.adminkey).raw(
        "POST", "/api/v1/payments", json={"out": True, "bolt11": bolt11}
    )

    assert answer.status_code == 520
    assert "already paid" in answer.json()["detail"]
