"""What LNbits says at the moment of paying: wallets, balances, limits, permissions."""

from __future__ import annotations

import time
from collections.abc import Collection

from lnbits.core.db import db as core_db
from lnbits.helpers import daystart_timestamp
from lnbits.settings import settings

from ..core.host_facts import HostLimits, WalletFacts
from ..ports import OWN_EXTENSION, PayoutFacts
from ..store import host_tables
from ..store.sql import Row, Sql, in_list

EXTENSION_ID = OWN_EXTENSION


def current_limits() -> HostLimits:
    """LNbits' settings that bear on paying, as they are now."""
    return HostLimits(
        only_incoming=settings.lnbits_only_allow_incoming_payments,
        max_outgoing_sats=settings.lnbits_max_outgoing_payment_amount_sats,
        max_incoming_sats=settings.lnbits_max_incoming_payment_amount_sats,
        max_wallet_balance_sats=settings.lnbits_wallet_limit_max_balance,
        daily_max_withdraw_sats=settings.lnbits_wallet_limit_daily_max_withdraw,
        seconds_between_payments=settings.lnbits_wallet_limit_secs_between_trans,
        service_fee_wallet_id=settings.lnbits_service_fee_wallet or None,
        service_fee_percent=repr(settings.lnbits_service_fee),
        service_fee_max_sats=settings.lnbits_service_fee_max,
        service_fee_on_internal=not settings.lnbits_service_fee_ignore_internal,
        reserve_fee_min_msat=int(settings.lnbits_reserve_fee_min),
        reserve_fee_percent=repr(settings.lnbits_reserve_fee_percent),
    )


def _extension_refusal(payer: Row | None, extension: str) -> str | None:
    """Why LNbits forbids the wallet's user this extension; None when it does not.

    The same as `check_user_extension_access` of LNbits 1.6, without another look into its database.
    """
    if payer is None:
        return None
    if settings.is_admin_extension(extension) and not settings.is_admin_user(payer["user_id"]):
        return f"User not authorized for extension '{extension}'."
    if settings.is_installed_extension_id(extension) and not payer["has_extension"]:
        return f"Extension '{extension}' not enabled."
    return None


async def gather(
    sql: Sql, wallet_id: str, receiver_wallet_ids: Collection[str], extension: str = EXTENSION_ID
) -> PayoutFacts:
    """Everything that decides a payout, read on one connection; sums only where a limit needs them."""
    limits = current_limits()
    listed, values = in_list("wallet", sorted({wallet_id, *receiver_wallet_ids}))
    rows = await sql.all(host_tables.wallet_facts(listed), extension=extension, **values)
    wallets = {row["id"]: await _wallet(sql, row, limits) for row in rows}
    sent_today_msat = 0
    if limits.daily_max_withdraw_sats:
        statement = host_tables.sent_since(is_sqlite=sql.is_sqlite)
        sent = await sql.value(statement, wallet_id=wallet_id, since=daystart_timestamp())
        sent_today_msat = -int(sent)
    newest = None
    if limits.seconds_between_payments and limits.seconds_between_payments > 0:
        newest = await sql.value(host_tables.newest_payment(is_sqlite=sql.is_sqlite), wallet_id=wallet_id)
    return PayoutFacts(
        payer=wallets.get(wallet_id),
        receivers=wallets,
        limits=limits,
        payer_balance_msat=int(await sql.value(host_tables.BALANCE, wallet_id=wallet_id)),
        sent_today_msat=sent_today_msat,
        seconds_since_last_payment=None if newest is None else max(0, int(time.time() - float(newest))),
        extension_refusal=_extension_refusal(
            next((row for row in rows if row["id"] == wallet_id), None), extension
        ),
    )


async def _wallet(sql: Sql, row: Row, limits: HostLimits) -> WalletFacts:
    balance = None
    if limits.max_wallet_balance_sats and limits.max_wallet_balance_sats > 0:
        balance = int(await sql.value(host_tables.BALANCE, wallet_id=row["id"]))
    return WalletFacts(
        id=row["id"],
        user_id=row["user_id"],
        deleted=bool(row["deleted"]),
        is_shared=row["wallet_type"] != "lightning" or row["shared_wallet_id"] is not None,
        balance_msat=balance,
    )


async def paid_before(sql: Sql, wallet_id: str, external_id_prefix: str) -> int:
    """How many payments with this prefix have left a wallet, or may have."""
    under = host_tables.under(wallet_id, external_id_prefix)
    return int(await sql.value(host_tables.PAID_BEFORE, **under))


async def gather_now(wallet_id: str, receiver_wallet_ids: Collection[str], extension: str) -> PayoutFacts:
    """The same outside a transaction, for the slow way: LNbits itself looks again when it pays."""
    async with core_db.connect() as connection:
        sql = await Sql.on(connection.conn, "reading")
        return await gather(sql, wallet_id, receiver_wallet_ids, extension)
