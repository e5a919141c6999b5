"""The row of the vault of a party: telephone, identity number, address. Opened by mediation/who.py alone."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from petitions.db import Base
from petitions.matters.locked import Locked
from petitions.matters.masks import hidden, masked_id, masked_phone


class PartyIdentity(Locked, Base):
    """How a party is reached and told from another of the same name; at most one row each."""

    __tablename__ = "party_identities"
    __table_args__ = (
        Index("ix_party_identities_phone_mark", "phone_mark"),
        Index("ix_party_identities_phone_tail_mark", "phone_tail_mark"),
        Index("ix_party_identities_id_number_mark", "id_number_mark"),
    )
    SECRET = ("name", "phone", "id_number", "address")
    """The name lies here once the matter behind the dispute is an accusation (第30条)."""
    MASKS = {"phone": masked_phone, "id_number": masked_id, "address": hidden}  # noqa: RUF012 - a table of the class

    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), primary_key=True)
