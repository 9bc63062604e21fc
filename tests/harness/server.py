"""A real LNbits in a process of its own, to be started, stopped, killed and started again.

    with LnbitsServer(tmp_path, extensions=OURS) as server:
        operator = server.create_user("olga")
        server.top_up(operator.wallet, 100_000)
        machines = server.api(operator).get("/satmachineadmin/api/v1/dca/machines")
        server.kill()
        server.start()
        assert server.log_defects() == []

One process, not two: `lnbits` itself is a parent that restarts a child, so the server is uvicorn with
LNbits' app. SIGKILL therefore hits the process that pays.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from .database import query, snapshot
from .env import OURS, clean_environment, link_extensions, link_host, lnbits_env, write_rates
from .http import Api
from .log import defects
from .people import PASSWORD, SUPER_USER, Payment, User, Wallet
from .quick_start import start_lnbits

REPOSITORY = Path(__file__).resolve().parents[2]

_START_TIMEOUT_S = 90
_STOP_TIMEOUT_S = 20
#: uvicorn's line of a request that was answered and changed nothing
_LOOK = re.compile(r'"GET .* 200 OK$')


class ServerDied(AssertionError):
    """The server's process ended while it was needed; the message has the end of its log."""


class LnbitsServer:
    """One LNbits with its data in `folder`, on SQLite or on the PostgreSQL database behind a URL.

    `extensions` are the folders to load, by id (ours if not given); `env` are further environment
    variables, for every start.
    """

    def __init__(
        self,
        folder: Path,
        *,
        extensions: Mapping[str, Path] | None = None,
        database_url: str | None = None,
        env: Mapping[str, str] | None = None,
        port: int | None = None,
    ) -> None:
        self.folder = folder
        self.extensions = dict(OURS if extensions is None else extensions)
        self.database_url = database_url
        self.env = dict(env or {})
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data_dir = folder / "data"
        self.log_file = folder / "lnbits.log"
        #: regular expressions of defects in the log that a test provokes on purpose
        self.expected_defects: list[str] = []
        self._process: ForkServerProcess | None = None
        self._super_user: User | None = None
        self._apis: dict[str, Api] = {}

    # -- the process ------------------------------------------------------------------------------

    def start(self, env: Mapping[str, str] | None = None) -> LnbitsServer:
        """Start on the data that are there and wait until requests are answered.

        `env` adds environment variables for this start only, such as a fail-point.
        """
        self.launch(env)
        self.wait_until_up()
        if self._super_user is None:
            self._super_user = self._first_install()
        return self

    def launch(self, env: Mapping[str, str] | None = None) -> None:
        """Start the process and return at once: for servers that are meant to die while starting."""
        if self.is_running:
            raise RuntimeError("this server is running already")
        self.data_dir.mkdir(parents=True, exist_ok=True)
        write_rates(self.data_dir)
        link_host(self.folder)
        link_extensions(self.folder, self.extensions)
        settings = lnbits_env(
            self.data_dir, self.folder, self.port, self.database_url, **{**self.env, **(env or {})}
        )
        environment = clean_environment(settings)
        self._process = start_lnbits(self.folder, self.log_file, environment, self.port)

    def wait_until_up(self, timeout_s: float = _START_TIMEOUT_S) -> None:
        """Wait for the first answer; raises ServerDied when the process ends instead."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if not self.is_running:
                raise ServerDied(f"LNbits ended with {self.exit_code} while starting:\n{self.log_tail()}")
            with contextlib.suppress(httpx.HTTPError):
                # before the first install this is a redirect, which is an answer too
                if httpx.get(f"{self.url}/api/v1/health", timeout=10, trust_env=False).status_code < 500:
                    return
            time.sleep(0.05)
        raise ServerDied(f"LNbits gave no answer within {timeout_s} s:\n{self.log_tail()}")

    def wait_until_exit(self, timeout_s: float = 60) -> int:
        """Wait for a process that ends by itself (at a fail-point); returns its exit code."""
        if self._process is None:
            raise RuntimeError("this server was never started")
        self._process.join(timeout_s)
        if self._process.exitcode is None:
            raise AssertionError(f"LNbits still runs after {timeout_s} s:\n{self.log_tail()}")
        return self._process.exitcode

    def stop(self) -> None:
        """Ask the server to end (SIGTERM) and wait for it; SIGKILL follows when it does not."""
        if self._process is None or not self.is_running:
            return
        self._process.terminate()
        self._process.join(_STOP_TIMEOUT_S)
        self.kill()

    def kill(self) -> None:
        """End the server as a power cut would (SIGKILL): no handler runs, no transaction is finished."""
        if self._process is not None:
            self._process.kill()
            self._process.join()

    def restart(self, env: Mapping[str, str] | None = None) -> LnbitsServer:
        self.stop()
        return self.start(env)

    @property
    def is_running(self) -> bool:
        return self.exit_code is None and self._process is not None

    @property
    def cpu_ms(self) -> float:
        """Milliseconds that the process has worked so far."""
        _name, _bracket, fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")
        user, system = fields.split()[11:13]
        return 1000 * (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    @property
    def exit_code(self) -> int | None:
        return None if self._process is None else self._process.exitcode

    @property
    def pid(self) -> int:
        if self._process is None or self._process.pid is None:
            raise RuntimeError("this server was never started")
        return self._process.pid

    def __enter__(self) -> LnbitsServer:
        return self if self.is_running else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the server and the connections to it. Its data stay."""
        self.stop()
        for api in self._apis.values():
            api.close()
        self._apis.clear()

    # -- people -----------------------------------------------------------------------------------

    @property
    def super_user(self) -> User:
        """The platform: LNbits' super user, with all extensions enabled."""
        if self._super_user is None:
            raise RuntimeError("start the server first")
        return self._super_user

    def _first_install(self) -> User:
        """The super user: its account is made unless this data folder has one, then it logs in."""
        self.api().raw(
            "PUT",
            "/api/v1/auth/first_install",
            json={"username": SUPER_USER, "password": PASSWORD, "password_repeat": PASSWORD},
        )
        user = self.login(SUPER_USER)
        for extension_id in self.extensions:
            self.enable_extension(user, extension_id)
        return user

    def login(self, username: str, password: str = PASSWORD) -> User:
        """The user as it logs in now: a new token, and its wallets as they are."""
        token = self.api().post("/api/v1/auth", {"username": username, "password": password})["access_token"]
        with contextlib.closing(Api(self.url, {"Authorization": f"Bearer {token}"})) as api:
            account = api.get("/api/v1/auth")
        return User.read(account, token)

    def create_user(self, username: str, *, extensions: Iterable[str] | None = None) -> User:
        """A new user with one wallet and with `extensions` enabled (all if not given)."""
        self.api(self.super_user).post(
            "/users/api/v1/user",
            {
                "username": username,
                "password": PASSWORD,
                "password_repeat": PASSWORD,
                "extensions": list(self.extensions if extensions is None else extensions),
            },
        )
        return self.login(username)

    def enable_extension(self, user: User, extension_id: str) -> None:
        self.api(user).put(f"/api/v1/extension/{extension_id}/enable")

    def create_wallet(self, user: User, name: str) -> Wallet:
        """A further wallet of `user`."""
        return Wallet.read(self.api(user).post("/api/v1/wallet", {"name": name}))

    def api(self, user: User | None = None) -> Api:
        """The server as `user` sees it, or as somebody who is not logged in."""
        token = "" if user is None else user.token
        if token not in self._apis:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            self._apis[token] = Api(self.url, headers)
        return self._apis[token]

    def api_with_key(self, key: str) -> Api:
        """The server as the holder of a wallet's admin or invoice key sees it."""
        if key not in self._apis:
            self._apis[key] = Api(self.url, {"X-Api-Key": key})
        return self._apis[key]

    # -- money ------------------------------------------------------------------------------------

    def top_up(self, wallet: Wallet, sats: int) -> None:
        """Credit a wallet out of nothing, as the super user may."""
        self.api(self.super_user).put("/users/api/v1/balance", {"id": wallet.id, "amount": sats})

    def balance_msat(self, wallet: Wallet) -> int:
        balance: int = self.api_with_key(wallet.inkey).get("/api/v1/wallet")["balance"]
        return balance

    def balance_sats(self, wallet: Wallet) -> int:
        """The balance in whole sats; a remainder in msat is a test's error."""
        msat = self.balance_msat(wallet)
        assert msat % 1000 == 0, f"{msat} msat are not whole sats"
        return msat // 1000

    def create_invoice(
        self, wallet: Wallet, sats: int, *, memo: str = "", extra: Mapping[str, object] | None = None
    ) -> Payment:
        """An invoice of `wallet`, with `extra` attached as a machine attaches its stamp."""
        body = {"out": False, "amount": sats, "memo": memo, "extra": dict(extra or {})}
        return Payment.read(self.api_with_key(wallet.inkey).post("/api/v1/payments", body))

    def pay_invoice(
        self, wallet: Wallet, bolt11: str, *, extra: Mapping[str, object] | None = None
    ) -> Payment:
        body = {"out": True, "bolt11": bolt11, "extra": dict(extra or {})}
        return Payment.read(self.api_with_key(wallet.adminkey).post("/api/v1/payments", body))

    def send(
        self,
        payer: Wallet,
        payee: Wallet,
        sats: int,
        *,
        memo: str = "",
        extra: Mapping[str, object] | None = None,
    ) -> Payment:
        """Invoice and payment in one: what a sale at a machine looks like when all wallets are here."""
        invoice = self.create_invoice(payee, sats, memo=memo, extra=extra)
        self.pay_invoice(payer, invoice.bolt11)
        return invoice

    def payments(self, wallet: Wallet, limit: int = 1000) -> list[Payment]:
        """The wallet's history, newest first."""
        rows = self.api_with_key(wallet.inkey).get("/api/v1/payments", limit=limit)
        return [Payment.read(row) for row in rows]

    # -- looking inside ---------------------------------------------------------------------------

    def sql(self, statement: str, **values: object) -> list[dict[str, Any]]:
        """Run SQL in the server's database, core tables by name, an extension's as `<id>.<table>`.

        Parameters are written `:name`. Whatever the statement changes is committed.
        """
        return query(statement, values, data_dir=self.data_dir, database_url=self.database_url)

    def snapshot(self, statements: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
        """The rows of several reading statements, all as of one instant, the server running or not."""
        return snapshot(statements, data_dir=self.data_dir, database_url=self.database_url)

    def log_text(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def log_tail(self, lines: int = 60) -> str:
        """The newest lines, without the looks of whoever waits: they come by the hundred."""
        told = [line for line in self.log_text().splitlines() if not _LOOK.search(line)]
        return "\n".join(told[-lines:])

    def log_defects(self) -> list[str]:
        """Tracebacks, and warnings that name us, in all the log so far; `[]` is what a test wants.

        What matches one of `expected_defects` is not reported.
        """
        return defects(self.log_text().splitlines(), self.expected_defects)

    def wait_for(self, condition: Callable[[], Any], what: str, timeout_s: float = 30) -> Any:
        """Wait until `condition()` is truthy and return what it gave; fails naming `what`."""
        deadline, pause_s = time.monotonic() + timeout_s, 0.02
        while True:
            if found := condition():
                return found
            if not self.is_running:
                raise ServerDied(f"LNbits ended while waiting for {what}:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"still no {what} after {timeout_s} s:\n{self.log_tail()}")
            # an answer of LNbits costs 30 ms of CPU, so whoever asks without a pause keeps what it waits for
            time.sleep(pause_s)
            pause_s = min(pause_s * 1.5, 0.25)


def free_port() -> int:
    """A port nobody listens on, below the range that the system hands out by itself."""
    for _ in range(200):
        port = random.randint(20_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port between 20000 and 32000")
