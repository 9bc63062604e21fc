"""A machine is set up on a wallet that was in use before: what came earlier counts if that is confirmed."""

from __future__ import annotations

from typing import Any

import pytest

from satmachineadmin.core.earlier import MOST_PAYMENTS
from satmachineadmin.core.errors import InvalidInput, PreviewOutdated, TooMuchEarlier, WalletInUse
from satmachineadmin.core.states import SettlementState
from satmachineadmin.usecases import earlier, machines
from satmachineadmin.usecases.earlier import add_machine_with_past, look_at_earlier

from .conftest import MakeRig
from .rig import MACHINE_WALLET, OPERATOR, Rig, machine_fields

pytestmark = pytest.mark.anyio
USED = "used before"


@pytest.fixture(autouse=True)
def _wallets_are_the_operators(monkeypatch: pytest.MonkeyPatch) -> None:
    """LNbits' own tables are not here: whose a wallet is, is tested over HTTP."""

    class Known:
        def __init__(self, wallet_id: str) -> None:
            self.id = wallet_id

    async def own_wallet(_user_id: str, wallet_id: str) -> Known:
        return Known(wallet_id)

    async def pending_hashes(_wallet_id: str) -> list[str]:
        return []

    async def user_name(_user_id: str) -> str:
        return "olga"

    for module in (earlier, machines):
        monkeypatch.setattr(module, "own_wallet", own_wallet)
    monkeypatch.setattr(machines.accounts, "pending_hashes", pending_hashes)
    monkeypatch.setattr(machines.accounts, "user_name", user_name)


@pytest.fixture
async def used(make_rig: MakeRig) -> Rig:
    """A wallet that has seen a sale, another one an hour later, and a payment that nobody can explain."""
    rig = await make_rig()
    rig.host.add_wallet(USED, OPERATOR)
    receive(rig)
    rig.clock.advance(seconds=3600)
    receive(rig)
    rig.host.receive(USED, 77)
    rig.clock.advance(seconds=3600)
    return rig


def receive(rig: Rig, **stamp: Any) -> None:
    rig.host.receive(USED, 1100, extra=rig.stamp(**stamp))


def fields(**others: object) -> dict[str, object]:
    return {**machine_fields(USED), "name": "Corner", **others}


def now(rig: Rig) -> int:
    return int(rig.clock.now().timestamp())


async def look(rig: Rig, hours: int, **others: object) -> earlier.Earlier:
    return await look_at_earlier(rig.store, rig.host, OPERATOR, fields(**others), now(rig) - hours * 3600)


async def test_the_list_says_what_each_payment_becomes_and_that_is_what_it_becomes(used: Rig) -> None:
    """Nothing is written by looking; after the confirmation the books hold exactly what was foretold."""
    seen = await look(used, 3)
    assert [one.becomes for one in seen.foreseen] == ["pending", "pending", "rejected"]
    assert await used.rows("SELECT COUNT(*) AS n FROM satmachineadmin.dca_machines") == [{"n": 1}]

    await add_machine_with_past(used.store, used.host, OPERATOR, fields(), seen.scan_from, seen.confirmation)
    await used.work(3)
    rows = await used.rows(
        "SELECT payment_hash, state FROM satmachineadmin.dca_settlements WHERE wallet_id = :id", id=USED
    )
    landed = {row["payment_hash"]: row["state"] for row in rows}
    assert landed == {
        one.payment.payment_hash: SettlementState.PROCESSED if one.becomes == "pending" else one.becomes
        for one in seen.foreseen
    }


async def test_what_lies_before_the_chosen_instant_is_the_opening_balance(used: Rig) -> None:
    """A later instant lists less, and the sale before it never lands."""
    seen = await look(used, 1)
    assert [one.becomes for one in seen.foreseen] == ["pending", "rejected"]
    await add_machine_with_past(used.store, used.host, OPERATOR, fields(), seen.scan_from, seen.confirmation)
    await used.work(3)
    (count,) = await used.rows(
        "SELECT COUNT(*) AS n FROM satmachineadmin.dca_settlements WHERE wallet_id = :id", id=USED
    )
    assert count["n"] == 2


async def test_another_list_than_the_one_confirmed_adds_no_machine(used: Rig) -> None:
    """A payment that appears, other fields that change what becomes of one, another instant, no list."""
    seen = await look(used, 3)
    with pytest.raises(PreviewOutdated):
        await add(used, seen, seen.scan_from, reference_rate="50")
    with pytest.raises(PreviewOutdated):
        await add(used, seen, seen.scan_from + 3600)
    for nonsense in ("", "no", ".", "1.", f"{'9' * 12}.{seen.list_digest}", "٣.x"):
        with pytest.raises(InvalidInput):
            await add_machine_with_past(used.store, used.host, OPERATOR, fields(), seen.scan_from, nonsense)
    receive(used)
    with pytest.raises(PreviewOutdated):
        await add(used, seen, seen.scan_from)
    assert await used.rows("SELECT COUNT(*) AS n FROM satmachineadmin.dca_machines") == [{"n": 1}]


async def add(rig: Rig, seen: earlier.Earlier, scan_from: int, **others: object) -> None:
    await add_machine_with_past(rig.store, rig.host, OPERATOR, fields(**others), scan_from, seen.confirmation)


async def test_a_sale_that_arrives_after_the_list_is_a_sale_like_any_other(used: Rig) -> None:
    """The machine may go on selling while its operator reads."""
    seen = await look(used, 3)
    used.clock.advance(seconds=60)
    receive(used)
    await add(used, seen, seen.scan_from)
    await used.work(3)
    (count,) = await used.rows(
        "SELECT COUNT(*) AS n FROM satmachineadmin.dca_settlements WHERE wallet_id = :id", id=USED
    )
    assert count["n"] == 4


async def test_the_future_a_machines_wallet_and_too_long_a_list_are_refused(used: Rig) -> None:
    with pytest.raises(InvalidInput):
        await look(used, -1)
    with pytest.raises(WalletInUse):
        await look(used, 1, wallet_id=MACHINE_WALLET)
    for _number in range(MOST_PAYMENTS):
        receive(used)
    with pytest.raises(TooMuchEarlier):
        await look(used, 3)
