"""The pictures of the documentation: all are shown somewhere, none is missing, none is heavy."""

from __future__ import annotations

import re

from .tree import REPOSITORY

IMAGES = REPOSITORY / "docs" / "images"
MOST_KIB, MOST_KIB_OF_ALL = 200, 2_000
_SHOWN = re.compile(r"(?:\]\(|src=\")([^)\"]+\.(?:jpg|png))")


def test_every_picture_is_shown_and_every_shown_one_is_there() -> None:
    texts = [REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")]
    shown = {(page.parent / path).resolve() for page in texts for path in _SHOWN.findall(page.read_text())}
    kept = {path.resolve() for path in IMAGES.iterdir()}
    assert kept
    assert shown == kept


def test_pictures_are_small_enough_for_a_repository() -> None:
    sizes = {path.name: path.stat().st_size // 1024 for path in IMAGES.iterdir()}
    assert {name: size for name, size in sizes.items() if size > MOST_KIB} == {}
    assert sum(sizes.values()) <= MOST_KIB_OF_ALL
