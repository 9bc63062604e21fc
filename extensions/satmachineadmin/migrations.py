"""The schema, one function a step.

LNbits runs every `mNNN_` whose number is above the one it has stored for this extension. The
predecessor with the same id stands at up to 12, so ours start at 101. Each statement commits by
itself there, hence every step can be run again: `IF NOT EXISTS` throughout.

Amounts are BIGINT (sats, millisatoshi, minor units of the currency), percentages and rates are the
exact decimal text, instants are epoch seconds. A rule that says "once" is a unique index.

An upgrade runs the steps while the version before still works: the steps are of the new one, and
whatever they import of ours would be of the old one. So they import nothing of ours.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

SCHEMA = "satmachineadmin"


async def m101_the_books(db: Any) -> None:
    """Configuration, people, cash, sales and their legs."""
    for statement in (*_TABLES, *_indexes(db)):
        await db.execute(statement)


async def m102_the_engine_room(db: Any) -> None:
    """Audit trail, scan cursors, what was seen, who may pay, and what needs a person."""
    for statement in (*_ENGINE_TABLES, *_engine_indexes(db)):
        await db.execute(statement)


async def m103_append_only(db: Any) -> None:
    """The audit trail refuses UPDATE, DELETE, TRUNCATE and replacing inserts."""
    for statement in _guards(db, "audit_events", "audit", once=("seq", "prev")):
        await db.execute(statement)


async def m104_every_kind_of_leg(db: Any) -> None:
    """Legs with other payers, retries, gathered payments, pauses, what operators remember."""
    for table, column, kind in _COLUMNS_OF_M104:
        await _add_column(db, table, column, kind)
    for statement in (*_TABLES_OF_M104, *_indexes_of_m104(db)):
        await db.execute(statement)
    await db.execute(
        f"""
        UPDATE {SCHEMA}.dca_payments SET payer_wallet_id = (
            SELECT wallet_id FROM {SCHEMA}.dca_settlements AS settlement
            WHERE settlement.id = dca_payments.settlement_id)
        WHERE payer_wallet_id IS NULL
        """
    )


async def m105_verified(db: Any) -> None:
    """How far the audit trail was found sound: append-only like the trail itself."""
    await db.execute(_AUDIT_MARKS)
    for statement in _guards(db, "audit_marks", "audit_mark", once=("seq",)):
        await db.execute(statement)


async def m106_the_day_of_a_draw(db: Any) -> None:
    """Legs know the day whose limit they use up; earlier ones are taken for drawn when made, in UTC."""
    await _add_column(db, "dca_payments", "drawn_on", "TEXT")
    day = (
        "strftime('%Y-%m-%d', created_at, 'unixepoch')"
        if db.type == "SQLITE"
        else "to_char(to_timestamp(created_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
    )
    await db.execute(
        f"""
        UPDATE {SCHEMA}.dca_payments SET drawn_on = {day}
        WHERE drawn_on IS NULL AND client_id IS NOT NULL AND fiat_minor IS NOT NULL
        """
    )
    await db.execute(
        _index(db, "legs_by_day_of_draw", "dca_payments", "client_id, drawn_on", where="drawn_on IS NOT NULL")
    )


async def m110_marks(db: Any) -> None:
    """Sales that an operator looks for by a mark are few: they are found without reading the others."""
    for name, condition in (
        ("settlements_that_are_tests", "is_test"),
        ("settlements_that_differ", "commission_difference_sats <> 0"),
    ):
        await db.execute(_index(db, name, "dca_settlements", "operator_user_id, paid_at", where=condition))


async def m111_corrections(db: Any) -> None:
    """Who paid what was rejected, rates that were corrected, requests that are made once."""
    for table, column, kind in _COLUMNS_OF_M111:
        await _add_column(db, table, column, kind)
    for statement in _indexes_of_m111(db):
        await db.execute(statement)


async def m112_revised(db: Any) -> None:
    """What a sale landed with before a partial dispense; why a leg was released or kept."""
    for table, column, kind in _COLUMNS_OF_M112:
        await _add_column(db, table, column, kind)


async def m115_reconciled(db: Any) -> None:
    """What reconciling found, how far it came, and what each machine's wallet was proved to hold."""
    for table, column, kind in _COLUMNS_OF_M115:
        await _add_column(db, table, column, kind)
    for statement in (*_TABLES_OF_M115, *_indexes_of_m115(db)):
        await db.execute(statement)


async def m116_how_far_was_forwarded(db: Any) -> None:
    """Every leg that an LP received before this instant has been looked at."""
    await _add_column(db, "dca_lp", "forwarded_until", "BIGINT")


async def m117_withdrawals(db: Any) -> None:
    """Links by which customers fetch sats."""
    for statement in (_WITHDRAWALS, *_indexes_of_m117(db)):
        await db.execute(statement)


async def m125_what_went_along(db: Any) -> None:
    """Of a payment that no leg explains: the wallet here that it arrived in, if one did, and the external
    ids of the legs that went with it, as JSON."""
    await _add_column(db, "unknown_payments", "payee_wallet_id", "TEXT")
    await _add_column(db, "unknown_payments", "carries", "TEXT NOT NULL DEFAULT '[]'")


async def m126_acts_that_are_done_once(db: Any) -> None:
    """Keys of requests that had their effect, and their answers, sealed under keys that are not here."""
    for statement in (_IDEMPOTENCY_KEYS, *_indexes_of_m126(db)):
        await db.execute(statement)


async def m127_cash_comes_and_goes(db: Any) -> None:
    """Entries that take cash out, entries that are one act, disputes; who was invited, and by which link."""
    for table, column, kind in _COLUMNS_OF_M127:
        await _add_column(db, table, column, kind)
    for statement in (_INVITATIONS, *_indexes_of_m127(db)):
        await db.execute(statement)


async def m128_closed_months(db: Any) -> None:
    """Months whose figures are frozen: they can be added to, and nothing else."""
    await db.execute(_CLOSED_MONTHS)
    for statement in _guards(db, "closed_months", "closed_month", once=("id", "follows")):
        await db.execute(statement)


async def m129_sales_are_searched(db: Any) -> None:
    """An index for each kind of thing that a sale is found by, and the words that people wrote about it."""
    for statement in (*_tables_of_m129(db), *_indexes_of_m129(db)):
        await db.execute(statement)
    await _index_what_was_written(db)


#: What people wrote about a sale, as core/searching.py has it since m129: event → where its text stands.
WRITTEN_AT_M129 = {
    "settlement.noted": "text",
    "settlement.dispensed": "dispensed_note",
    "settlement.leg_released": "reason",
    "settlement.leg_kept": "reason",
    "settlement.corrected": "reason",
    "settlement.dismissed": "error_message",
    "withdrawal.opened": "reason",
}


def words_at_m129(text: str) -> tuple[str, ...]:
    """The different words of a text, as core/searching.py takes them apart since m129."""
    folded = unicodedata.normalize("NFC", text).casefold()
    words = (word[:40] for word in re.findall(r"[^\W_]+", folded))
    return tuple(dict.fromkeys(words))[:400]


async def _index_what_was_written(db: Any) -> None:
    """The words of the notes that there are; a thousand events at a time."""
    events = ", ".join(f"'{event}'" for event in WRITTEN_AT_M129)
    after = 0
    while True:
        rows = await db.fetchall(
            f"""
            SELECT seq, event, subject_id, operator_user_id, body FROM {SCHEMA}.audit_events
            WHERE event IN ({events}) AND seq > {after} ORDER BY seq LIMIT 1000
            """
        )
        for row in rows:
            said = json.loads(row["body"])["change"]["after"].get(WRITTEN_AT_M129[row["event"]])
            await _insert_words(db, row, words_at_m129(str(said or "")))
        if len(rows) < 1000:
            return
        after = rows[-1]["seq"]


async def _insert_words(db: Any, event: Any, words: tuple[str, ...]) -> None:
    if not words:
        return
    values = {f"word_{index}": word for index, word in enumerate(words)}
    await db.execute(
        f"""
        INSERT INTO {SCHEMA}.settlement_words (operator_user_id, word, settlement_id)
        VALUES {", ".join(f"(:owner, :{name}, :settlement)" for name in values)} ON CONFLICT DO NOTHING
        """,
        {**values, "owner": event["operator_user_id"], "settlement": event["subject_id"]},
    )


async def m130_standings(db: Any) -> None:
    """How the platform stands to its operators; those who have machines began while everybody might."""
    await db.execute(_STANDINGS)
    for statement in (
        _index(db, "standing_once", "standings", "user_id", unique=True),
        _index(db, "standings_by_move", "standings", "moved_at"),
    ):
        await db.execute(statement)
    opaque = (
        "lower(hex(randomblob(16)))" if db.type == "SQLITE" else "replace(gen_random_uuid()::text, '-', '')"
    )
    await db.execute(
        f"""
        INSERT INTO {SCHEMA}.standings (id, user_id, name, standing, reason, created_at, moved_at)
        SELECT {opaque}, operator_user_id, '', 'approved', '', MIN(created_at), MIN(created_at)
        FROM {SCHEMA}.dca_machines WHERE operator_user_id NOT IN (SELECT user_id FROM {SCHEMA}.standings)
        GROUP BY operator_user_id
        """
    )


async def m131_imports(db: Any) -> None:
    """Books that operators took over from elsewhere: what was written, for those who ask again."""
    for statement in (_IMPORTS, _index(db, "imports_by_operator", "imports", "operator_user_id, created_at")):
        await db.execute(statement)


async def m132_figures_of_days(db: Any) -> None:
    """What was sold each day at each machine; whoever has sold something has its days counted."""
    for statement in (*_TABLES_OF_M132, *_indexes_of_m132(db)):
        await db.execute(statement)
    # What a wallet's sats are there for, JSON: holding, reason, msat.
    await _add_column(db, "machine_proofs", "holdings", "TEXT NOT NULL DEFAULT '[]'")
    await db.execute(
        f"""
        INSERT INTO {SCHEMA}.figures_due (operator_user_id, due_at)
        SELECT DISTINCT operator_user_id, 0 FROM {SCHEMA}.dca_machines
        WHERE operator_user_id NOT IN (SELECT operator_user_id FROM {SCHEMA}.figures_due)
        """
    )


async def m133_told_of_what_waits(db: Any) -> None:
    """What operators want to be told of; whatever waits already is told of no more."""
    await _add_column(db, "worklist", "told_at", "BIGINT")
    for notice in ("notify_errored", "notify_paused", "notify_disputed"):
        await _add_column(db, "operators", notice, "BOOLEAN NOT NULL DEFAULT true")
    await db.execute(f"UPDATE {SCHEMA}.worklist SET told_at = opened_at WHERE told_at IS NULL")
    for statement in _indexes_of_m133(db):
        await db.execute(statement)


async def m134_lists_of_old_books(db: Any) -> None:
    """Every list by an index of its own; those that are the beginning of one of these are not needed."""
    await _index_lists(db)
    kept = "machine_id, reason, created_at, settlement_id, sats"
    await db.execute(_index(db, "legs_of_kept", "dca_payments", kept, where="state = 'skipped'"))
    of_lps = "leg_type IN ('dca', 'settlement', 'autoforward') AND carrier_id IS NULL"
    newest = "client_id, created_at, id, leg_type, state"
    await db.execute(_index(db, "legs_of_lps", "dca_payments", newest, where=of_lps))
    for name in _OUTLIVED_BY_M134:
        await db.execute(f"DROP INDEX IF EXISTS {SCHEMA}.{name}")


async def m135_sales_are_counted(db: Any) -> None:
    """How many sales of an operator are in each state: every page asks for it all the time."""
    await db.execute(_SETTLEMENT_TOTALS)
    for statement in _counting(db):
        await db.execute(statement)
    for statement in _COUNT_ANEW:
        await db.execute(statement)


async def m136_shares_of_lps_by_sats(db: Any) -> None:
    """What LPs got by amount: among all legs, the small ones are fees, which are walked over first."""
    await _index_lists(db)


async def m137_lps_see_and_decide(db: Any) -> None:
    """Addresses that wait before they are used, every change of an LP's choices, what it passed on.

    One index has what an LP got and passed on by time; the two that had a part of it are not needed.
    """
    for table, column, kind in _COLUMNS_OF_M137:
        await _add_column(db, table, column, kind)
    for statement in (_LP_CHANGES, *_indexes_of_m137(db)):
        await db.execute(statement)
    for name in ("legs_that_drew", "legs_of_client_by_completion"):
        await db.execute(f"DROP INDEX IF EXISTS {SCHEMA}.{name}")
    await db.execute(
        f"""
        UPDATE {SCHEMA}.dca_clients SET forwarded_msat = (
            SELECT COALESCE(SUM(leg.sent_msat), 0) FROM {SCHEMA}.dca_payments AS leg
            WHERE leg.client_id = dca_clients.id AND leg.leg_type = 'autoforward' AND leg.state = 'completed')
        """
    )


async def m138_machines_sign(db: Any) -> None:
    """Keys that machines make themselves, what they sign and post, their limits; links without a leg."""
    for table, column, kind in _COLUMNS_OF_M138:
        await _add_column(db, table, column, kind)
    for statement in _TABLES_OF_M138:
        await db.execute(statement)
    await db.execute(f"DROP INDEX IF EXISTS {SCHEMA}.withdrawal_under_way_once")
    for statement in _indexes_of_m138(db):
        await db.execute(statement)


async def m139_cash_in_machines(db: Any) -> None:
    """The banknotes in a machine: what it reports, what these books expect, and what moved them."""
    for statement in (*_TABLES_OF_M139, *_indexes_of_m139(db)):
        await db.execute(statement)


async def m140_machines_that_flood(db: Any) -> None:
    """When a machine last asked for more than it may."""
    await _add_column(db, "machine_reports", "flooded_at", "BIGINT")


async def m141_transactions_are_sorted(db: Any) -> None:
    """The list of machines' transactions by each of its columns, from an index."""
    for name, columns in (("state", "state, created_at"), ("fiat", "fiat_minor"), ("wire", "wire_sats")):
        columns = f"operator_user_id, {columns}, id"
        await db.execute(_index(db, f"transactions_by_{name}", "machine_transactions", columns))


async def m142_moved_over(db: Any) -> None:
    """What was taken over from the predecessor: its rows as they were, and its sales as history."""
    for statement in (*_TABLES_OF_M142, *_indexes_of_m142(db)):
        await db.execute(statement)


async def _index_lists(db: Any) -> None:
    for name, (table, columns, condition) in LIST_INDEXES.items():
        await db.execute(_index(db, name, table, columns, where=condition))


async def _add_column(db: Any, table: str, column: str, kind: str) -> None:
    """SQLite cannot say `IF NOT EXISTS` here, so it is looked at first."""
    if db.type != "SQLITE":
        await db.execute(f"ALTER TABLE {SCHEMA}.{table} ADD COLUMN IF NOT EXISTS {column} {kind}")
        return
    known = await db.fetchall(f"SELECT name FROM pragma_table_info('{table}', '{SCHEMA}')")
    if column not in {row["name"] for row in known}:
        await db.execute(f"ALTER TABLE {SCHEMA}.{table} ADD COLUMN {column} {kind}")


_TABLES = (
    # The platform's fee; one row, `platform`. `version` grows with each change.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.super_config (
        id TEXT PRIMARY KEY,
        super_fee_pct TEXT NOT NULL,
        super_fee_cash_in_pct TEXT NOT NULL,
        super_fee_basis TEXT NOT NULL,
        super_fee_wallet_id TEXT,
        fast_way_allowed BOOLEAN NOT NULL,
        operators TEXT NOT NULL,
        version BIGINT NOT NULL,
        updated_at BIGINT NOT NULL
    )
    """,
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.dca_machines (
        id TEXT PRIMARY KEY,
        operator_user_id TEXT NOT NULL,
        name TEXT NOT NULL,
        location TEXT NOT NULL,
        npub TEXT,
        wallet_id TEXT NOT NULL,
        currency TEXT NOT NULL,
        cash_out_fee_pct TEXT NOT NULL,
        cash_in_fee_pct TEXT NOT NULL,
        reference_rate TEXT,
        rate_tolerance_pct TEXT NOT NULL,
        payout_policy TEXT NOT NULL,
        payout_delay_minutes BIGINT NOT NULL,
        dispense_report_minutes BIGINT NOT NULL,
        fallback_commission_pct TEXT,
        maintenance BOOLEAN NOT NULL,
        active BOOLEAN NOT NULL,
        config_version BIGINT NOT NULL,
        settlements_total BIGINT NOT NULL,
        last_sale_at BIGINT,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL
    )
    """,
    # The period in which a wallet was a machine's. Earlier history is its opening balance.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.machine_wallets (
        id TEXT PRIMARY KEY,
        machine_id TEXT NOT NULL,
        wallet_id TEXT NOT NULL,
        scan_from BIGINT NOT NULL,
        bound_at BIGINT NOT NULL,
        unbound_at BIGINT,
        closed_at BIGINT
    )
    """,
    # An LP's own choices, one row a user. Written only through the LP facade (lp.py).
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.dca_lp (
        user_id TEXT PRIMARY KEY,
        lp_ref TEXT NOT NULL,
        dca_wallet_id TEXT NOT NULL,
        default_dca_mode TEXT NOT NULL,
        fixed_mode_daily_limit BIGINT,
        fixed_mode_currency TEXT,
        autoforward_ln_address TEXT,
        autoforward_enabled BOOLEAN NOT NULL,
        autoforward_min_sats BIGINT NOT NULL,
        time_zone TEXT NOT NULL,
        notifications TEXT NOT NULL,
        version BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL
    )
    """,
    # An LP at a machine. The three totals are kept, not summed:
    # balance = confirmed_minor - paid_minor - reserved_minor, and never negative.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.dca_clients (
        id TEXT PRIMARY KEY,
        machine_id TEXT NOT NULL,
        operator_user_id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        lp_ref TEXT NOT NULL,
        username TEXT NOT NULL,
        status TEXT NOT NULL,
        confirmed_minor BIGINT NOT NULL,
        pending_minor BIGINT NOT NULL,
        paid_minor BIGINT NOT NULL,
        reserved_minor BIGINT NOT NULL,
        received_sats BIGINT NOT NULL,
        fills BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        accepted_at BIGINT,
        updated_at BIGINT NOT NULL,
        CHECK (paid_minor >= 0 AND reserved_minor >= 0
               AND confirmed_minor - paid_minor - reserved_minor >= 0)
    )
    """,
    # Every entry of an LP's cash; `amount_minor` is negative where cash left the balance.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.dca_deposits (
        id TEXT PRIMARY KEY,
        client_id TEXT NOT NULL,
        machine_id TEXT NOT NULL,
        operator_user_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        status TEXT NOT NULL,
        amount_minor BIGINT NOT NULL,
        currency TEXT NOT NULL,
        cash_date TEXT NOT NULL,
        notes TEXT NOT NULL,
        related_id TEXT,
        created_by TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        confirmed_by TEXT,
        confirmed_at BIGINT,
        closed_at BIGINT
    )
    """,
    # A version of a commission split. machine_id '' is the operator's default.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.split_sets (
        id TEXT PRIMARY KEY,
        operator_user_id TEXT NOT NULL,
        machine_id TEXT NOT NULL,
        version BIGINT NOT NULL,
        created_by TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        retired_at BIGINT
    )
    """,
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.dca_commission_splits (
        set_id TEXT NOT NULL,
        position BIGINT NOT NULL,
        target TEXT NOT NULL,
        target_kind TEXT NOT NULL,
        wallet_id TEXT,
        label TEXT NOT NULL,
        share_pct TEXT NOT NULL,
        PRIMARY KEY (set_id, position)
    )
    """,
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.dca_settlements (
        id TEXT PRIMARY KEY,
        machine_id TEXT NOT NULL,
        operator_user_id TEXT NOT NULL,
        wallet_id TEXT NOT NULL,
        payment_hash TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT,
        tx_type TEXT,
        wire_sats BIGINT NOT NULL,
        principal_sats BIGINT NOT NULL,
        commission_sats BIGINT NOT NULL,
        platform_fee_sats BIGINT NOT NULL,
        operator_fee_sats BIGINT NOT NULL,
        host_fee_msat BIGINT NOT NULL,
        host_fee_from_commission_sats BIGINT NOT NULL,
        host_fee_from_principal_sats BIGINT NOT NULL,
        commission_difference_sats BIGINT,
        fiat_minor BIGINT,
        currency TEXT NOT NULL,
        exchange_rate TEXT,
        super_fee_pct TEXT NOT NULL,
        super_fee_basis TEXT NOT NULL,
        super_fee_version BIGINT NOT NULL,
        split_set_id TEXT,
        plan_version BIGINT NOT NULL,
        dispensed_sats BIGINT,
        retained_sats BIGINT NOT NULL,
        legs_total BIGINT NOT NULL,
        legs_completed BIGINT NOT NULL,
        legs_failed BIGINT NOT NULL,
        is_test BOOLEAN NOT NULL,
        txid TEXT,
        machine_npub TEXT,
        nostr_sender_pubkey TEXT,
        nostr_event_id TEXT,
        bills TEXT,
        cassettes TEXT,
        waits_code TEXT,
        error_message TEXT,
        next_try_at BIGINT,
        processing_claim TEXT,
        claimed_at BIGINT,
        paid_at BIGINT NOT NULL,
        landed_at BIGINT NOT NULL,
        processed_at BIGINT,
        updated_at BIGINT NOT NULL
    )
    """,
    # The legs. destination_wallet_id of an LP's leg is written when it is paid.
    # sats * 1000 = sent_msat + fee_msat + fee_unused_msat for a completed one.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.dca_payments (
        id TEXT PRIMARY KEY,
        settlement_id TEXT NOT NULL,
        machine_id TEXT NOT NULL,
        operator_user_id TEXT NOT NULL,
        leg_type TEXT NOT NULL,
        leg_key TEXT NOT NULL,
        plan_version BIGINT NOT NULL,
        attempt BIGINT NOT NULL,
        position BIGINT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT,
        sats BIGINT NOT NULL,
        sent_msat BIGINT,
        fee_msat BIGINT,
        fee_unused_msat BIGINT,
        fiat_minor BIGINT,
        currency TEXT NOT NULL,
        exchange_rate TEXT,
        client_id TEXT,
        target TEXT,
        target_kind TEXT,
        label TEXT NOT NULL,
        share_pct TEXT,
        destination_wallet_id TEXT,
        destination_ln_address TEXT,
        external_id TEXT NOT NULL,
        payment_hash TEXT,
        preimage TEXT,
        bolt11 TEXT,
        way TEXT,
        error_code TEXT,
        error_message TEXT,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        completed_at BIGINT,
        CHECK (sats >= 0),
        CHECK (state <> 'completed' OR sats * 1000 = sent_msat + fee_msat + fee_unused_msat)
    )
    """,
)

_ENGINE_TABLES = (
    # Append-only and hash-chained: `hash` covers `body`, which covers `prev`.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.audit_events (
        seq BIGINT PRIMARY KEY,
        at BIGINT NOT NULL,
        actor TEXT NOT NULL,
        event TEXT NOT NULL,
        subject_kind TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        operator_user_id TEXT NOT NULL,
        body TEXT NOT NULL,
        prev TEXT NOT NULL,
        hash TEXT NOT NULL
    )
    """,
    # How far the payment history of a machine's wallet was read.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.scan_cursors (
        wallet_id TEXT PRIMARY KEY,
        changed_until BIGINT NOT NULL,
        full_scan_at BIGINT NOT NULL,
        scanned_at BIGINT NOT NULL
    )
    """,
    # Every payment that was looked at and what became of it; `facts` is the digest to compare with.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.seen_payments (
        wallet_id TEXT NOT NULL,
        payment_hash TEXT NOT NULL,
        verdict TEXT NOT NULL,
        facts TEXT NOT NULL,
        seen_at BIGINT NOT NULL,
        PRIMARY KEY (wallet_id, payment_hash)
    )
    """,
    # Payments that were pending when last looked at.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.open_payments (
        wallet_id TEXT NOT NULL,
        payment_hash TEXT NOT NULL,
        since BIGINT NOT NULL,
        PRIMARY KEY (wallet_id, payment_hash)
    )
    """,
    # Who may pay: one row, `runner`. `epoch` grows with each new holder.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.runner_lease (
        id TEXT PRIMARY KEY,
        holder TEXT NOT NULL,
        epoch BIGINT NOT NULL,
        taken_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
    )
    """,
    # What the program noticed and cannot decide: shown to a person until closed.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.worklist (
        id TEXT PRIMARY KEY,
        operator_user_id TEXT NOT NULL,
        machine_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        detail TEXT NOT NULL,
        opened_at BIGINT NOT NULL,
        closed_at BIGINT
    )
    """,
)


_COLUMNS_OF_M104 = (
    # whose wallet pays: the machine's; an LP's for what it forwards; an operator's for a balance settled
    ("dca_payments", "payer_wallet_id", "TEXT"),
    # taken off an external leg for the network's fee before the invoice was asked for
    ("dca_payments", "reserve_msat", "BIGINT"),
    # how often it has failed since a person last did something about it, and when it is tried again
    ("dca_payments", "tries", "BIGINT NOT NULL DEFAULT 0"),
    ("dca_payments", "next_try_at", "BIGINT"),
    # the leg whose payment carries this one as well; NULL for a leg with a payment of its own
    ("dca_payments", "carrier_id", "TEXT"),
    # how often the settlement was retried by itself since a person last did something about it
    ("dca_settlements", "tries", "BIGINT NOT NULL DEFAULT 0"),
    # where its facts come from: the machine's stamp, the fallback commission, or the operator
    ("dca_settlements", "origin", "TEXT NOT NULL DEFAULT 'stamp'"),
    # payouts of this machine stand still since then, and why; landing goes on
    ("dca_machines", "payouts_paused_at", "BIGINT"),
    ("dca_machines", "payouts_paused_reason", "TEXT"),
    # what arrived before this instant is not forwarded
    ("dca_lp", "autoforward_since", "BIGINT"),
    # what a matter is about, in figures: JSON
    ("worklist", "figures", "TEXT NOT NULL DEFAULT '{}'"),
)

_TABLES_OF_M104 = (
    # Which received legs a forwarding leg passes on: each at most once.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.leg_sources (
        source_leg_id TEXT PRIMARY KEY,
        leg_id TEXT NOT NULL,
        created_at BIGINT NOT NULL
    )
    """,
    # An operator's own settings; one row a user, from the first choice on.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.operators (
        user_id TEXT PRIMARY KEY,
        time_zone TEXT NOT NULL,
        updated_at BIGINT NOT NULL
    )
    """,
    # Wallets whose unstamped payments an operator always takes for top-ups.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.known_payers (
        operator_user_id TEXT NOT NULL,
        wallet_id TEXT NOT NULL,
        label TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (operator_user_id, wallet_id)
    )
    """,
)


_COLUMNS_OF_M111 = (
    # the wallet here that a rejected payment came from; operators see its last four letters only
    ("dca_settlements", "payer_wallet_id", "TEXT"),
    # the rate that a paid settlement should have had; its own, by which it was paid, stays
    ("dca_settlements", "corrected_rate", "TEXT"),
    # what the caller named a request, so that it was carried out once: m126 has the keys of all requests
    ("dca_payments", "request_id", "TEXT"),
    # what the operator's page calls a remembered payer by: not its wallet
    ("known_payers", "id", "TEXT"),
)


def _indexes_of_m111(db: Any) -> tuple[str, ...]:
    return (
        _index(
            db,
            "leg_request_once",
            "dca_payments",
            "operator_user_id, request_id",
            unique=True,
            where="request_id IS NOT NULL",
        ),
        _index(db, "known_payer_by_id", "known_payers", "id", unique=True),
        _index(
            db,
            "legs_kept",
            "dca_payments",
            "machine_id, reason",
            where="state = 'skipped'",
        ),
        _index(
            db,
            "balance_legs_open",
            "dca_payments",
            "created_at",
            where="leg_type = 'settlement' AND state IN ('pending', 'paying', 'unresolved')",
        ),
        _index(
            db,
            "cash_by_related",
            "dca_deposits",
            "related_id",
            where="related_id IS NOT NULL",
        ),
    )


_COLUMNS_OF_M112 = (
    # the sale as it landed, where a partial dispense has scaled its figures; NULL where none has
    ("dca_settlements", "landed_principal_sats", "BIGINT"),
    ("dca_settlements", "landed_commission_sats", "BIGINT"),
    ("dca_settlements", "landed_platform_fee_sats", "BIGINT"),
    ("dca_settlements", "landed_fiat_minor", "BIGINT"),
    # what the person who reported it wrote
    ("dca_settlements", "dispensed_note", "TEXT"),
    # what a person wrote when releasing or keeping a leg
    ("dca_payments", "note", "TEXT"),
    # since when sats that are owed to a customer count as kept
    ("dca_payments", "kept_at", "BIGINT"),
)


_COLUMNS_OF_M127 = (
    # of reserved_minor: cash that entries take out which are not confirmed yet
    ("dca_clients", "leaving_minor", "BIGINT NOT NULL DEFAULT 0"),
    # what entries have in common that stand and fall together
    ("dca_deposits", "act_id", "TEXT"),
    # what the LP says is wrong about it, while it does
    ("dca_deposits", "dispute_reason", "TEXT"),
    ("dca_deposits", "disputed_at", "BIGINT"),
)

# The links by which LPs are invited: of the secret in a link nothing but its hash is kept.
# `closed_as` is accepted, revoked or replaced (by another link of the same enrolment).
_INVITATIONS = f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.invitations (
        id TEXT PRIMARY KEY,
        client_id TEXT NOT NULL,
        token_hash TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        closed_at BIGINT,
        closed_as TEXT
    )
"""


def _indexes_of_m127(db: Any) -> tuple[str, ...]:
    return (
        _index(db, "entries_of_one_act", "dca_deposits", "act_id", where="act_id IS NOT NULL"),
        _index(db, "invitation_token_once", "invitations", "token_hash", unique=True),
        _index(
            db, "invitation_open_once", "invitations", "client_id", unique=True, where="closed_at IS NULL"
        ),
        # What an LP gave in the last days, read from the index alone.
        _index(
            db,
            "legs_that_drew",
            "dca_payments",
            "client_id, completed_at, settlement_id, fiat_minor, leg_type, state",
            where="leg_type = 'dca' AND state = 'completed'",
        ),
    )


_COLUMNS_OF_M137 = (
    # where the LP wants its sats passed on to once the time has come, or it has confirmed that
    ("dca_lp", "autoforward_next_address", "TEXT"),
    ("dca_lp", "autoforward_next_at", "BIGINT"),
    # wrong passwords in a row, and when the last one came
    ("dca_lp", "password_failures", "BIGINT NOT NULL DEFAULT 0"),
    ("dca_lp", "password_failed_at", "BIGINT"),
    # up to when the LP was told of its payouts, and when of something that fails
    ("dca_lp", "told_until", "BIGINT"),
    ("dca_lp", "problem_told_at", "BIGINT"),
    # what left for the LP's own address, the network's fees not in it
    ("dca_clients", "forwarded_msat", "BIGINT NOT NULL DEFAULT 0"),
)

# Every change of an LP's choices, for the LP alone; `changes` is JSON: choice, before, after.
_LP_CHANGES = f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.lp_changes (
        id TEXT PRIMARY KEY,
        user_id TEXT NOT NULL,
        at BIGINT NOT NULL,
        how TEXT NOT NULL,
        changes TEXT NOT NULL
    )
"""


def _indexes_of_m137(db: Any) -> tuple[str, ...]:
    of_lps = "leg_type IN ('dca', 'settlement', 'autoforward') AND state = 'completed'"
    by_time = "client_id, completed_at, leg_type, state, settlement_id, currency, fiat_minor, sent_msat, id"
    return (
        _index(db, "lp_changes_listed", "lp_changes", "user_id, at, id"),
        _index(
            db,
            "addresses_that_wait",
            "dca_lp",
            "autoforward_next_at",
            where="autoforward_next_at IS NOT NULL",
        ),
        _index(db, "paid_of_lps", "dca_payments", by_time, where=of_lps),
        _index(
            db,
            "failed_of_lps",
            "dca_payments",
            "client_id, updated_at",
            where="state = 'failed' AND client_id IS NOT NULL",
        ),
    )


def _indexes_of_m104(db: Any) -> tuple[str, ...]:
    return (
        _index(db, "sources_by_leg", "leg_sources", "leg_id"),
        _index(db, "legs_carried", "dca_payments", "carrier_id", where="carrier_id IS NOT NULL"),
        _index(
            db,
            "legs_below_minimum",
            "dca_payments",
            "target, payer_wallet_id",
            where="state = 'skipped' AND reason = 'below_minimum'",
        ),
        _index(db, "legs_of_client_by_completion", "dca_payments", "client_id, completed_at"),
    )


_COLUMNS_OF_M115 = (
    # the same difference with the same figures has the same one: what was accepted is not opened again
    ("worklist", "fingerprint", "TEXT NOT NULL DEFAULT ''"),
    # who closed it and why; `engine` where it was gone by itself
    ("worklist", "closed_by", "TEXT"),
    ("worklist", "close_reason", "TEXT"),
    # whether a person took it as it is, with its figures
    ("worklist", "is_accepted", "BOOLEAN NOT NULL DEFAULT false"),
)

_TABLES_OF_M115 = (
    # The newest statement of each machine's wallet; `lines` is JSON, amounts in msat.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.machine_proofs (
        wallet_id TEXT PRIMARY KEY,
        machine_id TEXT NOT NULL,
        balance_msat BIGINT NOT NULL,
        expected_msat BIGINT NOT NULL,
        opening_msat BIGINT NOT NULL,
        lines TEXT NOT NULL,
        host_rows BIGINT NOT NULL,
        proved_at BIGINT NOT NULL
    )
    """,
    # How far reconciling came: `changes` and `wallet:<id>` keep an instant, the slices the last id.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.reconcile_cursors (
        name TEXT PRIMARY KEY,
        position TEXT NOT NULL,
        moved_at BIGINT NOT NULL
    )
    """,
    # Payments with our mark in a machine wallet's history that no leg explains.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.unknown_payments (
        checking_id TEXT PRIMARY KEY,
        wallet_id TEXT NOT NULL,
        machine_id TEXT NOT NULL,
        payment_hash TEXT NOT NULL,
        external_id TEXT NOT NULL,
        amount_msat BIGINT NOT NULL,
        fee_msat BIGINT NOT NULL,
        paid_at BIGINT NOT NULL,
        found_at BIGINT NOT NULL,
        accepted_at BIGINT
    )
    """,
)


def _indexes_of_m115(db: Any) -> tuple[str, ...]:
    return (
        _index(db, "worklist_by_machine", "worklist", "machine_id", where="closed_at IS NULL"),
        _index(db, "worklist_by_fingerprint", "worklist", "fingerprint", where="is_accepted"),
        _index(db, "proofs_by_machine", "machine_proofs", "machine_id"),
        _index(db, "unknown_by_machine", "unknown_payments", "machine_id"),
        _index(db, "settlements_by_change", "dca_settlements", "updated_at"),
        _index(db, "legs_by_payer", "dca_payments", "payer_wallet_id"),
    )


# `k1` is the secret of the link (LUD-03). `amount_msat` is what an invoice has to be over, exactly;
# `leg_sats` is what it is taken from, the network's fee included.
_WITHDRAWALS = f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.withdrawals (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        settlement_id TEXT NOT NULL,
        machine_id TEXT NOT NULL,
        operator_user_id TEXT NOT NULL,
        wallet_id TEXT NOT NULL,
        k1 TEXT NOT NULL,
        state TEXT NOT NULL,
        leg_sats BIGINT NOT NULL,
        amount_msat BIGINT NOT NULL,
        reason TEXT NOT NULL,
        error_message TEXT,
        payment_hash TEXT,
        bolt11 TEXT,
        created_by TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        claimed_at BIGINT,
        paid_at BIGINT
    )
"""


# `name` is what LNbits called the user when it was last written; `id` stands for the user outside.
_STANDINGS = f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.standings (
        id TEXT PRIMARY KEY,
        user_id TEXT NOT NULL,
        name TEXT NOT NULL,
        standing TEXT NOT NULL,
        reason TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        moved_at BIGINT NOT NULL
    )
"""


# Lists are JSON: names of files, how many rows of each kind, the enrolments in their order.
_IMPORTS = f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.imports (
        id TEXT PRIMARY KEY,
        operator_user_id TEXT NOT NULL,
        digest TEXT NOT NULL,
        files TEXT NOT NULL,
        counts TEXT NOT NULL,
        client_ids TEXT NOT NULL,
        created_at BIGINT NOT NULL
    )
"""


def _indexes_of_m117(db: Any) -> tuple[str, ...]:
    return (
        _index(db, "withdrawal_secret_once", "withdrawals", "k1", unique=True),
        _index(
            db,
            "withdrawal_under_way_once",
            "withdrawals",
            "settlement_id",
            unique=True,
            where="state IN ('open', 'claimed')",
        ),
        _index(
            db,
            "withdrawal_invoice_once",
            "withdrawals",
            "payment_hash",
            unique=True,
            where="payment_hash IS NOT NULL",
        ),
        _index(db, "withdrawals_by_settlement", "withdrawals", "settlement_id, created_at"),
    )


# What a machine may move, by direction: the most fiat of one transaction, of an hour, of a day, and above
# what a transaction is held; NULL is no limit.
_COLUMNS_OF_M138 = (
    ("dca_machines", "paired_at", "BIGINT"),
    ("dca_machines", "takes_unsigned", "BOOLEAN NOT NULL DEFAULT FALSE"),
    ("dca_machines", "silent_minutes", "BIGINT NOT NULL DEFAULT 15"),
    *(
        ("dca_machines", f"{direction}_{limit}_minor", "BIGINT")
        for direction in ("cash_out", "cash_in")
        for limit in ("transaction", "hour", "day", "hold_above")
    ),
    ("withdrawals", "transaction_id", "TEXT NOT NULL DEFAULT ''"),
    ("withdrawals", "external_id", "TEXT"),
    ("withdrawals", "handed_over_at", "BIGINT"),
    ("withdrawals", "attempts", "BIGINT NOT NULL DEFAULT 0"),
    ("withdrawals", "next_try_at", "BIGINT"),
)

_TABLES_OF_M138 = (
    # Of a code only its digest is kept.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.machine_pairings (
        id TEXT PRIMARY KEY,
        machine_id TEXT NOT NULL,
        operator_user_id TEXT NOT NULL,
        code_digest TEXT NOT NULL,
        state TEXT NOT NULL,
        npub TEXT,
        created_by TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        closed_at BIGINT
    )
    """,
    # Signed events serve once. Those whose time is over are refused for that, and forgotten.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.signed_events (
        event_id TEXT PRIMARY KEY,
        created_at BIGINT NOT NULL
    )
    """,
    # What a machine last said of itself: no event of the trail, it would be one a minute.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.machine_reports (
        machine_id TEXT PRIMARY KEY,
        seen_at BIGINT NOT NULL,
        software TEXT NOT NULL,
        screen TEXT NOT NULL
    )
    """,
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.machine_transactions (
        id TEXT PRIMARY KEY,
        machine_id TEXT NOT NULL,
        operator_user_id TEXT NOT NULL,
        wallet_id TEXT NOT NULL,
        txid TEXT NOT NULL,
        tx_type TEXT NOT NULL,
        state TEXT NOT NULL,
        version BIGINT NOT NULL,
        currency TEXT NOT NULL,
        exchange_rate TEXT NOT NULL,
        fee_ppm BIGINT,
        fiat_minor BIGINT NOT NULL,
        principal_sats BIGINT NOT NULL,
        commission_sats BIGINT NOT NULL,
        wire_sats BIGINT NOT NULL,
        signer TEXT NOT NULL,
        event_id TEXT NOT NULL,
        bills TEXT,
        payment_hash TEXT,
        bolt11 TEXT,
        expires_at BIGINT,
        held_for TEXT,
        withdraw_link_id TEXT,
        dispense TEXT,
        dispensed_minor BIGINT,
        dispense_version BIGINT,
        stayed_minor BIGINT,
        settlement_id TEXT,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        paid_at BIGINT
    )
    """,
    # The banknotes of a cash-in, each with the machine's own id: a repeated post adds nothing.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.transaction_notes (
        transaction_id TEXT NOT NULL,
        note_id TEXT NOT NULL,
        denomination_minor BIGINT NOT NULL,
        taken_at BIGINT NOT NULL,
        PRIMARY KEY (transaction_id, note_id)
    )
    """,
)


def _indexes_of_m138(db: Any) -> tuple[str, ...]:
    owing = "state IN ('collecting', 'held', 'offered')"
    return (
        _index(db, "pairing_code_once", "machine_pairings", "code_digest", unique=True),
        _index(
            db, "pairing_open_once", "machine_pairings", "machine_id", unique=True, where="state = 'open'"
        ),
        _index(db, "signed_events_by_time", "signed_events", "created_at"),
        _index(db, "transaction_once", "machine_transactions", "machine_id, txid", unique=True),
        _index(
            db,
            "transaction_payment_once",
            "machine_transactions",
            "payment_hash",
            unique=True,
            where="payment_hash IS NOT NULL",
        ),
        _index(
            db,
            "transaction_link_once",
            "machine_transactions",
            "withdraw_link_id",
            unique=True,
            where="withdraw_link_id IS NOT NULL",
        ),
        _index(db, "transactions_by_machine", "machine_transactions", "machine_id, created_at"),
        _index(db, "transactions_by_operator", "machine_transactions", "operator_user_id, created_at"),
        _index(db, "transactions_owing", "machine_transactions", "operator_user_id, created_at", where=owing),
        _index(
            db,
            "transactions_by_settlement",
            "machine_transactions",
            "settlement_id",
            where="settlement_id IS NOT NULL",
        ),
        _index(
            db,
            "withdrawal_under_way",
            "withdrawals",
            "settlement_id, transaction_id",
            unique=True,
            where="state IN ('open', 'claimed')",
        ),
        _index(
            db,
            "withdrawals_by_transaction",
            "withdrawals",
            "transaction_id, created_at",
            where="transaction_id <> ''",
        ),
        _index(db, "withdrawals_claimed", "withdrawals", "claimed_at", where="state = 'claimed'"),
    )


# What is expected follows from `base_count` (the first report, or nothing after the notes were taken out) and
# from what moved since; it is NULL until there is a base. `difference` is what was reported beyond what was
# expected, NULL once notes have moved after the report. `stayed_then_minor`: docs/concepts/cash-position.md.
_TABLES_OF_M139 = (
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.cash_units (
        machine_id TEXT NOT NULL,
        unit TEXT NOT NULL,
        denomination_minor BIGINT NOT NULL CHECK (denomination_minor > 0),
        expected_count BIGINT,
        base_count BIGINT,
        base_at BIGINT,
        refilled_since BIGINT NOT NULL DEFAULT 0,
        dispensed_since BIGINT NOT NULL DEFAULT 0,
        taken_since BIGINT NOT NULL DEFAULT 0,
        reported_count BIGINT,
        reported_at BIGINT,
        difference BIGINT,
        capacity BIGINT,
        stayed_then_minor BIGINT NOT NULL DEFAULT 0,
        PRIMARY KEY (machine_id, unit, denomination_minor),
        CHECK ((expected_count IS NULL) = (base_count IS NULL)),
        CHECK (expected_count IS NULL
            OR expected_count = base_count + refilled_since - dispensed_since + taken_since)
    )
    """,
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.cash_movements (
        id TEXT PRIMARY KEY,
        machine_id TEXT NOT NULL,
        operator_user_id TEXT NOT NULL,
        unit TEXT NOT NULL,
        denomination_minor BIGINT NOT NULL,
        kind TEXT NOT NULL,
        count BIGINT NOT NULL,
        difference BIGINT,
        transaction_id TEXT,
        booked_before BIGINT NOT NULL DEFAULT 0,
        note TEXT NOT NULL DEFAULT '',
        by_user TEXT,
        at BIGINT NOT NULL
    )
    """,
)


def _indexes_of_m139(db: Any) -> tuple[str, ...]:
    of_one = "transaction_id, kind, unit, denomination_minor, booked_before"
    return (
        # What a machine reports of one transaction again and again moves each note once.
        _index(
            db,
            "notes_moved_once",
            "cash_movements",
            of_one,
            unique=True,
            where="transaction_id IS NOT NULL",
        ),
        _index(db, "movements_listed", "cash_movements", "machine_id, at, id"),
        _index(
            db, "movements_by_people", "cash_movements", "machine_id, at, id", where="by_user IS NOT NULL"
        ),
        # The notes of the last days, read from the index alone.
        _index(
            db,
            "notes_of_days",
            "cash_movements",
            "machine_id, kind, at, denomination_minor, count",
            where="kind IN ('dispensed', 'taken')",
        ),
        _index(
            db,
            "cash_that_stayed",
            "machine_transactions",
            "machine_id, stayed_minor",
            where="stayed_minor IS NOT NULL",
        ),
    )


def _index(db: Any, name: str, table: str, columns: str, *, unique: bool = False, where: str = "") -> str:
    """`CREATE INDEX` in the dialect of the database: SQLite qualifies the index, PostgreSQL the table."""
    kind = "UNIQUE INDEX" if unique else "INDEX"
    condition = f" WHERE {where}" if where else ""
    if db.type == "SQLITE":
        return f"CREATE {kind} IF NOT EXISTS {SCHEMA}.{name} ON {table} ({columns}){condition}"
    return f"CREATE {kind} IF NOT EXISTS {name} ON {SCHEMA}.{table} ({columns}){condition}"


def _indexes(db: Any) -> tuple[str, ...]:
    return (
        _index(db, "machines_by_operator", "dca_machines", "operator_user_id, created_at"),
        _index(db, "machine_npub_once", "dca_machines", "npub", unique=True, where="npub IS NOT NULL"),
        _index(db, "machine_wallet_once", "dca_machines", "wallet_id", unique=True),
        _index(
            db, "wallet_bound_once", "machine_wallets", "wallet_id", unique=True, where="closed_at IS NULL"
        ),
        _index(db, "wallets_by_machine", "machine_wallets", "machine_id"),
        _index(db, "lp_ref_once", "dca_lp", "lp_ref", unique=True),
        _index(db, "enrolled_once", "dca_clients", "machine_id, user_id", unique=True),
        _index(db, "clients_by_operator", "dca_clients", "operator_user_id, created_at"),
        _index(db, "clients_by_user", "dca_clients", "user_id"),
        _index(db, "deposits_by_operator", "dca_deposits", "operator_user_id, created_at"),
        _index(db, "deposits_by_client", "dca_deposits", "client_id, created_at"),
        _index(
            db,
            "split_in_force_once",
            "split_sets",
            "operator_user_id, machine_id",
            unique=True,
            where="retired_at IS NULL",
        ),
        _index(db, "split_version_once", "split_sets", "operator_user_id, machine_id, version", unique=True),
        _index(db, "settlement_once", "dca_settlements", "wallet_id, payment_hash", unique=True),
        _index(db, "settlements_by_operator", "dca_settlements", "operator_user_id, paid_at"),
        _index(db, "settlements_by_machine", "dca_settlements", "machine_id, paid_at"),
        _index(db, "settlements_by_state", "dca_settlements", "state, next_try_at"),
        _index(db, "settlements_of_operator_by_state", "dca_settlements", "operator_user_id, state"),
        _index(db, "leg_once", "dca_payments", "settlement_id, plan_version, leg_key, attempt", unique=True),
        _index(db, "leg_external_id_once", "dca_payments", "external_id", unique=True),
        _index(
            db,
            "leg_hash_once",
            "dca_payments",
            "payment_hash",
            unique=True,
            where="payment_hash IS NOT NULL",
        ),
        _index(db, "legs_by_operator", "dca_payments", "operator_user_id, created_at"),
        _index(db, "legs_by_client", "dca_payments", "client_id, created_at"),
        _index(
            db, "legs_open", "dca_payments", "state", where="state IN ('pending', 'paying', 'unresolved')"
        ),
    )


def _engine_indexes(db: Any) -> tuple[str, ...]:
    return (
        _index(db, "audit_no_fork", "audit_events", "prev", unique=True),
        _index(db, "audit_by_subject", "audit_events", "subject_id, seq"),
        _index(db, "audit_by_operator", "audit_events", "operator_user_id, seq"),
        _index(db, "worklist_once", "worklist", "kind, subject_id", unique=True, where="closed_at IS NULL"),
        _index(db, "worklist_by_operator", "worklist", "operator_user_id, opened_at"),
    )


# What lists sort by, and behind it what they filter by: a page is found from the index alone, and filters
# that leave few rows do not read the others. Each is paid for by every payout that writes such a row.
_OF_A_SALE, _OF_A_LEG = "id, machine_id, state, tx_type", "id, leg_type, state, machine_id"
_AND_WHEN = f"{_OF_A_SALE}, paid_at"
LIST_INDEXES = {
    # settlements: newest first, by state, by amount, by commission
    "sales_listed": ("dca_settlements", f"operator_user_id, paid_at, {_OF_A_SALE}", ""),
    "sales_by_state": (
        "dca_settlements",
        "operator_user_id, state, paid_at, id, machine_id, tx_type, wire_sats, principal_sats,"
        " commission_sats",
        "",
    ),
    "sales_by_wire": ("dca_settlements", f"operator_user_id, wire_sats, {_AND_WHEN}", ""),
    "sales_by_principal": ("dca_settlements", f"operator_user_id, principal_sats, {_AND_WHEN}", ""),
    "sales_by_commission": ("dca_settlements", f"operator_user_id, commission_sats, {_AND_WHEN}", ""),
    # legs: newest first, by state, by amount
    "legs_listed": ("dca_payments", f"operator_user_id, created_at, {_OF_A_LEG}", ""),
    "legs_by_state": (
        "dca_payments", "operator_user_id, state, created_at, id, leg_type, machine_id, sats", ""
    ),
    "legs_by_sats": ("dca_payments", f"operator_user_id, sats, {_OF_A_LEG}", ""),
    # of LPs by amount: in the other index the fees, which are small, come before them
    "legs_of_lps_by_sats": ("dca_payments", f"operator_user_id, sats, {_OF_A_LEG}", "leg_type = 'dca'"),
    # of the balances that an operator paid off: few among many
    "legs_of_payoffs": (
        "dca_payments", f"operator_user_id, created_at, {_OF_A_LEG}, sats", "leg_type = 'settlement'"
    ),
    # cash entries by the day of the cash and by amount
    "cash_by_date": ("dca_deposits", "operator_user_id, cash_date, id", ""),
    "cash_by_amount": ("dca_deposits", "operator_user_id, amount_minor, id", ""),
    # the worklist: what is open, which every page asks for all the time; and by kind
    "matters_open": ("worklist", "operator_user_id, opened_at, id", "closed_at IS NULL"),
    "matters_by_kind": ("worklist", "operator_user_id, kind, opened_at, id", ""),
    # the audit trail: newest first, with a range of days; and of one kind of thing
    "events_listed": ("audit_events", "operator_user_id, at, seq", ""),
    "events_by_kind": ("audit_events", "operator_user_id, subject_kind, at, seq", ""),
}  # fmt: skip
_OUTLIVED_BY_M134 = (
    "settlements_by_operator", "settlements_of_operator_by_state", "legs_by_operator", "audit_by_operator",
    "settlements_by_wire", "settlements_by_principal", "legs_kept",
)  # fmt: skip


_TABLES_OF_M142 = (
    # One run of moving over. `report` is JSON: what was told of it before it was confirmed.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.moves (
        id TEXT PRIMARY KEY,
        source TEXT NOT NULL,
        digest TEXT NOT NULL,
        report TEXT NOT NULL,
        moved_by TEXT NOT NULL,
        created_at BIGINT NOT NULL
    )
    """,
    # Every row of the predecessor's as it was, JSON, and what it is here: once taken over, never again.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.moved_rows (
        source_table TEXT NOT NULL,
        row_id TEXT NOT NULL,
        became_id TEXT,
        problem TEXT NOT NULL,
        body TEXT NOT NULL,
        move_id TEXT NOT NULL,
        PRIMARY KEY (source_table, row_id)
    )
    """,
    # Sales of before, which nothing here pays: the engine reads of them only what payments they were.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.earlier_sales (
        id TEXT PRIMARY KEY,
        operator_user_id TEXT NOT NULL,
        machine_id TEXT,
        machine_name TEXT NOT NULL,
        wallet_id TEXT NOT NULL,
        payment_hash TEXT NOT NULL,
        txid TEXT NOT NULL,
        tx_type TEXT NOT NULL,
        wire_sats BIGINT NOT NULL,
        principal_sats BIGINT,
        commission_sats BIGINT,
        platform_fee_sats BIGINT,
        operator_fee_sats BIGINT,
        fiat_amount TEXT,
        currency TEXT NOT NULL,
        exchange_rate TEXT,
        status TEXT NOT NULL,
        error_message TEXT NOT NULL,
        notes TEXT NOT NULL,
        paid_at BIGINT NOT NULL
    )
    """,
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.earlier_legs (
        id TEXT PRIMARY KEY,
        sale_id TEXT,
        operator_user_id TEXT NOT NULL,
        machine_id TEXT,
        client_id TEXT,
        leg_type TEXT NOT NULL,
        label TEXT NOT NULL,
        sats BIGINT NOT NULL,
        fiat_amount TEXT,
        currency TEXT NOT NULL,
        exchange_rate TEXT,
        payment_hash TEXT NOT NULL,
        status TEXT NOT NULL,
        error_message TEXT NOT NULL,
        paid_at BIGINT NOT NULL
    )
    """,
)


def _indexes_of_m142(db: Any) -> tuple[str, ...]:
    return (
        _index(db, "earlier_sales_listed", "earlier_sales", "operator_user_id, paid_at, id"),
        _index(db, "earlier_sales_by_machine", "earlier_sales", "operator_user_id, machine_id, paid_at, id"),
        _index(db, "earlier_sales_by_wire", "earlier_sales", "operator_user_id, wire_sats, id"),
        _index(db, "earlier_sales_by_hash", "earlier_sales", "payment_hash"),
        _index(db, "earlier_legs_listed", "earlier_legs", "operator_user_id, paid_at, id"),
        _index(db, "earlier_legs_by_sale", "earlier_legs", "sale_id"),
        _index(db, "earlier_legs_by_lp", "earlier_legs", "client_id, paid_at, id"),
    )


_IDEMPOTENCY_KEYS = f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.idempotency_keys (
        id TEXT PRIMARY KEY,
        content_digest TEXT NOT NULL,
        made_id TEXT,
        recorded_at BIGINT NOT NULL,
        status INTEGER,
        answer TEXT
    )
"""


def _indexes_of_m126(db: Any) -> tuple[str, ...]:
    return (_index(db, "idempotency_keys_by_age", "idempotency_keys", "recorded_at"),)


def _bytewise(db: Any) -> str:
    """The collation in which an index finds what begins alike."""
    return "BINARY" if db.type == "SQLITE" else '"C"'


def _tables_of_m129(db: Any) -> tuple[str, ...]:
    return (
        # which different words people wrote about which sale
        f"""
        CREATE TABLE IF NOT EXISTS {SCHEMA}.settlement_words (
            operator_user_id TEXT NOT NULL,
            word TEXT COLLATE {_bytewise(db)} NOT NULL,
            settlement_id TEXT NOT NULL,
            PRIMARY KEY (operator_user_id, word, settlement_id)
        )
        """,
    )


def _indexes_of_m129(db: Any) -> tuple[str, ...]:
    def of_sales(name: str, columns: str) -> str:
        return _index(db, f"settlements_by_{name}", "dca_settlements", f"operator_user_id, {columns}")

    return (
        of_sales("hash", "payment_hash"),
        of_sales("txid", f"txid COLLATE {_bytewise(db)}"),
        of_sales("wire", "wire_sats"),
        of_sales("principal", "principal_sats"),
        of_sales("fiat", "currency, fiat_minor"),
        _index(db, "words_by_settlement", "settlement_words", "settlement_id, word"),
    )


_AUDIT_MARKS = f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.audit_marks (
        seq BIGINT PRIMARY KEY,
        hash TEXT NOT NULL,
        verified_at BIGINT NOT NULL
    )
"""


# `statement` is the text that `hash` is over; `follows` names operator and month before, once.
_CLOSED_MONTHS = f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.closed_months (
        id TEXT PRIMARY KEY,
        operator_user_id TEXT NOT NULL,
        month TEXT NOT NULL,
        statement TEXT NOT NULL,
        hash TEXT NOT NULL,
        follows TEXT NOT NULL UNIQUE,
        closed_at BIGINT NOT NULL
    )
"""


_TABLES_OF_M132 = (
    # A day on the operator's clock at one machine; worked out of its sales, and over again.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.day_figures (
        operator_user_id TEXT NOT NULL,
        machine_id TEXT NOT NULL,
        day TEXT NOT NULL,
        currency TEXT NOT NULL,
        sales BIGINT NOT NULL,
        fiat_minor BIGINT NOT NULL,
        wire_sats BIGINT NOT NULL,
        commission_sats BIGINT NOT NULL,
        operator_fee_sats BIGINT NOT NULL,
        lps_sats BIGINT NOT NULL,
        retained_sats BIGINT NOT NULL,
        PRIMARY KEY (machine_id, day, currency)
    )
    """,
    # Operators whose days are counted anew.
    f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.figures_due (
        operator_user_id TEXT PRIMARY KEY,
        due_at BIGINT NOT NULL
    )
    """,
)


def _indexes_of_m132(db: Any) -> tuple[str, ...]:
    return (_index(db, "figures_by_operator", "day_figures", "operator_user_id, day"),)


def _indexes_of_m133(db: Any) -> tuple[str, ...]:
    untold = "told_at IS NULL AND closed_at IS NULL"
    return (
        _index(db, "worklist_untold", "worklist", "opened_at, id", where=untold),
        _index(db, "worklist_by_subject", "worklist", "subject_id, kind, told_at"),
    )


_SETTLEMENT_TOTALS = f"""
    CREATE TABLE IF NOT EXISTS {SCHEMA}.settlement_totals (
        operator_user_id TEXT NOT NULL,
        state TEXT NOT NULL,
        settlements BIGINT NOT NULL,
        PRIMARY KEY (operator_user_id, state)
    )
"""
# What the totals are, worked out of the sales themselves: docs/concepts/reconcile.md.
_COUNT_ANEW = (
    f"DELETE FROM {SCHEMA}.settlement_totals",
    f"""
    INSERT INTO {SCHEMA}.settlement_totals (operator_user_id, state, settlements)
    SELECT operator_user_id, state, COUNT(*) FROM {SCHEMA}.dca_settlements GROUP BY operator_user_id, state
    """,
)


def _counting(db: Any) -> tuple[str, ...]:
    """Triggers: whoever writes a sale's state moves the totals in the same transaction, and cannot forget."""
    return _sqlite_counting() if db.type == "SQLITE" else _postgres_counting()


def _sqlite_counting() -> tuple[str, ...]:
    def count(row: str, step: str) -> str:
        return f"""
            INSERT INTO settlement_totals (operator_user_id, state, settlements)
            VALUES ({row}.operator_user_id, {row}.state, {step})
            ON CONFLICT (operator_user_id, state)
            DO UPDATE SET settlements = settlements + excluded.settlements;
        """

    def trigger(event: str, when: str, statements: str) -> str:
        name = f"count_settlement_{event.split()[0].lower()}"
        return f"""
            CREATE TRIGGER IF NOT EXISTS {SCHEMA}.{name} AFTER {event} ON dca_settlements {when}
            BEGIN {statements} END
        """

    more, fewer = count("NEW", "1"), count("OLD", "-1")
    return (
        trigger("INSERT", "", more),
        trigger("UPDATE OF state", "WHEN OLD.state <> NEW.state", fewer + more),
        trigger("DELETE", "", fewer),
    )


def _postgres_counting() -> tuple[str, ...]:
    def count(row: str, step: str) -> str:
        return f"""
            INSERT INTO {SCHEMA}.settlement_totals AS kept (operator_user_id, state, settlements)
            VALUES ({row}.operator_user_id, {row}.state, {step})
            ON CONFLICT (operator_user_id, state)
            DO UPDATE SET settlements = kept.settlements + excluded.settlements;
        """

    return (
        f"""
        CREATE OR REPLACE FUNCTION {SCHEMA}.count_settlement() RETURNS trigger AS $body$
        BEGIN
            IF TG_OP <> 'INSERT' THEN {count("OLD", "-1")} END IF;
            IF TG_OP <> 'DELETE' THEN {count("NEW", "1")} END IF;
            RETURN NULL;
        END
        $body$ LANGUAGE plpgsql
        """,
        f"DROP TRIGGER IF EXISTS count_settlement ON {SCHEMA}.dca_settlements",
        f"""
        CREATE TRIGGER count_settlement AFTER INSERT OR DELETE OR UPDATE OF state
        ON {SCHEMA}.dca_settlements FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.count_settlement()
        """,
    )


def _guards(db: Any, table: str, name: str, *, once: tuple[str, ...]) -> tuple[str, ...]:
    """Triggers that let a table only grow; `once` are its columns with a unique index each."""
    return _sqlite_guards(table, name, once) if db.type == "SQLITE" else _postgres_guards(table, name)


def _sqlite_guards(table: str, name: str, once: tuple[str, ...]) -> tuple[str, ...]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    replaced = " OR ".join(f"{column} = NEW.{column}" for column in once)
    return (
        f"CREATE TRIGGER IF NOT EXISTS {SCHEMA}.{name}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {SCHEMA}.{name}_no_delete BEFORE DELETE ON {table} {refuse}",
        # INSERT OR REPLACE deletes without firing a DELETE trigger.
        f"""
        CREATE TRIGGER IF NOT EXISTS {SCHEMA}.{name}_no_replace BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE {replaced})
        {refuse}
        """,
    )


def _postgres_guards(table: str, name: str) -> tuple[str, ...]:
    return (
        f"""
        CREATE OR REPLACE FUNCTION {SCHEMA}.refuse_change() RETURNS trigger AS $body$
        BEGIN
            RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only';
        END
        $body$ LANGUAGE plpgsql
        """,
        f"DROP TRIGGER IF EXISTS {name}_no_change ON {SCHEMA}.{table}",
        f"""
        CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {SCHEMA}.{table}
        FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.refuse_change()
        """,
        f"DROP TRIGGER IF EXISTS {name}_no_truncate ON {SCHEMA}.{table}",
        f"""
        CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {SCHEMA}.{table}
        FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.refuse_change()
        """,
    )
