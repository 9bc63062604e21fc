"""A request with an Idempotency-Key has its effect once, and everybody who sends it gets one answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass

import anyio
import pytest

from satmachineadmin import failpoints
from satmachineadmin.core.acts import KEPT_SECONDS
from satmachineadmin.core.errors import (
    InvalidInput,
    InvariantViolated,
    LpNotOnboarded,
    RequestReused,
    RequestRunning,
    TooManyDigits,
)
from satmachineadmin.core.states import CashEntryKind
from satmachineadmin.store.books import Store
from satmachineadmin.usecases import once as acts
from satmachineadmin.usecases.cash import record_cash
from satmachineadmin.usecases.machines import change_machine
from satmachineadmin.usecases.once import Answer, once
from tests.unit.engine.crash import Crashed, strike

from .books import OPERATOR, add_lp, add_machine, rows
from .conftest import OpenAgain

pytestmark = pytest.mark.anyio
KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
SECRET = "what an answer holds and no table should"


@dataclass
class Till:
    """Where cash is recorded, by requests as the routes handle them."""

    store: Store
    enrolment_id: str

    async def send(
        self, *, amount: str = "5.00", key: str = KEY, user_id: str = OPERATOR, path: str = "/deposits"
    ) -> Answer:
        """One request, in a task of its own as every request is."""
        return await asyncio.ensure_future(self._handle(amount, key, user_id, path))

    async def _handle(self, amount: str, key: str, user_id: str, path: str) -> Answer:
        body = json.dumps({"amount": amount}).encode()
        try:
            told = await acts.begin(
                self.store, user_id, keys=[key], method="POST", path=path, query="", body=body
            )
            if told is not None:
                return told
            entry_id = await once(
                record_cash(
                    self.store, user_id, enrolment_id=self.enrolment_id, amount=amount,
                    kind=CashEntryKind.DEPOSIT, cash_date=None, notes="",
                )
            )  # fmt: skip
            answer = Answer(status=201, body=json.dumps({"id": entry_id, "link": SECRET}).encode())
            await acts.keep(self.store, answer)
            return answer
        finally:
            acts.end()

    async def entries(self) -> int:
        return len(await rows(self.store, "dca_deposits"))


@pytest.fixture
async def till(store: Store) -> Till:
    machine_id = await add_machine(store)
    return Till(store, await add_lp(store, machine_id))


@pytest.fixture(autouse=True)
def _nothing_is_left_running() -> Iterator[None]:
    yield
    assert acts._running == {}


async def test_the_same_request_again_gets_the_first_answer_and_does_nothing(till: Till) -> None:
    first = await till.send()
    assert [await till.send() for _ in range(3)] == [first] * 3
    assert first.status == 201
    assert await till.entries() == 1


async def test_without_a_key_each_request_is_an_act(till: Till) -> None:
    for _ in range(2):
        await once(
            record_cash(
                till.store, OPERATOR, enrolment_id=till.enrolment_id, amount="1.00",
                kind=CashEntryKind.DEPOSIT, cash_date=None, notes="",
            )
        )  # fmt: skip
    assert await till.entries() == 2
    assert await rows(till.store, "idempotency_keys") == []


async def test_a_key_with_another_content_is_refused(till: Till) -> None:
    await till.send()
    with pytest.raises(RequestReused):
        await till.send(amount="6.00")
    assert await till.entries() == 1


async def test_a_key_belongs_to_one_address_and_one_user(till: Till) -> None:
    """Another address is another act; another user is refused for what it does, not for the key."""
    await till.send()
    await till.send(path="/deposits/2")
    assert await till.entries() == 2
    with pytest.raises(Exception, match="There is no LP"):
        await till.send(user_id="otto")


async def test_of_many_at_the_same_instant_one_acts_and_the_others_are_told_so(till: Till) -> None:
    said: list[object] = []

    async def click(amount: str) -> None:
        try:
            said.append(await till.send(amount=amount))
        except (RequestRunning, RequestReused) as refusal:
            said.append(type(refusal))

    async with anyio.create_task_group() as group:
        for amount in ("5.00", "5.00", "5.00", "6.00"):
            group.start_soon(click, amount)

    assert await till.entries() == 1
    assert [one for one in said if isinstance(one, Answer)] == [await till.send()]
    assert (said.count(RequestRunning), said.count(RequestReused)) == (2, 1)


@pytest.mark.parametrize(("amount", "refusal"), [("5.00", RequestRunning), ("6.00", RequestReused)])
async def test_of_two_processes_the_second_one_does_nothing(
    till: Till, open_again: OpenAgain, amount: str, refusal: type[Exception]
) -> None:
    """Both have found the key free; the transaction of the first is in between."""
    other = Till(open_again(till.store), till.enrolment_id)
    found_free, may_go_on = asyncio.Event(), asyncio.Event()
    begin = acts.begin

    async def begin_late(store: Store, *args: object, **named: object) -> Answer | None:
        told = await begin(store, *args, **named)  # type: ignore[arg-type]
        if store is other.store:
            acts._running.clear()  # the other process knows nothing of this one's requests
            found_free.set()
            await may_go_on.wait()
        return told

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(acts, "begin", begin_late)
        second = asyncio.ensure_future(other.send(amount=amount))
        await found_free.wait()
        first = await till.send()
        may_go_on.set()
        with pytest.raises(refusal):
            await second

    assert await till.entries() == 1
    assert await other.send() == first
    await other.store.database.dispose()


async def test_a_refused_request_leaves_its_key_free(till: Till) -> None:
    """Also for another content: what was wrong may be put right."""
    with pytest.raises(TooManyDigits):
        await till.send(amount="9" * 30)
    assert await rows(till.store, "idempotency_keys") == []
    assert (await till.send(amount="5.00")).status == 201


async def test_a_request_that_is_refused_for_the_state_of_things_is_judged_anew(till: Till) -> None:
    async with till.store.transaction("tamper") as books:
        await books.sql.run("UPDATE satmachineadmin.dca_lp SET user_id = 'somebody'")
    with pytest.raises(LpNotOnboarded):
        await till.send()
    async with till.store.transaction("tamper") as books:
        await books.sql.run("UPDATE satmachineadmin.dca_lp SET user_id = 'ana'")
    assert (await till.send()).status == 201


#: Where the process dies, and whether the effect is there then.
DEATHS = {
    "cash.before_commit": False,
    "cash.after_commit": True,
    "answer.before_commit": True,
    "answer.after_commit": True,
}


@pytest.mark.parametrize("place", DEATHS)
async def test_a_process_that_dies_anywhere_is_followed_by_one_effect_and_one_answer(
    till: Till, open_again: OpenAgain, place: str
) -> None:
    failpoints.arm(f"{place}:1", strike=strike)
    try:
        with pytest.raises(Crashed):
            await till._handle("5.00", KEY, OPERATOR, "/deposits")
    finally:
        failpoints.arm("")
    assert await till.entries() == int(DEATHS[place])

    after = Till(open_again(till.store), till.enrolment_id)
    first = await after.send()
    (entry,) = await rows(till.store, "dca_deposits")
    assert json.loads(first.body)["id"] == entry["id"]
    assert await after.send() == first
    await after.store.database.dispose()


async def test_a_key_lasts_seven_days_and_is_forgotten_then(till: Till) -> None:
    first = await till.send()
    clock = till.store._clock
    clock.advance(seconds=KEPT_SECONDS - 1)  # type: ignore[attr-defined]
    async with till.store.transaction("test") as books:
        await books.acts.forget_old()
    assert await till.send() == first

    clock.advance(seconds=1)  # type: ignore[attr-defined]
    assert await till.send() != first
    assert await till.entries() == 2
    clock.advance(seconds=KEPT_SECONDS)  # type: ignore[attr-defined]
    async with till.store.transaction("test") as books:
        await books.acts.forget_old()
    assert await rows(till.store, "idempotency_keys") == []


async def test_keys_are_forgotten_some_at_a_time(till: Till) -> None:
    async with till.store.transaction("setup") as books:
        old = [{"id": f"{number:04}", "digest": "d", "at": number} for number in range(600)]
        await books.sql.run_many(
            "INSERT INTO satmachineadmin.idempotency_keys (id, content_digest, recorded_at) "
            "VALUES (:id, :digest, :at)",
            old,
        )
    async with till.store.transaction("test") as books:
        await books.acts.forget_old()
    assert sorted(row["id"] for row in await rows(till.store, "idempotency_keys")) == [
        f"{number:04}" for number in range(500, 600)
    ]


async def test_what_changes_nothing_is_known_as_well(till: Till) -> None:
    """Else the same request, sent again, could undo what somebody has changed since."""

    async def name_it(name: str, key: str) -> Answer | None:
        body = name.encode()
        try:
            told = await acts.begin(
                till.store, OPERATOR, keys=[key], method="PUT", path="/m", query="", body=body
            )
            if told is None:
                (machine,) = await rows(till.store, "dca_machines")
                await once(change_machine(till.store, OPERATOR, machine["id"], {"name": name}))
                await acts.keep(till.store, Answer(status=200, body=b"{}"))
            return told
        finally:
            acts.end()

    assert await name_it("Plaza", "1") is None
    assert await name_it("Market", "2") is None
    assert await name_it("Plaza", "1") == Answer(status=200, body=b"{}")
    (machine,) = await rows(till.store, "dca_machines")
    assert machine["name"] == "Market"


async def test_the_database_holds_neither_keys_nor_answers_that_it_could_read(till: Till) -> None:
    await till.send()
    (row,) = await rows(till.store, "idempotency_keys")
    assert row["answer"]
    assert not any(secret in str(dict(row)) for secret in (KEY, SECRET, OPERATOR, "link"))


async def test_a_stored_answer_that_was_tampered_with_is_not_told(till: Till) -> None:
    await till.send()
    await till.send(key="other")
    stored = await rows(till.store, "idempotency_keys")
    async with till.store.transaction("tamper") as books:
        for one, two in (stored, reversed(stored)):
            await books.sql.run(
                "UPDATE satmachineadmin.idempotency_keys SET answer = :answer WHERE id = :id",
                answer=one["answer"],
                id=two["id"],
            )
    with pytest.raises(ValueError, match="MAC"):
        await till.send()


@pytest.mark.parametrize("keys", [[""], ["a b"], ["x" * 256], ['"'], ["a", "b"], ["ключ"], ["a\\b"]])
async def test_what_is_no_key_is_refused(till: Till, keys: list[str]) -> None:
    with pytest.raises(InvalidInput, match="Idempotency-Key"):
        await acts.begin(till.store, OPERATOR, keys=keys, method="POST", path="/", query="", body=b"")


async def test_a_key_in_quotes_is_the_same_key(till: Till) -> None:
    """The standard to be writes it as a structured header's text, most clients write it bare."""
    first = await till.send(key=f'"{KEY}"')
    assert await till.send(key=KEY) == first


# What an author cannot forget ------------------------------------------------------------------


async def _with_key(till: Till) -> None:
    await acts.begin(till.store, OPERATOR, keys=[KEY], method="POST", path="/", query="", body=b"")


async def _change_fee(till: Till, percent: str) -> None:
    async with till.store.transaction("test", actor=OPERATOR) as books:
        await books.platform.change(super_fee_pct=percent)


async def test_a_request_with_a_key_writes_by_once_alone(till: Till) -> None:
    await _with_key(till)
    with pytest.raises(InvariantViolated, match="once"):
        await _change_fee(till, "30")
    acts.end()
    await _change_fee(till, "30")


async def test_a_request_with_a_key_changes_what_it_changes_in_one_transaction(till: Till) -> None:
    async def twice() -> None:
        await _change_fee(till, "30")
        await _change_fee(till, "40")

    await _with_key(till)
    with pytest.raises(InvariantViolated, match="one transaction"):
        await once(twice())
    acts.end()
    (config,) = await rows(till.store, "super_config")
    assert config["super_fee_pct"] == "30"


async def test_what_a_step_returns_is_kept_with_its_key(till: Till) -> None:
    async def says_more_than_it_has_kept() -> str:
        await _change_fee(till, "30")
        return "an id"

    await _with_key(till)
    with pytest.raises(InvariantViolated, match="made"):
        await once(says_more_than_it_has_kept())
    acts.end()
