"""The lock of the identity vault: cells open where they were written and nowhere else, marks tell nothing by themselves."""

import stat
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from petitions.access import vault
from petitions.access.vault import Locked
from petitions.settings import Settings
from tests.conftest import Isolated
from tests.keys import KEYS

OTHER = "test0002:" + "B" * 43
PLACE = "identities 7 told"


def keyed(database: Isolated, text: str) -> None:
    """From now on the database comes with these keys."""
    database.keys = lambda: text


def test_a_cell_opens_in_its_own_place_only(session: Session) -> None:
    key_id, cell = vault.lock({"phone": "19900001234"}, PLACE)
    assert vault.unlock(key_id, cell, PLACE) == {"phone": "19900001234"}
    for elsewhere in ("identities 8 told", "identities 7 masks", "drafts 7"):
        with pytest.raises(Locked):
            vault.unlock(key_id, cell, elsewhere)


@pytest.mark.parametrize("place", [0, 11, 12, 20, -1])
def test_a_cell_of_which_one_bit_was_changed_does_not_open(session: Session, place: int) -> None:
    key_id, cell = vault.lock({"phone": "19900001234"}, PLACE)
    changed = bytearray(cell)
    changed[place] ^= 1
    with pytest.raises(Locked):
        vault.unlock(key_id, bytes(changed), PLACE)


def test_the_same_words_are_never_the_same_cell_and_stand_nowhere_in_it(session: Session) -> None:
    cells = {vault.lock({"name": "田小禾", "phone": "19900001234"}, PLACE)[1] for _ in range(50)}
    assert len(cells) == 50
    assert not any(word.encode() in cell for cell in cells for word in ("田小禾", "19900001234", "phone"))


def test_another_secret_under_the_same_number_does_not_open(session: Session, database: Isolated) -> None:
    key_id, cell = vault.lock({"phone": "19900001234"}, PLACE)
    keyed(database, KEYS.replace("A", "C"))
    with pytest.raises(Locked, match="does not open"):
        vault.unlock(key_id, cell, PLACE)


def test_a_key_that_is_missing_is_named_by_its_number(session: Session, database: Isolated) -> None:
    key_id, cell = vault.lock({"phone": "19900001234"}, PLACE)
    keyed(database, OTHER)
    with pytest.raises(Locked, match="test0001 is missing"):
        vault.unlock(key_id, cell, PLACE)
    keyed(database, "")
    with pytest.raises(Locked, match="no identity keys"):
        vault.lock({"phone": "1"}, PLACE)


def test_the_first_key_writes_and_all_read(session: Session, database: Isolated) -> None:
    old = vault.lock({"phone": "19900001234"}, PLACE)
    bears = vault.mark("phone", "19900001234", sealed=False)
    keyed(database, f"{OTHER}\n{KEYS}")
    assert vault.lock({}, PLACE)[0] == "test0002"
    assert vault.unlock(*old, PLACE) == {"phone": "19900001234"}
    assert vault.mark("phone", "19900001234", sealed=False) != bears
    assert bears in vault.marks("phone", "19900001234")


def test_marks_of_the_sealed_meet_no_others(session: Session) -> None:
    """Whoever has a dump alone must not see that an accuser is somebody who is named elsewhere."""
    ordinary, sealed = (vault.mark("phone", "19900001234", sealed=one) for one in (False, True))
    assert ordinary != sealed
    assert vault.marks("phone", "19900001234") == {ordinary, sealed}
    assert vault.mark("tail", "19900001234", sealed=False) != ordinary
    assert vault.mark("phone", "", sealed=False) == ""
    assert vault.marks("phone", "") == frozenset()


@pytest.mark.parametrize("wrong", ["k1", "k1:", "k1:AAAA", "k 1:" + "A" * 43, f"{KEYS} {KEYS}", "k1:" + "!" * 43])
def test_keys_that_are_written_wrongly_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="id:secret"):
        vault.parse(wrong)


def test_the_keys_lie_in_a_file_of_the_owner_alone_and_a_change_is_seen(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    assert settings.vault_keys() == ""
    vault.keep(settings.keys_file, vault.new_key())
    first = settings.vault_keys()
    assert stat.S_IMODE(settings.keys_file.stat().st_mode) == 0o600
    assert len(vault.parse(first).keys) == 1
    vault.keep(settings.keys_file, f"{vault.new_key()}\n{first}")
    assert [key.id for key in vault.parse(settings.vault_keys()).keys][1] == vault.parse(first).writes.id
    assert Settings(data_dir=tmp_path / "data", identity_keys=KEYS).vault_keys() == KEYS
