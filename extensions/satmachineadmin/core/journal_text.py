"""The journal as text that hledger and Beancount read. docs/reference/journal.md describes the accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Protocol

from .journal import SAT, Amounts, Entry
from .units import currency_digits, format_fiat

#: Longer texts say nothing more in a line of a journal.
_LONGEST = 200


def number_text(amount: int, commodity: str) -> str:
    """An amount as decimal text; sats with three decimals only where they are no whole sats."""
    if commodity != SAT:
        return format_fiat(amount, commodity)
    whole, rest = divmod(abs(amount), 1000)
    text = f"{whole}.{rest:03d}" if rest else str(whole)
    return f"{'-' if amount < 0 else ''}{text}"


def amount_text(amount: int, commodity: str) -> str:
    """The same with its commodity."""
    return f"{number_text(amount, commodity)} {commodity}"


class Format(Protocol):
    """One kind of journal."""

    suffix: str

    def head(self, title: str) -> str: ...
    def entry(self, entry: Entry) -> str: ...
    def note(self, text: str) -> str: ...
    def declare(self, accounts: Iterable[str], commodities: Iterable[str], first_day: str) -> str: ...
    def assertions(self, balances: Amounts, last_day: str) -> str: ...


def _one_line(text: str, forbidden: str) -> str:
    """Free text in one line, without what has a meaning of its own there."""
    return re.sub(rf"[\s\x00-\x1f\x7f{forbidden}]+", " ", text).strip()[:_LONGEST]


class Hledger:
    """https://hledger.org/hledger.html#journal"""

    suffix = "journal"

    def head(self, title: str) -> str:
        return f"; {_one_line(title, ';')}\n\n"

    def entry(self, entry: Entry) -> str:
        marks = ", ".join(f"{name}:{_one_line(value, ',;')}" for name, value in entry.marks.items())
        lines = [f"{entry.day} * {_one_line(entry.text, ';|')}", *([f"    ; {marks}"] if marks else [])]
        lines += [
            f"    {account}  {amount_text(amount, commodity)}"
            for (account, commodity), amount in entry.amounts.items()
        ]
        return "\n".join(lines) + "\n\n"

    def note(self, text: str) -> str:
        return f"; {_one_line(text, ';')}\n"

    def declare(self, accounts: Iterable[str], commodities: Iterable[str], first_day: str) -> str:
        formats = []
        for commodity in sorted(commodities):
            digits = 3 if commodity == SAT else currency_digits(commodity)
            formats.append(f"commodity 1000.{'0' * digits} {commodity}\n")
        return "".join([*formats, *(f"account {account}\n" for account in sorted(accounts)), "\n"])

    def assertions(self, balances: Amounts, last_day: str) -> str:
        """What each account holds, those below it included."""
        lines = [
            f"    {account}  0 {commodity} =* {amount_text(amount, commodity)}"
            for (account, commodity), amount in sorted(balances.items())
        ]
        return "\n".join([f"{last_day} * Balances of the books", *lines]) + "\n"


class Beancount:
    """https://beancount.github.io/docs/beancount_language_syntax.html"""

    suffix = "beancount"

    def head(self, title: str) -> str:
        return f"; {_one_line(title, ';')}\n\n"

    def entry(self, entry: Entry) -> str:
        lines = [f'{entry.day} * "{_quoted(entry.text)}"']
        lines += [f'  {name}: "{_quoted(value)}"' for name, value in entry.marks.items()]
        lines += [
            f"  {account}  {amount_text(amount, commodity)}"
            for (account, commodity), amount in entry.amounts.items()
        ]
        return "\n".join(lines) + "\n\n"

    def note(self, text: str) -> str:
        return f"; {_one_line(text, ';')}\n"

    def declare(self, accounts: Iterable[str], commodities: Iterable[str], first_day: str) -> str:
        lines = [f"{first_day} commodity {commodity}\n" for commodity in sorted(commodities)]
        return "".join([*lines, *(f"{first_day} open {account}\n" for account in sorted(accounts)), "\n"])

    def assertions(self, balances: Amounts, last_day: str) -> str:
        """What each account holds, those below it included; of the morning after, as Beancount has it."""
        day = (date.fromisoformat(last_day) + timedelta(days=1)).isoformat()
        lines = [
            f"{day} balance {account}  {amount_text(amount, commodity)}"
            for (account, commodity), amount in sorted(balances.items())
        ]
        return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return _one_line(text, "").replace("\\", "\\\\").replace('"', '\\"')


FORMATS: Mapping[str, Format] = {"hledger": Hledger(), "beancount": Beancount()}
