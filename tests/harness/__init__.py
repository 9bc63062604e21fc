"""What the integration tests stand on: a real LNbits, real databases, people with wallets.

`tests/README.md` says how the tests are laid out; `tests/conftest.py` has the fixtures.
"""

from .env import OURS, RATES, lnbits_env, write_rates
from .http import Api, UnexpectedStatus
from .log import defects
from .people import PASSWORD, SUPER_USER, Payment, User, Wallet
from .postgres import PostgresCluster
from .server import REPOSITORY, LnbitsServer, ServerDied, free_port

__all__ = [
    "OURS",
    "PASSWORD",
    "RATES",
    "REPOSITORY",
    "SUPER_USER",
    "Api",
    "LnbitsServer",
    "Payment",
    "PostgresCluster",
    "ServerDied",
    "UnexpectedStatus",
    "User",
    "Wallet",
    "defects",
    "free_port",
    "lnbits_env",
    "write_rates",
]
