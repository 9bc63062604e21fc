"""A server that is killed beside a commit, and a person who sends the same request again."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from tests.harness import LnbitsServer
from tests.harness.shop import DCA, LP, Shop


class Sender:
    """Somebody who sends the same request until there is an answer."""

    def __init__(self, shop: Shop, path: str, body: object) -> None:
        self.shop, self.path, self.body, self.key = shop, path, body, uuid4().hex

    def send(self) -> httpx.Response:
        return self.shop.api.raw("POST", self.path, json=self.body, headers={"Idempotency-Key": self.key})

    def dies(self) -> None:
        with pytest.raises(httpx.TransportError):
            self.send()
        self.shop.server.wait_until_exit()

    def is_answered_alike(self) -> None:
        first, second = self.send(), self.send()
        assert (first.status_code, second.content) == (201, first.content)
        assert second.headers["Idempotency-Replayed"] == "true"


def test_a_request_is_done_once_wherever_the_server_died(fresh_server: LnbitsServer) -> None:
    """Before the effect, between effect and answer, and of a payoff, which the runner pays by itself."""
    shop = Shop.open(fresh_server, cash={"ana": "100.00"})
    purse = fresh_server.create_wallet(shop.operator, "purse")
    fresh_server.top_up(purse, 1000)
    client_id = shop.clients["ana"]["id"]
    deposit = Sender(shop, f"{DCA}/deposits", {"client_id": client_id, "amount": "7.00"})
    payoff = Sender(
        shop,
        f"{DCA}/clients/{client_id}/settle",
        {"funding_wallet_id": purse.id, "exchange_rate": "5", "amount_fiat": "40.00"},
    )

    fresh_server.restart(env={"SATMACHINE_FAILPOINT": "cash.before_commit:1"})
    deposit.dies()
    fresh_server.start(env={"SATMACHINE_FAILPOINT": "answer.before_commit:1"})
    deposit.dies()
    fresh_server.start(env={"SATMACHINE_FAILPOINT": "settle.after_commit:1"})
    deposit.is_answered_alike()
    payoff.dies()
    fresh_server.start()
    payoff.is_answered_alike()

    assert shop.api.get(f"{DCA}/deposits", status="pending")["total"] == 1
    fresh_server.wait_for(lambda: shop.balances()["ana"] == 200, "sats of the payoff")
    assert shop.remaining("ana") == "60.00"
    assert shop.api.get(f"{DCA}/payments", leg_type="settlement")["total"] == 1


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
