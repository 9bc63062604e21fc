"""LNURL-withdraw (LUD-03): what a customer's wallet asks and hands in. Open to whoever knows the secret.

Wallets expect HTTP 200 and their own error shape: `{"status": "ERROR", "reason": …}`.
"""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from ..core.errors import Refusal, WithdrawalRefused
from ..core.withdrawing import WithdrawalKind, description_of
from ..engine.claim import hand_in
from ..engine.refund import open_link
from ..host import links
from ..services import current
from .errors import OpenRoute

router = APIRouter(prefix="/api/v1/withdraw", route_class=OpenRoute)
_SECRET = re.compile(r"[0-9a-f]{64}")


@router.get("/{k1}")
async def get_withdraw(k1: str) -> Any:
    try:
        async with current().store.reading() as books:
            link = await open_link(books, _secret(k1))
            machine = await books.machines.get(link["machine_id"])
    except Refusal as refusal:
        return _error(refusal)
    return {
        "tag": "withdrawRequest",
        "callback": links.withdraw_callback(k1),
        "k1": k1,
        "minWithdrawable": link["amount_msat"],
        "maxWithdrawable": link["amount_msat"],
        "defaultDescription": description_of(WithdrawalKind(link["kind"]), machine.name if machine else None),
    }


@router.get("/{link}/invoice")
async def get_withdraw_invoice(
    link: str, k1: str = Query("", max_length=64), pr: str = Query("", max_length=4000)
) -> Any:
    services = current()
    try:
        if k1 != link:
            raise WithdrawalRefused(reason="There is no such link.")
        await hand_in(services.store, services.host, _secret(k1), pr.strip())
    except Refusal as refusal:
        return _error(refusal)
    return {"status": "OK"}


def _secret(k1: str) -> str:
    if not _SECRET.fullmatch(k1):
        raise WithdrawalRefused(reason="There is no such link.")
    return k1


def _error(refusal: Refusal) -> JSONResponse:
    return JSONResponse({"status": "ERROR", "reason": refusal.sentence()})
