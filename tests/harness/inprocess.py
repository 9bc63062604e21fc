"""LNbits inside the test process, for tests of the code that touches the host.

Here a test can call `pay_invoice`, hold the core database's lock, replace the funding source or cancel
a task, which no server in another process allows. The price: LNbits keeps its settings, databases and
tasks in module globals, so there is **one app per process**, on one database. `tests/inprocess` is
therefore run in a pytest of its own, once per database (tests/house/test_inprocess.py does that).

Everything below has to happen before `lnbits` is imported for the first time; the import reads the
environment. All coroutines must run on the loop that the app was started on: use anyio's marks, never
pytest-asyncio.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import httpx

from .env import OURS, link_extensions, link_host, lnbits_env, write_rates
from .people import PASSWORD, SUPER_USER, User, Wallet
from .server import free_port


class InProcessHost:
    """The running app and what tests do with it; `running_host` makes it."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self._clients: list[httpx.AsyncClient] = []

    async def create_user(self, username: str, extensions: Mapping[str, Path] = OURS) -> User:
        """A new user with one wallet and with `extensions` enabled."""
        from bcrypt import gensalt, hashpw
        from lnbits.core.models.users import Account
        from lnbits.core.services import create_user_account_no_ckeck

        account = Account(id=uuid4().hex, username=username)  # type: ignore[no-untyped-call]
        # Everybody knows this password: a hash that costs next to nothing will do.
        account.password_hash = hashpw(PASSWORD.encode(), gensalt(rounds=4)).decode()
        await create_user_account_no_ckeck(account, default_exts=list(extensions))
        return await self.login(username)

    async def login(self, username: str) -> User:
        anonymous = self.client()
        answer = await anonymous.post("/api/v1/auth", json={"username": username, "password": PASSWORD})
        token = answer.raise_for_status().json()["access_token"]
        anonymous.cookies.clear()
        account = await anonymous.get("/api/v1/auth", headers={"Authorization": f"Bearer {token}"})
        return User.read(account.raise_for_status().json(), token)

    async def create_wallet(self, user: User, name: str = "wallet") -> Wallet:
        from lnbits.core.crud import create_wallet

        wallet = await create_wallet(user_id=user.id, wallet_name=name)
        return Wallet.read(wallet.dict())

    async def top_up(self, wallet: Wallet, sats: int) -> None:
        from lnbits.core.crud import get_wallet
        from lnbits.core.services.payments import update_wallet_balance

        host_wallet = await get_wallet(wallet.id)
        if host_wallet is None:
            raise RuntimeError(f"there is no wallet {wallet.id}")
        await update_wallet_balance(host_wallet, sats)

    async def balance_msat(self, wallet: Wallet) -> int:
        from lnbits.core.crud import get_wallet

        host_wallet = await get_wallet(wallet.id)
        if host_wallet is None:
            raise RuntimeError(f"there is no wallet {wallet.id}")
        return int(host_wallet.balance_msat)

    def client(self, user: User | None = None) -> httpx.AsyncClient:
        """HTTP to the app without a network, as `user` or as nobody."""
        headers = {"Authorization": f"Bearer {user.token}"} if user else {}
        transport = httpx.ASGITransport(app=self.app, client=("127.0.0.1", 9))
        client = httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", headers=headers, timeout=60
        )
        self._clients.append(client)
        return client

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()


def prepare_process(
    folder: Path, *, extensions: Mapping[str, Path] = OURS, database_url: str | None = None, **overrides: str
) -> None:
    """Set the environment and the working directory that `lnbits` wants to be imported in."""
    if "lnbits" in sys.modules:
        raise RuntimeError("lnbits is imported already, with other settings: use a process of its own")
    data_dir = folder / "data"
    data_dir.mkdir(parents=True, exist_ok=True)
    write_rates(data_dir)
    link_host(folder)
    link_extensions(folder, extensions)
    for name in [name for name in os.environ if name.startswith(("LNBITS_", "AUTH_"))]:
        del os.environ[name]
    os.environ.update(lnbits_env(data_dir, folder, free_port(), database_url, **overrides))
    os.chdir(folder)


@asynccontextmanager
async def running_host() -> AsyncIterator[InProcessHost]:
    """Start LNbits in this process, after `prepare_process`; it ends with the context.

    Rates are put into LNbits' cache: there is no server here that could answer its own question.
    """
    from asgi_lifespan import LifespanManager
    from lnbits.app import create_app
    from lnbits.core.models.users import UpdateSuperuserPassword
    from lnbits.core.views.auth_api import first_install
    from lnbits.settings import settings
    from lnbits.utils.cache import cache

    from .env import RATES

    app = create_app()
    with _one_copy_of_ours():
        async with LifespanManager(app, startup_timeout=90, shutdown_timeout=30):
            for currency, price in RATES.items():
                cache.set(f"btc-price-{currency}", float(price), expiry=1e9)
            settings.first_install = True
            await first_install(
                UpdateSuperuserPassword(username=SUPER_USER, password=PASSWORD, password_repeat=PASSWORD)
            )
            host = InProcessHost(app)
            try:
                yield host
            finally:
                await host.close()


@contextmanager
def _one_copy_of_ours() -> Iterator[None]:
    """Keep LNbits from importing our modules anew, as it does whenever it loads an extension.

    Tests have imported theirs by then, and of two copies of an enum no member of one is one of the other's.
    """
    with patch("lnbits.app.sys", SimpleNamespace(modules={}, path=sys.path)):
        yield
