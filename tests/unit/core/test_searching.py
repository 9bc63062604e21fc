"""What somebody means who types into the one search box."""

from __future__ import annotations

import pytest

from satmachineadmin import migrations
from satmachineadmin.core.searching import WRITTEN, Amount, Sought, read, words_of

HASH = "ab" * 32
INVOICE = "lnbc11u1p" + "q" * 60


def of(text: str) -> Sought:
    return read(text, lambda invoice: HASH if invoice == INVOICE else None)


@pytest.mark.parametrize("typed", [INVOICE, INVOICE.upper(), f" lightning:{INVOICE}\n"])
def test_an_invoice_is_its_payment_hash_and_nothing_else(typed: str) -> None:
    assert of(typed) == Sought(payment_hash=HASH)


def test_an_invoice_that_cannot_be_read_is_nothing(typed: str = "lnbc1" + "0" * 60) -> None:
    assert of(typed) == Sought()


@pytest.mark.parametrize("typed", [HASH, HASH.upper(), f"  {HASH} "])
def test_sixty_four_hex_letters_are_a_payment_hash_or_a_txid(typed: str) -> None:
    assert of(typed) == Sought(payment_hash=HASH, prefix=typed.strip())


@pytest.mark.parametrize(
    ("typed", "sats", "cents"),
    [
        ("1100", 1100, 110_000),
        ("1 100 sat", 1100, None),
        ("1\u202f100\u00a0sat", 1100, None),
        ("1,100 SATS", 1100, None),
        ("200.00", None, 200_00),
        ("200,00", None, 200_00),
        ("200.00 EUR", None, 200_00),
        ("1\u202f234.50\u00a0eur", None, 1234_50),
        ("1,234.50", None, 1234_50),
        ("200 USD", None, None),
        ("1.234", None, None),
        ("0", 0, 0),
    ],
)
def test_an_amount_is_read_as_people_and_our_pages_write_it(
    typed: str, sats: int | None, cents: int | None
) -> None:
    amount = of(typed).amount
    assert amount is not None
    assert (amount.sats, amount.minor("EUR")) == (sats, cents)


@pytest.mark.parametrize("typed", ["7f3a", "1.2.3", "-5", "1e3", "9" * 16, "12 eggs and", "٣", "", "   "])
def test_what_is_no_amount_is_none(typed: str) -> None:
    assert of(typed).amount is None


def test_any_other_text_is_a_txid_a_name_and_words() -> None:
    assert of("tx-7f3a") == Sought(prefix="tx-7f3a", name="tx-7f3a", words=("tx", "7f3a"))
    assert of("  The   Cassette ") == Sought(name="The Cassette", words=("the", "cassette"))
    assert of("") == Sought()


def test_a_number_may_also_stand_in_a_note_or_begin_a_txid() -> None:
    assert of("4711") == Sought(amount=Amount(text="4711"), prefix="4711", name="4711", words=("4711",))


def test_words_are_alike_in_case_and_form_and_each_is_there_once() -> None:
    assert words_of("Straße, STRASSE ﬁne fine; a_b") == ("strasse", "fine", "a", "b")
    assert words_of("% _ ! '") == ()


def test_notes_that_a_step_of_the_schema_took_apart_are_found_by_the_same_words() -> None:
    """Whoever changes how notes are taken apart adds a step that does it again to those that are there."""
    note = "Straße, STRASSE ﬁne fine; a_b % " + "x" * 60 + " " + " ".join(f"word{n}" for n in range(500))
    assert migrations.words_at_m129(note) == words_of(note)
    assert migrations.WRITTEN_AT_M129 == WRITTEN
