"""What a target outside may not do: nothing it says is believed (DESIGN §7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from satmachineadmin.core.outside import Invoice, OutsideCode
from satmachineadmin.ports.lightning import TargetRefused

from .conftest import MakeRig
from .outside import ELLA, ella_leg, sold, state
from .rig import MACHINE_WALLET

pytestmark = pytest.mark.anyio


def changed(**fields: object) -> Any:
    return lambda invoice: replace(invoice, **fields)


def more(msat: int) -> Any:
    return lambda invoice: replace(invoice, amount_msat=invoice.amount_msat + msat)


def expiring(seconds: int) -> Any:
    return lambda invoice: replace(invoice, expires_at=invoice.expires_at - 3600 + seconds)


TWISTS = {
    "one msat more": (more(1), OutsideCode.INVOICE_AMOUNT),
    "one msat less": (more(-1), OutsideCode.INVOICE_AMOUNT),
    "no amount": (changed(amount_msat=None), OutsideCode.INVOICE_AMOUNT),
    "expired": (expiring(-1), OutsideCode.INVOICE_EXPIRED),
    "expires in a moment": (expiring(59), OutsideCode.INVOICE_EXPIRED),
    "another network": (changed(network="tb"), OutsideCode.INVOICE_NETWORK),
    "another text": (changed(description_hash="00" * 32), OutsideCode.INVOICE_DESCRIPTION),
}


@pytest.mark.parametrize("name", TWISTS)
async def test_a_false_invoice_is_never_paid(make_rig: MakeRig, name: str) -> None:
    twist, code = TWISTS[name]
    rig = await sold(make_rig)
    rig.host.lightning.targets[ELLA].twist = twist

    await rig.work_outside()

    first = next(leg for leg in await rig.legs() if leg["target"] == ELLA)
    assert first["error_code"] == code
    assert first["state"] in ("failed", "voided")
    assert rig.host.lightning.handed_over == []


@pytest.mark.parametrize("name", ["good for a minute", "plain description"])
async def test_an_honest_invoice_is_paid(make_rig: MakeRig, name: str) -> None:
    """LUD-06 asks for no description hash any more; many services send none."""
    rig = await sold(make_rig)
    rig.host.lightning.targets[ELLA].twist = {
        "good for a minute": expiring(60),
        "plain description": changed(description_hash=None),
    }[name]

    await rig.work_outside()

    assert await state(rig) == "processed"


async def test_an_invoice_of_a_machine_is_refused(make_rig: MakeRig) -> None:
    """Nobody sees from a Lightning address whose it is: so it is looked at when the invoice is there."""
    rig = await sold(make_rig)
    rig.host.lightning.add_target(ELLA, wallet_id=MACHINE_WALLET)

    await rig.work_outside()

    assert (await ella_leg(rig))["error_code"] == "invoice_ours"
    assert rig.host.lightning.handed_over == []


async def test_one_invoice_for_two_legs_is_paid_once(make_rig: MakeRig) -> None:
    rig = await sold(make_rig, outside=(ELLA, "eve@example.com"))
    kept: list[Invoice] = []

    def same(invoice: Invoice) -> Invoice:
        kept.append(invoice)
        return replace(kept[0], amount_msat=invoice.amount_msat)

    for target in rig.host.lightning.targets.values():
        target.twist = same

    await rig.work_outside()

    states = {leg["target"]: (leg["state"], leg["error_code"]) for leg in await rig.legs() if leg["target"]}
    assert states[ELLA] == ("completed", None)
    assert states["eve@example.com"] == ("failed", "invoice_used")
    assert len(rig.host.lightning.handed_over) == 1


async def test_an_invoice_that_somebody_paid_before_is_refused(make_rig: MakeRig) -> None:
    """Else our look-up by hash would find a payment that is not ours."""
    rig = await sold(make_rig)
    spent = rig.host.receive("partner1", 5, payer_wallet_id=MACHINE_WALLET)
    rig.host.lightning.targets[ELLA].twist = changed(payment_hash=spent.payment_hash)

    await rig.work_outside()

    assert (await ella_leg(rig))["error_code"] == "invoice_used"


async def test_a_target_that_says_no_is_asked_again_later(make_rig: MakeRig) -> None:
    rig = await sold(make_rig)
    target = rig.host.lightning.targets[ELLA]
    target.refuses = TargetRefused(OutsideCode.TARGET_REFUSED, "The target says: not today")

    await rig.work_outside()
    assert "not today" in (await ella_leg(rig))["error_message"]
    target.refuses = None
    rig.clock.advance(seconds=30)
    await rig.work_outside()

    assert await state(rig) == "processed"


async def test_a_target_that_never_answers_costs_a_bounded_time(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("satmachineadmin.engine.write_down.CONVERSATION_SECONDS", 0.05)
    rig = await sold(make_rig, outside=(ELLA, "eve@example.com"))
    rig.host.lightning.targets[ELLA].is_silent = True

    await rig.work_outside()

    assert (await ella_leg(rig))["error_code"] == "target_silent"
    others = [leg["state"] for leg in await rig.legs() if leg["target"] == "eve@example.com"]
    assert others == ["completed"], "one bad target holds up no other"


async def test_a_target_that_does_not_answer_is_not_asked_for_every_leg(
    make_rig: MakeRig,
) -> None:
    """Else a dead target with many sales would take all the time that payments outside have."""
    rig = await sold(make_rig)
    for _ in range(4):
        rig.sell(principal_sats=1000, commission_sats=10_000)
    await rig.work()
    rig.host.lightning.targets[ELLA].refuses = TargetRefused(OutsideCode.TARGET_SILENT, "no answer")

    assert await rig.work_outside() == 1, "one of the five legs asked"
    rig.clock.advance(seconds=29)
    assert await rig.work_outside() == 0
    rig.host.lightning.targets[ELLA].refuses = None
    rig.clock.advance(seconds=1)
    await rig.work_outside()

    assert {row["state"] for row in await rig.settlements()} == {"processed"}


async def test_more_than_a_target_takes_at_once_waits_for_a_person(make_rig: MakeRig) -> None:
    rig = await sold(make_rig)
    rig.host.lightning.targets[ELLA].max_msat = 3_464_999

    await rig.work_outside()

    assert (await ella_leg(rig))["error_code"] == "above_maximum"
    assert await state(rig) == "errored"
