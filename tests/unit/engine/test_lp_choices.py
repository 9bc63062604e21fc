"""A new address to pass sats on to waits for a day or for the LP's password; every change is in a history."""

from __future__ import annotations

import json
from typing import Any

import pytest

from satmachineadmin.core.errors import (
    InvalidInput,
    NoAddressWaits,
    NoInvitationAccepted,
    NoPassword,
    StateMoved,
    TooManyTries,
    WrongPassword,
)
from satmachineadmin.host import accounts
from satmachineadmin.usecases.preferences import choose_preferences, confirm_address
from tests.fakes.lightning import Ending

from .conftest import MakeRig
from .outside import RESERVE
from .rig import Rig

pytestmark = pytest.mark.anyio
OLD, NEW = "ana@home.example", "ana@elsewhere.example"
PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def known_password(monkeypatch: pytest.MonkeyPatch) -> None:
    async def has_password(user_id: str) -> bool:
        return user_id != "ben"

    async def is_password(_user_id: str, password: str) -> bool:
        return password == PASSWORD

    monkeypatch.setattr(accounts, "has_password", has_password)
    monkeypatch.setattr(accounts, "is_password", is_password)


async def with_cash(make_rig: MakeRig) -> Rig:
    rig = await make_rig(cash={"ana": 100_000_00, "ben": 0}, shares_ppm=())
    rig.host.limits = RESERVE
    for address in (OLD, NEW):
        rig.host.lightning.add_target(address)
    return rig


async def choose(rig: Rig, name: str = "ana", **choices: object) -> int | None:
    return await choose_preferences(rig.store, name, choices)


async def preferences(rig: Rig, name: str = "ana") -> dict[str, Any]:
    (row,) = await rig.rows("SELECT * FROM satmachineadmin.dca_lp WHERE user_id = :name", name=name)
    return row


async def confirm(rig: Rig, name: str = "ana", password: str = PASSWORD) -> None:
    """The address that waits, as the LP sees it."""
    waits = (await preferences(rig, name))["autoforward_next_address"]
    await confirm_address(rig.store, name, waits or NEW, password)


async def receive(rig: Rig, sats: int = 1000) -> None:
    rig.clock.advance(seconds=1)
    rig.sell(principal_sats=sats, commission_sats=0, fiat=f"{sats // 5}.00", rate="5")
    await rig.work(2)
    await rig.work_outside()


def got(rig: Rig, address: str) -> int:
    """How often an address was asked for an invoice."""
    return len(rig.host.lightning.targets[address].asked_msat)


async def in_use(make_rig: MakeRig, address: str = OLD) -> Rig:
    rig = await with_cash(make_rig)
    await choose(rig, autoforward_ln_address=address, autoforward_enabled=True)
    await confirm(rig)
    return rig


async def test_a_first_address_waits_and_what_arrives_meanwhile_stays(make_rig: MakeRig) -> None:
    rig = await with_cash(make_rig)
    used_from = await choose(rig, autoforward_ln_address=OLD, autoforward_enabled=True)
    assert used_from == int(rig.clock.now().timestamp()) + 24 * 3600
    await receive(rig)
    rig.clock.advance(hours=23, minutes=59)
    await receive(rig)
    assert got(rig, OLD) == 0

    rig.clock.advance(minutes=1)
    await rig.work()
    row = await preferences(rig)
    assert (row["autoforward_ln_address"], row["autoforward_next_address"]) == (OLD, None)
    await receive(rig, 500)
    assert got(rig, OLD) == 1
    assert rig.host.balance_sats("ana's wallet") == 2000 + 5, "what arrived before, and the unused reserve"


async def test_sats_go_to_the_old_address_until_the_new_one_is_in_use(make_rig: MakeRig) -> None:
    rig = await in_use(make_rig)
    await choose(rig, autoforward_ln_address=NEW)
    await receive(rig)
    assert (got(rig, OLD), got(rig, NEW)) == (1, 0)

    await confirm(rig)
    await receive(rig)
    assert (got(rig, OLD), got(rig, NEW)) == (1, 1)


async def test_choosing_the_waiting_address_again_does_not_begin_anew(make_rig: MakeRig) -> None:
    rig = await with_cash(make_rig)
    await choose(rig, autoforward_ln_address=OLD, autoforward_enabled=True)
    rig.clock.advance(hours=20)
    assert await choose(rig, autoforward_ln_address=OLD, autoforward_min_sats=5) is None
    rig.clock.advance(hours=4)
    await rig.work()
    assert (await preferences(rig))["autoforward_ln_address"] == OLD


async def test_another_new_address_waits_for_a_day_of_its_own(make_rig: MakeRig) -> None:
    rig = await in_use(make_rig)
    await choose(rig, autoforward_ln_address=NEW)
    rig.clock.advance(hours=20)
    await choose(rig, autoforward_ln_address="ana@third.example")
    rig.clock.advance(hours=5)
    await rig.work()
    assert (await preferences(rig))["autoforward_ln_address"] == OLD


async def test_a_new_address_is_taken_back(make_rig: MakeRig) -> None:
    rig = await in_use(make_rig)
    await choose(rig, autoforward_ln_address=NEW)
    await choose(rig, autoforward_ln_address=OLD)
    with pytest.raises(NoAddressWaits):
        await confirm(rig)
    rig.clock.advance(days=2)
    await receive(rig)
    assert (got(rig, OLD), got(rig, NEW)) == (1, 0)

    await choose(rig, autoforward_ln_address=NEW, autoforward_enabled=False)
    await choose(rig, autoforward_ln_address=None)
    row = await preferences(rig)
    assert (row["autoforward_next_address"], row["autoforward_next_at"]) == (None, None)


async def test_an_address_that_was_removed_waits_like_a_new_one(make_rig: MakeRig) -> None:
    """Whoever has stolen a login gains nothing by removing it first."""
    rig = await in_use(make_rig)
    await choose(rig, autoforward_ln_address=None, autoforward_enabled=False)
    await choose(rig, autoforward_ln_address=OLD, autoforward_enabled=True)
    await receive(rig)
    assert got(rig, OLD) == 0


async def test_what_fails_after_its_address_was_removed_is_not_tried_again(make_rig: MakeRig) -> None:
    """It was being paid when the LP removed the address and chose another one, which waits."""
    rig = await in_use(make_rig)
    rig.host.lightning.endings.append(Ending.PENDING)
    await receive(rig)
    await choose(rig, autoforward_ln_address=None, autoforward_enabled=False)
    await choose(rig, autoforward_ln_address=NEW, autoforward_enabled=True)

    rig.host.lightning.decide("failed")
    for _ in range(5):
        rig.clock.advance(minutes=10)
        await rig.work()
        await rig.work_outside()

    legs = [leg for leg in await rig.legs() if leg["leg_type"] == "autoforward"]
    assert {leg["state"] for leg in legs} == {"voided"}
    assert rig.host.balance_sats("ana's wallet") == 1000


async def test_a_wrong_password_changes_nothing_and_five_close_the_door_for_an_hour(
    make_rig: MakeRig,
) -> None:
    rig = await in_use(make_rig)
    await choose(rig, autoforward_ln_address=NEW)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongPassword) as refused:
            await confirm(rig, password="guess")
        assert refused.value.fields["left"] == left
    with pytest.raises(TooManyTries):
        await confirm(rig)
    assert (await preferences(rig))["autoforward_ln_address"] == OLD

    rig.clock.advance(hours=1)
    await confirm(rig)
    assert (await preferences(rig))["autoforward_ln_address"] == NEW


async def test_a_right_password_forgets_the_wrong_ones(make_rig: MakeRig) -> None:
    rig = await in_use(make_rig)
    for number in range(3):
        await choose(rig, autoforward_ln_address=f"ana@number{number}.example")
        for _ in range(4):
            with pytest.raises(WrongPassword):
                await confirm(rig, password="guess")
        await confirm(rig)


async def test_an_address_that_took_the_place_of_the_one_seen_is_not_confirmed(make_rig: MakeRig) -> None:
    """Whoever stole the login puts its own there just before the LP's password arrives."""
    rig = await in_use(make_rig)
    await choose(rig, autoforward_ln_address=NEW)
    await choose(rig, autoforward_ln_address="thief@elsewhere.example")
    with pytest.raises(StateMoved):
        await confirm_address(rig.store, "ana", NEW, PASSWORD)
    row = await preferences(rig)
    assert (row["autoforward_ln_address"], row["password_failures"]) == (OLD, 0)


async def test_who_has_no_password_waits(make_rig: MakeRig) -> None:
    rig = await with_cash(make_rig)
    await choose(rig, "ben", autoforward_ln_address=NEW, autoforward_enabled=True)
    with pytest.raises(NoPassword):
        await confirm(rig, "ben")


async def test_nobody_chooses_before_an_invitation_is_accepted(make_rig: MakeRig) -> None:
    rig = await make_rig()
    with pytest.raises(NoInvitationAccepted):
        await choose(rig, "zoe", notifications="none")
    with pytest.raises(NoAddressWaits):
        await confirm_address(rig.store, "zoe", NEW, PASSWORD)


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ({"notifications": "always"}, "notifications"),
        ({"time_zone": None}, "time_zone"),
        ({"autoforward_enabled": True}, "autoforward_ln_address"),
        ({"autoforward_ln_address": "ana"}, "autoforward_ln_address"),
    ],
)
async def test_a_choice_that_is_none_is_refused(
    make_rig: MakeRig, choices: dict[str, Any], field: str
) -> None:
    rig = await with_cash(make_rig)
    with pytest.raises(InvalidInput) as refused:
        await choose(rig, **choices)
    assert refused.value.fields["field"] == field


async def test_every_change_is_in_the_history_with_its_address_and_in_the_trail_without(
    make_rig: MakeRig,
) -> None:
    rig = await with_cash(make_rig)
    await choose(rig, autoforward_ln_address=OLD, autoforward_enabled=True)
    rig.clock.advance(days=1)
    await rig.work()
    rig.clock.advance(seconds=1)
    await choose(rig, autoforward_ln_address=NEW)
    rig.clock.advance(seconds=1)
    await confirm(rig)
    rig.clock.advance(seconds=1)
    limit = {"fixed_mode_daily_limit": "50.00", "fixed_mode_currency": "EUR"}
    await choose(rig, default_dca_mode="fixed", **limit)
    await choose(rig, default_dca_mode="fixed")

    async with rig.store.reading() as books:
        rows, total = await books.lps.changes("ana", limit=10, offset=0)
    told = [
        (row["how"], {one["field"]: (one["before"], one["after"]) for one in json.loads(row["changes"])})
        for row in rows
    ]
    address, waits = "autoforward_ln_address", "autoforward_next_address"
    assert total == len(told) == 6
    assert told[0] == (
        "chosen",
        {
            "default_dca_mode": ("flow", "fixed"),
            "fixed_mode_daily_limit": (None, 5000),
            "fixed_mode_currency": (None, "EUR"),
        },
    )
    assert told[1] == ("confirmed", {address: (OLD, NEW), waits: (NEW, None)})
    assert told[2] == ("chosen", {waits: (None, NEW)})
    assert told[3] == ("waited", {address: (None, OLD), waits: (OLD, None)})
    assert told[4] == ("chosen", {waits: (None, OLD), "autoforward_enabled": (0, True)})

    trail = await rig.rows("SELECT body FROM satmachineadmin.audit_events")
    assert not any(address in row["body"] for row in trail for address in (OLD, NEW))
