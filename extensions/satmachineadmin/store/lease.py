"""Who may pay: one row that one process holds for thirty seconds at a time, by the database's clock."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.lease import Lease, LeaseLost
from .sql import SCHEMA, Sql

#: How long a lease lasts unless it is renewed; the runner renews it every ten seconds.
LEASE_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class LeaseHolder:
    """The stored row."""

    holder: str
    epoch: int
    taken_at: int
    expires_at: int


async def holder(sql: Sql) -> LeaseHolder | None:
    row = await sql.one(f"SELECT * FROM {SCHEMA}.runner_lease WHERE id = 'runner'")
    if row is None:
        return None
    return LeaseHolder(
        holder=row["holder"], epoch=row["epoch"], taken_at=row["taken_at"], expires_at=row["expires_at"]
    )


async def take(sql: Sql, name: str, *, previous_is_gone: bool) -> Lease | None:
    """Take the lease if it is free, lapsed, or its holder is known to be dead; None otherwise."""
    now = await sql.epoch_seconds()
    current = await holder(sql)
    if current and current.holder not in ("", name) and current.expires_at > now and not previous_is_gone:
        return None
    epoch = (current.epoch if current else 0) + 1
    await sql.run(
        f"""
        INSERT INTO {SCHEMA}.runner_lease (id, holder, epoch, taken_at, expires_at)
        VALUES ('runner', :holder, :epoch, :now, :expires_at)
        ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, epoch = excluded.epoch,
            taken_at = excluded.taken_at, expires_at = excluded.expires_at
        """,
        holder=name,
        epoch=epoch,
        now=now,
        expires_at=now + LEASE_SECONDS,
    )
    return Lease(holder=name, epoch=epoch)


async def renew(sql: Sql, lease: Lease) -> None:
    """Hold the lease for another while; raises LeaseLost when somebody else has taken it."""
    touched = await sql.run(
        f"""
        UPDATE {SCHEMA}.runner_lease SET expires_at = :expires_at
        WHERE id = 'runner' AND holder = :holder AND epoch = :epoch
        """,
        holder=lease.holder,
        epoch=lease.epoch,
        expires_at=await sql.epoch_seconds() + LEASE_SECONDS,
    )
    if touched != 1:
        raise LeaseLost


async def require(sql: Sql, lease: Lease) -> None:
    """Inside a transaction that pays: the lease is still ours and has not lapsed, else LeaseLost."""
    row = await sql.one(
        f"""
        SELECT holder, epoch, expires_at, {sql.epoch_now} AS now FROM {SCHEMA}.runner_lease
        WHERE id = 'runner'
        """
    )
    if row is None or (row["holder"], row["epoch"]) != (lease.holder, lease.epoch):
        raise LeaseLost
    if row["expires_at"] <= row["now"]:
        raise LeaseLost


async def release(sql: Sql, lease: Lease) -> None:
    """Give the lease back when stopping, so that the next one need not wait."""
    await sql.run(
        f"""
        UPDATE {SCHEMA}.runner_lease SET holder = '', expires_at = 0
        WHERE id = 'runner' AND holder = :holder AND epoch = :epoch
        """,
        holder=lease.holder,
        epoch=lease.epoch,
    )
