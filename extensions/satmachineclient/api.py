"""The LP's routes of docs/reference/api.md: authenticate, call the engine's façade, answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse
from lnbits.core.models import Account
from lnbits.decorators import check_account_exists
from pydantic import BaseModel, Extra, Field, StrictBool, StrictInt, StrictStr, validator
from pydantic.errors import DictError
from pydantic.fields import ModelField

from .engine import lp
from .errors import AnsweredBefore, TranslatingRoute

router = APIRouter(prefix="/api/v1/dca-client", route_class=TranslatingRoute)
CurrentUser = Annotated[Account, Depends(check_account_exists)]
HEADER = "Idempotency-Key"
_DESCRIPTION = (
    "Chosen by the caller, once for each act. The same key with the same content within seven days gets the "
    "first answer again, and nothing is done twice; with another content, or while the first is being "
    "worked on, 409."
)


async def acting(
    request: Request,
    user: CurrentUser,
    _key: Annotated[
        str | None, Header(alias=HEADER, description=_DESCRIPTION, min_length=1, max_length=257)
    ] = None,
) -> Account:
    """The LP, who means to change something; raises AnsweredBefore where it was done already."""
    keys = request.headers.getlist(HEADER)
    if keys:
        answer = await lp().begin(
            user.id,
            keys=keys,
            method=request.method,
            path=request.url.path,
            query=request.url.query,
            body=await request.body(),
        )
        if answer is not None:
            raise AnsweredBefore(*answer)
    return user


ActingUser = Annotated[Account, Depends(acting)]


class Content(BaseModel):
    """A request body: unknown fields are refused."""

    class Config:
        extra = Extra.forbid

    @classmethod
    def validate(cls, value: Any) -> Any:
        """An object, or nothing of it: pydantic would also read a list of pairs as one."""
        if not isinstance(value, (dict, cls)):
            raise DictError
        return super().validate(value)


class Body(Content):
    """A request body whose text is free of control characters, and of blanks around it."""

    class Config:
        anystr_strip_whitespace = True

    @validator("*", pre=True)
    def _is_legible(cls, value: Any, field: ModelField) -> Any:
        """What is refused is repeated in the answer, which not every character can stand in."""
        longest = field.field_info.max_length
        if isinstance(value, str) and longest is not None and len(value) > longest:
            raise ValueError(f"ensure this value has at most {longest} characters")
        if isinstance(value, str) and not value.replace("\n", "").isprintable():
            raise ValueError("control characters are not allowed")
        return value


class Accepted(Body):
    """The first time with the wallet where the sats arrive, and the clock that the LP reads."""

    dca_wallet_id: StrictStr | None = Field(None, min_length=1, max_length=64, regex="^[0-9a-zA-Z]+$")
    time_zone: StrictStr | None = Field(None, min_length=1, max_length=64)


class Token(Body):
    """The secret of an invitation's link: in a body, because addresses are logged."""

    token: StrictStr = Field(min_length=1, max_length=100)


class TokenAccepted(Accepted, Token):
    """A link, and what its first acceptance comes with."""


class Disputed(Body):
    reason: StrictStr = Field(min_length=1, max_length=500)


class Address(Body):
    address: StrictStr = Field(min_length=1, max_length=2000)


class Confirmed(Body):
    """The address that the LP has seen waiting, and its password."""

    address: StrictStr = Field(min_length=1, max_length=2000)
    password: StrictStr = Field(min_length=1, max_length=200)

    class Config:
        #: blanks belong to it
        anystr_strip_whitespace = False


class Text(Content):
    """The text of a statement, whatever a copy made of it."""

    text: StrictStr = Field(min_length=1, max_length=1_000_000)


class PreferencesChosen(Body):
    """What is not given stays as it was; `null` takes a limit or an address away."""

    class Config:
        @staticmethod
        def schema_extra(schema: dict[str, Any], model: type[Body]) -> None:
            """Say which values may be null, which pydantic does not."""
            for name in ("fixed_mode_daily_limit", "fixed_mode_currency", "autoforward_ln_address"):
                described = schema["properties"][name]
                schema["properties"][name] = {"anyOf": [described, {"type": "null"}]}

    dca_wallet_id: StrictStr | None = Field(None, min_length=1, max_length=64, regex="^[0-9a-zA-Z]+$")
    default_dca_mode: StrictStr | None = Field(None, max_length=10)
    fixed_mode_daily_limit: StrictStr | None = Field(None, max_length=32)
    fixed_mode_currency: StrictStr | None = Field(None, max_length=3)
    autoforward_ln_address: StrictStr | None = Field(None, min_length=1, max_length=2000)
    autoforward_enabled: StrictBool | None = None
    autoforward_min_sats: StrictInt | None = None
    time_zone: StrictStr | None = Field(None, min_length=1, max_length=64)
    notifications: StrictStr | None = Field(None, max_length=10)


class PageWanted:
    """`?limit=&offset=`, as for every list."""

    def __init__(self, limit: int = Query(25, ge=1, le=200), offset: int = Query(0, ge=0, le=10_000)) -> None:
        self.limit = limit
        self.offset = offset


class Narrowed:
    """`?enrolment_id=&since=&until=`: one machine, some days."""

    def __init__(
        self,
        enrolment_id: str | None = Query(None, min_length=1, max_length=64),
        since: str | None = Query(None, max_length=10),
        until: str | None = Query(None, max_length=10),
    ) -> None:
        self.wishes = {"enrolment_id": enrolment_id, "since": since, "until": until}


Wanted = Annotated[PageWanted, Depends(PageWanted)]
Which = Annotated[Narrowed, Depends(Narrowed)]
OneWord = Annotated[str | None, Query(max_length=20)]


@router.get("/preferences")
async def get_preferences(user: CurrentUser) -> dict[str, Any]:
    return await lp().preferences(user.id)


@router.put("/preferences")
async def put_preferences(user: ActingUser, body: PreferencesChosen) -> dict[str, Any]:
    return await lp().choose_preferences(user.id, **body.dict(exclude_unset=True))


@router.get("/preferences/history")
async def list_changes(user: CurrentUser, page: Wanted) -> dict[str, Any]:
    return await lp().preferences_history(user.id, limit=page.limit, offset=page.offset)


@router.post("/preferences/address/test")
async def post_address_test(user: CurrentUser, body: Address) -> dict[str, Any]:
    return await lp().address_terms(user.id, body.address)


@router.post("/preferences/address/confirm")
async def post_address_confirm(user: ActingUser, body: Confirmed) -> dict[str, Any]:
    return await lp().confirm_address(user.id, body.address, body.password)


@router.get("/enrolments")
async def list_enrolments(user: CurrentUser, page: Wanted) -> dict[str, Any]:
    return await lp().enrolments(user.id, limit=page.limit, offset=page.offset)


@router.post("/enrolments/{enrolment_id}/accept")
async def post_accept(user: ActingUser, enrolment_id: str, body: Accepted) -> dict[str, Any]:
    return await lp().accept_enrolment(
        user.id, enrolment_id, wallet_id=body.dca_wallet_id, time_zone=body.time_zone
    )


@router.post("/invitation/look")
async def post_invitation_look(user: CurrentUser, body: Token) -> dict[str, Any]:
    return await lp().look_at_invitation(user.id, body.token)


@router.post("/invitation/accept")
async def post_invitation_accept(user: ActingUser, body: TokenAccepted) -> dict[str, Any]:
    return await lp().accept_invitation(
        user.id, body.token, wallet_id=body.dca_wallet_id, time_zone=body.time_zone
    )


@router.get("/summary")
async def get_summary(user: CurrentUser) -> dict[str, Any]:
    return await lp().summary(user.id)


@router.get("/positions")
async def list_positions(user: CurrentUser, page: Wanted) -> dict[str, Any]:
    return await lp().positions(user.id, limit=page.limit, offset=page.offset)


@router.get("/chart")
async def get_chart(
    user: CurrentUser, period: Annotated[str, Query(max_length=20)] = "month"
) -> dict[str, Any]:
    return await lp().chart(user.id, period)


@router.get("/cash")
async def list_cash(
    user: CurrentUser, page: Wanted, which: Which, kind: OneWord = None, status: OneWord = None
) -> dict[str, Any]:
    return await lp().cash_entries(
        user.id, **which.wishes, kind=kind, status=status, limit=page.limit, offset=page.offset
    )


@router.post("/cash/{entry_id}/dispute")
async def post_dispute(user: ActingUser, entry_id: str, body: Disputed) -> dict[str, Any]:
    return await lp().dispute_cash_entry(user.id, entry_id, body.reason)


@router.post("/cash/{entry_id}/withdraw-dispute")
async def post_withdraw_dispute(user: ActingUser, entry_id: str) -> dict[str, Any]:
    return await lp().withdraw_dispute(user.id, entry_id)


@router.get("/transactions")
async def list_transactions(
    user: CurrentUser,
    page: Wanted,
    which: Which,
    leg_type: OneWord = None,
    state: OneWord = None,
    search: Annotated[str | None, Query(max_length=100)] = None,
) -> dict[str, Any]:
    return await lp().transactions(
        user.id,
        **which.wishes,
        leg_type=leg_type,
        state=state,
        search=search,
        limit=page.limit,
        offset=page.offset,
    )


@router.get("/reports/transactions.csv", response_class=StreamingResponse)
async def get_transactions_csv(user: CurrentUser, which: Which) -> StreamingResponse:
    return _download("transactions", await lp().transactions_csv(user.id, **which.wishes))


@router.get("/reports/cash.csv", response_class=StreamingResponse)
async def get_cash_csv(user: CurrentUser, which: Which) -> StreamingResponse:
    return _download("cash", await lp().cash_csv(user.id, **which.wishes))


@router.get("/earlier")
async def list_earlier(user: CurrentUser, page: Wanted) -> dict[str, Any]:
    return await lp().earlier(user.id, limit=page.limit, offset=page.offset)


@router.get("/reports/earlier.csv", response_class=StreamingResponse)
async def get_earlier_csv(user: CurrentUser, which: Which) -> StreamingResponse:
    return _download("earlier", await lp().earlier_csv(user.id, **which.wishes))


@router.get("/reports/koinly.csv", response_class=StreamingResponse)
async def get_koinly_csv(user: CurrentUser, which: Which) -> StreamingResponse:
    return _download("koinly", await lp().koinly_csv(user.id, **which.wishes))


@router.get("/statements")
async def list_statements(user: CurrentUser) -> dict[str, Any]:
    return await lp().statements_known(user.id)


@router.get("/statement")
async def get_statement(user: CurrentUser, month: Annotated[str, Query(max_length=7)]) -> dict[str, Any]:
    return await lp().statement(user.id, month)


@router.post("/statement/check")
async def post_statement_check(user: CurrentUser, body: Text) -> dict[str, Any]:
    return await lp().check_statement(user.id, body.text)


def _download(what: str, texts: AsyncIterator[str]) -> StreamingResponse:
    """A file that is written while it is sent. Text that is no valid Unicode is sent escaped."""

    async def encoded() -> AsyncIterator[bytes]:
        async for text in texts:
            yield text.encode(errors="backslashreplace")

    headers = {
        "Content-Disposition": f'attachment; filename="satoshi-machine-{what}.csv"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(encoded(), media_type="text/csv; charset=utf-8", headers=headers)
