"""Who calls: an LNbits account, checked without loading its wallets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from lnbits.core.models import Account
from lnbits.decorators import check_account_exists

from ..host import accounts
from ..usecases.permissions import require_platform


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The user behind a request."""

    user_id: str
    name: str
    is_platform: bool


async def caller(account: Annotated[Account, Depends(check_account_exists)]) -> Caller:
    return Caller(
        user_id=account.id,
        name=account.username or "",
        is_platform=accounts.is_platform(account.id),
    )


CurrentUser = Annotated[Caller, Depends(caller)]


async def platform_owner(user: CurrentUser) -> Caller:
    """The caller, who owns this LNbits; raises NotAllowed before anything of the body is judged."""
    require_platform(user.is_platform)
    return user


PlatformOwner = Annotated[Caller, Depends(platform_owner)]
