"""What a person does over HTTP is an event: who, what, to which thing, before and after."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import LnbitsServer, User
from tests.harness.http import Api
from tests.harness.shop import DCA, LP, Shop

from .world import HELD_SALE, UNKNOWN_ID, World

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def shop(server: LnbitsServer) -> Shop:
    return Shop.open(server, cash={"mia": "100.00"})


def head(server: LnbitsServer) -> int:
    (row,) = server.sql("SELECT COALESCE(MAX(seq), 0) AS seq FROM satmachineadmin.audit_events")
    return int(row["seq"])


def events_of(api: Api, **filters: Any) -> Rows:
    found: Rows = api.get(f"{DCA}/audit-events", limit=200, **filters)["data"]
    return found


class Watch:
    """What a person does, and the events of that person since."""

    def __init__(self, server: LnbitsServer, person: User) -> None:
        self.server, self.person, self._before = server, person, head(server)

    def left(self) -> list[str]:
        """The kinds of event since the last look."""
        rows = self.server.sql(
            """
            SELECT event FROM satmachineadmin.audit_events
            WHERE seq > :seq AND actor = :actor ORDER BY seq
            """,
            seq=self._before,
            actor=self.person.id,
        )
        self._before = head(self.server)
        return [row["event"] for row in rows]


def test_every_change_of_an_operator_is_an_event_of_its_own(shop: Shop) -> None:
    server, api = shop.server, shop.api
    watch = Watch(server, shop.operator)

    machine = api.post(
        f"{DCA}/machines",
        {"name": "Kiosk", "wallet_id": server.create_wallet(shop.operator, "kiosk").id, "currency": "EUR"},
    )
    assert watch.left() == ["machine.added"]
    api.put(f"{DCA}/machines/{machine['id']}", {"name": "Kiosk 2", "cash_out_fee_pct": "7"})
    assert watch.left() == ["machine.changed"]
    split = {"splits": [{"target": shop.operator.wallet.id, "share_pct": "100"}]}
    api.put(f"{DCA}/commission-splits", {"machine_id": machine["id"], **split})
    assert watch.left() == ["split.replaced"]
    api.delete(f"{DCA}/commission-splits", machine_id=machine["id"])
    assert watch.left() == ["split.back_to_default"]
    guest = server.create_user("guestofkiosk")
    client = api.post(f"{DCA}/clients", {"machine_id": machine["id"], "username": guest.username})
    assert watch.left() == ["enrolment.invited"]
    api.put(f"{DCA}/clients/{client['id']}", {"username": "Gus"})
    assert watch.left() == ["enrolment.renamed"]
    api.put(f"{DCA}/clients/{client['id']}", {"status": "ended"})
    assert watch.left() == ["enrolment.withdrawn"]
    entry = api.post(f"{DCA}/deposits", {"client_id": shop.clients["mia"]["id"], "amount": "7.50"})
    assert watch.left() == ["cash.recorded"]
    api.post(f"{DCA}/deposits/{entry['id']}/confirm")
    assert watch.left() == ["cash.confirmed"]
    other = api.post(f"{DCA}/deposits", {"client_id": shop.clients["mia"]["id"], "amount": "1.00"})
    api.post(f"{DCA}/deposits/{other['id']}/cancel")
    assert watch.left() == ["cash.recorded", "cash.cancelled"]

    (changed,) = events_of(api, subject_id=machine["id"], subject_kind="machine", search="machine.changed")
    assert changed["before"] == {"name": "Kiosk", "cash_out_fee_pct": "0"}
    assert changed["after"] == {"name": "Kiosk 2", "cash_out_fee_pct": "7"}
    assert changed["actor"] == shop.operator.username
    recorded, confirmed = reversed(events_of(api, subject_id=entry["id"]))
    assert recorded["after"]["amount"] == "7.50"
    assert (confirmed["before"], confirmed["after"]) == ({"status": "pending"}, {"status": "confirmed"})


def test_a_sale_is_in_the_trail_from_landing_to_payout_and_names_the_engine(shop: Shop) -> None:
    shop.settled(shop.sell(principal_sats=500, commission_sats=50, fiat_amount="100.00", exchange_rate="5"))
    sale = shop.settled(shop.sell(**HELD_SALE))
    shop.api.post(f"{DCA}/settlements/{sale['id']}/release")
    shop.server.wait_for(
        lambda: shop.api.get(f"{DCA}/settlements/{sale['id']}")["state"] == "processed", "released sale"
    )

    events = list(reversed(events_of(shop.api, subject_id=sale["id"])))

    assert [(event["event"], event["actor"]) for event in events] == [
        ("settlement.landed", "engine"),
        ("settlement.released", shop.operator.username),
        ("settlement.planned", "engine"),
        ("settlement.processed", "engine"),
    ]
    states = [(event["before"].get("state"), event["after"].get("state")) for event in events]
    assert states == [
        (None, "held"), ("held", "pending"), ("pending", "processing"), ("processing", "processed")
    ]  # fmt: skip
    legs = events_of(shop.api, subject_kind="leg", subject_id=sale["legs"][0]["id"] if sale["legs"] else "0")
    assert {event["actor"] for event in legs} <= {"engine"}


def test_what_an_lp_and_the_platform_do_is_an_event_too(server: LnbitsServer, shop: Shop) -> None:
    lp = shop.lps["mia"]
    watch = Watch(server, lp)
    server.api(lp).put(f"{LP}/preferences", {"dca_wallet_id": server.create_wallet(lp, "new").id})
    assert watch.left() == ["lp.preferences_chosen"]
    guest = server.create_user("guestofmia")
    client = shop.api.post(f"{DCA}/clients", {"machine_id": shop.machine["id"], "username": guest.username})
    watch = Watch(server, guest)
    chosen = {"dca_wallet_id": guest.wallet.id}
    server.api(guest).post(f"{LP}/enrolments/{client['id']}/accept", chosen)
    assert watch.left() == ["lp.preferences_chosen", "enrolment.accepted"]
    watch = Watch(server, server.super_user)
    for percent in ("29", "30"):
        server.api(server.super_user).put(f"{DCA}/super-config", {"super_fee_pct": percent})
        assert watch.left() == ["platform.changed"]


def test_events_are_filtered_by_subject_and_time(shop: Shop) -> None:
    everything = events_of(shop.api)
    assert {event["subject_kind"] for event in everything} >= {"machine", "cash", "enrolment", "settlement"}
    assert everything == sorted(everything, key=lambda event: -event["id"])
    cash = events_of(shop.api, subject_kind="cash")
    assert cash == [event for event in everything if event["subject_kind"] == "cash"] != []
    middle = everything[len(everything) // 2]["at"]
    since, until = events_of(shop.api, since=middle), events_of(shop.api, until=middle)
    assert since == [event for event in everything if event["at"] >= middle]
    assert until == [event for event in everything if event["at"] < middle]
    for bad in ("2026-11-22", "2026-11-22T10:00:00", "now", "0", "2026-13-01T00:00:00Z"):
        assert shop.api.get(f"{DCA}/audit-events", since=bad, expect=422)["field"] == "since"
    assert events_of(shop.api, subject_id=UNKNOWN_ID) == []


def test_the_trail_of_a_server_that_has_traded_is_whole(world: World) -> None:
    platform = world.server.api(world.server.super_user)
    verdict = platform.post(f"{DCA}/audit/verify")
    assert verdict["ok"] is True
    assert verdict["events"] >= head(world.server) - 5


def test_an_operator_has_its_own_events_verified_and_learns_only_the_number_of_the_others(
    world: World,
) -> None:
    olga, otto = (world.operator(name).post(f"{DCA}/audit/verify") for name in ("olga", "otto"))
    assert olga["ok"] is otto["ok"] is True
    assert olga["own_events"] > 10 and otto["own_events"] > 10
    assert olga["own_events"] + otto["own_events"] <= olga["events"]
    listed = world.operator("olga").get(f"{DCA}/audit-events")["total"]
    assert 0 <= listed - olga["own_events"] <= 5, "what came since"
    assert otto["verified_at"] == olga["verified_at"], "the second is told of the first"
