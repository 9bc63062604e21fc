"""LNbits, imported and not started: what every server of the tests is forked with.

Importing LNbits and building the routes of our extensions is most of a start. The fork server of
`multiprocessing` does it once per test process, by importing this module: there is no event loop, no thread
and no connection yet. A server then gets its own settings and databases (`settle`), and registers our
extensions as any LNbits does; what it registers first are the modules that are here already.

LNbits reads its settings while it is imported, and everybody holds on to the one object: it is written
over. Only which kind of database it is, and the databases themselves, were made of it.
"""

from __future__ import annotations

import functools
import gc
import importlib
import importlib.abc
import importlib.util
import os
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import bcrypt
import pydantic.class_validators

from .certificates import read_once
from .env import OURS, lnbits_env
from .pages import make_cheaper

_EXTENSIONS = next(iter(OURS.values())).parent


def settle(environment: Mapping[str, str]) -> None:
    """Let the settings and databases of a forked process be those of its own environment."""
    import lnbits.db
    from lnbits.core.db import db as core
    from lnbits.settings import Settings, settings

    before = settings.lnbits_path, settings.version, settings.user_agent
    for name, value in Settings():
        setattr(settings, name, value)
    settings.lnbits_path, settings.version, settings.user_agent = before
    lnbits.db.DB_TYPE = "POSTGRES" if settings.lnbits_database_url else "SQLITE"
    for database in (core, *(sys.modules[name].db for name in OURS)):
        # the same object everywhere: made anew
        type(database).__init__(database, database.name)
    engine = sys.modules["satmachineadmin"]
    engine._services = engine.compose(engine.db)  # type: ignore[attr-defined]
    engine.failpoints.arm(
        environment.get("SATMACHINE_FAILPOINT", ""), environment.get("SATMACHINE_FAILPOINT_MARK", "")
    )


def app_in(folder: Path) -> Any:
    """LNbits' app, for a server in this folder."""
    from lnbits.app import create_app

    ours = [name for name, path in OURS.items() if _is_there(folder / "extensions" / name, path)]
    sys.meta_path.insert(0, _Inherited(ours))
    _forget(set(OURS) - set(ours))
    app = create_app()
    _inherit_routes(app)
    return app


def _forget(names: Collection[str]) -> None:
    """What a server does not have is not found in this repository either: a test may install it."""
    sys.path[:] = [folder for folder in sys.path if folder != str(_EXTENSIONS)]
    for name in [name for name in sys.modules if name.partition(".")[0] in names]:
        del sys.modules[name]
    # pydantic remembers every validator by its name, and takes a second one for a mistake
    validators = pydantic.class_validators._FUNCS
    validators -= {name for name in validators if name.partition(".")[0] in names}


def _is_there(link: Path, path: Path) -> bool:
    """Whether a server has an extension of ours as it is here, and no copy that a test has made."""
    return link.is_symlink() and link.resolve() == path


#: id of a router → it, and its routes as they were built before the fork
_built: dict[int, tuple[Any, list[Any]]] = {}


def _inherit_routes(app: Any) -> None:
    """A router's routes are taken as they are the first time that an app includes it."""
    build = app.include_router

    def include_router(router: Any, **how: Any) -> None:
        _router, routes = _built.pop(id(router), (None, None))
        if routes is None or how:
            build(router, **how)
        else:
            app.router.routes.extend(routes)

    app.include_router = include_router


class _Inherited(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """LNbits forgets an extension's modules before it registers it: the first time these are found again.

    Whoever deactivates an extension and activates it again gets its modules read anew, as in any LNbits.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._modules = {
            name: module for name, module in sys.modules.items() if name.partition(".")[0] in names
        }

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name in self._modules else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._modules[spec.name]

    def exec_module(self, module: ModuleType) -> None:
        """It was executed before the fork; what it had imported of its own is imported with it."""
        root = module.__name__.partition(".")[0]
        found = [name for name in self._modules if name == root or name.startswith(f"{root}.")]
        sys.modules.update({name: self._modules.pop(name) for name in found})


def _import_everything() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        os.environ.pop("LNBITS_DATABASE_URL", None)
        os.environ.update(lnbits_env(Path(scratch, "data"), Path(scratch), port=5000))
        # the people of the tests need no strong passwords: at twelve rounds each costs half a second
        bcrypt.gensalt = functools.partial(bcrypt.gensalt, rounds=4)
        sys.path.append(str(_EXTENSIONS))
        from fastapi import FastAPI
        from lnbits.app import init_core_routers

        trial = FastAPI()
        build = trial.include_router

        def include_router(router: Any) -> None:
            before = len(trial.routes)
            build(router)
            _built[id(router)] = router, trial.routes[before:]

        trial.include_router = include_router  # type: ignore[method-assign,assignment]
        init_core_routers(trial)
        for name in OURS:
            trial.include_router(getattr(importlib.import_module(name), f"{name}_ext"))
    read_once()
    make_cheaper()
    gc.collect()
    gc.freeze()


_import_everything()
