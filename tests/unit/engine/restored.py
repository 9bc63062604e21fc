"""Books that are older or younger than the wallets' history, and what a person does about it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from satmachineadmin.core.lease import LeaseLost
from satmachineadmin.engine.reconcile import reconcile_once
from satmachineadmin.usecases.worklist import accept_matter

from .rig import OPERATOR, Rig


async def a_round(rig: Rig, *, is_start: bool = False) -> None:
    """What the runner does: renew the lease or take it anew, reconcile, then work."""
    try:
        async with rig.store.transaction("lease") as books:
            await books.renew_lease(rig.lease)
    except LeaseLost:
        # A copy of the books holds an older lease, and the database's clock is not the rig's.
        async with rig.store.transaction("lease") as books:
            lease = await books.take_lease("this process", previous_is_gone=True)
        assert lease is not None
        rig.lease = lease
    await reconcile_once(rig.store, rig.host, rig.lease, lambda: False)
    await rig.work(2, is_start=is_start)


async def is_paused(rig: Rig) -> bool:
    (row,) = await rig.rows("SELECT payouts_paused_at FROM satmachineadmin.dca_machines")
    return row["payouts_paused_at"] is not None


async def accept_all(rig: Rig, only: str | None = None) -> None:
    for row in await rig.rows("SELECT id, kind FROM satmachineadmin.worklist WHERE closed_at IS NULL"):
        if only not in (None, row["kind"]):
            continue
        await accept_matter(rig.store, rig.host, OPERATOR, row["id"], "restored from last night's copy")


class Copy:
    """The books as they are now, to be laid back over newer ones."""

    def __init__(self, rig: Rig) -> None:
        path = rig.store.database.sqlite_path
        assert path is not None
        self._path, self._copy = path, f"{path}.copy"
        shutil.copyfile(self._path, self._copy)

    def restore(self) -> None:
        shutil.copyfile(self._copy, self._path)


async def restart_with_empty_books(rig: Rig, migrated_file: Path, **wishes: Any) -> Rig:
    """The extension set up anew beside the same LNbits; the machine's wallet keeps its history."""
    path = rig.store.database.sqlite_path
    assert path is not None
    folder = Path(path).parent / "again"
    folder.mkdir()
    again = await Rig.open(folder, template=migrated_file, cash={"ana": 900_00}, way=rig.host.way, **wishes)
    again.clock.moment = rig.clock.moment
    again.host.rows, again.host._numbers = rig.host.rows, rig.host._numbers
    again.host.limits = rig.host.limits
    async with again.store.transaction("setup") as books:
        await books.sql.run(
            "UPDATE satmachineadmin.machine_wallets SET scan_from = :at",
            at=int(rig.clock.now().timestamp()) - 3600,
        )
    return again
