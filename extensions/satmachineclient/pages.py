"""The page's addresses. LNbits serves its own shell; static/routes.json tells it what to load.

Whoever follows an invitation may not be logged in yet: that page is served to everybody, and says so.
"""

from __future__ import annotations

from fastapi import APIRouter, Depends
from lnbits.core.views.generic import index, index_public
from lnbits.decorators import check_user_exists

router = APIRouter()
for _path in ("/", "/statement"):
    router.add_api_route(
        _path,
        methods=["GET"],
        endpoint=index,
        dependencies=[Depends(check_user_exists)],
        include_in_schema=False,
    )
router.add_api_route("/invitation", methods=["GET"], endpoint=index_public, include_in_schema=False)
