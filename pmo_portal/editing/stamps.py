"""What stands in the first column of a workbook made for editing: which record a row is, and in which version it went out."""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing


@dataclass(frozen=True)
class Stamp:
    pk: int
    version: int


def stamp(key: str, pk: int, version: int) -> str:
    """For the row of a record in the list `key`; signed, so that a figure changed by hand does not lead to another record."""
    return _signer(key).sign(f"{pk}.{version}")


def read(key: str, text: str) -> Stamp | None:
    """None: not a stamp of this list."""
    try:
        pk, version = _signer(key).unsign(text.strip()).split(".")
        return Stamp(int(pk), int(version))
    except (signing.BadSignature, ValueError):
        return None


def _signer(key: str) -> signing.Signer:
    return signing.Signer(salt=f"editing:{key}")
