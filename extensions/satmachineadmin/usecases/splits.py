"""Commission splits: who shares the operator's commission."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..core.errors import SharedWallet, SharesDoNotSum, TargetNotFound
from ..core.model import SplitRule, SplitSet
from ..core.states import TargetKind
from ..core.units import WHOLE_PPM, format_percent
from ..host import accounts
from ..host.targets import read_target, readable
from ..store.books import Store
from .permissions import may
from .wallets import refuse_machine_wallet

_WALLET_OR_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, kw_only=True)
class DraftRule:
    """A line of a split as the operator wrote it."""

    target: str
    label: str
    share_ppm: int


async def replace_split(
    store: Store, user_id: str, machine_id: str | None, draft: Sequence[DraftRule]
) -> None:
    """Replace the whole set: for one machine, or the default of all the operator's machines.

    Raises SharesDoNotSum, TargetNotFound, SharedWallet, MachineWalletRefused, InvalidTarget.
    """
    total_ppm = sum(rule.share_ppm for rule in draft)
    if total_ppm != WHOLE_PPM:
        raise SharesDoNotSum(sum_pct=format_percent(total_ppm))
    rules = [await resolve_rule(position, rule) for position, rule in enumerate(draft)]
    async with store.transaction("split", actor=user_id) as books:
        if machine_id is not None:
            may(user_id, "change_split", await books.machines.row(machine_id), "machine")
        for rule in rules:
            await refuse_machine_wallet(books, rule.wallet_id or "")
        await books.splits.replace(user_id, machine_id, rules, by=user_id)


async def resolve_rule(position: int, draft: DraftRule) -> SplitRule:
    """A wallet here, or a target outside in its canonical form.

    An invoice key becomes its wallet's id at once: keys are never stored. Whether a target outside leads
    back to a machine's wallet shows only when it is paid, and is refused then.
    """
    if not _WALLET_OR_KEY.fullmatch(draft.target):
        kind, target = read_target(draft.target)
        return SplitRule(
            position=position,
            target=target,
            target_kind=kind,
            wallet_id=None,
            label=draft.label or readable(target),
            share_ppm=draft.share_ppm,
        )
    wallet = await accounts.find_wallet_by_key(draft.target) or await accounts.find_wallet(draft.target)
    if wallet is None:
        raise TargetNotFound(target=f"{draft.target[:4]}…")
    if wallet.is_shared:
        raise SharedWallet(wallet_id=wallet.id)
    return SplitRule(
        position=position,
        target=wallet.id,
        target_kind=TargetKind.WALLET,
        wallet_id=wallet.id,
        label=draft.label or wallet.name,
        share_ppm=draft.share_ppm,
    )


async def back_to_default(store: Store, user_id: str, machine_id: str) -> None:
    """Retire a machine's own set."""
    async with store.transaction("split", actor=user_id) as books:
        may(user_id, "change_split", await books.machines.row(machine_id), "machine")
        await books.splits.back_to_default(user_id, machine_id)


async def split_in_force(
    store: Store, user_id: str, machine_id: str | None
) -> tuple[SplitSet | None, int | None]:
    """The set in force and when it was made (epoch seconds)."""
    async with store.reading() as books:
        if machine_id is not None:
            may(user_id, "read", await books.machines.row(machine_id), "machine")
        in_force = await books.splits.in_force(user_id, machine_id)
        return in_force, await books.splits.made_at(in_force.id) if in_force else None
