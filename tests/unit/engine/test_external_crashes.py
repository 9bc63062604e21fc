"""The process dies at every commit and every external call of a payment outside; another one goes on.

What dies loses its memory and nothing else: the exception leaves the engine at the fail-point, and the
next round runs on the same store and the same host, as after a restart. Real kills are in tests/crash.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter

import pytest

from satmachineadmin.core.lease import LeaseLost
from satmachineadmin.engine.pay_external import next_errand, run_errand
from tests.fakes.lightning import Ending

from .conftest import MakeRig
from .outside import ella_leg, sent_msat, sold, state
from .rig import Rig

pytestmark = pytest.mark.anyio

#: every place that a payment outside passes, in this order
PLACES = (
    "external.before_terms",
    "external.after_terms",
    "external.before_invoice",
    "external.after_invoice",
    "external_written_down.before_commit",
    "external_written_down.after_commit",
    "external.before_pay",
    "external.after_pay",
    "external.before_look_up",
    "external.after_look_up",
    "external_outcome.before_commit",
    "external_outcome.after_commit",
)


class Died(BaseException):
    """The process is gone; nobody catches this."""


class Watch:
    """Which fail-points are passed, and where the process dies."""

    def __init__(self, place: str | None = None) -> None:
        self.place = place
        self.passed: list[str] = []

    def reached(self, name: str) -> None:
        self.passed.append(name)
        if name == self.place:
            self.place = None
            raise Died


def watch(monkeypatch: pytest.MonkeyPatch, place: str | None = None) -> Watch:
    watching = Watch(place)
    for module in ("satmachineadmin.store.database", "satmachineadmin.failpoints"):
        monkeypatch.setattr(f"{module}.reached", watching.reached)
    return watching


async def step(rig: Rig) -> None:
    """One step of the engine without its outermost loop: what dies there is gone."""
    errand = await next_errand(rig.store)
    if errand is not None:
        await run_errand(rig.store, rig.host, errand, rig.lease, lambda: False)


async def test_the_list_of_places_is_what_a_payment_passes(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new commit or external call without a crash test fails here."""
    rig = await sold(make_rig)
    watching = watch(monkeypatch)

    await step(rig)

    assert watching.passed == list(PLACES)


@pytest.mark.parametrize("ending", [Ending.COMPLETED, Ending.LIES, Ending.FAILED, Ending.REFUSED])
@pytest.mark.parametrize("place", PLACES)
async def test_a_payment_is_made_once_wherever_the_process_dies(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch, place: str, ending: Ending
) -> None:
    """Whatever became of the first call: 3465 sats leave once, and everything is decided."""
    rig = await sold(make_rig)
    rig.host.lightning.endings.append(ending)
    watching = watch(monkeypatch, place)
    with contextlib.suppress(Died):
        await step(rig)
    watching.place = None

    for _ in range(40):
        rig.clock.advance(seconds=31)
        await rig.work_outside()
        if await state(rig) == "processed":
            break

    assert await state(rig) == "processed"
    assert (await ella_leg(rig))["state"] == "completed"
    assert sent_msat(rig) == 3_465_000
    times = Counter(rig.host.lightning.handed_over)
    assert max(times.values()) <= 2, "the same invoice may be handed over again, and is paid once"
    assert await rig.worklist() == []


async def test_an_invoice_that_ran_out_before_it_was_paid_makes_room_for_another(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written down, never handed over, and the next process came a day later."""
    rig = await sold(make_rig)
    watch(monkeypatch, "external.before_pay")
    with pytest.raises(Died):
        await step(rig)

    rig.clock.advance(days=1)
    await rig.work_outside()
    assert rig.host.lightning.handed_over == [], "an invoice that is over is not tried"
    rig.clock.advance(seconds=30)
    await rig.work_outside()

    assert await state(rig) == "processed"
    assert len(rig.host.lightning.handed_over) == 1


async def test_a_refusal_after_a_take_over_is_not_taken_for_a_failure(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process before might still be about to pay: only when the invoice is over is it a failure."""
    rig = await sold(make_rig)
    watch(monkeypatch, "external.before_pay")
    with pytest.raises(Died):
        await step(rig)
    rig.host.lightning.endings.extend([Ending.REFUSED] * 1000)

    for _ in range(20):
        rig.clock.advance(minutes=3)
        await rig.work_outside()
    leg = await ella_leg(rig)
    assert (leg["state"], leg["attempt"]) == ("unresolved", 1)

    rig.host.lightning.endings.clear()
    rig.clock.advance(minutes=11)
    await rig.work_outside()
    rig.clock.advance(minutes=11)
    await rig.work_outside()
    assert (await ella_leg(rig))["attempt"] == 2


async def test_nothing_is_written_or_paid_without_the_lease(make_rig: MakeRig) -> None:
    rig = await sold(make_rig)
    async with rig.store.transaction("lease") as books:
        await books.release_lease(rig.lease)
        await books.take_lease("another process", previous_is_gone=True)

    with pytest.raises(LeaseLost):
        await rig.work_outside()

    assert rig.host.lightning.handed_over == []
    assert (await ella_leg(rig))["state"] == "pending"


async def test_a_stop_between_writing_down_and_paying_pays_nothing_yet(make_rig: MakeRig) -> None:
    rig = await sold(make_rig)

    await rig.work_outside(1, is_stopping=True)

    assert (await ella_leg(rig))["state"] == "paying"
    assert rig.host.lightning.handed_over == []
    rig.clock.advance(seconds=5)
    await rig.work_outside()
    assert await state(rig) == "processed"


@pytest.mark.parametrize("moment", ["terms", "invoice", "pay", "look_up"])
async def test_a_cancelled_payment_is_neither_lost_nor_made_twice(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """LNbits stops the extension in the middle: talking is broken off, paying is not."""
    rig = await sold(make_rig)
    lightning = rig.host.lightning
    honest = getattr(lightning, moment)
    is_there, may_go_on = asyncio.Event(), asyncio.Event()

    async def slow(*args: object) -> object:
        is_there.set()
        await may_go_on.wait()
        return await honest(*args)

    monkeypatch.setattr(lightning, moment, slow)
    task = asyncio.create_task(rig.work_outside(1))
    await is_there.wait()
    task.cancel()
    await asyncio.sleep(0)
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task

    was_handed_over = moment in ("pay", "look_up")
    assert (await ella_leg(rig))["state"] == ("paying" if was_handed_over else "pending")
    assert len(lightning.handed_over) == int(was_handed_over)
    monkeypatch.setattr(lightning, moment, honest)
    rig.clock.advance(seconds=5)
    await rig.work_outside()
    assert await state(rig) == "processed"
    assert sent_msat(rig) == 3_465_000
    assert len(lightning.handed_over) == 1
