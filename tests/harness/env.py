"""The environment of an LNbits that needs nothing but this machine.

LNbits reads its settings from the environment, at first boot for good: afterwards the row in its
database wins as long as the admin UI is on. So everything a test relies on is set here.

**Rates.** A new wallet of LNbits 1.6.2 always gets a currency (USD where no accounting currency is
set), and every `create_invoice` and `pay_invoice` on a wallet with a currency asks for a rate, with
the connection to the core database held. A failed answer is not cached, so without a source of rates
every payment costs a second or more. Neither leaving the accounting currency unset nor any other
setting avoids the question. What does: PATCH the wallet's currency to "" after creating it, which no
real user does. So the server answers itself: LNbits serves the folder `images` of its data folder as
`/library`, and `write_rates` puts the answers of a price aggregator there.
"""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Mapping
from pathlib import Path

#: the extensions of this repository, by the ids that LNbits knows them as
OURS = {
    name: Path(__file__).resolve().parents[2] / "extensions" / name
    for name in ("satmachineadmin", "satmachineclient")
}
#: fiat per bitcoin, of the currencies that tests use
RATES = {"USD": "100000", "EUR": "66666.67", "GBP": "60000", "JPY": "15000000"}


def lnbits_env(
    data_dir: Path, extensions_root: Path, port: int, database_url: str | None = None, **overrides: str
) -> dict[str, str]:
    """The settings of an offline LNbits, as environment variables.

    `extensions_root` holds the folder `extensions`; `database_url` is a `postgres://` URL, None means
    SQLite files in `data_dir`. `overrides` are environment variables, the host's or ours:
    `lnbits_env(..., LNBITS_SERVICE_FEE="0.5", SATMACHINE_FAILPOINT="pay.after_commit")`.
    """
    settings = {
        "LNBITS_BACKEND_WALLET_CLASS": "FakeWallet",
        "LNBITS_DATA_FOLDER": str(data_dir),
        "LNBITS_EXTENSIONS_PATH": str(extensions_root),
        "LNBITS_WASM_EXTENSIONS_PATH": str(data_dir / "wasm_extensions"),
        "LNBITS_ADMIN_UI": "true",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "LNBITS_BASEURL": f"http://127.0.0.1:{port}/",
        "AUTH_SECRET_KEY": "5a" * 16,
        "AUTH_HTTPS_ONLY": "false",
        "AUTH_ALLOWED_METHODS": '["username-password","user-id-only"]',
        "LNBITS_EXTENSIONS_MANIFESTS": "[]",
        "LNBITS_WASM_EXTENSIONS_MANIFESTS": "[]",
        "LNBITS_PRICE_AGGREGATOR_URL": f"http://127.0.0.1:{port}/library",
        "LNBITS_EXCHANGE_RATE_PROVIDERS": "[]",
        "LNBITS_EXCHANGE_RATE_CACHE_SECONDS": "3600",
        "LNBITS_RATE_LIMIT_NO": "1000000",
        "LNBITS_LNURL_ALLOW_PRIVATE_IPS": "true",
        "LNBITS_CALLBACK_ALLOW_PRIVATE_IPS": "true",
        "LNBITS_CALLBACK_URL_RULES": "[]",
        "LNBITS_NOTIFICATION_SERVER_START_STOP": "false",
        "ENABLE_LOG_TO_FILE": "false",
        "PYTHONUNBUFFERED": "1",
        "PYTHONFAULTHANDLER": "1",
    }
    if database_url is not None:
        settings["LNBITS_DATABASE_URL"] = database_url
    return {**settings, **overrides}


def clean_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """`settings` on top of what any process needs, without what this machine's user has exported."""
    passed_on = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "SSL_CERT_FILE")
    return {**{name: os.environ[name] for name in passed_on if name in os.environ}, **settings}


def write_rates(data_dir: Path, rates: Mapping[str, str] = RATES) -> None:
    """Let an LNbits on `data_dir` answer its own question for `rates`, in fiat per bitcoin."""
    folder = data_dir / "images" / "rate"
    folder.mkdir(parents=True, exist_ok=True)
    for currency, price in rates.items():
        (folder / currency).write_text(json.dumps({"rates": {"median": float(price)}}))


def link_host(folder: Path) -> None:
    """Make `folder` a directory that LNbits can be started in: it opens `lnbits/static` from there."""
    spec = importlib.util.find_spec("lnbits")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("LNbits is not installed in this environment: run `make install`")
    link = folder / "lnbits"
    if not link.is_symlink():
        link.symlink_to(spec.submodule_search_locations[0])


def link_extensions(root: Path, extensions: Mapping[str, Path]) -> None:
    """Fill `root/extensions` with links, by the ids that LNbits shall know the folders as."""
    folder = root / "extensions"
    folder.mkdir(parents=True, exist_ok=True)
    for extension_id, path in extensions.items():
        link = folder / extension_id
        if not link.is_symlink():
            link.symlink_to(path.resolve())
