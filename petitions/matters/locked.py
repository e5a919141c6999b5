"""What a row of the vault that says who somebody is has in common, whoever it is: petitioners here, parties elsewhere."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast

from sqlalchemy import event, inspect
from sqlalchemy.orm import Mapped, mapped_column

from petitions.access import vault
from petitions.matters.masks import hidden, phone_tail


class Locked(vault.Keyed):
    """Words locked together, the same masked, and the marks they are found by. A table names its words and its masks."""

    SECRET: ClassVar[tuple[str, ...]]
    """What can lie in it."""
    MASKS: ClassVar[Mapping[str, Callable[[str], str]]]
    """Of these how each may be shown; the others are not."""

    told: Mapped[bytes]
    """All of SECRET that is known."""
    masks: Mapped[bytes]
    """The same as it may be shown (199****1234): a list opens this and nothing else."""
    sealed: Mapped[bool] = mapped_column(default=False)
    """Locked as of an accusation: its marks meet no others."""
    phone_mark: Mapped[str] = mapped_column(default="")
    phone_tail_mark: Mapped[str] = mapped_column(default="")
    """Of the last four digits: what people remember."""
    id_number_mark: Mapped[str] = mapped_column(default="")

    _waiting = cast("dict[str, str] | None", None)
    """To be locked with the flush that gives the row its number."""

    def keep(self, words: Mapping[str, str], *, sealed: bool = False) -> None:
        """Lock these words in; `sealed`: as those of an accusation. They replace what was there."""
        self._waiting = {name: words[name] for name in self.SECRET if words.get(name)}
        self.sealed = sealed
        self._mark(self._waiting, sealed=sealed)
        if self._number is not None:
            self.lock()

    def _mark(self, words: Mapping[str, str], *, sealed: bool) -> None:
        phone = words.get("phone", "")
        self.phone_mark = vault.mark("phone", phone, sealed=sealed)
        self.phone_tail_mark = vault.mark("tail", phone_tail(phone), sealed=sealed)
        self.id_number_mark = vault.mark("id_number", words.get("id_number", ""), sealed=sealed)

    def amend(self, words: Mapping[str, str], *, sealed: bool = False) -> None:
        """Put these words right; the others stay as they are, and nobody reads them."""
        empty = self._waiting is None and self._number is None
        self.keep(words if empty else {**self.unlocked(), **words}, sealed=sealed)

    def lock(self) -> None:
        """What waits goes in: its owner has a number by now, which is bound into what is locked."""
        if self._waiting is not None:
            self.key_id, self.told = vault.lock(self._waiting, f"{self._place} told")
            _, self.masks = vault.lock(self._shown(self._waiting), f"{self._place} masks")
            self._waiting = None

    @property
    def _number(self) -> int | None:
        """The number of whose row it is: its key."""
        state = inspect(self)
        return cast("int | None", getattr(self, state.mapper.get_property_by_column(state.mapper.primary_key[0]).key))

    @property
    def _place(self) -> str:
        return f"{inspect(self).mapper.local_table.name} {self._number}"

    def unlocked(self) -> dict[str, str]:
        """Everything, in clear: for who.py, which asks whether that may be."""
        if self._waiting is not None:
            return dict(self._waiting)
        return vault.unlock(self.key_id, self.told, f"{self._place} told")

    def shown(self) -> dict[str, str]:
        """What may be shown of it, masked; of an accusation only what there is, each as ***."""
        told = self._shown(self._waiting) if self._waiting is not None else vault.unlock(
            self.key_id, self.masks, f"{self._place} masks"
        )  # fmt: skip
        return {name: hidden(mask) for name, mask in told.items()} if self.sealed else told

    def _shown(self, words: Mapping[str, str]) -> dict[str, str]:
        return {name: mask(words[name]) for name, mask in self.MASKS.items() if name in words}

    def relock(self) -> None:
        """Lock the row with the key that writes now, its marks too."""
        self.keep(self.unlocked(), sealed=self.sealed)


@event.listens_for(Locked, "before_insert", propagate=True)
def _with_its_number(mapper: Any, connection: Any, row: Locked) -> None:  # noqa: ARG001
    row.lock()
