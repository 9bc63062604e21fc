"""A predecessor's shop, looked at and taken over as the platform does it."""

from __future__ import annotations

from typing import Any

from tests.harness.http import Api
from tests.harness.old_shop import OldShop
from tests.harness.shop import DCA

PREDECESSORS = f"{DCA}/predecessors"
BOOKS = {
    "machines": "SELECT COUNT(*) AS n FROM satmachineadmin.dca_machines",
    "cash": "SELECT COUNT(*) AS n, SUM(amount_minor) AS sum FROM satmachineadmin.dca_deposits",
    "lps": "SELECT COUNT(*) AS n, SUM(confirmed_minor) AS sum FROM satmachineadmin.dca_clients",
    "sales": "SELECT COUNT(*) AS n FROM satmachineadmin.earlier_sales",
    "legs": "SELECT COUNT(*) AS n FROM satmachineadmin.earlier_legs",
    "matters": "SELECT COUNT(*) AS n FROM satmachineadmin.worklist",
    "events": "SELECT COUNT(*) AS n FROM satmachineadmin.audit_events",
}
#: LP and machine → its balance there, to the cent, and what waits for confirmation
BALANCES = {
    ("ana", "Plaza"): ("947.05", "77.77"),
    ("ana", "Market"): ("0.01", "0.00"),
    ("ana", "Station"): ("12000", "0"),
    ("ben", "Plaza"): ("316.63", "0.00"),
    ("ben", "Market"): ("0.00", "0.00"),
    ("ben", "Station"): ("0", "0"),
}


def platform(shop: OldShop) -> Api:
    return shop.server.api(shop.server.super_user)


def look(shop: OldShop, name: str = "satoshimachine") -> dict[str, Any]:
    found: dict[str, Any] = platform(shop).post(f"{PREDECESSORS}/{name}/preview", expect=200)
    return found


def take_over(shop: OldShop, seen: dict[str, Any], name: str = "satoshimachine") -> dict[str, Any]:
    body = {"confirmation": seen["confirmation"]}
    done: dict[str, Any] = platform(shop).post(f"{PREDECESSORS}/{name}/move", body, expect=201)
    return done


def balances(shop: OldShop) -> dict[tuple[str, str], tuple[str, str]]:
    """LP and machine → what is left there, and what waits for confirmation."""
    return {
        (row["username"], row["machine_name"]): (row["balance"]["remaining"], row["balance"]["pending"])
        for row in rows(shop.server.api(shop.olga), f"{DCA}/clients")
    }


def rows(api: Api, path: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(path, limit=100, **query)["data"]
    return found
