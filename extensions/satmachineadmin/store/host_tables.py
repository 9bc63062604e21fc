"""The statements on LNbits' own tables: its payments, wallets and users.

Known on LNbits 1.6.0 to 1.6.2. The columns are compared with `PAYMENT_COLUMNS` before anything is
written; whoever finds others pays the slow way, through LNbits' own functions.

Times are float epoch seconds on SQLite and naive UTC timestamps on PostgreSQL. `balances` is LNbits'
view: successful rows in, successful and pending rows out, fees off.
"""

from __future__ import annotations

#: apipayments, exactly.
PAYMENT_COLUMNS = frozenset(
    {
        "checking_id", "payment_hash", "wallet_id", "amount", "fee", "bolt11", "fiat_provider", "status",
        "memo", "expiry", "webhook", "webhook_status", "preimage", "tag", "extension", "time",
        "created_at", "updated_at", "labels", "extra", "external_id",
    }
)  # fmt: skip

SQLITE_PAYMENT_COLUMNS = "SELECT name FROM pragma_table_info('apipayments')"
POSTGRES_PAYMENT_COLUMNS = """
    SELECT column_name AS name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = 'apipayments'
"""

_SCANNED = """
    SELECT checking_id, payment_hash, wallet_id, amount, fee, status, memo, tag, external_id,
           fiat_provider, extra, created_at, updated_at
    FROM apipayments
"""
#: Our own payouts, by their mark. Only outgoing rows: anybody with an invoice key could put the mark
#: on an incoming one, and must not hide a sale with it.
_NOT_OURS = "NOT (amount < 0 AND external_id IS NOT NULL AND external_id LIKE 'sm1:%')"


def moment(name: str, *, is_sqlite: bool) -> str:
    """A bound epoch second as LNbits stores times."""
    return f":{name}" if is_sqlite else f"(to_timestamp(:{name}) AT TIME ZONE 'UTC')"


def changed_since(wallets: str, *, is_sqlite: bool) -> str:
    # `+wallet_id` keeps SQLite's planner on the index of updated_at: 1 ms instead of 150 ms.
    column = "+wallet_id" if is_sqlite else "wallet_id"
    return f"""
        {_SCANNED} WHERE updated_at >= {moment("since", is_sqlite=is_sqlite)}
        AND {column} IN {wallets} AND {_NOT_OURS}
    """


def pending(wallets: str, *, is_sqlite: bool) -> str:
    column = "+wallet_id" if is_sqlite else "wallet_id"
    return f"{_SCANNED} WHERE status = 'pending' AND {column} IN {wallets} AND {_NOT_OURS}"


def with_hashes(hashes: str) -> str:
    return f"{_SCANNED} WHERE payment_hash IN {hashes} AND wallet_id = :wallet_id"


def all_sides(hashes: str) -> str:
    return f"{_SCANNED} WHERE payment_hash IN {hashes}"


def successful(*, is_sqlite: bool) -> str:
    return f"""
        {_SCANNED} WHERE wallet_id = :wallet_id AND status = 'success' AND {_NOT_OURS}
        AND created_at >= {moment("created_from", is_sqlite=is_sqlite)}
        ORDER BY created_at, checking_id LIMIT :limit OFFSET :offset
    """


def marked_since(*, is_sqlite: bool) -> str:
    return f"""
        {_SCANNED} WHERE updated_at >= {moment("since", is_sqlite=is_sqlite)} AND amount < 0
        AND (external_id LIKE 'sm1:%' OR external_id LIKE 'smw1:%' OR tag LIKE 'satmachine:%')
    """


def walk(*, is_sqlite: bool) -> str:
    return f"""
        {_SCANNED} WHERE wallet_id = :wallet_id
        AND created_at >= {moment("created_from", is_sqlite=is_sqlite)}
        ORDER BY created_at, checking_id LIMIT :limit
    """


def users_of(wallets: str) -> str:
    return f'SELECT id, "user" AS user_id FROM wallets WHERE id IN {wallets}'


def wallet_names(listed: str) -> str:
    """What their owners call some wallets; deleted ones are not told."""
    return f"SELECT id, name FROM wallets WHERE id IN {listed} AND NOT deleted"


def users_among(listed: str) -> str:
    """Those of some users that have an account."""
    return f"SELECT id, username FROM accounts WHERE id IN {listed}"


def owners_of(listed: str) -> str:
    """Whose some wallets are; deleted ones are not told."""
    return f"""
        SELECT id, "user" AS user_id, wallet_type, shared_wallet_id FROM wallets
        WHERE id IN {listed} AND NOT deleted
    """


def logins(listed: str) -> str:
    """Those of some Nostr keys that an account has."""
    return f"SELECT LOWER(pubkey) AS npub FROM accounts WHERE LOWER(pubkey) IN {listed}"


# Of one user, without those that it has deleted: LNbits' own list sums each wallet's history.
WALLETS_OF = """
    SELECT id, name, wallet_type, shared_wallet_id FROM wallets
    WHERE "user" = :user_id AND NOT deleted ORDER BY name, id
"""


def wallet_facts(wallets: str) -> str:
    return f"""
        SELECT id, "user" AS user_id, deleted, wallet_type, shared_wallet_id,
               EXISTS (SELECT 1 FROM extensions WHERE extensions."user" = wallets."user"
                       AND extensions.extension = :extension AND extensions.active) AS has_extension
        FROM wallets WHERE id IN {wallets}
    """


# The sum that LNbits' view `balances` makes, for one wallet, without its join.
BALANCE = """
    SELECT COALESCE(SUM(amount - ABS(fee)), 0) FROM apipayments
    WHERE wallet_id = :wallet_id
      AND ((status = 'success' AND amount > 0) OR (status IN ('success', 'pending') AND amount < 0))
"""
BALANCE_VIEW = "SELECT balance FROM balances WHERE wallet_id = :wallet_id"
SOME_WALLETS = "SELECT id FROM wallets WHERE deleted = false ORDER BY id LIMIT 2"


def sent_since(*, is_sqlite: bool) -> str:
    return f"""
        SELECT COALESCE(SUM(amount), 0) FROM apipayments
        WHERE wallet_id = :wallet_id AND amount < 0 AND time > {moment("since", is_sqlite=is_sqlite)}
    """


def newest_payment(*, is_sqlite: bool) -> str:
    newest = "MAX(time)" if is_sqlite else "extract(epoch FROM MAX(time) AT TIME ZONE 'UTC')"
    return f"SELECT {newest} FROM apipayments WHERE wallet_id = :wallet_id"


# Only what left the wallet itself: anybody may put our mark on a payment of their own. What is pending
# may have left. Bounds first, so that the index on external_id serves; then the exact prefix. COALESCE
# keeps SQLite's planner off the other columns' indexes, by which it would read far more.
_PAID_UNDER = """
    external_id >= :prefix AND external_id <= :beyond AND external_id LIKE :pattern
      AND COALESCE(wallet_id, '') = :wallet_id AND COALESCE(amount, 0) < 0
      AND COALESCE(status, '') <> 'failed'
"""
PAID_BEFORE = f"SELECT COUNT(*) FROM apipayments WHERE {_PAID_UNDER}"
PAID_UNDER = f"{_SCANNED} WHERE {_PAID_UNDER} ORDER BY created_at, checking_id"


def under(wallet_id: str, external_id_prefix: str) -> dict[str, object]:
    """What the statements on the payments under a mark bind."""
    return {
        "wallet_id": wallet_id,
        "prefix": external_id_prefix[:-1],
        "beyond": external_id_prefix[:-1] + "zzzz",
        "pattern": external_id_prefix + "%",
    }


def carriers_since(*, is_sqlite: bool) -> str:
    """Payments of ours from one wallet that took other legs along: their extra names those."""
    column = "+wallet_id" if is_sqlite else "wallet_id"
    return f"""
        {_SCANNED} WHERE created_at >= {moment("since", is_sqlite=is_sqlite)} AND {column} = :wallet_id
        AND amount < 0 AND external_id LIKE 'sm1:%' AND status <> 'failed' AND extra LIKE '%"carries"%'
    """


_columns = sorted(PAYMENT_COLUMNS)
INSERT_PAYMENT = f"""
    INSERT INTO apipayments ({", ".join(_columns)})
    VALUES ({", ".join(":" + column for column in _columns)})
"""

# A credit is completed only while it is missing, and only if its debit is there: exactly once.
COMPLETE_CREDIT = """
    UPDATE apipayments SET status = 'success', fee = 0
    WHERE checking_id = :payment_hash AND amount > 0 AND status <> 'success'
      AND EXISTS (SELECT 1 FROM apipayments AS debit
                  WHERE debit.checking_id = :internal_id AND debit.amount = -apipayments.amount
                    AND debit.status = 'success')
"""

SQLITE_JOURNAL_MODES = "PRAGMA main.journal_mode", "PRAGMA satmachineadmin.journal_mode"

EXTENSION_ACTIVE = "SELECT active FROM installed_extensions WHERE id = :name"
PREDECESSOR_SCHEMAS = """
    SELECT table_schema AS name, COUNT(*) AS tables FROM information_schema.tables
    WHERE table_schema IN ('satoshimachine', 'spirekeeper') GROUP BY table_schema
"""
SQLITE_TABLE_COUNT = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


def whole_table(schema: str, table: str) -> str:
    """Everything of a table; names out of the database's own catalogue, quoted as identifiers."""
    quoted = table.replace('"', '""')
    return f'SELECT * FROM "{schema}"."{quoted}"'


#: Table and column of every table of a database, in the order in which they were made.
SQLITE_COLUMNS = """
    SELECT listed.name, listed_column.name FROM main.sqlite_master AS listed
    JOIN pragma_table_info(listed.name) AS listed_column
    WHERE listed.type = 'table' AND listed.name NOT LIKE 'sqlite_%' AND :schema = 'main'
    ORDER BY listed.name, listed_column.cid
"""
POSTGRES_COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = :schema ORDER BY table_name, ordinal_position
"""
