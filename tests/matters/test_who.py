"""Who the petitioners are: found as before, in clear nowhere, moved with the wall of 第30条."""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text, update
from sqlalchemy.orm import Session

from petitions import clock, migrating
from petitions.access import vault
from petitions.cases import finding, search
from petitions.cases.perform import perform
from petitions.cases.search import CaseSearch
from petitions.db import Database
from petitions.intake import drafts
from petitions.matters import who
from petitions.matters.identities import SECRET, Identity
from petitions.matters.models import Matter, Petitioner
from petitions.matters.register import register
from tests.factories import CLASSIFIED, World, build_world, make_user, matter_in, new_petition, typed
from tests.intake.numbers import id_number

ACCUSATION = {**CLASSIFIED, "nature": "accusation"}
NAME, PHONE, NUMBER, HOUSE = "璩静姝", "19912345678", id_number(77), "柳林村三组独有门牌19号"
WHO = {"name": NAME, "phone": PHONE, "id_number": NUMBER, "address": HOUSE}


def known(matter: Matter) -> dict[str, str]:
    """Everything of the first person, by the one way that opens it without a reader."""
    return who._known(matter.petitioners[0])


def dump(session: Session) -> str:
    """Every column of every table, as text."""
    session.flush()
    session.expire_all()
    rows = []
    for table in inspect(session.connection()).get_table_names():
        for row in session.execute(text(f'SELECT * FROM "{table}"')):  # noqa: S608 - names of our own tables
            rows.append(" ".join(value.decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                                 for value in (bytes(v) if isinstance(v, memoryview) else v for v in row)))  # fmt: skip
    return "\n".join(rows)


# --- kept, and found as before ---------------------------------------------------------------------------------------


def test_what_was_typed_is_all_there_and_stands_nowhere_in_clear(world: World, session: Session) -> None:
    matter = new_petition(world, **WHO, representatives="沈玉珍 19987654321", headcount="3").matter
    assert known(matter) == {**WHO, "region": "河湾镇柳林村"}
    assert who._known(matter.petitioners[1]) == {"name": "沈玉珍", "phone": "19987654321"}
    assert matter.petitioners[0].name == NAME, "of an ordinary petition the name is shown"
    told = dump(session)
    assert NAME in told
    assert not [word for word in (PHONE, NUMBER, HOUSE, "19987654321") if word in told]


def test_of_an_accusation_nobody_is_named_in_the_database(world: World, session: Session) -> None:
    matter = register(typed(**WHO, purpose="accusation"), world.clerk).matter
    assert known(matter) == {**WHO, "region": "河湾镇柳林村"}
    told = dump(session)
    assert not [word for word in (NAME, PHONE, NUMBER, HOUSE, "qjs", "河湾镇柳林村") if word in told]


SOUGHT = [
    ("the whole telephone", PHONE, True), ("its last four", PHONE[-4:], True), ("its first seven", PHONE[:7], False),
    ("the whole identity number", NUMBER, True), ("its last four", NUMBER[-4:], False), ("its birthday", NUMBER[6:14], False),
    ("the name", NAME, True), ("a part of it", NAME[1:], True), ("its initials", "qjs", True), ("the house", HOUSE, False),
]  # fmt: skip


@pytest.mark.parametrize(("what", "line", "expected"), SOUGHT)
def test_the_search_box_finds_a_person_by_what_it_always_did(
    world: World, session: Session, what: str, line: str, expected: bool
) -> None:
    right = new_petition(world, **WHO).matter_id
    new_petition(world, name="田小禾", phone="19900001111", id_number=id_number(3))
    hits = {hit.case_id for group in finding.found(line, world.officer) if group.name == "people" for hit in group.hits}
    assert hits == ({right} if expected else set()), what
    session.flush()


def test_an_accuser_is_found_by_numbers_by_the_desk_alone_and_by_name_by_nobody(world: World, session: Session) -> None:
    register(typed(**WHO, purpose="accusation", text=f"{NAME}反映：有人违纪。"), world.clerk)
    session.flush()
    for line, desk_finds in ((PHONE, True), (NUMBER, True), (PHONE[-4:], True), (NAME, False), ("qjs", False)):
        for person, finds in ((world.restricted, desk_finds), (world.officer, False)):
            hits = [hit for group in finding.found(line, person) for hit in group.hits]
            assert bool(hits) == finds, (line, person)
            assert not any(NAME in hit.words for hit in hits)


# --- moved cells -----------------------------------------------------------------------------------------------------


def test_a_cell_that_was_moved_to_another_row_does_not_open(world: World, session: Session) -> None:
    one, other = (new_petition(world, **{**WHO, "phone": phone}).matter for phone in (PHONE, "19900001111"))
    session.flush()
    first, second = (matter.petitioners[0].identity for matter in (one, other))
    assert first is not None
    assert second is not None
    session.execute(update(Identity).where(Identity.petitioner_id == second.petitioner_id).values(
        told=first.told, masks=first.masks))  # fmt: skip
    session.expire_all()
    for asked in (who.masked, who._known):
        with pytest.raises(vault.Locked):
            asked(other.petitioners[0])


def test_the_two_cells_of_a_row_do_not_stand_for_each_other(world: World, session: Session) -> None:
    matter = new_petition(world, **WHO).matter
    session.flush()
    row = matter.petitioners[0].identity
    assert row is not None
    row.masks = row.told
    with pytest.raises(vault.Locked):
        who.masked(matter.petitioners[0])


# --- the wall --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["triage", "accepted", "served", "concluded"])
def test_names_move_into_the_vault_with_the_wall_and_back_with_it(world: World, session: Session, state: str) -> None:
    matter = matter_in(world, state, **WHO, text="请求退还承包地。")
    if state == "served":
        perform(matter, "visit", {"held_on": clock.today().isoformat(), "way": "phone", "performed": "done",
                                  "said": f"{NAME}说满意"}, world.clerk)  # fmt: skip
    before, letters = known(matter), [paper.text for paper in matter.documents]
    assert any(NAME in letter for letter in letters)
    if state == "triage":
        perform(matter, "classify", ACCUSATION, world.officer)
    else:
        perform(
            matter, "seal" if state == "concluded" else "recall_sealed", {"reason": f"{NAME}检举"}, world.restricted
        )
    told = dump(session)
    assert not [word for word in (NAME, PHONE, NUMBER, HOUSE, "qjs") if word in told]
    assert known(matter) == before
    assert matter.petitioners[0].name == matter.petitioners[0].initials == matter.petitioners[0].region == ""
    if state in ("triage", "accepted", "served"):
        back = {**CLASSIFIED, "reason": "核实后不是检举"} if matter.state in ("dispatched", "signed") else CLASSIFIED
        perform(matter, "classify", back, world.restricted)
        session.flush()
        assert known(matter) == before
        assert (matter.petitioners[0].name, matter.petitioners[0].initials) == (NAME, "qjs")
        assert [paper.text for paper in matter.documents][: len(letters)] == letters
        assert [hit for group in finding.found("qjs", world.officer) for hit in group.hits]


def test_words_by_which_an_accuser_is_known_leave_the_search_index(world: World, session: Session) -> None:
    matter = new_petition(world, **WHO, text=f"本人{NAME}，电话{PHONE}，反映渠水被截。").matter
    words = select(CaseSearch.words).where(CaseSearch.case_id == matter.id)
    search.cases_with("x")
    assert any(NAME in one for one in session.scalars(words))
    perform(matter, "classify", ACCUSATION, world.officer)
    session.flush()
    found = list(session.scalars(words))
    assert any("渠水被截" in one for one in found)
    assert not any(NAME in one or PHONE in one for one in found)
    search.index(matter.id)
    assert list(session.scalars(words)) == found, "a rebuild leaves them out too"


def test_what_is_written_of_an_accusation_later_names_nobody_either(world: World, session: Session) -> None:
    matter = register(typed(**WHO, purpose="accusation"), world.restricted).matter
    perform(matter, "note", {"note": f"已与{NAME}（{PHONE}）联系。"}, world.restricted)
    session.flush()
    assert NAME not in json.dumps([event.data for event in matter.events], ensure_ascii=False)
    perform(matter, "classify", CLASSIFIED, world.restricted)
    assert any(NAME in str(event.data) for event in matter.events if event.action == "note")


def test_a_whole_group_stays_unnamed_on_the_form_of_its_accusation(world: World, session: Session) -> None:
    """Nobody has a number yet when the form is written: none of the words may be lost over that."""
    text = f"{NAME}和沈玉珍、韩长河反映：有人违纪。"
    matter = register(typed(**WHO, purpose="accusation", headcount="3", text=text,
                            representatives="沈玉珍 19987654321\n韩长河 19987654322"), world.restricted).matter  # fmt: skip
    (form,) = matter.documents
    assert not re.search(f"{NAME}|沈玉珍|韩长河|⟦", form.text)


def test_a_repeat_of_an_accusation_is_locked_as_one(world: World, session: Session) -> None:
    first = register(typed(**WHO, purpose="accusation"), world.restricted).matter
    register(typed(name="谢秋生", phone="19900004444", purpose="accusation"), world.restricted, joins=first)
    session.flush()
    assert [person.name for person in first.petitioners] == ["", ""]
    assert who._known(first.petitioners[1])["name"] == "谢秋生"


def test_a_draft_is_locked_and_opened_for_whoever_types_it(world: World, session: Session) -> None:
    drafts.save(world.clerk, "0" * 32, {**typed(**WHO)})
    told = dump(session)
    assert not [word for word in WHO.values() if word in told]
    (mine,) = drafts.mine(world.clerk)
    assert mine.title.startswith(NAME)
    assert mine.data["phone"] == PHONE
    assert drafts.find(world.officer, "0" * 32) is None


# --- P1: 200 registrations, looked for in the raw files --------------------------------------------------------------


def _people(count: int) -> Iterator[dict[str, str]]:
    draw = random.Random(7)  # noqa: S311 - the same people every time
    for number in range(count):
        name = "".join(chr(draw.randrange(0x4E00, 0x9FA5)) for _ in range(4))
        yield {
            "name": name, "phone": f"199{draw.randrange(10**8):08d}", "id_number": id_number(1000 + number),
            "address": "".join(chr(draw.randrange(0x4E00, 0x9FA5)) for _ in range(9)),
        }  # fmt: skip


def test_of_200_registrations_nothing_is_found_in_the_raw_database(own_database: Database, tmp_path: Path) -> None:
    migrating.fill(own_database)
    people, secret = list(_people(200)), set[str]()
    with own_database.work() as session:
        world = build_world(session)
        desk = make_user(session, world.office, *world.restricted.roles)
    for number, person in enumerate(people):
        sealed = number % 4 == 0
        with own_database.work() as session:
            desk = session.merge(desk)
            purpose = "accusation" if sealed else "request"
            petition = register(typed(**person, channel="LD", calling_number=f"0371-{8000000 + number}", purpose=purpose,
                                      representatives="", agents=f"律师甲 1980000{number:04d}"), desk)  # fmt: skip
            drafts.save(desk, f"{number:032x}", {**person})
            if number % 4 == 1:
                session.flush()
                perform(petition.matter, "classify", ACCUSATION, desk)
                sealed = True
        secret |= {
            person["phone"],
            person["id_number"],
            person["address"],
            f"1980000{number:04d}",
            f"0371-{8000000 + number}",
        }
        secret |= {person["name"]} if sealed else set()
    assert _found(own_database, tmp_path, secret) == []
    ordinary = {person["name"] for number, person in enumerate(people) if number % 4 > 1}
    assert len(_found(own_database, tmp_path, ordinary)) == len(ordinary) == 100, "the harness can find what is there"


def _found(database: Database, folder: Path, words: set[str]) -> list[str]:
    """Which of these words stand in the raw files (SQLite: the file, its journal) or in a dump of every column."""
    if database.is_sqlite:
        raw = b"".join(path.read_bytes() for path in sorted(folder.glob("own.sqlite3*")))
        return [word for word in words if word.encode() in raw]
    with database.work(write=False) as session:
        told = dump(session)
    return [word for word in words if word in told]


def test_no_value_of_the_vault_has_a_column_of_its_own() -> None:
    """P4 of the schema itself: nothing but name and township may be kept beside the vault."""
    columns = set(inspect(Petitioner).columns.keys())
    assert columns & set(SECRET) == {"name", "region"}
    assert not re.search("phone|address|id_number", " ".join(columns))
