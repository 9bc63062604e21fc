"""Enrolments: invited by a link that works once, or by name; paused, ended, taken up again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from satmachineadmin.core.errors import (
    AlreadyExists,
    ArrowNotAllowed,
    CashLeft,
    InvalidInput,
    InvitationClosed,
    InvitationNotYours,
    LpNotOnboarded,
    NotFound,
    UnknownUser,
)
from satmachineadmin.core.states import CashEntryKind, EnrolmentStatus
from satmachineadmin.host import accounts
from satmachineadmin.store.invitations import new_token
from satmachineadmin.usecases import cash
from satmachineadmin.usecases.enrolments import (
    accept_enrolment,
    accept_invitation,
    change_enrolment,
    invite_lp,
    look_at_invitation,
    renew_invitation,
)

from .conftest import MakeRig
from .rig import OPERATOR, Rig

pytestmark = pytest.mark.anyio
ACTIVE, PAUSED, ENDED = EnrolmentStatus.ACTIVE, EnrolmentStatus.PAUSED, EnrolmentStatus.ENDED


@pytest.fixture(autouse=True)
def known_people(monkeypatch: pytest.MonkeyPatch) -> None:
    async def find_user_id(username: str) -> str | None:
        return username if username != "nobody" else None

    monkeypatch.setattr(accounts, "find_user_id", find_user_id)


async def has_wallet(rig: Rig, name: str) -> None:
    async with rig.store.transaction("lp", actor=name) as books:
        wallet = rig.host.add_wallet(f"{name}'s wallet", name)
        await books.lps.choose_preferences(name, {"dca_wallet_id": wallet, "default_dca_mode": "flow"})


@dataclass(frozen=True, kw_only=True)
class Invited:
    """An enrolment and the secret of its link."""

    enrolment_id: str
    token: str


async def invite(rig: Rig, username: str | None, shown_as: str | None, operator: str = OPERATOR) -> Invited:
    token = new_token()
    enrolment_id = await invite_lp(rig.store, operator, rig.machine_id, username, shown_as, token)
    return Invited(enrolment_id=enrolment_id, token=token)


async def by_link(rig: Rig) -> Invited:
    return await invite(rig, None, "Ana from the bakery")


async def renew(rig: Rig, enrolment_id: str) -> Invited:
    token = new_token()
    await renew_invitation(rig.store, OPERATOR, enrolment_id, token)
    return Invited(enrolment_id=enrolment_id, token=token)


async def change(rig: Rig, enrolment_id: str, status: EnrolmentStatus) -> None:
    await change_enrolment(rig.store, OPERATOR, enrolment_id, username=None, status=status)


async def enrolment(rig: Rig, enrolment_id: str) -> dict[str, object]:
    (row,) = await rig.rows("SELECT * FROM satmachineadmin.dca_clients WHERE id = :id", id=enrolment_id)
    return row


async def test_whoever_opens_the_link_first_becomes_the_lp(make_rig: MakeRig) -> None:
    rig = await make_rig()
    invited = await by_link(rig)
    await has_wallet(rig, "ana")
    await has_wallet(rig, "eve")

    offered = await look_at_invitation(rig.store, "ana", invited.token)
    assert offered["id"] == await accept_invitation(rig.store, "ana", invited.token)

    row = await enrolment(rig, invited.enrolment_id)
    assert (row["user_id"], row["status"], row["username"]) == ("ana", "active", "Ana from the bakery")
    with pytest.raises(InvitationClosed):
        await accept_invitation(rig.store, "ana", invited.token)
    with pytest.raises(InvitationNotYours):
        await accept_invitation(rig.store, "eve", invited.token)


async def test_two_who_open_one_link_at_once_are_one_lp(make_rig: MakeRig) -> None:
    rig = await make_rig()
    invited = await by_link(rig)
    for name in ("ana", "eve"):
        await has_wallet(rig, name)
    done = await asyncio.gather(
        *(accept_invitation(rig.store, name, invited.token) for name in ("ana", "eve")),
        return_exceptions=True,
    )
    assert [isinstance(one, InvitationNotYours) for one in done].count(True) == 1


async def test_a_link_is_good_for_seven_days(make_rig: MakeRig) -> None:
    rig = await make_rig()
    invited = await by_link(rig)
    await has_wallet(rig, "ana")
    rig.clock.advance(days=7, seconds=-1)
    await look_at_invitation(rig.store, "ana", invited.token)
    rig.clock.advance(seconds=1)
    with pytest.raises(InvitationClosed) as refusal:
        await accept_invitation(rig.store, "ana", invited.token)
    assert refusal.value.fields["state"] == "expired"


async def test_a_new_link_replaces_the_one_before(make_rig: MakeRig) -> None:
    rig = await make_rig()
    first = await by_link(rig)
    second = await renew(rig, first.enrolment_id)
    await has_wallet(rig, "ana")
    with pytest.raises(InvitationClosed) as refusal:
        await accept_invitation(rig.store, "ana", first.token)
    assert refusal.value.fields["state"] == "replaced"
    await accept_invitation(rig.store, "ana", second.token)
    with pytest.raises(ArrowNotAllowed):
        await renew(rig, first.enrolment_id)


async def test_a_link_that_was_taken_back_is_of_no_use_until_the_lp_is_invited_again(
    make_rig: MakeRig,
) -> None:
    rig = await make_rig()
    invited = await by_link(rig)
    await has_wallet(rig, "ana")
    await change(rig, invited.enrolment_id, ENDED)
    with pytest.raises(InvitationClosed) as refusal:
        await accept_invitation(rig.store, "ana", invited.token)
    assert refusal.value.fields["state"] == "revoked"
    with pytest.raises(ArrowNotAllowed):
        await change(rig, invited.enrolment_id, ACTIVE)
    again = await renew(rig, invited.enrolment_id)
    await accept_invitation(rig.store, "ana", again.token)


async def test_of_a_link_only_a_hash_is_kept(make_rig: MakeRig) -> None:
    rig = await make_rig()
    invited = await by_link(rig)
    tables = await rig.rows("SELECT name FROM satmachineadmin.sqlite_master WHERE type = 'table'")
    assert len(tables) > 20
    for table in tables:
        rows = await rig.rows(f"SELECT * FROM satmachineadmin.{table['name']}")
        assert invited.token not in repr(rows), table["name"]


async def test_a_link_made_by_name_is_for_that_user_alone(make_rig: MakeRig) -> None:
    rig = await make_rig()
    invited = await invite(rig, "ana", None)
    for name in ("ana", "eve"):
        await has_wallet(rig, name)
    with pytest.raises(InvitationNotYours):
        await look_at_invitation(rig.store, "eve", invited.token)
    await accept_enrolment(rig.store, "ana", invited.enrolment_id)
    with pytest.raises(InvitationClosed):
        await look_at_invitation(rig.store, "ana", invited.token)


async def test_nobody_is_an_lp_of_a_machine_twice(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 1})
    with pytest.raises(AlreadyExists):
        await accept_invitation(rig.store, "ana", (await by_link(rig)).token)
    with pytest.raises(AlreadyExists):
        await invite(rig, "ana", None)


async def test_an_lp_accepts_once_it_has_chosen_where_its_sats_arrive(make_rig: MakeRig) -> None:
    rig = await make_rig()
    invited = await by_link(rig)
    with pytest.raises(InvalidInput):
        await accept_invitation(rig.store, "ana", invited.token)
    with pytest.raises(LpNotOnboarded):
        await cash.record_cash(
            rig.store, OPERATOR, enrolment_id=invited.enrolment_id, amount="5", kind=CashEntryKind.OPENING,
            cash_date=None, notes="",
        )  # fmt: skip


@pytest.mark.parametrize("token", ["", "x", "é" * 32, "A" * 32, "A" * 31 + "\n"])
async def test_a_link_that_nobody_made_is_not_there(make_rig: MakeRig, token: str) -> None:
    rig = await make_rig()
    with pytest.raises(NotFound):
        await look_at_invitation(rig.store, "ana", token)


async def test_an_invitation_names_a_user_that_is_there_or_says_what_it_is_called(make_rig: MakeRig) -> None:
    rig = await make_rig()
    with pytest.raises(UnknownUser):
        await invite(rig, "nobody", "Nobody")
    with pytest.raises(InvalidInput):
        await invite(rig, None, None)
    with pytest.raises(NotFound):
        await invite(rig, None, "Ana", "otto")


@pytest.mark.parametrize("kind", [CashEntryKind.DEPOSIT, CashEntryKind.CASH_RETURNED])
async def test_an_enrolment_ends_when_no_cash_is_left_and_none_waits(
    make_rig: MakeRig, kind: CashEntryKind
) -> None:
    rig = await make_rig(cash={"ana": 10_00})
    ana = rig.enrolments["ana"]
    entry = await cash.record_cash(
        rig.store, OPERATOR, enrolment_id=ana, amount="10", kind=kind, cash_date=None, notes=""
    )
    with pytest.raises(CashLeft):
        await change(rig, ana, ENDED)
    await cash.confirm_cash(rig.store, OPERATOR, entry)
    if kind is CashEntryKind.DEPOSIT:
        with pytest.raises(CashLeft) as refusal:
            await change(rig, ana, ENDED)
        assert refusal.value.fields["left"] == "20.00"
        return
    await change(rig, ana, ENDED)
    await change(rig, ana, ACTIVE)
    assert (await enrolment(rig, ana))["status"] == "active"


async def test_a_paused_lp_takes_part_in_no_sale_until_it_goes_on(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 100_00})
    await change(rig, rig.enrolments["ana"], PAUSED)
    rig.sell(fiat="20.00", principal_sats=100)
    await rig.work()
    assert (await rig.cash_of("ana"))["paid"] == 0
    await change(rig, rig.enrolments["ana"], ACTIVE)
    rig.sell(fiat="20.00", principal_sats=100)
    await rig.work()
    assert (await rig.cash_of("ana"))["paid"] == 20_00


async def test_no_operator_makes_somebody_an_lp_by_itself(make_rig: MakeRig) -> None:
    rig = await make_rig()
    invited = await by_link(rig)
    for status in (ACTIVE, PAUSED):
        with pytest.raises(ArrowNotAllowed):
            await change(rig, invited.enrolment_id, status)
