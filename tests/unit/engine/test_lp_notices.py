"""LPs are told of what they got and of what failed as they wish, once, and of no address."""

from __future__ import annotations

import pytest

from satmachineadmin.engine.lp_notices import tell_lps
from satmachineadmin.usecases.preferences import choose_preferences

from .conftest import MakeRig
from .rig import Rig

pytestmark = pytest.mark.anyio


async def trading(make_rig: MakeRig, notifications: str, time_zone: str = "UTC") -> Rig:
    """Ana has cash and a wish; it is noon in UTC."""
    rig = await make_rig(cash={"ana": 100_000_00}, shares_ppm=())
    await choose_preferences(rig.store, "ana", {"notifications": notifications, "time_zone": time_zone})
    rig.clock.advance(seconds=1)
    return rig


async def receive(rig: Rig, sats: int = 1000) -> None:
    rig.sell(principal_sats=sats, commission_sats=0, fiat=f"{sats // 5}.00", rate="5")
    await rig.work(2)
    rig.clock.advance(seconds=1)


async def told(rig: Rig) -> list[tuple[str, str]]:
    rig.host.messages.clear()
    await tell_lps(rig.store, rig.host)
    return list(rig.host.messages)


async def test_each_payout_is_told_once(make_rig: MakeRig) -> None:
    rig = await trading(make_rig, "each")
    await receive(rig)
    ((user, text),) = await told(rig)
    assert (user, "1000 sat for 200.00 EUR" in text, "Plaza" in text) == ("ana", True, True)
    assert await told(rig) == []

    await receive(rig)
    await receive(rig, 500)
    ((_user, text),) = await told(rig)
    assert "2 payouts of 1500 sat" in text


async def test_what_is_paid_in_this_very_second_is_told_in_the_next(make_rig: MakeRig) -> None:
    """A payout that commits a moment later may bear the same second."""
    rig = await trading(make_rig, "each")
    rig.sell(principal_sats=1000, commission_sats=0, fiat="200.00", rate="5")
    await rig.work(2)
    assert await told(rig) == []
    rig.clock.advance(seconds=1)
    assert len(await told(rig)) == 1


@pytest.mark.parametrize(
    ("time_zone", "hours"), [("UTC", 12), ("Pacific/Pago_Pago", 23), ("Pacific/Kiritimati", 22)]
)
async def test_a_day_is_told_after_midnight_on_the_lps_clock(
    make_rig: MakeRig, time_zone: str, hours: int
) -> None:
    """From noon in UTC: 23 hours to midnight at UTC-11, 22 hours at UTC+14."""
    rig = await trading(make_rig, "daily", time_zone)
    await receive(rig)
    await receive(rig, 500)
    assert await told(rig) == []

    rig.clock.advance(hours=hours, seconds=-4)
    assert await told(rig) == []
    rig.clock.advance(seconds=2)
    ((_user, text),) = await told(rig)
    assert "2 payouts brought 1500 sat" in text
    assert await told(rig) == []


async def test_a_day_without_a_payout_is_not_told(make_rig: MakeRig) -> None:
    rig = await trading(make_rig, "daily")
    rig.clock.advance(days=1)
    assert await told(rig) == []


async def test_nobody_is_told_of_what_came_before_it_wanted_to_be(make_rig: MakeRig) -> None:
    rig = await trading(make_rig, "problems")
    await receive(rig)
    await choose_preferences(rig.store, "ana", {"notifications": "each"})
    rig.clock.advance(seconds=5)
    assert await told(rig) == []


@pytest.mark.parametrize(("notifications", "messages"), [("problems", 1), ("daily", 1), ("none", 0)])
async def test_what_fails_is_told_once_a_day_while_it_lasts(
    make_rig: MakeRig, notifications: str, messages: int
) -> None:
    rig = await trading(make_rig, notifications)
    rig.host.delete_wallet("ana's wallet")
    await receive(rig)
    first = await told(rig)
    assert len(first) == messages
    assert all("Plaza: sats could not be paid to you" in text for _user, text in first)

    await receive(rig)
    assert await told(rig) == []
    rig.clock.advance(days=1)
    await receive(rig)
    assert len([one for one in await told(rig) if "failed" in one[1]]) == messages
