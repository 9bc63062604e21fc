"""Cash in a machine over HTTP: put in, taken out and counted by its operator, and what is expected of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import LnbitsServer
from tests.harness.machine import Machine
from tests.harness.shop import DCA, Shop


@pytest.fixture
def shop(server: LnbitsServer) -> Shop:
    return Shop.open(server, shares=())


def place(shop: Shop) -> str:
    return f"{DCA}/machines/{shop.machine['id']}/cash-position"


def act(shop: Shop, what: str, expect: int = 201, **body: Any) -> dict[str, Any]:
    return shop.api.post(f"{place(shop)}/{what}", body, expect=expect)  # type: ignore[no-any-return]


def counts(position: dict[str, Any]) -> list[tuple[str, str, Any, Any]]:
    return [(one["unit"], one["denomination"], one["expected"], one["reported"]) for one in position["units"]]


def test_a_machine_that_has_said_nothing_has_no_cash_position_yet(shop: Shop) -> None:
    position = shop.api.get(place(shop))
    assert position == {
        "today": shop.api.get(f"{DCA}/settings")["today"],
        "currency": "EUR", "reported_at": None, "expected_total": None, "reported_total": None,
        "operators_own": "0.00", "units": [], "box_full_on": None, "movements": [],
    }  # fmt: skip


def test_what_is_put_in_and_taken_out_is_expected_and_its_difference_stays_on_record(shop: Shop) -> None:
    act(shop, "refilled", denomination="20", count=100)
    position = act(shop, "refilled", denomination="50.00", count=40, note="from the bank")
    assert counts(position) == [("cassette", "20", 100, None), ("cassette", "50", 40, None)]
    assert (position["expected_total"], position["reported_total"]) == ("4000.00", None)

    position = act(shop, "emptied", unit="cassette", denomination="50", counted=38, note="two were torn")
    assert counts(position)[1] == ("cassette", "50", 0, None)
    newest = position["movements"][0]
    assert (newest["kind"], newest["count"], newest["difference"], newest["note"], newest["by"]) == (
        "emptied", 38, -2, "two were torn", shop.operator.username,
    )  # fmt: skip
    assert [one["kind"] for one in shop.api.get(place(shop), by_people="true")["movements"]] == [
        "emptied", "refilled", "refilled",
    ]  # fmt: skip
    events = shop.api.get(f"{DCA}/audit-events", subject_id=shop.machine["id"])["data"]
    assert [event["event"] for event in events[:2]] == ["machine.emptied", "machine.refilled"]
    assert events[0]["after"] == {
        "unit": "cassette", "denomination": "50.00", "currency": "EUR", "count": 38, "difference": -2,
        "notes": "two were torn",
    }  # fmt: skip


def test_a_box_may_hold_a_note_that_nobody_knew_of_and_a_cassette_may_not(shop: Shop) -> None:
    position = act(shop, "emptied", unit="box", denomination="5", counted=1)
    assert position["movements"][0]["difference"] == 1
    refusal = act(shop, "emptied", unit="cassette", denomination="5", counted=1, expect=422)
    assert (refusal["code"], refusal["field"]) == ("invalid_input", "denomination")
    assert "no cassette with notes of 5.00 EUR" in refusal["detail"]
    refusal = act(shop, "refilled", denomination="0", count=1, expect=422)
    assert (refusal["code"], refusal["field"]) == ("invalid_input", "denomination")
    assert act(shop, "refilled", denomination="5.001", count=1, expect=422)["code"] == "invalid_fiat"
    for count in (0, -1, 100_001, "5", 1.5, None):
        assert act(shop, "refilled", denomination="5", count=count, expect=422)["field"] == "count"
    assert act(shop, "emptied", unit="box", denomination="5", counted=-1, expect=422)["field"] == "counted"


def test_the_currency_stands_from_the_first_note_on(shop: Shop) -> None:
    act(shop, "refilled", denomination="50", count=40)
    machine = f"{DCA}/machines/{shop.machine['id']}"
    assert shop.api.put(machine, {"currency": "CHF"}, expect=409)["code"] == "currency_fixed"


def test_notes_that_a_machine_gives_are_expected_out_once_and_its_report_stands_beside_them(
    shop: Shop,
) -> None:
    machine = Machine.paired(shop.server.url, shop.api, shop.machine["id"])

    def heartbeat(fifties: int) -> None:
        cassette = {"unit": "cassette", "denomination": "50", "count": fifties, "capacity": 500}
        box = {"unit": "box", "denomination": "20", "count": 31, "capacity": 1000}
        machine.post("/heartbeat", {"cash_units": [cassette, box]}, expect=200)

    heartbeat(100)
    bills = [{"denomination": "50", "count": 4}]
    body = {
        "txid": "tx-of-the-till",
        "version": 1,
        "fiat_amount": "200.00",
        "exchange_rate": "5",
        "bills": bills,
    }
    one = machine.post("/cash-out", body, expect=201)
    shop.server.pay_invoice(shop.customer, one["invoice"])
    assert machine.get(f"/transactions/{body['txid']}?wait=25&known=invoiced")["paid"]
    # which notes came out it has said already
    report = {"txid": body["txid"], "version": 2, "outcome": "complete"}
    for _again in range(2):
        machine.post("/dispense", report, expect=200)

    cassette, box = shop.api.get(place(shop))["units"]
    assert (cassette["expected"], cassette["reported"], cassette["difference"]) == (96, 100, None)
    heartbeat(95)
    position = shop.api.get(place(shop))
    cassette, box = position["units"]
    assert (cassette["expected"], cassette["reported"], cassette["difference"]) == (96, 95, -1)
    assert cassette["since"] | {"at": None} == {
        "at": None, "count": 100, "refilled": 0, "dispensed": 4, "taken": 0,
    }  # fmt: skip
    assert (box["expected"], box["difference"], box["capacity"]) == (31, 0, 1000)
    assert (position["expected_total"], position["reported_total"]) == ("5420.00", "5370.00")
    assert position["operators_own"] == "620.00"
    newest, *older = position["movements"]
    assert (newest["kind"], newest["count"], newest["by"], newest["difference"]) == (
        "dispensed",
        4,
        None,
        None,
    )
    assert [one["kind"] for one in older] == ["first_report", "first_report"]
