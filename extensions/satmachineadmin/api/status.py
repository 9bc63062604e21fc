"""GET /status: what the operator should know before anything else."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from .. import present
from ..core import days
from ..host import predecessor
from ..present import operators as present_operators
from ..present import reconcile as present_reconcile
from ..services import current
from ..store import failing, lists
from ..usecases.operators import own_standing
from ..version import VERSION
from .auth import CurrentUser
from .errors import TranslatingRoute
from .revision_schemas import STUCK_MINUTES

router = APIRouter(route_class=TranslatingRoute)
#: Open matters of the worklist that are told at once.
_MATTERS = 20


@router.get("/status")
async def get_status(user: CurrentUser) -> dict[str, Any]:
    services = current()
    way, reason = await services.host.way_in_use()
    found = await predecessor.find()
    async with services.store.reading() as books:
        zone = days.zone_in_use(await books.operators.time_zone(user.user_id))
        midnight, _ = days.bounds_of(days.date_of(books.now, zone), zone)
        sales = await lists.sales_since(books.sql, user.user_id, midnight)
        totals = await lists.totals(books.sql, user.user_id)
        stuck = await lists.stuck(books.sql, user.user_id, books.now - 60 * STUCK_MINUTES)
        targets = await failing.targets(books.sql, user.user_id)
        holder = await books.lease_holder()
        equals = {"matter.operator_user_id": user.user_id, "(matter.closed_at IS NULL)": True}
        newest = lists.Page(limit=_MATTERS, equals=equals)
        matters, matters_total = await lists.page(books.sql, lists.MATTERS, newest)
        taken_over = await books.moving.sources() if found else set()
    return {
        "version": VERSION,
        "is_platform": user.is_platform,
        "user_name": user.name,
        "live_channel": services.live.channel_of(user.user_id),
        "payout_way": way,
        "payout_way_reason": reason,
        "runner": services.runner.state,
        "runner_detail": present.runner_detail(services.runner.state, holder),
        "last_scan_at": present.iso(services.runner.last_scan_at),
        "matters": [present_reconcile.matter(row) for row in matters],
        "matters_total": matters_total,
        "failing": [present.failing(row) for row in targets],
        "operator": present_operators.own_standing(await own_standing(services.store, user.user_id)),
        "predecessor": [one for one in found if one["where"] not in taken_over],
        "totals": {**totals, "stuck": len(stuck)},
        "today": present.sales(sales),
    }
