"""Whether the fast way may be used on this LNbits: version, columns, and a trial that is rolled back."""

from __future__ import annotations

from datetime import datetime, timezone

from coincurve import PrivateKey
from lnbits.core.db import db as core_db
from lnbits.settings import settings

from ..ports import Transfer
from ..store import host_tables
from ..store.sql import Sql
from . import mint
from .fast_payout import payment_rows

#: LNbits releases whose payment table and balance view were tested with the fast way.
TESTED_VERSIONS = frozenset({"1.6.0", "1.6.1", "1.6.2"})
_TRIAL_MSAT = 3000
_TRIAL_FEE_MSAT = 1000


async def why_closed() -> str | None:
    """None when the fast way may be used; else the reason, for a person. Leaves nothing behind."""
    if settings.version not in TESTED_VERSIONS:
        return f"LNbits {settings.version} was not tested with it"
    async with core_db.connect() as connection:
        sql = await Sql.on(connection.conn, "self_test")
        if connection.type not in ("SQLITE", "POSTGRES"):
            return f"{connection.type} was not tested with it"
        columns = (
            host_tables.SQLITE_PAYMENT_COLUMNS if sql.is_sqlite else host_tables.POSTGRES_PAYMENT_COLUMNS
        )
        found = {str(row["name"]) for row in await sql.all(columns)}
        if found != host_tables.PAYMENT_COLUMNS:
            return f"LNbits' payment table has other columns: {sorted(found ^ host_tables.PAYMENT_COLUMNS)}"
        try:
            return await _trial(sql)
        finally:
            await connection.conn.rollback()


async def _trial(sql: Sql) -> str | None:
    """Write one payment between two wallets and see whether LNbits' balances move as they must."""
    wallets = [str(row["id"]) for row in await sql.all(host_tables.SOME_WALLETS)]
    if len(wallets) < 2:
        return "there are no two wallets yet to try it on"
    payee, payer = wallets
    before = [await _balance_msat(sql, wallet) for wallet in wallets]
    trial = Transfer(
        leg_id="trial",
        payer_wallet_id=payer,
        payee_wallet_id=payee,
        amount_msat=_TRIAL_MSAT,
        fee_msat=_TRIAL_FEE_MSAT,
        minted=mint.mint(3, "trial", 1, PrivateKey()),
        memo="trial, rolled back",
        extra={"tag": "satmachine:trial"},
        external_id="sm1:trial",
    )
    rows = payment_rows(trial, datetime.now(timezone.utc), sql.is_sqlite)
    await sql.run_many(host_tables.INSERT_PAYMENT, rows[:2])
    moved = [await _balance_msat(sql, wallet) - old for wallet, old in zip(wallets, before, strict=True)]
    if moved != [_TRIAL_MSAT, -_TRIAL_MSAT - _TRIAL_FEE_MSAT]:
        return f"a trial payment moved LNbits' balances by {moved} msat"
    summed = [int(await sql.value(host_tables.BALANCE, wallet_id=wallet)) for wallet in wallets]
    viewed = [await _balance_msat(sql, wallet) for wallet in wallets]
    return None if summed == viewed else "LNbits sums its balances in another way than we do"


async def _balance_msat(sql: Sql, wallet_id: str) -> int:
    return int(await sql.value(host_tables.BALANCE_VIEW, wallet_id=wallet_id) or 0)
