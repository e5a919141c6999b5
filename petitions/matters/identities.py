"""The row of the vault: who a petitioner is, locked, with the marks it is found by. Opened by who.py alone."""

from collections.abc import Mapping

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from petitions.access import vault
from petitions.db import Base
from petitions.matters.locked import Locked
from petitions.matters.masks import hidden, masked_id, masked_phone

SECRET = ("name", "phone", "id_number", "region", "address", "calling_number", "contact_notes")
"""What can lie in the vault. Name and township do where the matter is an accusation; elsewhere they may be shown."""

MASKS = {
    "region": hidden, "phone": masked_phone, "id_number": masked_id, "address": hidden, "calling_number": masked_phone,
    "contact_notes": hidden,
}  # fmt: skip


class Identity(Locked, Base):
    """Who a petitioner is; at most one row each."""

    __tablename__ = "identities"
    __table_args__ = (
        Index("ix_identities_phone_mark", "phone_mark"),
        Index("ix_identities_phone_tail_mark", "phone_tail_mark"),
        Index("ix_identities_id_number_mark", "id_number_mark"),
        Index("ix_identities_name_mark", "name_mark"),
    )
    SECRET, MASKS = SECRET, MASKS

    petitioner_id: Mapped[int] = mapped_column(ForeignKey("petitioners.id"), primary_key=True)
    name_mark: Mapped[str] = mapped_column(default="")
    """Where the name lies here; elsewhere the name itself is beside it."""

    def _mark(self, words: Mapping[str, str], *, sealed: bool) -> None:
        super()._mark(words, sealed=sealed)
        self.name_mark = vault.mark("name", words.get("name", ""), sealed=sealed)
