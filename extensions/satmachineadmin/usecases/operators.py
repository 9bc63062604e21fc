"""Operators and the platform: who asks to be one, and what the platform's owner decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..core.approval import OperatorPolicy, Standing, may_begin
from ..core.errors import NotFound, UnknownUser
from ..host import accounts
from ..ports import Host
from ..store import lists
from ..store.books import Store
from ..store.sql import Row
from ..store.standings import machines_of, sold_since
from .permissions import require_platform

DAY_SECONDS = 86_400


@dataclass(frozen=True, kw_only=True)
class OwnStanding:
    """What an operator may do, as the platform sees it."""

    policy: OperatorPolicy
    standing: Standing
    may_begin: bool


async def own_standing(store: Store, user_id: str) -> OwnStanding:
    async with store.reading() as books:
        policy, standing = await books.standings.policy(), await books.standings.of(user_id)
    return OwnStanding(policy=policy, standing=standing, may_begin=may_begin(policy, standing))


async def ask_for_approval(store: Store, host: Host, user_id: str) -> None:
    """Ask the platform, which is told. Raises ArrowNotAllowed for who has asked or was decided on."""
    name = await accounts.user_name(user_id)
    async with store.transaction("operator", actor=user_id) as books:
        before = await books.standings.of(user_id)
        await books.standings.move(user_id, name, before, Standing.ASKED)
    await host.notify(host.platform_user_id, f"{name} asks to be an operator of Satoshi Machine here.")


async def decide(
    store: Store, host: Host, user_id: str, standing_id: str, after: Standing, reason: str = ""
) -> str:
    """Approve an operator or stop it; the operator is told. Its id among operators.

    Raises NotAllowed, NotFound, ArrowNotAllowed.
    """
    require_platform(accounts.is_platform(user_id))
    async with store.reading() as books:
        row = await books.standings.row(standing_id)
    if row is None:
        raise NotFound(what="operator")
    return await _decide(store, host, user_id, str(row["user_id"]), after, reason)


async def approve_by_name(store: Store, host: Host, user_id: str, username: str) -> str:
    """Approve the user with exactly this name, whether it has asked or not; its id among operators.

    Raises NotAllowed, UnknownUser, ArrowNotAllowed.
    """
    require_platform(accounts.is_platform(user_id))
    operator_id = await accounts.find_user_id(username)
    if operator_id is None:
        raise UnknownUser(username=username)
    return await _decide(store, host, user_id, operator_id, Standing.APPROVED, "")


async def _decide(
    store: Store, host: Host, user_id: str, operator_id: str, after: Standing, reason: str
) -> str:
    name = await accounts.user_name(operator_id)
    async with store.transaction("operator", actor=user_id) as books:
        before = await books.standings.of(operator_id)
        await books.standings.move(operator_id, name, before, after, reason=reason)
        standing_id = books.made(await books.standings.id_of(operator_id))
    await host.notify(operator_id, _told(after, reason))
    return standing_id


def _told(after: Standing, reason: str) -> str:
    if after is Standing.APPROVED:
        return "You are approved as an operator of Satoshi Machine."
    return f"You cannot begin anything new with Satoshi Machine any more; what you have goes on. {reason}"


@dataclass(frozen=True, kw_only=True)
class OperatorSeen:
    """An operator as the platform sees it: in sums, without any of its business."""

    row: Row
    machines: Row | None
    sold: Row | None


async def operators_seen(
    store: Store, page: lists.Page, days: int
) -> tuple[list[OperatorSeen], int, Mapping[str, str]]:
    """A page of operators with what they sold in the last days, how many there are, and their names."""
    async with store.reading(at_one_instant=True) as books:
        rows, total = await lists.page(books.sql, lists.STANDINGS, page)
        users = [str(row["user_id"]) for row in rows]
        machines = await machines_of(books.sql, users)
        sold = await sold_since(books.sql, users, books.now - days * DAY_SECONDS)
    names = {user: await accounts.user_name(user) for user in users}
    seen = [
        OperatorSeen(row=row, machines=machines.get(row["user_id"]), sold=sold.get(row["user_id"]))
        for row in rows
    ]
    return seen, total, names
