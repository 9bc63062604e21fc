"""From nothing to trading, to the next version, away and back: by LNbits' own extension manager."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.harness import OURS, Api, LnbitsServer, Wallet
from tests.harness.farm import ServerFarm
from tests.harness.releases import TEXTS, Manager, Releases, next_version, served
from tests.harness.shop import DCA, LP, Shop, check_conservation

from .conftest import PROBE

ADMIN, CLIENT = OURS
SALE = {"principal_sats": 1000, "commission_sats": 100, "fiat_amount": "200.00", "exchange_rate": "5"}
#: The sale that is being paid when the next version comes, to as many as there can be, a leg at a time.
LONG, SHARES = {**SALE, "commission_sats": 1000}, ("2",) * 50
NEXT = "99.0.0"


@pytest.fixture
def bare(farm: ServerFarm, database: str, tmp_path: Path) -> Iterator[LnbitsServer]:
    """An LNbits that has never heard of us."""
    with farm.running(tmp_path / "server", database, extensions={"probe": PROBE}) as server:
        yield server
    assert server.log_defects() == []


@pytest.fixture
def releases(tmp_path: Path) -> Iterator[Releases]:
    with served(tmp_path / "dist") as one:
        yield one


class Trade:
    """A shop with everything that it has sold."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.server = shop, shop.server
        self.sales: list[dict[str, Any]] = []
        self._receivers = [*shop.partners]

    def sell(self, sale: dict[str, Any] = SALE) -> None:
        self.shop.sell(**sale)
        self.sales.append(sale)

    def split_anew(self) -> None:
        """From now on few share the commission."""
        self.shop.split(("50", "30", "20"))
        self._receivers += self.shop.partners

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Somebody buys again and again meanwhile."""
        is_over = threading.Event()
        trouble: list[BaseException] = []

        def buy() -> None:
            try:
                while not is_over.is_set():
                    self.sell()
            except BaseException as error:  # noqa: BLE001 - told to the test
                trouble.append(error)

        thread = threading.Thread(target=buy)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()
        assert trouble == []

    def more(self, count: int) -> None:
        """Wait until that many more were sold."""
        enough = len(self.sales) + count
        self.server.wait_for(lambda: len(self.sales) >= enough, f"{count} more sales")

    def held(self) -> dict[str, int]:
        """Sats in the wallets of the shop, as LNbits' own view has them."""
        rows = self.server.sql("SELECT wallet_id, balance FROM balances")
        sats = {row["wallet_id"]: row["balance"] // 1000 for row in rows}

        def of(*wallets: Wallet) -> int:
            return sum(sats.get(wallet.id, 0) for wallet in wallets)

        return {
            "machine": of(self.shop.machine_wallet),
            "ana": of(self.shop.lps["ana"].wallet),
            "platform": of(self.shop.platform_wallet),
            "partners": of(*self._receivers),
        }

    def is_settled(self) -> bool:
        found = self.shop.api.get(f"{DCA}/settlements", state="processed", limit=1)
        return bool(found["total"] == len(self.sales))

    def check_paid(self) -> None:
        """Every sale is paid out, once: nobody has a sat more or less."""
        self.server.wait_for(self.is_settled, f"{len(self.sales)} settled sales", 60)
        principal, commission = (
            sum(sale[part] for sale in self.sales) for part in ("principal_sats", "commission_sats")
        )
        platform = commission * 3 // 10
        assert self.held() == {
            "machine": 0,
            "ana": principal,
            "platform": platform,
            "partners": commission - platform,
        }
        assert proof(self.shop) == (0, [])


def proof(shop: Shop) -> tuple[int, list[Any]]:
    """What differs between our books and LNbits' history of the machine's wallet."""
    checked = shop.api.post(f"{DCA}/machines/{shop.machine['id']}/check")
    return checked["difference_msat"], checked["matters"]


def tasks(server: LnbitsServer) -> list[str]:
    """What of ours runs in the server, sorted."""
    found: list[str] = server.api().get("/probe/api/v1/tasks")
    return sorted(name for name in found if name.startswith((ADMIN, f"ext_{ADMIN}")))


def version_of_texts(api: Api, extension_id: str) -> str:
    """The first line of a file that a page loads."""
    answer = api.raw("GET", f"/{extension_id}/{TEXTS}")
    assert answer.status_code == 200
    return answer.text.partition("\n")[0].removeprefix("// ")


def install_and_open(server: LnbitsServer, manager: Manager, version: str) -> Trade:
    """The LPs' extension first: without the other one it says what it lacks."""
    manager.install(CLIENT, version)
    server.enable_extension(server.super_user, CLIENT)
    refused = server.api(server.super_user).get(f"{LP}/preferences", expect=503)
    assert refused["code"] == "engine_missing"
    manager.install(ADMIN, version)
    server.enable_extension(server.super_user, ADMIN)
    manager.enable_for_all()
    trade = Trade(Shop.open(server, shares=SHARES, cash={"ana": "40000.00"}))
    assert trade.shop.api.get(f"{DCA}/status")["version"] == version
    return trade


def upgrade_in_the_middle(trade: Trade, manager: Manager) -> None:
    """The version before pays a sale a leg at a time; the next one goes on where it stopped."""
    platform = trade.server.api(trade.server.super_user)
    platform.put(f"{DCA}/super-config", {"fast_way_allowed": False})
    trade.sell(LONG)
    legs_paid = "SELECT count(*) AS n FROM satmachineadmin.dca_payments WHERE state = 'completed'"
    trade.server.wait_for(lambda: trade.server.sql(legs_paid)[0]["n"], "leg of the long sale")
    trade.split_anew()
    platform.put(f"{DCA}/super-config", {"fast_way_allowed": True})
    with trade.going_on():
        assert 0 < trade.server.sql(legs_paid)[0]["n"] < len(SHARES)
        for extension_id in OURS:
            manager.install(extension_id, NEXT)
        trade.more(3)
    trade.check_paid()
    taken_over = (
        "SELECT count(*) AS n FROM satmachineadmin.audit_events WHERE event = 'settlement.taken_over'"
    )
    assert trade.server.sql(taken_over) == [{"n": 1}]
    settlements = trade.shop.api.get(f"{DCA}/settlements", limit=100)["data"]
    for row in settlements:
        check_conservation(trade.shop.api.get(f"{DCA}/settlements/{row['id']}"))
    assert trade.shop.api.get(f"{DCA}/status")["version"] == NEXT
    assert {version_of_texts(trade.shop.api, extension_id) for extension_id in OURS} == {NEXT}
    assert trade.server.sql("SELECT * FROM satmachineadmin.of_the_next_version") == []


def fail_to_upgrade(trade: Trade, manager: Manager, releases: Releases) -> None:
    """LNbits removes the files of an extension whose archive it cannot fetch: what is loaded pays on.

    Its next start fetches what was installed.
    """
    trade.server.expected_defects += ["HTTP Error 404", "Cannot fetch extension archive file"]
    # It runs the steps of the schema before it looks whether the files are there.
    trade.server.expected_defects += [f"No module named '{ADMIN}'", f"Cannot import module .* '{ADMIN}'"]
    with releases.unreachable():
        manager.install(ADMIN, NEXT, expect=400)
    assert not (trade.server.folder / "extensions" / ADMIN).exists()
    trade.sell()
    trade.check_paid()
    trade.server.restart()
    assert trade.shop.api.get(f"{DCA}/status")["version"] == NEXT


def uninstall_and_install(trade: Trade, manager: Manager) -> None:
    """Also when the extension that the other one needs goes first."""
    ana = trade.server.api(trade.shop.lps["ana"])
    with trade.going_on():
        manager.uninstall(ADMIN)
        assert tasks(trade.server) == []
        lease = trade.server.sql("SELECT holder, expires_at FROM satmachineadmin.runner_lease")
        assert lease == [{"holder": "", "expires_at": 0}]
        assert ana.get(f"{LP}/preferences", expect=503)["code"] == "engine_missing"
        trade.more(3)
        manager.uninstall(CLIENT)
        ana.get(f"{LP}/preferences", expect=404)
    manager.install_all(NEXT)
    trade.check_paid()
    assert ana.get(f"{LP}/preferences")["onboarded"]


def delete_data_and_install(trade: Trade, manager: Manager, version: str) -> None:
    """Nothing of before is paid again, nor what was sold in between: those sats are the wallet's own."""
    manager.uninstall_all()
    trade.sell()
    # The other one has none, which LNbits answers with an error.
    manager.delete_data(ADMIN)
    held = trade.held()
    manager.install_all(version)
    shop = trade.shop
    assert shop.api.get(f"{DCA}/status")["version"] == version
    assert shop.api.get(f"{DCA}/machines")["total"] == 0
    anew = Shop.open(trade.server, cash={"ben": "400.00"})
    assert anew.settled(anew.sell(**SALE))["state"] == "processed"
    machine = {"name": "Plaza", "wallet_id": shop.machine_wallet.id, "currency": "EUR", "reference_rate": "5"}
    shop.machine = shop.api.post(f"{DCA}/machines", machine)
    assert proof(shop) == (0, [])
    settlement = shop.settled(shop.sell(**SALE))
    reasons = {leg["leg_type"]: leg["reason"] for leg in settlement["legs"] if leg["state"] == "skipped"}
    assert reasons == {"dca": "no_lp", "operator_split": "no_split_rules"}
    assert shop.api.get(f"{DCA}/settlements")["total"] == 1
    after = trade.held()
    # Both new sales pay the platform; the rest of the second has nobody to go to yet.
    assert after == {**held, "machine": held["machine"] + 1070, "platform": held["platform"] + 60}
    assert proof(shop) == (0, [])


def test_installed_upgraded_in_the_middle_of_a_payout_removed_and_installed_again(
    bare: LnbitsServer, releases: Releases, tmp_path: Path
) -> None:
    """Its data stay with LNbits until somebody deletes them; then nothing of before is paid again."""
    version = releases.add()
    assert releases.add(next_version(tmp_path / "next", NEXT)) == NEXT
    manager = Manager(bare, releases)
    trade = install_and_open(bare, manager, version)
    one_set = tasks(bare)
    assert one_set

    upgrade_in_the_middle(trade, manager)
    assert tasks(bare) == one_set
    fail_to_upgrade(trade, manager, releases)
    assert tasks(bare) == one_set
    uninstall_and_install(trade, manager)
    assert tasks(bare) == one_set
    delete_data_and_install(trade, manager, version)
    assert tasks(bare) == one_set
