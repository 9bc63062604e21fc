"""Operators are told of what waits once, only of what they want to hear, and the engine does not care how."""

from __future__ import annotations

import pytest

from satmachineadmin.core.notices import Notice
from satmachineadmin.engine.notices import tell_operators
from satmachineadmin.store.books import ENGINE
from satmachineadmin.usecases.settings import change_settings

from .conftest import MakeRig
from .rig import OPERATOR, Rig

pytestmark = pytest.mark.anyio
DETAIL = "bob@ln.example did not take 3,874 sat (wallet 7f3a)."


async def notice(rig: Rig, kind: str = "legs_failed", subject: str = "leg 1") -> None:
    async with rig.store.transaction("test") as books:
        await books.worklist.open(
            kind, subject, operator_user_id=OPERATOR, machine_id=rig.machine_id, detail=DETAIL
        )


async def end(rig: Rig, kind: str = "legs_failed", subject: str = "leg 1") -> None:
    async with rig.store.transaction("test") as books:
        await books.worklist.close(kind, subject)


async def tell(rig: Rig) -> list[tuple[str, str]]:
    """What is said in a round."""
    rig.host.messages.clear()
    await tell_operators(rig.store, rig.host)
    return list(rig.host.messages)


async def test_a_matter_is_told_once_without_what_only_the_page_says(make_rig: MakeRig) -> None:
    rig = await make_rig()
    await notice(rig)

    ((user, text),) = await tell(rig)

    assert user == OPERATOR
    assert "Plaza: parts of a sale could not be paid" in text
    assert not any(secret in text for secret in ("bob", "3,874", "7f3a", OPERATOR, rig.machine_id))
    assert await tell(rig) == []
    await notice(rig)
    assert await tell(rig) == []


async def test_what_comes_and_goes_is_told_again_after_a_day(make_rig: MakeRig) -> None:
    rig = await make_rig()
    said = []
    for hours in (0, 1, 30):
        rig.clock.advance(hours=hours)
        await notice(rig)
        said.append(len(await tell(rig)))
        await end(rig)

    assert said == [1, 0, 1]


async def test_what_is_gone_before_anybody_was_told_is_not_told(make_rig: MakeRig) -> None:
    rig = await make_rig()
    await notice(rig)
    await end(rig)

    assert await tell(rig) == []


async def test_an_operator_hears_what_it_wants_to_hear_and_nothing_of_before(make_rig: MakeRig) -> None:
    """Whoever wants to hear again is not told what it did not want to hear."""
    rig = await make_rig()
    await change_settings(rig.store, OPERATOR, notices={Notice.ERRORED: False})
    await notice(rig)
    assert await tell(rig) == []
    await notice(rig, "wallet_differs", "plaza")
    assert len(await tell(rig)) == 1

    await change_settings(rig.store, OPERATOR, notices={Notice.ERRORED: True})

    assert await tell(rig) == []
    await notice(rig, subject="leg 2")
    assert len(await tell(rig)) == 1


async def test_choices_are_kept_beside_the_time_zone_and_written_down(make_rig: MakeRig) -> None:
    rig = await make_rig()
    await change_settings(rig.store, OPERATOR, time_zone="Europe/Zurich", notices={Notice.PAUSED: False})
    await change_settings(rig.store, OPERATOR, time_zone="Europe/Berlin")

    async with rig.store.reading() as books:
        row = await books.operators.settings(OPERATOR)
        assert await books.operators.notices(OPERATOR) == {Notice.ERRORED, Notice.DISPUTED}
        events = await books.sql.all(
            "SELECT body FROM satmachineadmin.audit_events WHERE actor <> :engine "
            "AND event = 'operator.settings_changed' ORDER BY seq",
            engine=ENGINE,
        )
    assert row["time_zone"] == "Europe/Berlin"
    assert len(events) == 3
    assert '"notify_paused":false' in events[1]["body"]


async def test_a_way_that_fails_is_not_tried_again_and_leaves_the_matter_where_it_is(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = await make_rig()
    await notice(rig)

    async def broken(user_id: str, text: str) -> None:
        raise OSError("no network")

    with monkeypatch.context() as patch:
        patch.setattr(rig.host, "notify", broken)
        with pytest.raises(OSError):
            await tell_operators(rig.store, rig.host)

    assert await tell(rig) == []
    async with rig.store.reading() as books:
        assert len(await books.worklist.open_of_machine(rig.machine_id, ["legs_failed"])) == 1
