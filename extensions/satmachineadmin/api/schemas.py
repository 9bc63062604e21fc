"""What comes in over the wire: nothing but what is named here, nothing of another type."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConstrainedInt, Extra, Field, StrictBool, StrictStr, validator
from pydantic.errors import DictError
from pydantic.fields import ModelField

from ..core.approval import OperatorPolicy
from ..core.errors import InvalidInput, NotFound, Refusal
from ..core.states import FeeBasis, PayoutPolicy, TxType
from ..core.what_if import MOST_SALES
from ..store import lists

_ID = re.compile(r"[0-9a-f]{32}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
T = TypeVar("T")
#: An id to filter a list by. What looks like one and is none matches nothing; PostgreSQL takes no NUL.
IdFilter = Annotated[str | None, Query(max_length=64, pattern="^[0-9A-Za-z]*$")]


def read(field: str, parse: Callable[..., T], *values: Any) -> T:
    """Parse a value; a refusal names the field, so that the page can show it there."""
    try:
        return parse(*values)
    except Refusal as refusal:
        raise InvalidInput(field=field, problem=refusal.sentence().rstrip(".")) from refusal


def identifier(value: str, what: str) -> str:
    """An id of ours, or NotFound: what cannot be an id is not there."""
    if not _ID.fullmatch(value):
        raise NotFound(what=what)
    return value


def moment(field: str, value: str | None) -> int | None:
    """Epoch seconds of an instant written as all our answers write it. Raises InvalidInput."""
    if value is None:
        return None
    try:
        return int(datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp())
    except ValueError:
        raise InvalidInput(field=field, problem='write it as "2026-11-22T14:03:07Z"') from None


class Body(BaseModel):
    """A request body: unknown fields are refused, text is trimmed and free of control characters."""

    class Config:
        extra = Extra.forbid
        anystr_strip_whitespace = True

        @staticmethod
        def schema_extra(schema: dict[str, Any], model: type[Body]) -> None:
            """Say which values may be null, which pydantic does not."""
            for name in model.nullable():
                described = schema["properties"][name]
                schema["properties"][name] = {"anyOf": [described, {"type": "null"}]}

    @classmethod
    def nullable(cls) -> set[str]:
        """The fields that may be given as null."""
        return {name for name, field in cls.__fields__.items() if field.allow_none}

    @classmethod
    def validate(cls, value: Any) -> Any:
        """An object, or nothing of it: pydantic would also read a list of pairs as one."""
        if not isinstance(value, (dict, cls)):
            raise DictError
        return super().validate(value)

    @validator("*", pre=True)
    def _is_as_long_as_described(cls, value: Any, field: ModelField) -> Any:
        """Before it is trimmed: pydantic would count what is left."""
        longest = field.field_info.max_length
        if isinstance(value, str) and longest is not None and len(value) > longest:
            raise ValueError(f"ensure this value has at most {longest} characters")
        return value

    @validator("*", pre=True)
    def _no_control_characters(cls, value: Any) -> Any:
        if isinstance(value, str):
            if _CONTROL.search(value.replace("\n", "").replace("\t", "")):
                raise ValueError("control characters are not allowed")
            if not value.isprintable() and any("\ud800" <= letter <= "\udfff" for letter in value):
                raise ValueError("it is no valid Unicode text")
        return value


class Changed(Body):
    """What is given changes, and the rest stays: so an empty value is refused where it means nothing."""

    #: what can also be taken back
    may_be_none: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def nullable(cls) -> set[str]:
        return set(cls.may_be_none)

    @validator("*", pre=True)
    def _is_given(cls, value: Any, field: ModelField) -> Any:
        if value is None and field.name not in cls.may_be_none:
            raise ValueError("it cannot be empty")
        return value


class Minutes(ConstrainedInt):
    """From a minute to a day."""

    strict = True
    ge = 1
    le = 1440


class MachineDescribed(Body):
    name: StrictStr = Field(min_length=1, max_length=60)
    wallet_id: StrictStr = Field(min_length=1, max_length=64)
    currency: StrictStr = Field(min_length=3, max_length=3)
    location: StrictStr = Field("", max_length=120)
    npub: StrictStr | None = Field(None, max_length=64)
    cash_out_fee_pct: StrictStr = "0"
    cash_in_fee_pct: StrictStr = "0"
    reference_rate: StrictStr | None = None
    rate_tolerance_pct: StrictStr = "10"
    payout_policy: PayoutPolicy | None = None
    payout_delay_minutes: Minutes | None = None
    dispense_report_minutes: Minutes | None = None
    maintenance: StrictBool | None = None
    fallback_commission_pct: StrictStr | None = None


class MachineAdded(MachineDescribed):
    """A machine; from an earlier instant on, where its list was confirmed."""

    scan_from: StrictStr | None = Field(None, max_length=20)
    confirmation: StrictStr | None = Field(None, max_length=100)


class EarlierAsked(MachineDescribed):
    """A machine that is not written, and the instant from which on its wallet's payments would count."""

    scan_from: StrictStr | None = Field(None, max_length=20)


class MachineChanged(Changed):
    may_be_none = frozenset({"reference_rate", "fallback_commission_pct", "npub"})

    name: StrictStr | None = Field(None, min_length=1, max_length=60)
    wallet_id: StrictStr | None = Field(None, min_length=1, max_length=64)
    currency: StrictStr | None = Field(None, min_length=3, max_length=3)
    npub: StrictStr | None = Field(None, max_length=64)
    location: StrictStr | None = Field(None, max_length=120)
    cash_out_fee_pct: StrictStr | None = None
    cash_in_fee_pct: StrictStr | None = None
    reference_rate: StrictStr | None = None
    rate_tolerance_pct: StrictStr | None = None
    fallback_commission_pct: StrictStr | None = None
    active: StrictBool | None = None
    payout_policy: PayoutPolicy | None = None
    payout_delay_minutes: Minutes | None = None
    dispense_report_minutes: Minutes | None = None
    maintenance: StrictBool | None = None
    takes_unsigned: StrictBool | None = None
    silent_minutes: Minutes | None = None


class LimitsOfDirection(Changed):
    may_be_none = frozenset({"transaction", "hour", "day", "hold_above"})

    transaction: StrictStr | None = Field(None, max_length=30)
    hour: StrictStr | None = Field(None, max_length=30)
    day: StrictStr | None = Field(None, max_length=30)
    hold_above: StrictStr | None = Field(None, max_length=30)


class LimitsChanged(Changed):
    cash_out: LimitsOfDirection | None = None
    cash_in: LimitsOfDirection | None = None


class SplitLine(Body):
    target: StrictStr = Field(min_length=1, max_length=2000)
    label: StrictStr = Field("", max_length=60)
    share_pct: StrictStr


class SplitReplaced(Body):
    machine_id: StrictStr | None = None
    splits: list[SplitLine] = Field(min_items=1, max_items=50)


class _ReplayedSales(ConstrainedInt):
    strict = True
    ge = 1
    le = MOST_SALES


class SplitDrafted(SplitReplaced):
    """A split that is tried out on what was sold."""

    last: _ReplayedSales = _ReplayedSales(50)


class _ExampleSats(ConstrainedInt):
    """Of an imagined sale: from none to a bitcoin."""

    strict = True
    ge = 0
    le = 100_000_000


class SharesTried(Body):
    """Shares, and an imagined sale that they are tried on."""

    shares_pct: list[StrictStr] = Field(min_items=1, max_items=50)
    tx_type: TxType = TxType.CASH_OUT
    principal_sats: _ExampleSats
    commission_sats: _ExampleSats


class TargetReplaced(Body):
    target: StrictStr = Field(min_length=1, max_length=2000)
    new_target: StrictStr = Field(min_length=1, max_length=2000)


class SettingsChosen(Changed):
    time_zone: StrictStr | None = Field(None, min_length=1, max_length=60)
    notify_errored: StrictBool | None = None
    notify_paused: StrictBool | None = None
    notify_disputed: StrictBool | None = None


class PlatformChanged(Changed):
    may_be_none = frozenset({"super_fee_wallet_id"})

    super_fee_pct: StrictStr | None = None
    super_fee_cash_in_pct: StrictStr | None = None
    super_fee_basis: FeeBasis | None = None
    super_fee_wallet_id: StrictStr | None = Field(None, min_length=1, max_length=64)
    operators: OperatorPolicy | None = None
    fast_way_allowed: StrictBool | None = None


class OperatorNamed(Body):
    username: StrictStr = Field(min_length=1, max_length=60)


class MonthNamed(Body):
    month: StrictStr = Field(min_length=7, max_length=7)


class Reasoned(Body):
    reason: StrictStr = Field(min_length=1, max_length=2000)


def page_of(listing: lists.Listing, longest_search: int = 100) -> Callable[..., lists.Page]:
    """The query parameters of a list, checked: limit, offset, sortby, direction, search."""

    def dependency(
        limit: int = Query(25, ge=1, le=lists.MAX_LIMIT),
        offset: int = Query(0, ge=0, le=lists.MAX_OFFSET),
        sortby: str | None = Query(None, max_length=40),
        direction: Literal["asc", "desc"] = Query("desc"),
        search: str | None = Query(None, max_length=longest_search),
    ) -> lists.Page:
        if sortby is not None and sortby not in listing.sorts:
            raise InvalidInput(field="sortby", problem=f"sort by one of {', '.join(listing.sorts)}")
        searchable(search)
        return lists.Page(
            limit=limit,
            offset=offset,
            sort_by=sortby,
            descending=direction == "desc",
            search=search or None,
        )

    return dependency


def searchable(search: str | None) -> str | None:
    """A text to search for, None where nothing was typed. Raises InvalidInput."""
    if search and _CONTROL.search(search):
        raise InvalidInput(field="search", problem="control characters are not allowed")
    return search or None
