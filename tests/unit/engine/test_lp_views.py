"""What an LP sees: means and premiums, what waits, filters on its own clock, files that add up."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timezone
from typing import Any

import pytest

from satmachineadmin.core.chart import STEPS, Span
from satmachineadmin.core.errors import InvalidInput, NotFound
from satmachineadmin.core.months import Month
from satmachineadmin.core.states import LegState, LegType
from satmachineadmin.present import lp as present_lp
from satmachineadmin.present import lp_files
from satmachineadmin.store import lists
from satmachineadmin.usecases import lp_views
from satmachineadmin.usecases.lp_files import open_file
from satmachineadmin.usecases.lp_views import Fill, Filter
from satmachineadmin.usecases.preferences import choose_preferences
from satmachineadmin.usecases.statements import list_statements, month_statement

from .conftest import MakeRig
from .rig import Rig

pytestmark = pytest.mark.anyio


async def trading(make_rig: MakeRig, **cash: int) -> Rig:
    return await make_rig(cash=cash or {"ana": 100_000_00}, shares_ppm=())


async def sell(rig: Rig, sats: int = 1000, rate: str = "5") -> None:
    fiat = f"{sats * 100 // int(float(rate) * 100)}.00"
    rig.sell(principal_sats=sats, commission_sats=0, fiat=fiat, rate=rate)
    await rig.work(2)
    rig.clock.advance(seconds=1)


async def fills(rig: Rig, wanted: Filter | None = None, **wishes: Any) -> list[Fill]:
    asked: dict[str, Any] = {"leg_type": None, "state": None, "search": None, "limit": 25, "offset": 0}
    found, _total = await lp_views.transactions(rig.store, "ana", wanted or Filter(), **{**asked, **wishes})
    return found


async def of_ana(rig: Rig) -> dict[str, Any]:
    places, _total = await lp_views.places(rig.store, rig.host, "ana", lists.Page())
    waiting, total = await lp_views.waiting(rig.store, "ana")
    return present_lp.summary(places, waiting, total, "channel")


async def test_a_fill_is_compared_with_all_of_its_machines_sales_of_that_day(make_rig: MakeRig) -> None:
    rig = await trading(make_rig)
    await sell(rig)
    assert [(one.day_rate, one.premium_pct) for one in await fills(rig)] == [(None, None)], "alone"

    await sell(rig, 1080, rate="5.4")
    second, first = await fills(rig)
    assert (first.day_rate, second.day_rate) == ("5.2", "5.2")
    assert (first.premium_pct, second.premium_pct) == ("-3.85", "3.85")

    rig.clock.advance(days=1)
    await sell(rig)
    assert (await fills(rig))[0].day_rate is None, "alone again"


async def test_a_day_is_one_of_the_lps_clock(make_rig: MakeRig) -> None:
    """Two sales at noon and at 23:30 in UTC are of one day there, and of two at UTC+14."""
    rig = await trading(make_rig)
    await sell(rig)
    rig.clock.advance(hours=11, minutes=30)
    await sell(rig, 1080, rate="5.4")
    assert {one.day_rate for one in await fills(rig)} == {"5.2"}

    await choose_preferences(rig.store, "ana", {"time_zone": "Pacific/Kiritimati"})
    assert {one.day_rate for one in await fills(rig)} == {"5.2"}, "23 November 2:00 to 13:30"
    await choose_preferences(rig.store, "ana", {"time_zone": "America/Sao_Paulo"})
    assert {one.day_rate for one in await fills(rig)} == {"5.2"}
    await choose_preferences(rig.store, "ana", {"time_zone": "Asia/Tokyo"})
    assert {one.day_rate for one in await fills(rig)} == {None}, "22 November 21:00 and 23 November 8:30"


async def test_the_figures_are_means_of_everything_and_the_host_s_rate_is_told_only_if_it_has_one(
    make_rig: MakeRig,
) -> None:
    rig = await trading(make_rig)
    await sell(rig)
    await sell(rig, 1080, rate="5.4")
    (euro,) = (await of_ana(rig))["currencies"]
    assert (euro["average_rate"], euro["received_sats"], euro["paid"]) == ("5.2", 2080, "400.00")
    assert (euro["rate_now"], euro["value_now"], euro["days_left"]) == (None, None, None)

    rig.host.rates["EUR"] = "4"
    await sell(rig)
    (euro,) = (await of_ana(rig))["currencies"]
    assert (euro["rate_now"], euro["value_now"]) == ("4", "770.00")
    assert euro["days_left"] == 165, "99 400 EUR at 600 EUR a day"


async def test_what_waits_or_failed_is_told_with_its_reason(make_rig: MakeRig) -> None:
    rig = await trading(make_rig)
    rig.host.delete_wallet("ana's wallet")
    await sell(rig)
    summary = await of_ana(rig)
    (failed,) = summary["waiting"]
    assert (failed["state"], summary["waiting_total"]) == ("failed", 1)
    assert failed["error_message"]
    assert (await of_ana(await trading(make_rig)))["waiting_total"] == 0


async def test_the_list_is_narrowed_by_kind_state_days_and_hash(make_rig: MakeRig) -> None:
    rig = await trading(make_rig)
    for _ in range(3):
        await sell(rig)
        rig.clock.advance(days=1)
    newest, _middle, oldest = await fills(rig)
    day = datetime.fromtimestamp(oldest.row["created_at"], timezone.utc).date()

    async def ids(wanted: Filter | None = None, **wishes: Any) -> list[str]:
        return [one.row["id"] for one in await fills(rig, wanted, **wishes)]

    assert await ids(Filter(until=day)) == [oldest.row["id"]]
    assert len(await ids(Filter(since=day, until=date(2026, 11, 23)))) == 2
    assert await ids(leg_type=LegType.AUTOFORWARD) == []
    assert await ids(state=LegState.FAILED) == []
    assert len(await ids(leg_type=LegType.DCA, state=LegState.COMPLETED)) == 3
    assert await ids(search=newest.row["payment_hash"].upper()) == [newest.row["id"]]
    assert await ids(search="0" * 64) == []
    assert len(await ids(Filter(enrolment_id=rig.enrolments["ana"]))) == 3
    with pytest.raises(NotFound):
        await ids(Filter(enrolment_id="0" * 32))
    with pytest.raises(InvalidInput):
        await ids(search="7f3a")


async def test_a_hash_of_somebody_elses_is_not_found(make_rig: MakeRig) -> None:
    rig = await trading(make_rig, ana=100_00, ben=100_00)
    await sell(rig)
    bens = next(leg for leg in await rig.legs() if leg["client_id"] == rig.enrolments["ben"])
    assert await fills(rig, search=bens["payment_hash"]) == []


async def test_the_chart_shows_the_mean_of_everything_whatever_it_shows(make_rig: MakeRig) -> None:
    rig = await trading(make_rig)
    await sell(rig)
    rig.clock.advance(days=40)
    await sell(rig, 1080, rate="5.4")
    charts = {span: present_lp.chart(await lp_views.chart(rig.store, "ana", span)) for span in Span}
    euros = {span: chart["currencies"][0] for span, chart in charts.items()}
    assert {euro["average_rate"] for euro in euros.values()} == {"5.2"}
    assert [one["rate"] for one in euros[Span.WEEK]["fills"]] == ["5.4"]
    assert [one["rate"] for one in euros[Span.ALL]["fills"]] == ["5", "5.4"]
    assert charts[Span.WEEK]["sats"][0]["sats"] == 1000
    for chart in charts.values():
        assert chart["sats"][-1]["sats"] == 2080 and len(chart["sats"]) == STEPS
        assert chart["currencies"][0]["cash"][-1]["left"] == "99600.00"


async def test_many_fills_are_told_together(make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("satmachineadmin.core.chart.MOST_FILLS", 1)
    rig = await trading(make_rig)
    for sats, rate in ((1000, "5"), (1080, "5.4")):
        await sell(rig, sats, rate)
    chart = present_lp.chart(await lp_views.chart(rig.store, "ana", Span.YEAR))
    (together,) = chart["currencies"][0]["fills"]
    assert (together["rate"], together["sats"], together["fills"]) == ("5.2", 2080, 2)


async def test_a_month_is_one_of_the_lps_clock(make_rig: MakeRig) -> None:
    """A sale at 11:00 UTC on 30 November: still November at UTC-11, December at UTC+14."""
    rig = await trading(make_rig)
    rig.clock.moment = datetime(2026, 11, 30, 11, tzinfo=timezone.utc)
    await sell(rig)
    for zone, name in (("Pacific/Pago_Pago", "2026-11"), ("Pacific/Kiritimati", "2026-12")):
        await choose_preferences(rig.store, "ana", {"time_zone": zone})
        months = [month.name for month, _over in await list_statements(rig.store, "ana")]
        assert months[0] == name
        statement = await month_statement(rig.store, "ana", Month(name=name))
        assert [line["sats"] for line in statement.lines if line["line"] == "fill"] == [1000], zone
    assert months == ["2026-12", "2026-11"]


async def test_files_have_everything_once_however_long_a_slice_is(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("satmachineadmin.usecases.lp_files.SLICE", 2)
    rig = await trading(make_rig)
    for _ in range(5):
        await sell(rig)
    file = await open_file(rig.store, "ana", Filter())
    text = "".join([part async for part in lp_files.transactions(file.fills(), "UTC")])
    lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert lines.pop()["created_local"] == "END"
    assert len({line["id"] for line in lines}) == len(lines) == 5
    assert [line["completed_utc"] for line in lines] == sorted(line["completed_utc"] for line in lines)
    cash = "".join([part async for part in lp_files.cash(file.cash(), "UTC")])
    assert "deposit,confirmed,100000.00,EUR" in cash


async def test_koinly_gets_trades_of_cash_for_bitcoin_in_utc(make_rig: MakeRig) -> None:
    """https://support.koinly.io/en/articles/9489976: universal format."""
    rig = await trading(make_rig)
    await choose_preferences(rig.store, "ana", {"time_zone": "Pacific/Kiritimati"})
    await sell(rig)
    rig.host.delete_wallet("ana's wallet")
    await sell(rig)  # fails, and is none of its business
    file = await open_file(rig.store, "ana", Filter())
    text = "".join([part async for part in lp_files.koinly(file.cash(), file.fills())])
    heads, *lines = list(csv.reader(io.StringIO(text)))
    assert heads == [
        "Date", "Sent Amount", "Sent Currency", "Received Amount", "Received Currency", "Fee Amount",
        "Fee Currency", "Net Worth Amount", "Net Worth Currency", "Label", "Description", "TxHash",
    ]  # fmt: skip
    (leg,) = [leg for leg in await rig.legs() if leg["state"] == "completed"]
    nothing = ["", "", "", "", ""]
    assert lines == [
        ["2026-11-22 12:00:00 UTC", "", "", "100000.00", "EUR", *nothing, "Plaza: cash, deposit", ""],
        [
            "2026-11-22 12:00:00 UTC", "200.00", "EUR", "0.00001000", "BTC", *nothing,
            "Plaza: sats for cash", leg["payment_hash"],
        ],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("time_zone", "day"), [("Pacific/Pago_Pago", "2026-11-30"), ("Pacific/Kiritimati", "2026-12-01")]
)
async def test_a_list_is_narrowed_by_days_of_the_lps_clock(
    make_rig: MakeRig, time_zone: str, day: str
) -> None:
    """11:00 in UTC is the first minute of 30 November at UTC-11, and 1:00 of 1 December at UTC+14."""
    rig = await trading(make_rig)
    await choose_preferences(rig.store, "ana", {"time_zone": time_zone})
    rig.clock.moment = datetime(2026, 11, 30, 11, tzinfo=timezone.utc)
    await sell(rig)
    assert len(await fills(rig, Filter.read(None, day, day))) == 1
    assert await fills(rig, Filter.read(None, None, "2026-11-29")) == []
    assert len(await fills(rig, Filter.read(None, "2026-11-30", None))) == 1
    file = await open_file(rig.store, "ana", Filter.read(None, day, day))
    text = "".join([part async for part in lp_files.transactions(file.fills(), file.time_zone)])
    line = next(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert (line["created_local"][:10], line["created_utc"]) == (day, "2026-11-30T11:00:00Z")
