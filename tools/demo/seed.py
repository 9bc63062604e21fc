"""Setting everything up, the way people would: logins, wallets, a machine, LPs, their cash.

Each step first looks and then does only what is missing, so a second start keeps the data, what a person
changed in the meantime stays changed, and a first start that was interrupted is completed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import settings
from .errors import DemoStopped, Refused
from .host import Host, Session
from .settings import Person

OPERATOR_API = "/satmachineadmin/api/v1/dca"
LP_API = "/satmachineclient/api/v1/dca-client"
OPENING_NOTE = "cash at the start of the demo"

Wallet = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything that trading needs, once it is set up."""

    base_url: str
    sessions: dict[str, Session]
    #: by login and wallet name
    wallets: dict[tuple[str, str], Wallet]
    machine: dict[str, Any]
    #: enrolment id by LP
    clients: dict[str, str]

    @property
    def platform(self) -> Session:
        return self.sessions[settings.PLATFORM.username]

    @property
    def operator(self) -> Session:
        return self.sessions[settings.OPERATOR.username]

    def wallet(self, person: Person, name: str | None = None) -> Wallet:
        """One wallet; the person's first one if none is named."""
        return self.wallets[person.username, name or person.wallets[0]]


async def seed(host: Host, rates_url: str) -> World:
    """Sets up what is missing and gives what is there."""
    sessions = await _people(host)
    # LNbits keeps the addresses of its first start; the ports may have been taken since
    platform = sessions[settings.PLATFORM.username]
    addresses = {"lnbits_price_aggregator_url": rates_url, "lnbits_baseurl": host.base_url + "/"}
    await platform.patch("/admin/api/v1/settings", addresses)
    wallets = {}
    for person in settings.PEOPLE:
        if person.extension is not None:
            await _enable(sessions[person.username], person.extension)
        for name, wallet in (await _wallets(sessions[person.username], person)).items():
            wallets[person.username, name] = wallet
    operator = sessions[settings.OPERATOR.username]
    await _platform_fee(platform, wallets[settings.PLATFORM.username, settings.PLATFORM.wallets[0]])
    machine = await _machine(operator, wallets[settings.OPERATOR.username, settings.MACHINE])
    await _splits(operator, wallets)
    clients = {}
    for lp in settings.LPS:
        wallet = wallets[lp.username, lp.wallets[0]]
        clients[lp.username] = await _enrol(operator, sessions[lp.username], machine["id"], wallet)
        await _opening_cash(operator, clients[lp.username], settings.CASH_OF_LP[lp.username])
    return World(base_url=host.base_url, sessions=sessions, wallets=wallets, machine=machine, clients=clients)


async def _people(host: Host) -> dict[str, Session]:
    """A login for everybody; the platform's is the super user's."""
    name = settings.PLATFORM.username
    if await host.is_new():
        platform = await host.first_install(name, settings.PASSWORD)
    else:
        platform = await _login(host, name)
    sessions = {name: platform}
    known = await platform.get("/users/api/v1/user?limit=100")
    usernames = {account["username"] for account in known["data"]}
    for person in settings.PEOPLE[1:]:
        if person.username not in usernames:
            await platform.post(
                "/users/api/v1/user",
                {
                    "username": person.username,
                    "password": settings.PASSWORD,
                    "password_repeat": settings.PASSWORD,
                },
            )
        sessions[person.username] = await _login(host, person.username)
    return sessions


async def _login(host: Host, username: str) -> Session:
    try:
        return await host.login(username, settings.PASSWORD)
    except Refused as error:
        raise DemoStopped(
            f"{username} cannot log in with the demo's password ({error.detail}). If it was changed, "
            "`make demo-reset` starts anew."
        ) from error


async def _enable(session: Session, extension: str) -> None:
    try:
        await session.put(f"/api/v1/extension/{extension}/enable")
    except Refused as error:
        raise DemoStopped(
            f"LNbits did not load the extension {extension} ({error.detail}); its log says why."
        ) from error


async def _wallets(session: Session, person: Person) -> dict[str, Wallet]:
    """The person's wallets by name. The one that LNbits made with the account gets the first name."""
    existing = await session.get("/api/v1/wallets")
    by_name = {wallet["name"]: wallet for wallet in existing}
    if person.wallets[0] not in by_name and len(existing) == 1:
        wallet = existing[0]
        key = {"X-Api-Key": wallet["adminkey"]}
        await session.host.call("PATCH", "/api/v1/wallet", {"name": person.wallets[0]}, headers=key)
        by_name = {person.wallets[0]: wallet}
    for name in person.wallets:
        if name not in by_name:
            by_name[name] = await session.post("/api/v1/wallet", {"name": name})
    return {name: by_name[name] for name in person.wallets}


async def _platform_fee(platform: Session, wallet: Wallet) -> None:
    config = await platform.get(f"{OPERATOR_API}/super-config")
    if config["super_fee_wallet_id"] is None:
        await platform.put(
            f"{OPERATOR_API}/super-config",
            {
                "super_fee_pct": settings.PLATFORM_FEE_PCT,
                "super_fee_cash_in_pct": settings.PLATFORM_FEE_PCT,
                "super_fee_wallet_id": wallet["id"],
            },
        )


async def _machine(operator: Session, wallet: Wallet) -> dict[str, Any]:
    for machine in await operator.rows(f"{OPERATOR_API}/machines"):
        if machine["wallet_id"] == wallet["id"]:
            return dict(machine)
    made = await operator.post(
        f"{OPERATOR_API}/machines",
        {
            "name": settings.MACHINE,
            "location": "Main square",
            "wallet_id": wallet["id"],
            "currency": settings.CURRENCY,
            "cash_out_fee_pct": settings.COMMISSION_PCT,
            "cash_in_fee_pct": settings.CASH_IN_COMMISSION_PCT,
            "reference_rate": settings.START_RATE,
        },
    )
    return dict(made)


async def _splits(operator: Session, wallets: dict[tuple[str, str], Wallet]) -> None:
    current = await operator.get(f"{OPERATOR_API}/commission-splits")
    if current["splits"]:
        return
    splits = [
        {
            "target": wallets[settings.OPERATOR.username, name]["id"],
            "label": label,
            "share_pct": share,
        }
        for name, label, share in settings.SPLITS
    ]
    await operator.put(f"{OPERATOR_API}/commission-splits", {"splits": splits})


async def _enrol(operator: Session, lp: Session, machine_id: str, wallet: Wallet) -> str:
    """The operator invites the LP, who accepts with its wallet. Gives the enrolment's id."""
    clients = await operator.rows(f"{OPERATOR_API}/clients?machine_id={machine_id}")
    found = [client for client in clients if client["username"] == lp.username]
    if found:
        client = found[0]
    else:
        enrolment = {"machine_id": machine_id, "username": lp.username}
        client = await operator.post(f"{OPERATOR_API}/clients", enrolment)
    for enrolment in await lp.rows(f"{LP_API}/enrolments"):
        if enrolment["status"] == "invited":
            await lp.post(f"{LP_API}/enrolments/{enrolment['id']}/accept", {"dca_wallet_id": wallet["id"]})
    return str(client["id"])


async def _opening_cash(operator: Session, client_id: str, amount: int) -> None:
    """Cash for an LP that never brought any; an entry that was left unconfirmed is confirmed."""
    entries = await operator.rows(f"{OPERATOR_API}/deposits?client_id={client_id}")
    if not entries:
        await bring_cash(operator, client_id, amount, OPENING_NOTE)
    for entry in entries:
        if entry["status"] == "pending" and entry["notes"] == OPENING_NOTE:
            await operator.post(f"{OPERATOR_API}/deposits/{entry['id']}/confirm")


async def bring_cash(operator: Session, client_id: str, amount: int, notes: str) -> None:
    """The LP hands cash over, the operator counts and confirms it."""
    entry = await operator.post(
        f"{OPERATOR_API}/deposits", {"client_id": client_id, "amount": f"{amount}.00", "notes": notes}
    )
    await operator.post(f"{OPERATOR_API}/deposits/{entry['id']}/confirm")
