"""Bodies of the routes about imports."""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field, StrictStr, validator

from ..core.imports import MOST_FILES
from .schemas import Body

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class ImportedFile(Body):
    """A CSV file as text. Line ends of every kind belong to it, and blank lines count."""

    name: StrictStr = Field(min_length=1, max_length=200)
    content: StrictStr

    class Config:
        anystr_strip_whitespace = False

    @validator("*", pre=True)
    def _no_control_characters(cls, value: Any) -> Any:
        """What a Body refuses, but for the carriage returns that spreadsheets write."""
        if isinstance(value, str):
            if _CONTROL.search(value):
                raise ValueError("control characters are not allowed")
            if any("\ud800" <= letter <= "\udfff" for letter in value):
                raise ValueError("it is no valid Unicode text")
        return value


class FilesShown(Body):
    files: list[ImportedFile] = Field(min_items=1, max_items=MOST_FILES)


class FilesConfirmed(FilesShown):
    confirmation: StrictStr = Field(min_length=1, max_length=100)
