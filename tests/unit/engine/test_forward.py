"""What an LP has received goes on to its own address: once, no more than arrived, beside everything else."""

from __future__ import annotations

from typing import Any

import pytest

from satmachineadmin.core.outside import OutsideCode
from satmachineadmin.engine.forward import call_off, try_gathered
from satmachineadmin.engine.pay_external import work_outside
from satmachineadmin.engine.reconcile import full_audit
from satmachineadmin.ports.lightning import TargetRefused
from satmachineadmin.store.sql import Sql
from tests.fakes.lightning import Ending, FakeTarget

from .conftest import MakeRig
from .outside import RESERVE
from .rig import Rig

pytestmark = pytest.mark.anyio
HOME = "ana@home.example"
WALLET = "ana's wallet"


async def prefer(rig: Rig, **choices: object) -> None:
    async with rig.store.transaction("lp", actor="ana") as books:
        await books.lps.choose_preferences("ana", choices)


async def forwarding(make_rig: MakeRig, *, least_sats: int = 0, **target: object) -> Rig:
    """Ana has 100 000 EUR in the machine and has her sats passed on from now on."""
    rig = await make_rig(cash={"ana": 100_000_00}, shares_ppm=())
    rig.host.limits = RESERVE
    rig.host.lightning.add_target(HOME, **target)
    async with rig.store.transaction("lp", actor="ana") as books:
        await books.lps.choose_preferences(
            "ana",
            {
                "autoforward_ln_address": HOME,
                "autoforward_enabled": True,
                "autoforward_min_sats": least_sats,
                "autoforward_since": books.now,
                "forwarded_until": books.now,
            },
        )
    rig.clock.advance(seconds=1)
    return rig


async def receive(rig: Rig, sats: int = 1000) -> None:
    """A sale whose principal is all Ana's."""
    rig.sell(principal_sats=sats, commission_sats=0, fiat=f"{sats // 5}.00", rate="5")
    await rig.work(2)
    rig.clock.advance(seconds=1)


async def forwards(rig: Rig) -> list[dict[str, Any]]:
    legs = await rig.rows("SELECT * FROM satmachineadmin.dca_payments ORDER BY created_at, id")
    return [leg for leg in legs if leg["leg_type"] == "autoforward"]


async def states(rig: Rig) -> list[str]:
    return [leg["state"] for leg in await forwards(rig)]


def home(rig: Rig) -> FakeTarget:
    return rig.host.lightning.targets[HOME]


async def test_what_arrived_goes_on_less_what_the_network_costs(make_rig: MakeRig) -> None:
    rig = await forwarding(make_rig)
    rig.host.lightning.fee_msat = 1500
    await receive(rig)
    before = await rig.settlements()
    await rig.work_outside()

    (leg,) = await forwards(rig)
    assert (leg["state"], leg["sats"], leg["payer_wallet_id"]) == ("completed", 1000, WALLET)
    assert home(rig).asked_msat == [leg["sent_msat"]] == [990_000]
    assert (leg["fee_msat"], leg["fee_unused_msat"]) == (1500, 8_500)
    assert rig.host.balance_msat(WALLET) == 8_500
    assert await rig.settlements() == before
    assert before[0]["state"] == "processed"
    assert (await rig.cash_of("ana"))["paid"] == 200_00
    assert await full_audit(rig.store, rig.host) == [], "nobody here has received it, and nobody should have"


async def test_an_address_of_this_lnbits_gets_all_of_it(make_rig: MakeRig) -> None:
    rig = await forwarding(make_rig, wallet_id="savings")
    rig.host.add_wallet("savings", "ana")
    await receive(rig)
    await rig.work_outside()
    assert (rig.host.balance_sats("savings"), rig.host.balance_sats(WALLET)) == (1000, 0)


async def test_what_arrived_before_the_consent_stays(make_rig: MakeRig) -> None:
    rig = await forwarding(make_rig)
    await prefer(rig, autoforward_since=int(rig.clock.now().timestamp()) + 10)
    await receive(rig)
    assert await forwards(rig) == []
    rig.clock.advance(minutes=1)
    await receive(rig, 500)
    assert [leg["sats"] for leg in await forwards(rig)] == [500]


async def test_nothing_is_passed_on_twice_whoever_asks_again(make_rig: MakeRig) -> None:
    rig = await forwarding(make_rig)
    await receive(rig)
    await rig.work(5)
    await rig.work(is_start=True)
    await rig.work_outside()
    await rig.work(2, is_start=True)
    assert await states(rig) == ["completed"]
    assert len(rig.host.lightning.handed_over) == 1


async def test_what_arrived_while_the_process_was_down_is_passed_on(make_rig: MakeRig) -> None:
    """The leg completed, then nothing ran for two days: the cursor still stands where it was."""
    rig = await forwarding(make_rig)
    await prefer(rig, autoforward_enabled=False)
    await receive(rig)  # as if the process had died between the arrival and this
    await prefer(rig, autoforward_enabled=True)
    rig.clock.advance(days=2)
    await rig.work()
    assert [leg["sats"] for leg in await forwards(rig)] == [1000]


async def test_a_cursor_that_moved_on_still_sees_what_was_written_late(make_rig: MakeRig) -> None:
    """Ten minutes of arrivals without anything to pass on, then a clock that stepped back."""
    rig = await forwarding(make_rig)
    rig.clock.advance(minutes=10)
    await rig.work()
    rig.clock.advance(minutes=-5)
    await receive(rig)
    assert await states(rig) == ["pending"]
    async with rig.store.reading() as books:
        assert not await books.forwards.is_behind()


async def test_below_the_lps_own_least_amount_the_sats_gather_and_go_together(make_rig: MakeRig) -> None:
    rig = await forwarding(make_rig, least_sats=1200)
    for sats in (500, 600):
        await receive(rig, sats)
        await rig.work_outside()
    assert await states(rig) == ["skipped", "skipped"]
    assert "1200" in (await forwards(rig))[0]["error_message"]
    before = await rig.settlements()

    await receive(rig, 100)
    await rig.work_outside()

    done = [leg for leg in await forwards(rig) if leg["state"] == "completed"]
    assert sorted(leg["sats"] for leg in done) == [100, 500, 600]
    carriers = [leg for leg in done if leg["carrier_id"] is None]
    assert [leg["sats"] for leg in carriers] == [100]
    assert {leg["carrier_id"] for leg in done} == {None, carriers[0]["id"]}
    assert len(rig.host.lightning.handed_over) == 1
    assert home(rig).asked_msat == [1_188_000]
    assert [row for row in await rig.settlements() if row["id"] in {one["id"] for one in before}] == before
    sources = await rig.rows("SELECT * FROM satmachineadmin.leg_sources")
    assert len(sources) == 3


async def test_below_the_targets_minimum_the_sats_gather_without_opening_their_settlements(
    make_rig: MakeRig,
) -> None:
    rig = await forwarding(make_rig, min_msat=900_000)
    await receive(rig, 500)
    await rig.work_outside()
    assert await states(rig) == ["voided", "skipped"]
    await receive(rig, 500)
    await rig.work_outside()
    done = [leg for leg in await forwards(rig) if leg["state"] == "completed"]
    assert [leg["sats"] for leg in done] == [500, 500]
    assert {row["state"] for row in await rig.settlements()} == {"processed"}


async def test_a_failure_leaves_the_sats_with_the_lp(make_rig: MakeRig) -> None:
    """Tried again by itself within reason; then it stands failed, and nobody but the LP is told."""
    rig = await forwarding(make_rig, refuses=TargetRefused(OutsideCode.TARGET_REFUSED, "The target says: no"))
    await receive(rig)
    before = await rig.settlements()
    for _ in range(10):
        await rig.work_outside()
        rig.clock.advance(hours=2)
    failed = (await forwards(rig))[-1]
    assert (failed["state"], failed["tries"], failed["error_message"]) == ("failed", 5, "The target says: no")
    assert rig.host.balance_sats(WALLET) == 1000
    assert await rig.settlements() == before
    assert await rig.worklist() == []


async def test_what_arrives_while_a_target_is_silent_goes_with_the_payment_that_is_tried_again(
    make_rig: MakeRig,
) -> None:
    rig = await forwarding(make_rig, refuses=TargetRefused(OutsideCode.TARGET_SILENT, "No answer."))
    await receive(rig)
    await rig.work_outside()
    for _ in range(3):
        await receive(rig, 200)
    assert sorted(await states(rig)) == ["pending", "skipped", "skipped", "skipped", "voided"]
    home(rig).refuses = None
    rig.clock.advance(minutes=5)
    await rig.work_outside()
    assert (await states(rig)).count("completed") == 4
    assert len(rig.host.lightning.handed_over) == 1


async def test_what_had_gathered_gathers_again_when_its_payment_fails(make_rig: MakeRig) -> None:
    """By itself none of it is worth a payment to the LP."""
    rig = await forwarding(make_rig, least_sats=1000)
    rig.host.lightning.endings.append(Ending.FAILED)
    for sats in (300, 300, 400):
        await receive(rig, sats)
    await rig.work_outside()
    assert sorted(state for state in await states(rig) if state != "voided") == [
        "pending",
        "skipped",
        "skipped",
    ]
    rig.clock.advance(minutes=5)
    await rig.work_outside()
    assert home(rig).asked_msat == [990_000, 990_000]
    assert (await states(rig)).count("completed") == 3
    assert rig.host.balance_msat(WALLET) == 10_000


async def test_never_more_goes_on_than_the_wallet_still_holds(make_rig: MakeRig) -> None:
    rig = await forwarding(make_rig)
    await receive(rig)
    rig.host.send(WALLET, 600)
    await rig.work_outside()
    (leg,) = await forwards(rig)
    assert (leg["state"], leg["sent_msat"], leg["sats"]) == ("completed", 396_000, 1000)
    assert rig.host.balance_msat(WALLET) == 4_000
    assert leg["sent_msat"] + leg["fee_msat"] + leg["fee_unused_msat"] == 1_000_000


async def test_other_sats_of_the_lp_stay_where_they_are(make_rig: MakeRig) -> None:
    rig = await forwarding(make_rig)
    rig.host.receive(WALLET, 5000, extra={})
    await receive(rig)
    await rig.work_outside()
    assert rig.host.balance_msat(WALLET) == 5_010_000


async def test_sats_that_the_lp_spent_are_not_passed_on(make_rig: MakeRig) -> None:
    rig = await forwarding(make_rig)
    await receive(rig)
    rig.host.send(WALLET, 1000)
    await rig.work_outside()
    (leg,) = await forwards(rig)
    assert (leg["state"], leg["error_code"]) == ("failed", "already_spent")
    assert "0 of these 1000" in leg["error_message"]


async def test_a_wallet_that_is_gone_ends_it(make_rig: MakeRig) -> None:
    rig = await forwarding(make_rig)
    await receive(rig)
    rig.host.delete_wallet(WALLET)
    await rig.work_outside()
    assert [(leg["state"], leg["error_code"]) for leg in await forwards(rig)] == [("failed", "wallet_gone")]


async def test_the_address_at_the_time_of_paying_counts(make_rig: MakeRig) -> None:
    """Sats that arrived in the old wallet are passed on from there, to the new address."""
    rig = await forwarding(make_rig)
    await receive(rig)
    rig.host.lightning.add_target("ana@elsewhere.example")
    other = rig.host.add_wallet("ana's other wallet", "ana")
    await prefer(rig, autoforward_ln_address="ana@elsewhere.example", dca_wallet_id=other)
    await rig.work_outside()
    (leg,) = await forwards(rig)
    assert (leg["state"], leg["payer_wallet_id"]) == ("completed", WALLET)
    assert leg["destination_ln_address"] == "ana@elsewhere.example"
    assert home(rig).asked_msat == []


@pytest.mark.parametrize("least_sats", [0, 5000])
async def test_switching_it_off_calls_off_what_nobody_was_asked_to_pay(
    make_rig: MakeRig, least_sats: int
) -> None:
    rig = await forwarding(make_rig, least_sats=least_sats)
    await receive(rig)
    async with rig.store.transaction("lp", actor="ana") as books:
        await books.lps.choose_preferences("ana", {"autoforward_enabled": False})
        await call_off(books, "ana")
    await rig.work_outside()
    await rig.work(is_start=True)
    (leg,) = await forwards(rig)
    assert leg["state"] == "voided" and leg["error_message"].startswith("Forwarding was switched off")
    assert rig.host.balance_sats(WALLET) == 1000


async def test_a_smaller_least_amount_sends_what_has_gathered(make_rig: MakeRig) -> None:
    rig = await forwarding(make_rig, least_sats=5000)
    for _ in range(3):
        await receive(rig, 1000)
    for least, wanted in ((4000, 0), (3000, 3)):
        async with rig.store.transaction("lp", actor="ana") as books:
            await books.lps.choose_preferences("ana", {"autoforward_min_sats": least})
            await try_gathered(books, "ana", least)
        await rig.work_outside()
        assert (await states(rig)).count("completed") == wanted
    assert len(rig.host.lightning.handed_over) == 1


async def test_a_payment_without_a_decision_is_never_made_again(make_rig: MakeRig) -> None:
    rig = await forwarding(make_rig)
    await receive(rig)
    rig.host.lightning.endings.append(Ending.PENDING)
    for _ in range(5):
        await rig.work_outside()
        rig.clock.advance(minutes=2)
    assert await states(rig) == ["unresolved"]
    assert await rig.worklist() == [], "an operator is not told what an LP does with its sats"
    rig.host.lightning.decide("success")
    rig.clock.advance(hours=1)
    await rig.work_outside()
    assert await states(rig) == ["completed"]
    assert len(rig.host.lightning.handed_over) == 1


async def test_no_event_that_an_operator_reads_tells_of_it(make_rig: MakeRig) -> None:
    rig = await forwarding(make_rig)
    await receive(rig)
    await rig.work_outside()
    events = await rig.rows("SELECT * FROM satmachineadmin.audit_events")
    assert all(HOME not in event["body"] for event in events)
    own = [event for event in events if "autoforward" in event["body"]]
    assert own and {event["operator_user_id"] for event in own} == {""}
    assert [event["event"] for event in own if event["subject_kind"] == "lp"] == ["lp.autoforward_enabled"]


async def test_switched_off_while_its_target_is_asked_it_is_not_paid(make_rig: MakeRig) -> None:
    rig = await forwarding(make_rig)
    await receive(rig)
    honest = rig.host.lightning.terms

    async def off_meanwhile(target: str) -> Any:
        async with rig.store.transaction("lp", actor="ana") as books:
            await books.lps.choose_preferences("ana", {"autoforward_enabled": False})
            await call_off(books, "ana")
        return await honest(target)

    rig.host.lightning.terms = off_meanwhile  # type: ignore[method-assign]
    assert await work_outside(rig.store, rig.host, rig.lease, lambda: False) == 0.0
    assert await states(rig) == ["voided"]
    assert rig.host.lightning.handed_over == []


@pytest.mark.parametrize("doomed", ["leg_sources", "forwarded_until = :now"])
async def test_a_crash_between_arrival_and_forward_loses_and_doubles_nothing(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch, doomed: str
) -> None:
    """The sats have arrived; writing the leg, its mark or the cursor is cut off, hours go by."""
    rig = await forwarding(make_rig)
    rig.clock.advance(minutes=10)
    run = Sql.run

    async def cut_off(sql: Sql, statement: str, **values: object) -> int:
        if doomed in statement:
            raise RuntimeError("power cut")
        return await run(sql, statement, **values)

    monkeypatch.setattr(Sql, "run", cut_off)
    with pytest.raises(RuntimeError):
        await receive(rig)
    assert rig.host.balance_sats(WALLET) == 1000
    assert await forwards(rig) == []

    monkeypatch.undo()
    rig.clock.advance(hours=7)
    await rig.work(2)
    await rig.work_outside()
    assert await states(rig) == ["completed"]
    assert len(rig.host.lightning.handed_over) == 1
