"""Both extensions as LNbits installs them: a zip each, and the manifest that lists them.

    make zips BASE=https://example.org/satmachine

What a zip has to look like is what LNbits' registry checks (github.com/lnbits/lnbits-extensions, check.py):
one folder `<repository>-<version>/` with LICENSE, README.md, `__init__.py`, config.json and manifest.json,
an archive named by its version below the repository's address, and the SHA-256 of it. LNbits takes the
manifest from any address of `LNBITS_EXTENSIONS_MANIFESTS`; it follows no redirect there. The manifest.json
inside lists nothing: what it could name is GitHub's archive of the repository, which is no extension, and
LNbits removes an extension whose archive it cannot install.

The same files make the same bytes, wherever and whenever: names are sorted, times and rights are fixed, and
nothing is compressed, since two versions of zlib compress alike but not the same.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
EXTENSIONS = ROOT / "extensions"
#: What an extension is made of; anything else that lies in its folder was left there by a tool.
SUFFIXES = frozenset({".csv", ".js", ".json", ".md", ".png", ".py", ".vue"})
#: extension -> those that it does not work without
DEPENDENCIES = {"satmachineadmin": [], "satmachineclient": ["satmachineadmin"]}
#: The first instant that a zip can name.
_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX, _RIGHTS = 3, 0o100644


@dataclass(frozen=True, kw_only=True)
class Package:
    """An extension as it is released."""

    config: dict[str, Any]
    content: bytes

    @property
    def id(self) -> str:
        return str(self.config["id"])

    @property
    def version(self) -> str:
        return str(self.config["version"])

    @property
    def repository(self) -> str:
        return str(self.config["repo"])

    @property
    def name(self) -> str:
        return f"{self.id}-{self.version}.zip"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def release(self, base: str) -> dict[str, Any]:
        """Its entry in a manifest of explicit releases; `base` is the address of the folder of archives."""
        path = urlsplit(self.repository).path.strip("/")
        tile = f"extensions{self.config['tile']}"
        return {
            "id": self.id,
            "repo": self.repository,
            "name": self.config["name"],
            "version": self.version,
            "min_lnbits_version": self.config["min_lnbits_version"],
            "short_description": self.config["short_description"],
            "icon": f"https://raw.githubusercontent.com/{path}/v{self.version}/{tile}",
            "details_link": f"https://raw.githubusercontent.com/{path}/v{self.version}/extensions/{self.id}/config.json",
            "html_url": f"{self.repository}/releases/tag/v{self.version}",
            "archive": f"{base.rstrip('/')}/{self.name}",
            "hash": self.sha256,
            "dependencies": DEPENDENCIES[self.id],
        }


def package(extension_id: str, extensions: Path = EXTENSIONS) -> Package:
    """The package of an extension, of this checkout if no other folder of extensions is given."""
    folder = extensions / extension_id
    config = json.loads((folder / "config.json").read_text())
    top = f"{Path(urlsplit(config['repo']).path).name}-{config['version']}"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(_files(folder), key=lambda one: one.relative_to(folder).as_posix()):
            info = zipfile.ZipInfo(f"{top}/{path.relative_to(folder).as_posix()}", _TIME)
            info.create_system, info.external_attr = _UNIX, _RIGHTS << 16
            archive.writestr(info, path.read_bytes())
    return Package(config=config, content=content.getvalue())


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        is_hidden = any(part.startswith((".", "__pycache__")) for part in path.relative_to(folder).parts)
        if path.is_file() and not is_hidden and (path.suffix in SUFFIXES or path.name == "LICENSE"):
            yield path


def packages(extensions: Path = EXTENSIONS) -> list[Package]:
    """Every extension, those first that others need."""
    return [package(extension_id, extensions) for extension_id in DEPENDENCIES]


def released_at(made: list[Package]) -> str:
    """Where the archives of a release of this version lie."""
    return f"{made[0].repository}/releases/download/v{made[0].version}"


def write(folder: Path, made: list[Package], base: str) -> Path:
    """Write archives and manifest into a folder, in place of those that are there; the manifest's path."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in made:
        for former in folder.glob(f"{one.id}-*.zip"):
            former.unlink()
        (folder / one.name).write_bytes(one.content)
    manifest = folder / "manifest.json"
    entries = [one.release(base) for one in made]
    manifest.write_text(json.dumps({"extensions": entries}, indent=2) + "\n")
    return manifest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=ROOT / "dist", help="the folder that they are written to")
    parser.add_argument("--base", help="the address below which the archives will lie (default: a release)")
    asked = parser.parse_args()
    made = packages()
    manifest = write(asked.to, made, asked.base or released_at(made))
    for one in made:
        print(f"{one.sha256}  {asked.to / one.name}")
    print(f"{manifest} has them at {asked.base or released_at(made)}")


if __name__ == "__main__":
    main()
