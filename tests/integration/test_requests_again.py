"""A server that is killed beside a commit, and a person who sends the same request again."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from tests.harness import LnbitsServer
from tests.harness.shop import DCA, LP, Shop


def _killed(server: LnbitsServer, shop: Shop, place: str, path: str, body: object, key: str) -> None:
    """The request that the server dies of; then the next life."""
    server.restart(env={"SATMACHINE_FAILPOINT": f"{place}:1"})
    with pytest.raises(httpx.TransportError):
        shop.api.raw("POST", path, json=body, headers={"Idempotency-Key": key})
    server.wait_until_exit()
    server.start()


def test_a_request_is_done_once_wherever_the_server_died(fresh_server: LnbitsServer) -> None:
    """A balance is paid off once, cash is entered once, and the answer after a crash is the answer."""
    shop = Shop.open(fresh_server, cash={"ana": "100.00"})
    purse = fresh_server.create_wallet(shop.operator, "purse")
    fresh_server.top_up(purse, 1000)
    client_id = shop.clients["ana"]["id"]
    deposit = {"client_id": client_id, "amount": "7.00"}
    payoff = {"funding_wallet_id": purse.id, "exchange_rate": "5", "amount_fiat": "40.00"}
    cases = [
        ("cash.before_commit", f"{DCA}/deposits", deposit),
        ("answer.before_commit", f"{DCA}/deposits", deposit),
        ("settle.after_commit", f"{DCA}/clients/{client_id}/settle", payoff),
    ]

    for place, path, body in cases:
        key = uuid4().hex
        _killed(fresh_server, shop, place, path, body, key)
        first, second = (
            shop.api.raw("POST", path, json=body, headers={"Idempotency-Key": key}) for _ in range(2)
        )
        assert (first.status_code, second.content) == (201, first.content), place
        assert second.headers["Idempotency-Replayed"] == "true"

    pending = shop.api.get(f"{DCA}/deposits", status="pending")
    assert [entry["amount"] for entry in pending["data"]] == ["7.00", "7.00"]
    fresh_server.wait_for(lambda: shop.remaining("ana") == "60.00", "balance paid off")
    assert shop.api.get(f"{DCA}/payments", leg_type="settlement")["total"] == 1
    fresh_server.wait_for(lambda: shop.balances()["ana"] == 200, "sats of the payoff")


def test_an_lp_is_done_right_once_too(server: LnbitsServer) -> None:
    """Its own extension takes the header, and refuses the key of another request."""
    shop = Shop.open(server, cash={"ana": "10.00"})
    ana = server.api(shop.lps["ana"])
    wallets = [server.create_wallet(shop.lps["ana"], name) for name in ("savings", "spending")]

    def choose(wallet_id: str, key: str) -> httpx.Response:
        return ana.raw(
            "PUT", f"{LP}/preferences", json={"dca_wallet_id": wallet_id}, headers={"Idempotency-Key": key}
        )

    first = choose(wallets[0].id, "one")
    assert choose(wallets[1].id, "two").status_code == 200
    again = choose(wallets[0].id, "one")
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert ana.get(f"{LP}/preferences")["dca_wallet_id"] == wallets[1].id

    refused = choose(wallets[1].id, "one")
    assert (refused.status_code, refused.json()["code"]) == (409, "request_reused")
    malformed = choose(wallets[1].id, "two words")
    assert (malformed.status_code, malformed.json()["code"]) == (422, "invalid_input")
    assert malformed.json()["field"] == "Idempotency-Key"
