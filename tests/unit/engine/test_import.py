"""An import writes what was previewed, all of it or nothing; cash waits for LPs that have not accepted."""

from __future__ import annotations

import itertools
import json

import pytest

from satmachineadmin.core.errors import InvalidInput, LpNotOnboarded, NotFound, PreviewOutdated
from satmachineadmin.core.imports import ImportOutcome
from satmachineadmin.core.model import SplitRule
from satmachineadmin.core.states import CashEntryStatus, TargetKind
from satmachineadmin.store.invitations import new_token
from satmachineadmin.usecases import import_writing, importing
from satmachineadmin.usecases.cash import confirm_cash, record_cash
from satmachineadmin.usecases.enrolments import accept_invitation
from satmachineadmin.usecases.importing import Preview, import_files, own_import, preview_import
from satmachineadmin.usecases.splits import DraftRule

from .conftest import MakeRig
from .rig import MACHINE_WALLET, OPERATOR, Rig

pytestmark = pytest.mark.anyio

MARKET = ("machines.csv", "machine,wallet,currency,reference_rate\nMarket,market,EUR,5\n")
LPS = ("lps.csv", "machine,lp\nMarket,zoe\nMarket,=1+1\nPlaza,yan\n")
CASH = ("cash.csv", "machine,lp,amount,notes\nMarket,zoe,100.00,=2+2\nPlaza,ana,5.00,\n")
SPLIT = ("splits.csv", "machine,target,share_pct\nMarket,partner0,100\n")
EVERYTHING = [SPLIT, CASH, LPS, MARKET]
TABLES = (
    "dca_machines",
    "dca_clients",
    "dca_deposits",
    "split_sets",
    "imports",
    "invitations",
    "audit_events",
)


@pytest.fixture(autouse=True)
def _lnbits_is_asked_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own tables are not here: what it answers is tested over HTTP."""

    async def ordinary_wallets(_user_id: str) -> dict[str, str]:
        return {"market-wallet": "market", MACHINE_WALLET: "plaza"}

    async def pending_hashes(_wallet_id: str) -> list[str]:
        return ["ab" * 32]

    async def user_name(_user_id: str) -> str:
        return "olga"

    async def resolve_rule(position: int, draft: DraftRule) -> SplitRule:
        return SplitRule(
            position=position, target=draft.target, target_kind=TargetKind.WALLET, wallet_id=draft.target,
            label=draft.label or draft.target, share_ppm=draft.share_ppm,
        )  # fmt: skip

    monkeypatch.setattr(importing.accounts, "ordinary_wallets", ordinary_wallets)
    monkeypatch.setattr(importing.accounts, "pending_hashes", pending_hashes)
    monkeypatch.setattr(importing.accounts, "user_name", user_name)
    monkeypatch.setattr(importing, "resolve_rule", resolve_rule)


@pytest.fixture
async def rig(make_rig: MakeRig) -> Rig:
    rig = await make_rig(cash={"ana": 1000_00})
    rig.host.add_wallet("market-wallet", OPERATOR)
    return rig


async def preview(rig: Rig, files: importing.Files = EVERYTHING) -> Preview:
    return await preview_import(rig.store, OPERATOR, files)


async def take_over(
    rig: Rig, seen: Preview, files: importing.Files = EVERYTHING, tokens: list[str] | None = None
) -> str:
    def token() -> str:
        made = new_token()
        if tokens is not None:
            tokens.append(made)
        return made

    return await import_files(rig.store, OPERATOR, files, seen.confirmation, token)


async def counts(rig: Rig) -> dict[str, int]:
    found = {}
    for table in TABLES:
        (row,) = await rig.rows(f"SELECT COUNT(*) AS n FROM satmachineadmin.{table}")
        found[table] = int(row["n"])
    return found


async def test_what_was_previewed_is_written_and_nothing_before(rig: Rig) -> None:
    """A machine that sells, its LPs with a link each, their cash, its split: as if done by hand."""
    before = await counts(rig)
    seen = await preview(rig)
    assert {one.outcome for one in seen.decisions} == {ImportOutcome.ADD}
    assert await counts(rig) == before

    tokens: list[str] = []
    import_id = await take_over(rig, seen, tokens=tokens)
    after = await counts(rig)
    grown = {table: after[table] - before[table] for table in TABLES if table != "audit_events"}
    assert grown == {
        "dca_machines": 1, "dca_clients": 3, "dca_deposits": 2, "split_sets": 1, "imports": 1,
        "invitations": 3,
    }  # fmt: skip
    async with rig.store.reading() as books:
        row = await own_import(books, OPERATOR, import_id)
        with pytest.raises(NotFound):
            await own_import(books, "otto", import_id)
        invited = [await books.invitations.by_token(token) for token in tokens]
    assert [one and one["client_id"] for one in invited] == json.loads(row["client_ids"])
    (market,) = await rig.rows("SELECT * FROM satmachineadmin.dca_machines WHERE name = 'Market'")
    assert market["wallet_id"] == "market-wallet"
    (watched,) = await rig.rows(
        "SELECT * FROM satmachineadmin.open_payments WHERE wallet_id = 'market-wallet'"
    )
    assert watched["payment_hash"] == "ab" * 32
    stored = await rig.rows("SELECT username FROM satmachineadmin.dca_clients WHERE username LIKE '=%'")
    assert stored == [{"username": "=1+1"}]


async def test_another_file_or_other_books_than_were_previewed_write_nothing(rig: Rig) -> None:
    """One byte more, a row fewer, an LP that came meanwhile, an import that was done already."""
    seen = await preview(rig)
    before = await counts(rig)
    for files in (
        [*EVERYTHING[:3], (MARKET[0], MARKET[1] + "\n")],
        EVERYTHING[1:],
        list(reversed(EVERYTHING)),
    ):
        with pytest.raises(PreviewOutdated):
            await take_over(rig, seen, files)
    assert await counts(rig) == before
    await rig.enrol("yan", 1_00)
    changed = await counts(rig)
    with pytest.raises(PreviewOutdated):
        await take_over(rig, seen)
    assert await counts(rig) == changed
    await take_over(rig, await preview(rig))
    with pytest.raises(PreviewOutdated):
        await take_over(rig, seen)


async def test_the_same_files_again_bring_nothing_twice(rig: Rig) -> None:
    """Machines, LPs and splits are there already, and no LP gets a second opening balance."""
    await take_over(rig, await preview(rig))
    after = await counts(rig)
    again = await preview(rig)
    assert {one.outcome for one in again.decisions} == {ImportOutcome.SAME, ImportOutcome.WRONG}
    with pytest.raises(InvalidInput):
        await take_over(rig, again)
    assert await counts(rig) == after


async def test_an_error_while_it_is_written_leaves_nothing_of_it(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever step fails: all of it, or nothing."""
    before = await counts(rig)
    seen = await preview(rig)
    for step in ("_machine", "_lp", "_opening", "_split"):
        with monkeypatch.context() as patch:

            async def fail(*_arguments: object) -> None:
                raise RuntimeError("the power went")

            patch.setattr(import_writing.Writing, step, fail)
            with pytest.raises(RuntimeError):
                await take_over(rig, seen)
        assert await counts(rig) == before
    await take_over(rig, seen)


async def test_cash_of_an_lp_that_has_not_accepted_waits_and_counts_nowhere(rig: Rig) -> None:
    """The operator cannot confirm it before the LP is there; then it is an entry like any other."""
    tokens: list[str] = []
    await take_over(rig, await preview(rig), tokens=tokens)
    (entry,) = await rig.rows("SELECT * FROM satmachineadmin.dca_deposits WHERE notes = '=2+2'")
    assert (entry["kind"], entry["status"]) == ("opening", "pending")
    with pytest.raises(LpNotOnboarded):
        await confirm_cash(rig.store, OPERATOR, entry["id"])
    with pytest.raises(LpNotOnboarded):
        await record_cash(
            rig.store, OPERATOR, enrolment_id=entry["client_id"], amount="1", kind=entry["kind"],
            cash_date=None, notes="",
        )  # fmt: skip

    wallet = rig.host.add_wallet("zoe's wallet", "zoe")
    async with rig.store.transaction("setup", actor="zoe") as books:
        await books.lps.choose_preferences("zoe", {"dca_wallet_id": wallet, "default_dca_mode": "flow"})
    await accept_invitation(rig.store, "zoe", tokens[0])
    await confirm_cash(rig.store, OPERATOR, entry["id"])
    (entry,) = await rig.rows("SELECT * FROM satmachineadmin.dca_deposits WHERE notes = '=2+2'")
    assert entry["status"] == CashEntryStatus.CONFIRMED
    (zoe,) = await rig.rows("SELECT * FROM satmachineadmin.dca_clients WHERE user_id = 'zoe'")
    assert (zoe["confirmed_minor"], zoe["pending_minor"]) == (100_00, 0)


async def test_rows_that_are_wrong_are_left_out_and_the_others_written(rig: Rig) -> None:
    """Whatever stands beside them."""
    files = [("lps.csv", "machine,lp\nNowhere,zoe\nPlaza,yan\n")]
    seen = await preview(rig, files)
    assert [one.outcome.value for one in seen.decisions] == ["wrong", "add"]
    await take_over(rig, seen, files)
    names = await rig.rows("SELECT username FROM satmachineadmin.dca_clients ORDER BY username")
    assert [row["username"] for row in names] == ["ana", "yan"]


async def test_files_are_the_same_in_any_order(rig: Rig) -> None:
    """What builds on what is told by what they bring."""
    for files in itertools.permutations(EVERYTHING):
        seen = await preview(rig, list(files))
        assert {one.outcome for one in seen.decisions} == {ImportOutcome.ADD}
