"""Releases of our extensions on a web server, and LNbits' extension manager as its super user works it."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tools.packages import EXTENSIONS, packages

from .env import OURS
from .server import LnbitsServer

_MANAGER = "/api/v1/extension"
#: the file whose first line says the version of `next_version`
TEXTS = "static/i18n/en.js"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the server that asks has a log."""


class Releases:
    """A folder of archives with its manifest, below an address of this machine."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder, self._url = folder, url
        self._releases: list[dict[str, Any]] = []

    @property
    def manifest_url(self) -> str:
        return f"{self._url}/manifest.json"

    def add(self, extensions: Path = EXTENSIONS) -> str:
        """Release the extensions of a folder beside those that there are; their version."""
        made = packages(extensions)
        for one in made:
            (self._folder / one.name).write_bytes(one.content)
        self._releases += [one.release(self._url) for one in made]
        (self._folder / "manifest.json").write_text(json.dumps({"extensions": self._releases}))
        return made[0].version

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        """The manifest names archives that nobody can fetch meanwhile."""
        archives = list(self._folder.glob("*.zip"))
        for path in archives:
            path.rename(path.with_suffix(".away"))
        try:
            yield
        finally:
            for path in archives:
                path.with_suffix(".away").rename(path)

    def find(self, extension_id: str, version: str) -> dict[str, Any]:
        (found,) = [one for one in self._releases if (one["id"], one["version"]) == (extension_id, version)]
        return found


@contextmanager
def served(folder: Path) -> Iterator[Releases]:
    """A web server over a new folder."""
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Releases(folder, f"http://127.0.0.1:{server.server_address[1]}")
    finally:
        server.shutdown()
        server.server_close()


def next_version(folder: Path, version: str) -> Path:
    """A copy of our extensions that calls itself by another version, wherever that can be seen, and adds a
    step to the schema."""
    for name, path in OURS.items():
        shutil.copytree(path, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        config = folder / name / "config.json"
        config.write_text(re.sub(r'"version": "[^"]+"', f'"version": "{version}"', config.read_text()))
        texts = folder / name / TEXTS
        texts.write_text(f"// {version}\n{texts.read_text()}")
    (folder / "satmachineadmin" / "version.py").write_text(f'VERSION = "{version}"\n')
    migrations = folder / "satmachineadmin" / "migrations.py"
    migrations.write_text(
        migrations.read_text()
        + "\n\nasync def m900_of_the_next_version(db):\n"
        + '    await db.execute("CREATE TABLE IF NOT EXISTS satmachineadmin.of_the_next_version (id TEXT)")\n'
    )
    return folder


class Manager:
    """LNbits' page "Extensions", by its requests."""

    def __init__(self, server: LnbitsServer, releases: Releases) -> None:
        self._api, self._releases = server.api(server.super_user), releases
        self._set(lnbits_extensions_manifests=[releases.manifest_url])

    def _set(self, **settings: object) -> None:
        self._api.patch("/admin/api/v1/settings", settings)

    def enable_for_all(self) -> None:
        """Whoever has an account from now on has ours enabled."""
        self._set(lnbits_user_default_extensions=list(OURS))

    def install(self, extension_id: str, version: str, *, expect: int = 200) -> Any:
        """Install it, or upgrade what there is to it; LNbits' answer."""
        release = self._releases.find(extension_id, version)
        body = {
            "ext_id": extension_id,
            "archive": release["archive"],
            "source_repo": self._releases.manifest_url,
            "version": version,
        }
        return self._api.post(_MANAGER, body, expect=expect)

    def install_all(self, version: str) -> None:
        for extension_id in OURS:
            self.install(extension_id, version)

    def switch(self, extension_id: str, what: str) -> None:
        self._api.put(f"{_MANAGER}/{extension_id}/{what}")

    def uninstall(self, extension_id: str) -> None:
        self._api.delete(f"{_MANAGER}/{extension_id}")

    def uninstall_all(self) -> None:
        for extension_id in OURS:
            self.uninstall(extension_id)

    def delete_data(self, extension_id: str) -> None:
        self._api.delete(f"{_MANAGER}/{extension_id}/db")
