"""What somebody means who types into the one search box of the sales: pure.

What can go wrong: a search that has to read every sale. So what was typed is read first, as the few things
that it can be, and each of them is looked up in an index of its own: an invoice or a payment hash, an
amount, the beginning of the machine's transaction id, an LP's name, words of a note.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from .errors import Refusal
from .units import parse_fiat

#: More words than this do not make a search any narrower.
_MOST_WORDS = 8
#: Longer words are found by their beginning; a note has no more different words.
LONGEST_WORD, MOST_WORDS_OF_A_NOTE = 40, 400
#: What a person wrote about a sale stands in its event under this name, and is found by its words.
WRITTEN = {
    "settlement.noted": "text",
    "settlement.dispensed": "dispensed_note",
    "settlement.leg_released": "reason",
    "settlement.leg_kept": "reason",
    "settlement.corrected": "reason",
    "settlement.dismissed": "error_message",
    "withdrawal.opened": "reason",
}
_HASH = re.compile(r"[0-9a-f]{64}")
_INVOICE = re.compile(r"(?:lightning:)?(ln[a-z]{2,5}[0-9]*[munp]?1[0-9a-z]{50,})")
_WORD = re.compile(r"[^\W_]+")
_AMOUNT = re.compile(r"([0-9][0-9., '’]*)(sats?|[a-z]{3})?")
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_PLAIN = re.compile(r"[0-9]{1,15}(\.[0-9]{1,8})?")


@dataclass(frozen=True, kw_only=True)
class Amount:
    """A number, of sats or of some currency or not said of what."""

    text: str
    #: `sat`, a currency's code, or None
    unit: str | None = None

    @property
    def sats(self) -> int | None:
        """As whole sats; None where it cannot be meant so."""
        return int(self.text) if self.unit in (None, "sat") and "." not in self.text else None

    def minor(self, currency: str) -> int | None:
        """In the minor units of a currency; None where it cannot be meant so."""
        if self.unit not in (None, currency):
            return None
        try:
            return parse_fiat(self.text, currency)
        except Refusal:
            return None


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Everything that it can be. Nothing of it: nothing is found."""

    payment_hash: str | None = None
    amount: Amount | None = None
    #: of the machine's transaction id; a whole id of ours is one as well
    prefix: str | None = None
    #: part of an LP's name
    name: str | None = None
    #: beginnings of words of a note, all of which must be in it
    words: tuple[str, ...] = ()


def read(text: str, hash_of_invoice: Callable[[str], str | None]) -> Sought:
    """What was typed. `hash_of_invoice` gives a BOLT 11 text its payment hash, or None."""
    typed = " ".join(text.split())
    lower = typed.lower()
    invoice = _INVOICE.fullmatch(lower)
    if invoice is not None:
        return Sought(payment_hash=hash_of_invoice(invoice[1]))
    if _HASH.fullmatch(lower):
        return Sought(payment_hash=lower, prefix=typed)
    return Sought(
        amount=_amount(lower),
        prefix=typed if typed and " " not in typed else None,
        name=typed or None,
        words=words_of(typed)[:_MOST_WORDS],
    )


def words_of(text: str) -> tuple[str, ...]:
    """The different words of a text, all alike in case and form, in their order."""
    folded = unicodedata.normalize("NFC", text).casefold()
    words = (word[:LONGEST_WORD] for word in _WORD.findall(folded))
    return tuple(dict.fromkeys(words))[:MOST_WORDS_OF_A_NOTE]


def _amount(lower: str) -> Amount | None:
    """A number as people and our own pages write it: `1 100 sat`, `1,100`, `200.00 EUR`, `200,00`."""
    match = _AMOUNT.fullmatch(lower)
    if match is None:
        return None
    number = re.sub(r"[ '’]", "", match[1])
    number = number.replace(",", "") if _GROUPED.fullmatch(number) else number.replace(",", ".")
    if not _PLAIN.fullmatch(number):
        return None
    unit = match[2]
    if unit in ("sat", "sats"):
        return Amount(text=number, unit="sat")
    return Amount(text=number, unit=unit.upper() if unit else None)
