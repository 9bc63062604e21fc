"""A person's act, done once however often its request arrives.

    told = await begin(store, user_id, key=…, …)     the first answer, if there is one already
    made = await once(record_cash(store, …))          does it, or knows that it was done
    await keep(store, status, body)                   before the answer is sent
    end()                                             whatever happened

`once` is the only step of a request that may write; a transaction of the caller's outside of it is
refused as a bug, so nobody can forget it. Without a key it does nothing but run the step.
"""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from loguru import logger

from ..core import acts as rules
from ..core.errors import RequestReused, RequestRunning, ensure
from ..store.acts import Act, under_way
from ..store.books import Store
from ..store.sealing import seal, unseal

Made = TypeVar("Made", bound="str | None")

#: What this process is working on, by id. Another process is found by the key in the table.
_running: dict[str, Act] = {}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a request was answered."""

    status: int
    body: bytes


async def begin(
    store: Store, user_id: str, *, keys: list[str], method: str, path: str, query: str, body: bytes
) -> Answer | None:
    """Take up a request with a key; its first answer, if it was answered before.

    Raises InvalidInput for what is no key, RequestReused where it came with another content, and
    RequestRunning where the same request is being worked on at this moment.
    """
    key = rules.read_key(keys)
    act = Act(
        id=rules.act_id(user_id=user_id, method=method, path=path, key=key),
        user_id=user_id,
        key=key,
        content_digest=rules.content_digest(key, query, body),
    )
    running = _running.get(act.id)
    if running is not None:
        raise RequestRunning() if running.content_digest == act.content_digest else RequestReused()
    _running[act.id] = act
    under_way.set(act)
    async with store.reading() as books:
        row = await books.acts.row(act.id)
    if row is None:
        return None
    act.require_same(row)
    act.is_done, act.made_id = True, row["made_id"]
    if row["answer"] is None:
        return None
    return Answer(status=int(row["status"]), body=unseal(key, act.id, row["answer"]))


async def once(step: Coroutine[Any, Any, Made]) -> Made:
    """What a step makes; where an earlier request had the effect, what it made then."""
    act = under_way.get()
    if act is None:
        return await step
    if act.is_done:
        step.close()
        return act.made_id  # type: ignore[return-value]  # what the same step returned, see below
    act.is_acting = True
    made = await step
    if act.is_recorded:
        ensure(act.made_id == made, "what a step returns is kept with its key: books.made()")
    else:
        act.made_id = made
    return made


def is_under_way() -> bool:
    """Whether the request has a key."""
    return under_way.get() is not None


async def keep(store: Store, answer: Answer) -> None:
    """Store the answer of an act that was done; one that changed nothing is known from here on, too.

    An answer that cannot be stored is given all the same: what it tells of has happened.
    """
    act = under_way.get()
    if act is None or not 200 <= answer.status < 300:
        return
    try:
        await _keep(store, act, answer)
    except Exception as trouble:  # noqa: BLE001 - the end of a request: logged, and the answer goes out
        logger.exception(f"satmachineadmin could not store the answer of a request: {trouble!r}")


async def _keep(store: Store, act: Act, answer: Answer) -> None:
    ensure(act.is_done or act.is_acting, "a request with a key is done by once()")
    sealed = seal(act.key, act.id, answer.body)
    async with store.transaction("answer") as books:
        if not act.is_done and not act.is_recorded:
            await books.acts.require_new(act)
            await books.acts.record(act, act.made_id)
        await books.acts.keep_answer(act, answer.status, sealed)


def end() -> None:
    """The request is over, and what it left running writes nothing for it any more."""
    act = under_way.get()
    if act is not None:
        _running.pop(act.id, None)
        act.is_over = True
        under_way.set(None)
