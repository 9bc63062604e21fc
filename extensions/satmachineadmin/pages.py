"""The page's addresses. LNbits serves its own shell; static/routes.json tells it what to load."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from lnbits.core.views.generic import index
from lnbits.decorators import check_user_exists

router = APIRouter()
for path in ("/", "/{tab}", "/{tab}/{item}"):
    router.add_api_route(
        path,
        methods=["GET"],
        endpoint=index,
        dependencies=[Depends(check_user_exists)],
        include_in_schema=False,
    )
