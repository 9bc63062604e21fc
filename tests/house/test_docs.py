"""The docs say what is: words, codes, routes and links are compared with the code."""

from __future__ import annotations

import enum
import re
from importlib import import_module
from pathlib import Path

import pytest

from .tree import EXTENSION_IDS, REPOSITORY, files, name, python_files

DOCS = [path for path in files() if path.suffix == ".md"]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", without_code(path.read_text()), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", DOCS, ids=name)
def test_links_within_the_tree_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(without_code(page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        path = (page.parent / file).resolve() if file else page
        assert path.exists(), f"{target} is not there"
        if anchor and path.suffix == ".md":
            assert anchor in anchors(path), f"{target}: no such heading"


def test_every_page_of_the_docs_is_in_the_index() -> None:
    index = (REPOSITORY / "docs/README.md").read_text()
    pages = {str(page.relative_to(REPOSITORY / "docs")) for page in DOCS if "docs" in page.parts}
    assert pages - set(LINK.findall(index)) == {"README.md"}


def section(page: str, heading: str) -> str:
    text = (REPOSITORY / "docs/reference" / page).read_text()
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, flags=re.DOTALL | re.MULTILINE)
    assert found, f"{page} has no section {heading}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of the table rows whose first cell is a word in code style."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


#: heading in docs/reference/states.md -> the closed list of words in satmachineadmin.core it explains
WORDS = {
    "Settlement states": "SettlementState",
    "Marks of a settlement": "SettlementMark",
    "Leg states": "LegState",
    "Leg types": "LegType",
    "Skip reasons": "SkipReason",
    "Reject reasons": "RejectReason",
    "Hold reasons": "HoldReason",
    "Ignore reasons": "IgnoreReason",
    "Counterparties": "Counterparty",
    "Kinds of sale": "TxType",
    "Origins": "Origin",
    "Enrolment statuses": "EnrolmentStatus",
    "Invitation states": "InvitationState",
    "Kinds of cash entry": "CashEntryKind",
    "Cash entry statuses": "CashEntryStatus",
    "Kinds of target": "TargetKind",
    "Kinds of withdrawal": "WithdrawalKind",
    "Withdrawal states": "WithdrawalState",
    "States of a transaction": "TransactionState",
    "Why a cash-in is held": "HeldFor",
    "Dispense outcomes": "DispenseOutcome",
    "Where notes are": "CashUnitKind",
    "What moves notes": "CashMovementKind",
    "States of a pairing code": "PairingState",
    "Payout policies": "PayoutPolicy",
    "DCA modes": "DcaMode",
    "What LPs are told": "Notifications",
    "How preferences are changed": "HowChanged",
    "Periods of a chart": "Span",
    "What a statement is worth": "Verdict",
    "Why an LP takes no part": "NoPart",
    "Bases of the platform fee": "FeeBasis",
    "Operator policies": "OperatorPolicy",
    "Standing of an operator": "Standing",
    "Ways of paying": "PayWay",
    "What a settlement waits for": "WaitCode",
    "Why a leg is refused": "RefuseCode",
    "Why a payment outside is not made": "OutsideCode",
    "Matters": "MatterKind",
    "Actions": "Action",
    "Differences": "DifferenceKind",
    "Kinds of import": "ImportKind",
    "What becomes of an imported row": "ImportOutcome",
    "What ties a machine to a wallet": "Tie",
    "Lines of a proof": "ProofLine",
    "What a wallet holds for": "Holding",
    "Periods of the overview": "Period",
    "Notices": "Notice",
    "Faults of the audit trail": "TrailFault",
    "Subjects of a month": "Subject",
    "What becomes of what is taken over": "MoveOutcome",
    "Statuses of a sale of before": "EarlierStatus",
}


def words_of_the_domain() -> dict[str, type[enum.Enum]]:
    """Every enum that a module of satmachineadmin.core defines, by its name."""
    found = {}
    extensions = REPOSITORY / "extensions"
    for path in python_files("extensions/satmachineadmin/core"):
        parts = path.relative_to(extensions).with_suffix("").parts
        module = import_module(".".join(parts).removesuffix(".__init__"))
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, enum.Enum) and len(thing):
                found[thing.__name__] = thing
    return found


@pytest.mark.parametrize("heading", WORDS)
def test_every_word_of_the_domain_is_explained(heading: str) -> None:
    documented = [row[0] for row in rows(section("states.md", heading))]
    assert documented == [str(word.value) for word in words_of_the_domain()[WORDS[heading]]]


def test_no_closed_list_of_words_is_left_out() -> None:
    assert set(words_of_the_domain()) == set(WORDS.values())


@pytest.mark.parametrize(
    ("heading", "table"),
    [
        ("Arrows of a settlement", "SETTLEMENT_ARROWS"),
        ("Arrows of a leg", "LEG_ARROWS"),
        ("Arrows of an enrolment", "ENROLMENT_ARROWS"),
        ("Arrows of a cash entry", "CASH_ARROWS"),
        ("Arrows of a withdrawal", "WITHDRAWAL_ARROWS"),
        ("Arrows of a transaction", "TRANSACTION_ARROWS"),
    ],
)
def test_every_arrow_is_explained(heading: str, table: str) -> None:
    from satmachineadmin.core import states, transactions

    module = transactions if table == "TRANSACTION_ARROWS" else states
    arrows = {(str(a), str(b), event) for (a, b), event in getattr(module, table).items()}
    documented = rows(section("states.md", heading))
    assert {(before, after, event) for event, before, after, *_ in documented} == arrows
    assert len(documented) == len(arrows)


def test_every_refusal_is_explained_with_its_status() -> None:
    import satmachineadmin  # noqa: F401  # the whole extension, so that no subclass is missed
    from satmachineadmin.core.errors import Refusal

    def below(cls: type[Refusal]) -> set[type[Refusal]]:
        return {cls}.union(*(below(sub) for sub in cls.__subclasses__()))

    in_code = {(cls.code, str(cls.status)) for cls in below(Refusal) - {Refusal}}
    text = (REPOSITORY / "docs/reference/errors.md").read_text()
    documented = [(code, status) for code, status, *_ in rows(text)]
    assert len(documented) == len(set(documented))
    assert set(documented) == in_code | {("engine_missing", "503"), ("internal_error", "500")}


def documented_routes() -> set[tuple[str, str]]:
    """Method and path of every row of the references, with `{}` for a path's parameters."""
    pages = ("api.md", "machine-interface.md")
    text = "\n".join((REPOSITORY / "docs/reference" / page).read_text() for page in pages)
    found = set()
    for title, body in re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", text, flags=re.DOTALL | re.MULTILINE):
        prefix = re.search(r"`(/\S+)`", title)
        for row in rows(body):
            call = re.fullmatch(r"(GET|POST|PUT|PATCH|DELETE) (/\S*)", row[0])
            if call:
                assert prefix, f"the section {title} names no prefix"
                found.add((call[1], re.sub(r"\{\w+\}", "{}", prefix[1] + call[2])))
    return found


def test_routes_and_reference_agree() -> None:
    served = {
        (method, re.sub(r"\{\w+(:\w+)?\}", "{}", route.path))
        for extension in EXTENSION_IDS
        for route in getattr(import_module(extension), f"{extension}_ext").routes
        if "/api/v1/" in route.path
        for method in getattr(route, "methods", ())
    }
    assert served == documented_routes()
