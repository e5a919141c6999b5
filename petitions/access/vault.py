"""The lock of the identity vault: what is written under it can be read only with a key that is not in the database.

A cell is AES-GCM over a few named words. What it belongs to (table and row) is bound into it, so a cell that is copied
to another row does not open. What must be looked up is beside it as a mark: a keyed hash, equal for equal values and
telling nothing without the key. Marks of the sealed are made apart from all others: whoever has a dump alone cannot
see that an accuser is somebody who is named elsewhere.

The keys come with the database (db.Database): a request, a tick, an import and a command all have one of those, and
only some of them have a Flask application.
"""

import base64
import binascii
import hmac
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Mapped, mapped_column

from petitions import db

_NONCE = 12
"""Bytes; random, so one key serves for four thousand million cells."""

_MARK = 16
"""Bytes of a mark: two of a thousand million values do not meet by chance."""

_SECRET = 32
_ID = re.compile(r"[0-9a-zA-Z_-]{1,32}")


class Locked(Exception):  # noqa: N818 - an answer of the lock, which the caller lets pass as a fault
    """A cell does not open: its key is not here, it was changed, or it belongs to another row."""


@dataclass(frozen=True)
class Key:
    """One secret, from which the key of the cells and the key of the marks are derived."""

    id: str
    secret: bytes

    @cached_property
    def cipher(self) -> AESGCM:
        """The key of the cells."""
        return AESGCM(self._derived(b"petitions cell 1"))

    @cached_property
    def marker(self) -> bytes:
        """The key of the marks."""
        return self._derived(b"petitions mark 1")

    def _derived(self, purpose: bytes) -> bytes:
        return hmac.digest(self.secret, purpose, "sha256")


@dataclass(frozen=True)
class Ring:
    """The keys in force: the first one writes, all read."""

    keys: tuple[Key, ...]

    @property
    def writes(self) -> Key:
        """The key that new cells are locked with. Raises Locked when there is none."""
        if not self.keys:
            raise Locked("no identity keys: run petitions init, or set PETITIONS_IDENTITY_KEYS")
        return self.keys[0]

    def find(self, key_id: str) -> Key:
        """The key of this number; raises Locked when it is not here."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise Locked(f"the identity key {key_id} is missing")


@lru_cache(maxsize=8)
def parse(text: str) -> Ring:
    """The ring written in `text`: `id:secret` apart by blanks, commas or lines. Raises ValueError for anything else."""
    keys: dict[str, Key] = {}
    for written in re.split(r"[\s,]+", text.strip()) if text.strip() else ():
        key_id, _, secret = written.partition(":")
        try:
            raw = base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
        except (binascii.Error, ValueError):
            raw = b""
        if not _ID.fullmatch(key_id) or len(raw) != _SECRET or key_id in keys:
            raise ValueError("identity keys are written as id:secret, a secret being 32 bytes in base64")
        keys[key_id] = Key(key_id, raw)
    return Ring(tuple(keys.values()))


def new_key() -> str:
    """A fresh key as it is written: a random number to call it by, and its secret."""
    return f"{secrets.token_hex(4)}:{base64.urlsafe_b64encode(secrets.token_bytes(_SECRET)).decode().rstrip('=')}"


def keep(path: Path, text: str) -> None:
    """Write the ring into a file that only its owner reads; whole or not at all, whatever happens meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def ring() -> Ring:
    """The keys of the unit of work that is going on; read anew when they have changed, as a rotation beside it does."""
    return parse(db.keys())


def lock(words: Mapping[str, str], place: str) -> tuple[str, bytes]:
    """`words` as a cell of `place` (table and row), and the number of the key it was locked with."""
    key, nonce = ring().writes, os.urandom(_NONCE)
    told = json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()
    return key.id, nonce + key.cipher.encrypt(nonce, told, f"{key.id} {place}".encode())


def unlock(key_id: str, cell: bytes, place: str) -> dict[str, str]:
    """What stands in a cell. Raises Locked. Only a module that says why may call this (tests/system/test_structure.py)."""
    key = ring().find(key_id)
    try:
        told = key.cipher.decrypt(cell[:_NONCE], cell[_NONCE:], f"{key_id} {place}".encode())
    except InvalidTag:
        raise Locked(f"the cell of {place} does not open") from None
    words: dict[str, str] = json.loads(told)
    return words


def mark(what: str, value: str, *, sealed: bool) -> str:
    """The mark that a new row bears of a value of this sort (phone, id_number …); empty for none."""
    return _mark(ring().writes, what, value, sealed)


def marks(what: str, value: str) -> frozenset[str]:
    """Every mark that a row may bear of this value: under each key, of the sealed and of the others. Empty for none."""
    return frozenset(_mark(key, what, value, sealed) for key in ring().keys for sealed in (False, True)) - {""}


def _mark(key: Key, what: str, value: str, sealed: bool) -> str:
    if not value:
        return ""
    named = f"{what} {'sealed' if sealed else 'open'} {value}".encode()
    return base64.urlsafe_b64encode(hmac.digest(key.marker, named, "sha256")[:_MARK]).decode().rstrip("=")


class Keyed:
    """What every table with cells has: the number of the key that opens the row, and a way to change it."""

    key_id: Mapped[str] = mapped_column(index=True)

    def relock(self) -> None:
        """Lock the row with the key that writes now."""
        raise NotImplementedError
