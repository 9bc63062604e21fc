"""What the docs tell to type, as it stands there, in a clone of this checkout: simulator and packages."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator

import httpx
import pytest

from tests.harness.commands import blocks
from tests.harness.farm import SQLITE, ServerFarm
from tests.harness.newcomer import ADDRESS, Newcomer
from tests.harness.shop import DCA, Shop
from tests.house.tree import files, name

PAGE = "simulator.md"


@pytest.fixture(scope="module")
def shop(farm: ServerFarm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with farm.running(tmp_path_factory.mktemp("simulator"), SQLITE) as server:
        yield Shop.open(
            server, cash={"ana": "4000.00"}, customer_sats=9_000_000, reference_rate="1500.375093"
        )
    assert server.log_defects() == []


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Newcomer:
    """Somebody who has cloned the repository, and is in it."""
    somebody = Newcomer(tmp_path_factory.mktemp("newcomer"))
    somebody.publish({name(path): path for path in files()})
    somebody.does(f"git clone -q {ADDRESS}")
    somebody.folder /= "satoshi-machine"
    return somebody


def block(called: str, changes: dict[str, str]) -> str:
    """A block, with the reader's own things where the page has examples."""
    text = blocks(PAGE)[called]
    for example, own in changes.items():
        assert example in text, f"{called}: {example}"
        text = text.replace(example, own)
    return text


def pairing(shop: Shop, called: str) -> str:
    """The address that a new machine's page shows."""
    wallet = shop.server.create_wallet(shop.operator, called)
    shop.server.top_up(wallet, 1_000_000)
    machine = {"name": called, "wallet_id": wallet.id, "currency": "EUR", "reference_rate": "1500.375093"}
    made = shop.api.post(f"{DCA}/machines", machine)
    return str(shop.api.post(f"{DCA}/machines/{made['id']}/pairing")["url"])


def test_a_screen_is_started_with_the_address_of_a_pairing(shop: Shop, newcomer: Newcomer) -> None:
    example = "https://lnbits.example/satmachineadmin/api/v1/machine/pair#7K3M-…"
    shell = newcomer.types(block("the screen", {example: pairing(shop, "Screen")}))
    assert shell.stdout is not None
    said = next(line for line in shell.stdout if "the screen is at" in line)
    address = re.findall(r"http://\S+", said)[0]
    assert "bitSpire" in httpx.get(address, timeout=30).text
    newcomer.interrupt(shell)
    assert "stopped" in shell.communicate(timeout=60)[0]


def test_a_fleet_lives_its_day_without_what_must_never_happen(shop: Shop, newcomer: Newcomer) -> None:
    """Two machines and a short day stand for twelve and a minute."""
    codes = newcomer.folder / "codes.txt"
    codes.write_text("".join(f"{pairing(shop, f'Fleet {number}')}\n" for number in (1, 2)))
    own = {"=... ": f"={shop.customer.adminkey} ", "machines 12": "machines 2", "seconds 60": "seconds 5"}
    output = newcomer.does(block("the fleet", own))
    assert "nothing happened that must not happen" in output


def test_a_machine_without_a_key_of_its_own_sells_by_the_wallets_invoice_key(
    shop: Shop, newcomer: Newcomer
) -> None:
    own = {
        "INVOICE_KEY=... ": f"INVOICE_KEY={shop.machine_wallet.inkey} ",
        "CUSTOMER_KEY=... ": f"CUSTOMER_KEY={shop.customer.adminkey} ",
        "http://127.0.0.1:5000": shop.server.url,
        "--sales 5": "--sales 2 --pace 0",
    }
    output = newcomer.does(block("by LNbits' own API", own))
    assert output.count("cash out ") == 2
    shop.server.wait_for(lambda: shop.api.get(f"{DCA}/settlements", state="processed")["total"] >= 2, "sales")


def test_the_readmes_packages_are_made_for_the_address_that_it_names(newcomer: Newcomer) -> None:
    """tests/integration/test_install.py installs such packages from such a manifest."""
    readme = (newcomer.folder / "README.md").read_text()
    line = re.findall(r"`(make zips BASE=\S+)`", readme)[0]
    newcomer.does(line)
    base = shlex.split(line)[-1].removeprefix("BASE=")
    made = newcomer.folder / "dist"
    entries = json.loads((made / "manifest.json").read_text())["extensions"]
    for entry in entries:
        assert f"**{entry['name']}**" in readme
        assert entry["archive"].startswith(f"{base}/")
        assert (made / entry["archive"].removeprefix(f"{base}/")).stat().st_size > 0
    assert [entry["id"] for entry in entries] == ["satmachineadmin", "satmachineclient"]


def test_every_command_says_what_it_can_do(newcomer: Newcomer) -> None:
    """The targets that take ARGS; `make bench ARGS=--help` is in the docs' and in make's own words."""
    for target in ("simulate", "screen", "bench", "demo", "zips"):
        assert "usage:" in newcomer.does(f"make {target} ARGS=--help"), target
