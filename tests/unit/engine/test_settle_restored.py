"""A payoff that LNbits made and restored books do not know: never paid again, and a person decides."""

from __future__ import annotations

from typing import Any

import pytest

from satmachineadmin.core.errors import ActionNotAllowed, NoSuchPayment, NotFound, StateMoved
from satmachineadmin.core.states import MatterKind, PayWay
from satmachineadmin.engine.reconcile import full_audit
from satmachineadmin.usecases.worklist import accept_matter, deny_matter

from .conftest import MakeRig
from .rig import OPERATOR, Rig
from .test_settle import PURSE, WAYS, make_funded, settle

pytestmark = pytest.mark.anyio
__all__ = ["make_funded"]


@pytest.mark.breaks_the_books("our tables are older than LNbits'")
@WAYS
async def test_older_books_never_pay_a_second_time(make_funded: MakeRig, way: PayWay) -> None:
    """The host holds a payment with this leg's mark: a person has to look."""
    rig = await make_funded(cash={"ana": 100_00}, way=way)
    await settle(rig)
    (leg,) = await rig.legs()
    rig.host.receive("ana's wallet", 500, payer_wallet_id=PURSE)
    rig.host.change(rig.host.rows[-1], external_id=leg["external_id"])
    await rig.work(3)

    assert [leg["state"] for leg in await rig.legs()] == ["unresolved"]
    assert rig.balances()["ana's wallet"] == 500
    assert "restored" in await rig.worklist()


async def restored(rig: Rig, *, sats: int = 500, payee: str = "ana's wallet", attempt: int = 1) -> str:
    """A payoff that LNbits paid and our older books do not know; the id of its matter."""
    await settle(rig)
    (leg,) = await rig.legs()
    mark = leg["external_id"].rpartition(":")[0]
    credit = rig.host.receive(payee, sats, payer_wallet_id=PURSE, external_id=f"{mark}:{attempt}")
    (debit,) = [row for row in rig.host.rows if row.payment_hash == credit.payment_hash and row != credit]
    rig.host.change(debit, external_id=credit.external_id)
    await rig.work(2)
    (matter,) = await rig.rows("SELECT * FROM satmachineadmin.worklist WHERE kind = 'restored'")
    return str(matter["id"])


@WAYS
async def test_a_restored_payoff_is_booked_by_the_payment_that_lnbits_holds(
    make_funded: MakeRig, way: PayWay
) -> None:
    """The copy was taken before it was tried a second time: LNbits' payment is of the second attempt."""
    rig = await make_funded(cash={"ana": 100_00}, way=way)
    matter_id = await restored(rig, attempt=2)
    before = rig.balances()

    await accept_matter(rig.store, rig.host, OPERATOR, matter_id, "it is in both wallets")
    await rig.work(2)

    assert rig.balances() == before
    assert await rig.cash_of("ana") == {"confirmed": 100_00, "paid": 100_00, "reserved": 0}
    (leg,) = await rig.legs()
    assert (leg["state"], leg["destination_wallet_id"]) == ("completed", "ana's wallet")
    assert await full_audit(rig.store, rig.host) == []
    with pytest.raises(StateMoved):
        await deny_matter(rig.store, OPERATOR, matter_id, "or was it not")


@pytest.mark.breaks_the_books("LNbits holds a payment with our mark that is not ours")
@pytest.mark.parametrize(
    "wrong", [{"sats": 1}, {"payee": "partner0"}, {"sats": 499}], ids=["a sat", "a partner", "a sat less"]
)
async def test_a_payment_that_is_not_the_payoff_is_never_taken_for_it(
    make_funded: MakeRig, wrong: dict[str, Any]
) -> None:
    """An operator who pays something else under the mark does not get rid of an LP's cash by it."""
    rig = await make_funded(cash={"ana": 100_00})
    matter_id = await restored(rig, **wrong)

    with pytest.raises(NoSuchPayment):
        await accept_matter(rig.store, rig.host, OPERATOR, matter_id, "paid, surely")

    assert await rig.cash_of("ana") == {"confirmed": 100_00, "paid": 0, "reserved": 100_00}
    assert "restored" in await rig.worklist()


@pytest.mark.breaks_the_books("our tables are older than LNbits'")
async def test_a_restored_payoff_that_was_not_paid_gives_the_cash_back(make_funded: MakeRig) -> None:
    """It is never paid under its old mark; what is left is paid off anew, and sold."""
    rig = await make_funded(cash={"ana": 100_00})
    matter_id = await restored(rig, payee="partner0")

    with pytest.raises(NotFound):
        await deny_matter(rig.store, "otto", matter_id, "not mine")
    await deny_matter(rig.store, OPERATOR, matter_id, "that was Partner's")

    assert [leg["state"] for leg in await rig.legs()] == ["voided"]
    assert await rig.cash_of("ana") == {"confirmed": 100_00, "paid": 0, "reserved": 0}
    assert await rig.worklist() == []
    await settle(rig)
    await rig.work(2)
    assert rig.balances()["ana's wallet"] == 500


async def test_only_a_restored_payoff_can_be_called_unpaid(make_funded: MakeRig) -> None:
    rig = await make_funded(cash={"ana": 100_00})
    async with rig.store.transaction("setup") as books:
        await books.worklist.open(
            MatterKind.LEGS_FAILED, "x", operator_user_id=OPERATOR, machine_id=rig.machine_id, detail="x"
        )
    (matter,) = await rig.rows("SELECT id FROM satmachineadmin.worklist")
    with pytest.raises(ActionNotAllowed):
        await deny_matter(rig.store, OPERATOR, str(matter["id"]), "no")
