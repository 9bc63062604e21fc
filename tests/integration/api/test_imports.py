"""Imports over HTTP: what is refused, what the answers tell, and what a repeated request gets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.harness import LnbitsServer
from tests.harness.shop import DCA, Shop

from .world import digest

IMPORTS = f"{DCA}/imports"


@pytest.fixture
def shop(server: LnbitsServer) -> Shop:
    return Shop.open(server, cash={"ana": "1000.00"})


def files(*texts: str) -> list[dict[str, str]]:
    return [{"name": f"{number}.csv", "content": text} for number, text in enumerate(texts)]


def test_a_preview_is_confirmed_once_however_often_the_request_is_sent(shop: Shop) -> None:
    """The same key gets the same answer with the same links; without it the preview is outdated."""
    wallet = shop.server.create_wallet(shop.operator, "Harbour wallet")
    user = shop.server.create_user("gus")
    texts = (
        "machine,wallet,currency\r\nHarbour,Harbour wallet,EUR\r\n",
        "machine,lp,username\r\nHarbour,=Gus,gus\r\nPlaza,Ida,\r\n",
        "machine,lp,amount,notes\r\nHarbour,=Gus,12.50,=1+1\r\n",
        f"machine,target,share_pct\r\nHarbour,{shop.partners[0].inkey},100\r\n",
    )
    seen = shop.api.post(f"{IMPORTS}/preview", {"files": files(*texts)})
    assert seen["outcomes"] == {"add": 5, "same": 0, "wrong": 0}
    told = json.dumps(seen)
    assert shop.partners[0].inkey not in told and user.id not in told

    body = {"files": files(*texts), "confirmation": seen["confirmation"]}
    key = {"Idempotency-Key": "once"}
    first = shop.api.raw("POST", IMPORTS, json=body, headers=key)
    again = shop.api.raw("POST", IMPORTS, json=body, headers=key)
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert first.json() == again.json()
    gus, ida = first.json()["invitations"]
    assert (gus["username"], ida["username"]) == ("=Gus", "Ida")
    assert gus["link"] != ida["link"] and "/invitation#" in gus["link"]
    assert shop.api.post(IMPORTS, body, expect=409)["code"] == "preview_outdated"

    (harbour,) = shop.api.get(f"{DCA}/machines", search="Harbour")["data"]
    assert harbour["wallet_id"] == wallet.id
    split = shop.api.get(f"{DCA}/commission-splits", machine_id=harbour["id"])
    assert [line["target"] for line in split["splits"]] == [shop.partners[0].id]
    (entry,) = shop.api.get(f"{DCA}/deposits", search="=1+1")["data"]
    assert (entry["amount"], entry["notes"], entry["can_confirm"]) == ("12.50", "=1+1", False)
    refused = shop.api.post(f"{DCA}/deposits/{entry['id']}/confirm", expect=422)
    assert refused["code"] == "lp_not_onboarded"
    exported = shop.api.raw("GET", f"{DCA}/reports/cash.csv").text
    assert "'=1+1" in exported and ",=1+1" not in exported


def test_only_ones_own_wallets_machines_and_lps_are_there(shop: Shop, server: LnbitsServer) -> None:
    """Another operator's names are unknown: neither its wallet, nor its machine, nor its LP is told."""
    other = Shop.open(server, cash={"cleo": "5.00"})
    other.api.put(f"{DCA}/machines/{other.machine['id']}", {"name": "Elsewhere"})
    seen = shop.api.post(
        f"{IMPORTS}/preview",
        {
            "files": files(
                f"machine,wallet,currency\nStolen,{other.operator.wallet.id},EUR\n",
                "machine,lp,amount\nElsewhere,cleo,1\n",
            )
        },
    )
    assert [(row["outcome"], row["column"]) for row in seen["data"]] == [
        ("wrong", "wallet"),
        ("wrong", "machine"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["a"],
        [{}],
        [{"name": "a.csv"}],
        [{"name": "", "content": "a"}],
        [{"name": "a.csv", "content": "a\u0007"}],
        [{"name": "a.csv", "content": "a", "more": 1}],
        [{"name": "a.csv", "content": "a"}] * 9,
        [{"name": "a.csv", "content": 1}],
    ],
)
def test_what_are_no_files_is_refused_and_nothing_is_written(shop: Shop, wrong: Any) -> None:
    before = digest(shop.server)
    for path, more in ((f"{IMPORTS}/preview", {}), (IMPORTS, {"confirmation": "x"})):
        refusal = shop.api.post(path, {"files": wrong, **more}, expect=422)
        assert refusal["code"] == "invalid_input" and refusal["field"].startswith("files")
    assert digest(shop.server) == before
