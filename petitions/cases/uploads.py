"""Files brought with a form: stored before anything is done, and not asked for again when something else is wrong.

A form that comes back with a sentence carries what it brought as a signed note, because no page can fill a file input.
The note is worth something only to the person who uploaded, and only until the store sweeps what no case names.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from petitions.access.models import User
from petitions.cases.files import Store, Upload
from petitions.settings import Settings
from petitions.words import FieldErrors, say

FIELD = "files"

_VALID = 1800
"""Seconds; the store keeps a file without a case twice as long."""


class Uploads:
    """The files of one form."""

    def __init__(self, settings: Settings, user: User) -> None:
        self._store = Store(settings.files_dir, settings.scanner)
        self._largest = settings.max_file_mb * 1024 * 1024
        self._notes = URLSafeTimedSerializer(
            settings.key(), salt=f"files.{user.id}", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def keep(self, uploads: Iterable[Upload], notes: Sequence[str]) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """Store what a form brings, with what it brought before; the files, and the sentence for the field if any."""
        kept, errors = [], dict[str, str]()
        for note in notes:
            found = self._read(note)
            if found is None:
                errors[FIELD] = say("先前选择的附件已过期，请重新选择")
            elif found not in kept:
                kept.append(found)
        try:
            kept += [row for row in self._store.keep(uploads, self._largest, FIELD) if row not in kept]
        except FieldErrors as refusal:
            errors |= refusal.errors
        return kept, errors

    def noted(self, files: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
        """Name and note of each file, for the form that comes back."""
        return [(str(file["name"]), self._notes.dumps(dict(file))) for file in files]

    def _read(self, note: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._notes.loads(note, max_age=_VALID)
        except BadSignature:
            return None
        return found if self._store.path(found["sha256"]).exists() else None
