"""Months: their figures, and closing them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from ..core.months import Month
from ..present import months as present_months
from ..services import current
from ..usecases.months import Statement, close_month, list_months, month_statement
from ..usecases.once import once
from .acting import ActingUser
from .auth import CurrentUser
from .errors import TranslatingRoute
from .schemas import MonthNamed

router = APIRouter(prefix="/reports", route_class=TranslatingRoute)
MonthFilter = Annotated[str | None, Query(max_length=7)]


@router.get("/months")
async def get_months(user: CurrentUser) -> dict[str, Any]:
    found = present_months.months(await list_months(current().store, user.user_id))
    return {"data": found, "total": len(found)}


@router.get("/month")
async def get_month(user: CurrentUser, month: MonthFilter = None) -> dict[str, Any]:
    return present_months.statement(await _statement(user.user_id, month))


@router.get("/month.csv", response_class=Response)
async def get_month_csv(user: CurrentUser, month: MonthFilter = None) -> Response:
    found = await _statement(user.user_id, month)
    name = f"satoshi-machine-month-{found.month.name}.csv"
    return Response(
        present_months.csv_text(found).encode(errors="backslashreplace"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@router.post("/month/close")
async def post_close(user: ActingUser, body: MonthNamed) -> dict[str, Any]:
    services, month = current(), Month.parse(body.month)
    await once(close_month(services.store, services.host, user.user_id, month))
    return present_months.statement(await _statement(user.user_id, month.name))


async def _statement(user_id: str, name: str | None) -> Statement:
    """A month, or the present one. Raises InvalidInput."""
    services = current()
    if name is None:
        name = (await list_months(services.store, user_id)).today[:7]
    return await month_statement(services.store, services.host, user_id, Month.parse(name))
