"""REVISE: what a person may change about a settlement, in which state, and what becomes of every sat."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import anyio
import pytest

from satmachineadmin.core.errors import (
    ActionNotAllowed,
    AlreadyPaid,
    NotFound,
    OnlyCashOut,
    OutcomeUnknown,
    Refusal,
    TargetNotYours,
)
from satmachineadmin.core.model import SplitRule
from satmachineadmin.core.states import PayWay, TargetKind
from satmachineadmin.engine.revise.retry import retry_by_hand
from satmachineadmin.usecases import revising

from .conftest import MakeRig
from .revise_states import (
    ACTIONS,
    EVERYBODY,
    HALF,
    STATES,
    check_books,
    errored,
    events,
    processed,
    retry,
    unresolved,
)
from .rig import OPERATOR, Rig

pytestmark = pytest.mark.anyio
WAYS = pytest.mark.parametrize("way", list(PayWay))

#: state → what each action is refused with; not named: it is allowed
REFUSED: dict[str, dict[str, type[Refusal]]] = {
    "held": {"retry": ActionNotAllowed, "reset": ActionNotAllowed},
    "pending": {"retry": ActionNotAllowed},
    "planned": {"retry": ActionNotAllowed, "release": ActionNotAllowed},
    "waiting": {"retry": ActionNotAllowed, "release": ActionNotAllowed},
    "processed": {
        "retry": ActionNotAllowed, "dispense": AlreadyPaid, "reset": ActionNotAllowed,
        "release": ActionNotAllowed,
    },
    "errored": {"dispense": AlreadyPaid, "reset": ActionNotAllowed},
    "errored, nothing paid": {"reset": ActionNotAllowed},
    "unresolved": {
        "retry": OutcomeUnknown, "dispense": AlreadyPaid, "reset": ActionNotAllowed,
        "release": OutcomeUnknown,
    },
    "rejected": {"retry": ActionNotAllowed, "dispense": OnlyCashOut, "reset": ActionNotAllowed},
}  # fmt: skip
WITHOUT_LEGS = {"held", "pending", "rejected"}


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (state, action)
        for state in STATES
        for action in ACTIONS
        if not (action == "release" and state in WITHOUT_LEGS)
    ],
)
async def test_what_is_allowed_in_which_state(make_rig: MakeRig, state: str, action: str) -> None:
    """Refused: a reason, and nothing is written. Allowed: the books account for every sat, then and after."""
    rig = await make_rig(cash={"ana": 2000_00})
    settlement_id = await STATES[state](rig)
    before = [await rig.settlements(), await rig.legs(), await rig.cash_of("ana"), rig.balances()]
    refusal = REFUSED[state].get(action)

    if refusal is not None:
        with pytest.raises(refusal):
            await ACTIONS[action](rig, settlement_id)
        after = [await rig.settlements(), await rig.legs(), await rig.cash_of("ana"), rig.balances()]
        assert after == before
        return
    await ACTIONS[action](rig, settlement_id)
    assert [await rig.settlements(), await rig.legs()] != before[:2]
    await check_books(rig)
    await rig.work(2)
    await check_books(rig)


async def test_nobody_changes_what_is_another_operators(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    settlement_id = await errored(rig)
    (leg,) = [one for one in await rig.legs() if one["state"] == "failed"]
    host: Any = rig.host
    for attempt in (
        revising.retry_settlement(rig.store, host, "otto", settlement_id, None),
        revising.dispense_in_part(rig.store, "otto", settlement_id, HALF, "x"),
        revising.preview_dispense(rig.store, "otto", settlement_id, HALF),
        revising.force_reset(rig.store, "otto", settlement_id, threshold_minutes=30, reason="x"),
        revising.release_leg(rig.store, "otto", leg["id"], "x"),
        revising.keep_leg(rig.store, "otto", leg["id"], "x"),
        revising.add_note(rig.store, "otto", settlement_id, "x"),
    ):
        with pytest.raises(NotFound):
            await attempt


# Retry ---------------------------------------------------------------------------------------


@WAYS
@pytest.mark.parametrize("wallet", list(EVERYBODY))
async def test_a_retry_pays_where_it_is_configured_now_and_leaves_the_rest(
    make_rig: MakeRig, way: PayWay, wallet: str
) -> None:
    """The same amount to whoever stands there by now; what was paid is not touched."""
    rig = await make_rig(cash={"ana": 200_00}, way=way)
    rig.host.delete_wallet(wallet)
    settlement_id = await processed(rig)
    paid = {leg["id"]: leg for leg in await rig.legs() if leg["state"] == "completed"}
    rig.host.add_wallet("new", "somebody")
    if wallet == "ana's wallet":
        await rig.choose_wallet("ana", "new")
    elif wallet == "platform":
        async with rig.store.transaction("platform") as books:
            await books.platform.change(super_fee_wallet_id="new")
    else:
        await replace_rules(rig, ["new" if wallet == f"partner{n}" else f"partner{n}" for n in range(3)])

    await retry(rig, settlement_id)
    await rig.work(2)

    (row,) = await rig.settlements()
    assert (row["state"], row["legs_failed"], row["tries"]) == ("processed", 0, 0)
    others = {name: sats for name, sats in EVERYBODY.items() if name != wallet}
    assert rig.balances() == {**others, "new": EVERYBODY[wallet]}
    assert {leg["id"]: leg for leg in await rig.legs() if leg["id"] in paid} == paid
    assert await rig.worklist() == []
    assert "retry_asked" in await events(rig, settlement_id)
    await check_books(rig)


async def replace_rules(
    rig: Rig, targets: list[str], shares: tuple[int, ...] = (500_000, 300_000, 200_000)
) -> None:
    rules = [
        SplitRule(
            position=position, target=target, target_kind=TargetKind.WALLET, wallet_id=target,
            label=target, share_ppm=share,
        )
        for position, (target, share) in enumerate(zip(targets, shares, strict=True))
    ]  # fmt: skip
    async with rig.store.transaction("split", actor=OPERATOR) as books:
        await books.splits.replace(OPERATOR, None, rules, by=OPERATOR)


async def test_a_receiver_that_only_moved_in_the_rules_keeps_its_share(make_rig: MakeRig) -> None:
    """The rules were put into another order meanwhile: nobody gets what is another one's."""
    rig = await make_rig(cash={"ana": 200_00})
    rig.host.receive("partner0", 1190)
    rig.host.limits = replace(rig.host.limits, max_wallet_balance_sats=1200)
    settlement_id = await processed(rig)
    rig.host.limits = replace(rig.host.limits, max_wallet_balance_sats=None)
    await replace_rules(rig, ["partner2", "partner1", "partner0"])

    await retry(rig, settlement_id)
    await rig.work(2)

    assert rig.balances() == {**EVERYBODY, "partner0": 1190 + 35}


async def test_the_operator_names_a_receiver_for_a_share_of_its_commission_alone(make_rig: MakeRig) -> None:
    rig = await make_rig(cash={"ana": 200_00})
    rig.host.delete_wallet("partner1")
    rig.host.delete_wallet("platform")
    rig.host.delete_wallet("ana's wallet")
    settlement_id = await processed(rig)
    rig.host.add_wallet("named", "somebody")
    named = SplitRule(
        position=0,
        target="named",
        target_kind=TargetKind.WALLET,
        wallet_id="named",
        label="Named",
        share_ppm=0,
    )
    failed = {leg["leg_type"]: leg["id"] for leg in await rig.legs() if leg["state"] == "failed"}
    for leg_type in ("super_fee", "dca"):
        with pytest.raises(TargetNotYours):
            await retry_by_hand(
                rig.store, rig.host, settlement_id, actor=OPERATOR, wishes={failed[leg_type]: named}
            )

    split = failed["operator_split"]
    await retry_by_hand(rig.store, rig.host, settlement_id, actor=OPERATOR, wishes={split: named})
    await rig.work(2)

    (row,) = await rig.settlements()
    assert (row["state"], row["legs_failed"]) == ("errored", 2), "the others were not asked for"
    assert rig.balances()["named"] == 21
    await check_books(rig)


async def test_an_lp_whose_wallet_is_gone_gets_its_cash_back(make_rig: MakeRig) -> None:
    """Its leg is released: the sats stay, the cash is the LP's to give again, the sale is done."""
    rig = await make_rig(cash={"ana": 200_00})
    settlement_id = await errored(rig)

    await retry(rig, settlement_id)

    (row,) = await rig.settlements()
    voided, kept = [leg for leg in await rig.legs() if leg["leg_type"] == "dca"]
    assert (row["state"], row["retained_sats"]) == ("processed", 1000)
    assert (voided["state"], kept["state"], kept["reason"]) == ("voided", "skipped", "released")
    assert (kept["client_id"], kept["sats"], kept["label"]) == (None, 1000, "ana")
    assert await rig.cash_of("ana") == {"confirmed": 200_00, "paid": 0, "reserved": 0}
    await check_books(rig)


async def test_a_leg_without_a_decision_is_never_named(make_rig: MakeRig) -> None:
    """The others are tried again beside it."""
    rig = await make_rig(cash={"ana": 200_00})
    rig.host.delete_wallet("partner1")
    settlement_id = await unresolved(rig)
    (leg,) = [one for one in await rig.legs() if one["state"] == "unresolved"]
    for wishes, refusal in (({leg["id"]: None}, OutcomeUnknown), ({"0" * 32: None}, NotFound)):
        with pytest.raises(refusal):
            await retry_by_hand(rig.store, rig.host, settlement_id, actor=OPERATOR, wishes=wishes)

    rig.host.wallets["partner1"] = replace(rig.host.wallets["partner1"], deleted=False)
    await retry(rig, settlement_id)
    await rig.work(2)

    (row,) = await rig.settlements()
    (same,) = [one for one in await rig.legs() if one["id"] == leg["id"]]
    assert (row["state"], same["state"]) == ("errored", "unresolved")
    assert rig.balances()["partner1"] == 21


async def test_two_retries_at_once_are_one(make_rig: MakeRig) -> None:
    """And the payer, running at the same time, pays the fresh attempt once."""
    rig = await make_rig(cash={"ana": 200_00})
    settlement_id = await errored(rig)
    rig.host.add_wallet("new", "ana")
    await rig.choose_wallet("ana", "new")
    outcomes: list[str] = []

    async def try_it() -> None:
        try:
            await retry(rig, settlement_id)
            outcomes.append("retried")
        except Refusal as refusal:
            outcomes.append(refusal.code)

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(try_it)
            group.start_soon(rig.work)
    await rig.work(2)

    assert outcomes.count("retried") == 1
    assert set(outcomes) <= {"retried", "state_moved", "action_not_allowed"}
    assert rig.balances() == {**{k: v for k, v in EVERYBODY.items() if k != "ana's wallet"}, "new": 1000}
    await check_books(rig)
