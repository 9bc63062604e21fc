"""Commission splits: who shares the operator's commission."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..core.commission import operator_split, platform_fee_sats
from ..core.errors import NotFound, SharedWallet, SharesDoNotSum, TargetNotFound
from ..core.model import SplitRule, SplitSet
from ..core.states import TargetKind, TxType
from ..core.units import WHOLE_PPM, format_percent
from ..core.what_if import WhatIf, replay
from ..host import accounts
from ..host.targets import read_target, readable
from ..store import splits
from ..store.books import Store
from ..store.sql import Row
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
    rules = await _resolve_rules(draft)
    async with store.transaction("split", actor=user_id) as books:
        if machine_id is not None:
            may(user_id, "change_split", await books.machines.row(machine_id), "machine")
        for rule in rules:
            await refuse_machine_wallet(books, rule.wallet_id or "")
        await books.splits.replace(user_id, machine_id, rules, by=user_id)


async def _resolve_rules(draft: Sequence[DraftRule]) -> list[SplitRule]:
    _require_whole([rule.share_ppm for rule in draft])
    return [await resolve_rule(position, rule) for position, rule in enumerate(draft)]


def _require_whole(shares_ppm: Sequence[int]) -> None:
    total_ppm = sum(shares_ppm)
    if total_ppm != WHOLE_PPM:
        raise SharesDoNotSum(sum_pct=format_percent(total_ppm))


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


async def replace_target(store: Store, user_id: str, old: str, new: str) -> str:
    """Put another receiver in the place of one, in the default and in every machine's own set.

    What was labelled by the old address is labelled by the new one; a name that a person gave stays.
    Whose sets they were: ids of machines with commas between them, nothing for the default.

    Raises NotFound where no set in force pays the old one, and what a target of a split is refused for.
    """
    old_target = old if _WALLET_OR_KEY.fullmatch(old) else read_target(old)[1]
    receiver = await resolve_rule(0, DraftRule(target=new, label="", share_ppm=0))
    async with store.transaction("split", actor=user_id) as books:
        await refuse_machine_wallet(books, receiver.wallet_id or "")
        in_force = await books.splits.all_in_force(user_id)
        affected = [one for one in in_force if any(rule.target == old_target for rule in one.rules)]
        if not affected:
            raise NotFound(what="receiver of your commission")
        for one in affected:
            rules = [
                _with_receiver(rule, receiver) if rule.target == old_target else rule for rule in one.rules
            ]
            await books.splits.replace(user_id, one.machine_id, rules, by=user_id)
        return books.made(",".join(one.machine_id or "" for one in affected))


def _with_receiver(rule: SplitRule, receiver: SplitRule) -> SplitRule:
    return replace(
        receiver,
        position=rule.position,
        share_ppm=rule.share_ppm,
        label=receiver.label if rule.label == readable(rule.target) else rule.label,
    )


async def split_in_force(store: Store, user_id: str, machine_id: str | None) -> tuple[Row | None, list[Row]]:
    """The set that is in force for a machine, or by default, and its lines."""
    async with store.reading() as books:
        if machine_id is not None:
            may(user_id, "read", await books.machines.row(machine_id), "machine")
        row = await books.splits.row_in_force(user_id, machine_id)
        lines = await splits.rules_of(books.sql, [row["id"]]) if row else {}
    return row, lines.get(row["id"], []) if row else []


@dataclass(frozen=True, kw_only=True)
class SharedExample:
    """What a commission comes to for everybody: computed, not stored."""

    platform_sats: int
    operator_sats: int
    shares_sats: tuple[int, ...]


async def share_example(
    store: Store, shares_ppm: Sequence[int], *, tx_type: TxType, principal_sats: int, commission_sats: int
) -> SharedExample:
    """An imagined sale's commission under the platform's fee of now. Raises SharesDoNotSum."""
    _require_whole(shares_ppm)
    async with store.reading() as books:
        fee = await books.platform.fee(tx_type)
    platform_sats = platform_fee_sats(commission_sats, principal_sats, fee)
    rules = [
        SplitRule(
            position=position, target="", target_kind=TargetKind.WALLET, wallet_id=None, label="",
            share_ppm=share_ppm,
        )
        for position, share_ppm in enumerate(shares_ppm)
    ]  # fmt: skip
    operator_sats = commission_sats - platform_sats
    return SharedExample(
        platform_sats=platform_sats,
        operator_sats=operator_sats,
        shares_sats=operator_split(operator_sats, rules),
    )


async def what_if(
    store: Store, user_id: str, machine_id: str | None, draft: Sequence[DraftRule], last: int
) -> tuple[WhatIf, Mapping[str, str]]:
    """The newest planned sales under a draft, of one machine or of all that use the default; nothing is
    written. Also each machine's name. Raises what `replace_split` raises."""
    rules = await _resolve_rules(draft)
    async with store.reading(at_one_instant=True) as books:
        if machine_id is not None:
            may(user_id, "read", await books.machines.row(machine_id), "machine")
        for rule in rules:
            await refuse_machine_wallet(books, rule.wallet_id or "")
        sales = await splits.sales_to_replay(books.sql, user_id, machine_id, last)
        legs = await splits.shares_of(books.sql, [sale.id for sale in sales])
        names = await books.machines.names({sale.machine_id for sale in sales})
    draft_set = SplitSet(id="", version=0, machine_id=machine_id, rules=tuple(rules))
    return replay(sales, legs, draft_set), names
