"""The row of the vault of a party: telephone, identity number, address. Opened by mediation/who.py alone."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import ForeignKey, Index, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petitions.access import vault
from petitions.db import Base
from petitions.matters.masks import hidden, masked_id, masked_phone, phone_tail

if TYPE_CHECKING:
    from petitions.mediation.models import Party

SECRET = ("name", "phone", "id_number", "address")
"""What can lie in the vault; the name does once the matter behind it is an accusation (第30条)."""

MASKS = {"phone": masked_phone, "id_number": masked_id, "address": hidden}


class PartyIdentity(vault.Keyed, Base):
    """How a party is reached and told from another of the same name; at most one row each."""

    __tablename__ = "party_identities"
    __table_args__ = (
        Index("ix_party_identities_phone_mark", "phone_mark"),
        Index("ix_party_identities_phone_tail_mark", "phone_tail_mark"),
        Index("ix_party_identities_id_number_mark", "id_number_mark"),
    )

    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), primary_key=True)
    told: Mapped[bytes]
    """All of SECRET that is known."""
    masks: Mapped[bytes]
    """The same as it may be shown (199****1234)."""
    sealed: Mapped[bool] = mapped_column(default=False)
    """Locked as of an accusation: its marks meet no others."""
    phone_mark: Mapped[str] = mapped_column(default="")
    phone_tail_mark: Mapped[str] = mapped_column(default="")
    id_number_mark: Mapped[str] = mapped_column(default="")

    party: Mapped["Party"] = relationship(back_populates="identity")

    _waiting = cast("dict[str, str] | None", None)
    """To be locked with the flush that gives the row its number."""

    def keep(self, words: Mapping[str, str], *, sealed: bool = False) -> None:
        """Lock these words in; they replace what was there."""
        self._waiting = {name: words[name] for name in SECRET if words.get(name)}
        self.sealed = sealed
        phone, number = (self._waiting.get(one, "") for one in ("phone", "id_number"))
        self.phone_mark = vault.mark("phone", phone, sealed=sealed)
        self.phone_tail_mark = vault.mark("tail", phone_tail(phone), sealed=sealed)
        self.id_number_mark = vault.mark("id_number", number, sealed=sealed)
        if self.party_id is not None:
            self._lock()

    def amend(self, words: Mapping[str, str], *, sealed: bool = False) -> None:
        """Put these words right; the others stay as they are, and nobody reads them."""
        self.keep({**self.unlocked(), **words} if self.told is not None or self._waiting else words, sealed=sealed)

    def _lock(self) -> None:
        if self._waiting is not None:
            self.key_id, self.told = vault.lock(self._waiting, f"{self._place} told")
            _, self.masks = vault.lock(_shown(self._waiting), f"{self._place} masks")
            self._waiting = None

    @property
    def _place(self) -> str:
        return f"party_identities {self.party_id}"

    def unlocked(self) -> dict[str, str]:
        """Everything, in clear: for who.py, which asks whether that may be."""
        if self._waiting is not None:
            return dict(self._waiting)
        return vault.unlock(self.key_id, self.told, f"{self._place} told")

    def shown(self) -> dict[str, str]:
        """What may be shown of it, masked; behind the wall only what there is, each as ***."""
        told = _shown(self._waiting) if self._waiting is not None else vault.unlock(
            self.key_id, self.masks, f"{self._place} masks"
        )  # fmt: skip
        return {name: hidden(mask) for name, mask in told.items()} if self.sealed else told

    def relock(self) -> None:
        """Lock the row with the key that writes now, its marks too."""
        self.keep(self.unlocked(), sealed=self.sealed)


def _shown(words: Mapping[str, str]) -> dict[str, str]:
    return {name: mask(words[name]) for name, mask in MASKS.items() if name in words}


@event.listens_for(PartyIdentity, "before_insert")
def _with_its_number(mapper: Any, connection: Any, row: PartyIdentity) -> None:  # noqa: ARG001
    """Its party has a number by now, which is bound into what is locked."""
    row._lock()
