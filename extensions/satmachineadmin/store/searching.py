"""Which of an operator's sales a search means: each kind of thing that was typed by an index of its own.

What can go wrong: a search that walks over all sales, or one that finds what is another operator's. So
nothing is joined by OR: every kind is a statement part with its own LIMIT, all of one UNION. It gives ids,
some of which may be another operator's; whoever owns a sale is asked by the list that shows what was found.

What depends on the sale alone is looked for among the sales of the list's other filters. An LP's sales and
the notes are looked up by LP and by word, the newest first, and filtered afterwards; where there are more
than are looked through, the answer says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..core.searching import Sought
from . import lists
from .sql import SCHEMA, Sql

#: So many sales of each kind are looked through; LPs with such a name share them.
MOST = 2_000
#: LPs whose names match, and currencies that an amount can be of.
_MOST_LPS = 20
#: Follows every letter: the end of what begins alike.
_AFTER_ALL = "\U0010ffff"


@dataclass(frozen=True, kw_only=True)
class Found:
    """The ids of the sales that may be meant."""

    ids: tuple[str, ...]
    #: whether there may be more of them
    is_cut: bool


@dataclass
class _Parts:
    """The statement as it grows: one SELECT of ids a kind, and the values that they take."""

    sql: Sql
    filters: str
    values: dict[str, object]
    selects: list[str] = field(default_factory=list)
    #: how many each of them looks through
    most: list[int] = field(default_factory=list)

    def of_sales(self, condition: str, order: str | None = None) -> None:
        """Sales of the operator on which a condition holds."""
        ordered = f"ORDER BY settlement.{order}" if order else ""
        self._add(
            f"""SELECT settlement.id FROM {SCHEMA}.dca_settlements AS settlement
            WHERE settlement.operator_user_id = :owner AND {condition}{self.filters}
            {ordered}"""
        )

    def of_legs(self, condition: str, order: str | None = None, most: int | None = None) -> None:
        """Sales that have such a leg. What an LP did with its sats afterwards is not the operator's."""
        ordered = f"ORDER BY leg.{order}" if order else ""
        self._add(
            f"""SELECT leg.settlement_id AS id FROM {SCHEMA}.dca_payments AS leg
            WHERE {condition} AND leg.leg_type <> 'autoforward' AND leg.settlement_id <> ''
            {ordered}""",
            most,
        )

    def of_words(self, first: str, others: list[str]) -> None:
        """Sales that something was written about in which all of these words begin so."""
        also = "".join(
            f""" AND EXISTS (SELECT 1 FROM {SCHEMA}.settlement_words AS other
            WHERE other.settlement_id = word.settlement_id AND {self.begins("other.word", name)})"""
            for name in others
        )
        self._add(
            f"""SELECT word.settlement_id AS id FROM {SCHEMA}.settlement_words AS word
            WHERE word.operator_user_id = :owner AND {self.begins("word.word", first)}{also}"""
        )

    def begins(self, column: str, name: str) -> str:
        """That a text begins like another, letter for letter, as an index has them in order."""
        self.values[f"{name}_end"] = f"{self.values[name]}{_AFTER_ALL}"
        bytewise = f"{column} COLLATE {self.sql.bytewise}"
        return f"{bytewise} >= :{name} AND {bytewise} < :{name}_end"

    def bind(self, name: str, value: object) -> str:
        self.values[name] = value
        return name

    def _add(self, select: str, most: int | None = None) -> None:
        """One more than is looked through tells that there are more."""
        number, most = len(self.selects), MOST if most is None else most
        self.selects.append(f"SELECT id, {number} AS kind FROM ({select} LIMIT {most + 1}) AS found_{number}")
        self.most.append(most)


async def settlements(sql: Sql, owner_id: str, sought: Sought, wanted: lists.Page) -> Found:
    """The sales of an operator that it can be about, and that the page's filters leave."""
    conditions, values = lists.conditions(lists.SETTLEMENTS, wanted)
    filters = "".join(f" AND {condition}" for condition in conditions)
    parts = _Parts(sql=sql, filters=filters, values={**values, "owner": owner_id})
    _by_hash(parts, sought)
    await _by_amount(parts, sought)
    _by_txid(parts, sought)
    await _by_lp(parts, sought)
    _by_note(parts, sought)
    if not parts.selects:
        return Found(ids=(), is_cut=False)
    rows = await sql.all(" UNION ALL ".join(parts.selects), **parts.values)
    ids = dict.fromkeys(str(row["id"]) for row in rows)
    found = Counter(int(row["kind"]) for row in rows)
    return Found(ids=tuple(ids), is_cut=any(found[kind] > most for kind, most in enumerate(parts.most)))


def _by_hash(parts: _Parts, sought: Sought) -> None:
    """A customer's payment, or one of ours that went out for it."""
    if sought.payment_hash is None:
        return
    parts.bind("hash", sought.payment_hash)
    parts.of_sales("settlement.payment_hash = :hash")
    parts.of_legs("leg.payment_hash = :hash")


async def _by_amount(parts: _Parts, sought: Sought) -> None:
    """What crossed Lightning, what was sold, and the notes that were paid for it."""
    if sought.amount is None:
        return
    if sought.amount.sats is not None:
        parts.bind("sats", sought.amount.sats)
        for column in ("wire_sats", "principal_sats"):
            parts.of_sales(f"settlement.{column} = :sats")
    for index, currency in enumerate(await _currencies(parts)):
        minor = sought.amount.minor(currency)
        if minor is not None:
            fiat, unit = parts.bind(f"minor_{index}", minor), parts.bind(f"currency_{index}", currency)
            parts.of_sales(f"settlement.fiat_minor = :{fiat} AND settlement.currency = :{unit}")


async def _currencies(parts: _Parts) -> Iterator[str]:
    rows = await parts.sql.all(
        f"""
        SELECT DISTINCT currency FROM {SCHEMA}.dca_machines
        WHERE operator_user_id = :owner ORDER BY currency LIMIT :limit
        """,
        owner=parts.values["owner"],
        limit=_MOST_LPS,
    )
    return (str(row["currency"]) for row in rows)


def _by_txid(parts: _Parts, sought: Sought) -> None:
    """The machine's own id of it as far as it was typed, or ours as a whole."""
    if sought.prefix is None:
        return
    begins = parts.begins("settlement.txid", parts.bind("txid", sought.prefix))
    parts.of_sales(begins, order=f"txid COLLATE {parts.sql.bytewise}")
    parts.of_sales("settlement.id = :txid")


async def _by_lp(parts: _Parts, sought: Sought) -> None:
    """The newest sales that draw on the cash of LPs with such a name."""
    if sought.name is None:
        return
    rows = await parts.sql.all(
        f"""
        SELECT id FROM {SCHEMA}.dca_clients
        WHERE operator_user_id = :owner AND LOWER(username) LIKE LOWER(:name) ESCAPE '!'
        ORDER BY created_at, id LIMIT :limit
        """,
        owner=parts.values["owner"],
        name=lists.containing(sought.name),
        limit=_MOST_LPS,
    )
    for index, row in enumerate(rows):
        client = parts.bind(f"client_{index}", row["id"])
        condition = f"leg.client_id = :{client} AND leg.state <> 'voided'"
        parts.of_legs(condition, order="created_at DESC", most=max(1, MOST // len(rows)))


def _by_note(parts: _Parts, sought: Sought) -> None:
    """What a person wrote about it. The longest word is looked up first: it is in the fewest notes."""
    if sought.words:
        names = [
            parts.bind(f"word_{index}", word)
            for index, word in enumerate(sorted(sought.words, key=len, reverse=True))
        ]
        parts.of_words(names[0], names[1:])
