"""Fixed mode over two machines of two operators, end to end: one limit, and who is told what of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import LnbitsServer
from tests.harness.people import User
from tests.harness.shop import DCA, LP, Shop, sats_of

SALE = {"principal_sats": 200, "commission_sats": 0, "fiat_amount": "40.00", "exchange_rate": "5"}


def enrol_too(shop: Shop, name: str, lp: User, amount: str) -> None:
    """An LP of somebody else comes to this machine as well."""
    client = shop.api.post(
        f"{DCA}/clients",
        {"machine_id": shop.machine["id"], "username": lp.username, "display_name": name},
    )
    shop.server.api(lp).post(f"{LP}/enrolments/{client['id']}/accept", {})
    shop.lps[name], shop.clients[name] = lp, client
    shop.hand_over(name, amount)


def positions(shop: Shop) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.server.api(shop.lps["ana"]).get(f"{LP}/positions")["data"]
    return found


@pytest.fixture
def shops(server: LnbitsServer) -> tuple[Shop, Shop]:
    """Olga and Otto; ana has cash at both and a limit of 50 EUR a day, ben at Otto's only."""
    olga = Shop.open(server, shares=("100",), cash={"ana": "500.00"}, super_fee_pct="0")
    otto = Shop.open(server, shares=("100",), cash={"ben": "20.00"}, super_fee_pct="0")
    enrol_too(otto, "ana", olga.lps["ana"], "500.00")
    server.api(olga.lps["ana"]).put(
        f"{LP}/preferences",
        {"default_dca_mode": "fixed", "fixed_mode_daily_limit": "50", "fixed_mode_currency": "EUR"},
    )
    return olga, otto


def test_a_daily_limit_holds_over_two_machines(shops: tuple[Shop, Shop]) -> None:
    olga, otto = shops
    first = olga.settled(olga.sell(**SALE))
    second = otto.settled(otto.sell(**SALE))
    third = olga.settled(olga.sell(**SALE))

    # 40.00 of ana's 50.00; then 10.00 of hers, 20.00 of ben's and 10.00 of nobody's; then nothing.
    assert sats_of(first, "dca") == [200]
    assert sorted(sats_of(second, "dca")) == [50, 100]
    assert sats_of(second, "dca", "skipped") == [50]
    assert (sats_of(third, "dca"), sats_of(third, "dca", "skipped")) == ([], [200])
    assert olga.remaining("ana") == "460.00" and otto.remaining("ana") == "490.00"
    for position in positions(olga):
        assert (position["daily_limit"], position["drawn_today"]) == ("50.00", "50.00")
        assert (position["takes_part"], position["no_part_reason"]) == (False, "limit_used")


def test_the_operator_learns_that_an_lp_takes_no_part_but_never_its_limit(shops: tuple[Shop, Shop]) -> None:
    olga, otto = shops
    olga.settled(olga.sell(**SALE))
    own = olga.api.get(f"{DCA}/clients/{olga.clients['ana']['id']}")
    assert (own["takes_part"], own["no_part_reason"]) == (True, None)

    api = olga.server.api(olga.lps["ana"])
    api.put(f"{LP}/preferences", {"fixed_mode_daily_limit": "43.21", "fixed_mode_currency": "CHF"})

    for shop in (olga, otto):
        (client,) = shop.api.get(f"{DCA}/clients", search="ana")["data"]
        assert (client["takes_part"], client["no_part_reason"]) == (False, "no_limit_in_currency")
        assert "43.21" not in str(client) and "CHF" not in str(client)
    assert {position["no_part_reason"] for position in positions(olga)} == {"no_limit_in_currency"}
    settlement = olga.settled(olga.sell(**SALE))
    assert [leg["reason"] for leg in settlement["legs"]] == ["no_lp"]


def test_an_operators_day_is_its_own(shops: tuple[Shop, Shop]) -> None:
    """A day ahead or behind, otto's calendar has another date than olga's for most of the time."""
    olga, otto = shops
    dates = set()
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):  # 25 hours apart: never the same day
        saved = otto.api.put(f"{DCA}/settings", {"time_zone": zone})
        assert saved["time_zone"] == saved["time_zone_in_use"] == zone
        dates.add(saved["today"])
        otto.settled(otto.sell(**SALE))
    assert len(dates) == 2
    assert olga.api.get(f"{DCA}/settings")["time_zone"] == "UTC"
    refusal = otto.api.put(f"{DCA}/settings", {"time_zone": "Europe/Atlantis"}, expect=422)
    assert refusal["code"] == "unknown_time_zone"
    drawn = olga.server.sql(
        "SELECT drawn_on, SUM(fiat_minor) AS minor FROM satmachineadmin.dca_payments "
        "WHERE client_id = :ana GROUP BY drawn_on",
        ana=otto.clients["ana"]["id"],
    )
    assert {row["drawn_on"] for row in drawn} == dates
    assert all(int(row["minor"]) <= 50_00 for row in drawn)


def test_limit_and_currency_are_chosen_together_and_only_by_the_lp(shops: tuple[Shop, Shop]) -> None:
    olga, _otto = shops
    api = olga.server.api(olga.lps["ana"])
    before = api.get(f"{LP}/preferences")
    for body, field in (
        ({"fixed_mode_daily_limit": "10"}, "fixed_mode_currency"),
        ({"fixed_mode_currency": "EUR"}, "fixed_mode_daily_limit"),
        ({"fixed_mode_daily_limit": None, "fixed_mode_currency": None}, "fixed_mode_daily_limit"),
        ({"fixed_mode_daily_limit": "0.00", "fixed_mode_currency": "EUR"}, "fixed_mode_daily_limit"),
        ({"fixed_mode_daily_limit": "1.5", "fixed_mode_currency": "JPY"}, "fixed_mode_daily_limit"),
    ):
        refusal = api.put(f"{LP}/preferences", body, expect=422)
        assert (refusal["code"], refusal["field"]) == ("invalid_input", field), body
    assert api.get(f"{LP}/preferences") == before
    flow = api.put(
        f"{LP}/preferences",
        {"default_dca_mode": "flow", "fixed_mode_daily_limit": None, "fixed_mode_currency": None},
    )
    assert (flow["default_dca_mode"], flow["fixed_mode_daily_limit"]) == ("flow", None)
    assert flow["dca_wallet_id"] == before["dca_wallet_id"]

    body = {"default_dca_mode": "fixed", "fixed_mode_daily_limit": "1", "fixed_mode_currency": "EUR"}
    olga.api.put(f"{DCA}/clients/{olga.clients['ana']['id']}", body, expect=422)
    assert api.get(f"{LP}/preferences") == flow
