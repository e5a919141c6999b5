"""The text index answers exactly what a slow search through every text would answer."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from petitions import db
from petitions.access.models import User
from petitions.cases import checks, listing, search
from petitions.cases.facets import chosen_from
from petitions.cases.finding import found
from petitions.cases.listing import SORTS
from petitions.cases.perform import perform
from petitions.cases.search import CaseSearch, fold, grams, put, words_of
from petitions.db import Database
from petitions.matters.models import Matter
from petitions.web.responses import Application
from tests.cases.databases import own_database
from tests.factories import World, build_world, matter_in, new_petition
from tests.pages import Browser

BrowserOf = Callable[[User], Browser]

LETTERS = st.sampled_from(list("承包地被占用一二 张三，。%_\\'\"*&|!2０１aAｂß𠮷㐂😀\n　-"))
TEXTS = st.text(LETTERS, max_size=24)


def test_pairs_overlap_and_every_character_begins_one() -> None:
    assert grams(fold("承包地")) == ["承包", "包地", "地"]
    assert grams(fold("第3组，ＡＢ")) == ["第3", "3组", "组", "ab", "b"]
    assert grams(fold("。！%")) == []


def test_the_index_holds_no_identity_number() -> None:
    assert search.told("身份证１１０１０１１９９００１０１００１Ｘ的承包地") == "身份证 的承包地"
    assert search.told("订单110101199001010015123，电话19900001234") == "订单110101199001010015123,电话19900001234"


def test_width_case_and_line_ends_do_not_hide_a_word() -> None:
    assert fold("承包\n地 ２０２４年　Ａb c") == "承包地2024年ab c"
    assert words_of(" 承包  地\u3000ＸＦ ") == ["承包", "地", "xf"]


@pytest.fixture
def case_id(world: World) -> int:
    """A case to hang texts on."""
    return new_petition(world, text="无关", title="无关").matter.id


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=1, max_size=6), query=st.text(LETTERS, min_size=1, max_size=8))
def test_the_index_finds_what_a_search_through_every_text_finds(
    session: Session, case_id: int, texts: list[str], query: str
) -> None:
    session.execute(delete(CaseSearch).where(CaseSearch.part == "trial"))
    for number, words in enumerate(texts):
        put("trial", case_id, number, words)
    found = select(CaseSearch.row_id).where(CaseSearch.part == "trial", search.match(query)).order_by(CaseSearch.row_id)
    words = words_of(query)
    slow = [number for number, one in enumerate(texts) if words and all(word in fold(one) for word in words)]
    assert list(session.scalars(found)) == slow


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["put", "gone", "move", "undone"]), st.integers(0, 4), TEXTS), max_size=20
    ),
    query=st.text(LETTERS, min_size=1, max_size=4),
)
def test_the_index_stays_right_through_changes_deletions_and_rollbacks(
    session: Session, case_id: int, steps: list[tuple[str, int, str]], query: str
) -> None:
    session.execute(delete(CaseSearch).where(CaseSearch.part == "trial"))
    kept: dict[int, str] = {}
    for act, number, words in steps:
        if act == "gone":
            session.execute(delete(CaseSearch).where(CaseSearch.part == "trial", CaseSearch.row_id == number))
            kept.pop(number, None)
        elif act == "undone":
            attempt = session.begin_nested()
            put("trial", case_id, number, words)
            attempt.rollback()
        elif act == "move":
            search.move("trial", number, case_id)
        else:
            put("trial", case_id, number, words)
            kept[number] = words
    asked = words_of(query)
    slow = sorted(number for number, one in kept.items() if asked and all(word in fold(one) for word in asked))
    found = select(CaseSearch.row_id).where(CaseSearch.part == "trial", search.match(query)).order_by(CaseSearch.row_id)
    assert list(session.scalars(found)) == slow


# --- the search box --------------------------------------------------------------------------------------------------


def ids_of(group: str, typed: str, person: User) -> list[int]:
    """The cases of one group of results."""
    return [hit.case_id for one in found(typed, person) if one.name == group for hit in one.hits]


IDENTITY = "110101199001010015"


@pytest.fixture
def people(world: World, app: Application) -> dict[str, Matter]:
    """Matters of a few people."""
    number = IDENTITY[:17] + checks.check_character(IDENTITY)
    return {
        "zhang": new_petition(
            world, name="张三", phone="19900005678", id_number=number, text="水渠漏水，要求修复。"
        ).matter,
        "li": new_petition(world, name="李四", phone="19900001111", text="100%的补偿款_未到账。", title="补偿").matter,
        "old": new_petition(world, name="王小禾", original_number="12345-2025-77", text="噪音扰民。").matter,
        "sealed": new_petition(
            world, name="张三丰", purpose="accusation", respondent="某站", text="水渠工程款被挪用。"
        ).matter,
    }


def test_a_person_is_found_by_name_initials_and_telephone(world: World, people: dict[str, Matter]) -> None:
    zhang = [people["zhang"].id]
    for typed in ("张三", "zs", "ZS", "ｚｓ", "5678", "５６７８", "19900005678", "199 0000 5678", "199-0000-5678"):
        assert ids_of("people", typed, world.officer) == zhang, typed
    assert ids_of("people", "小禾", world.officer) == [people["old"].id]
    assert ids_of("people", "wxh", world.officer) == [people["old"].id]


def test_an_identity_number_is_found_whole_or_not_at_all(world: World, people: dict[str, Matter]) -> None:
    whole = IDENTITY[:17] + checks.check_character(IDENTITY)
    assert ids_of("people", whole, world.officer) == [people["zhang"].id]
    assert ids_of("people", whole.lower(), world.officer) == [people["zhang"].id]
    new_petition(world, text=f"身份证{whole}的承包地被占。")
    for length in range(5, 18):
        for start in range(0, 18 - length):
            assert [group.name for group in found(whole[start : start + length], world.officer) if group.hits] == []


def test_a_case_is_found_by_its_number_its_tail_its_old_number_and_its_code(
    world: World, people: dict[str, Matter]
) -> None:
    old = people["old"]
    petition = old.first
    tail = old.number[-6:]
    for typed in (
        old.number, old.number.lower(), tail, str(int(tail)), f"{petition.received_on.year}-{int(tail)}",
        f"XF{petition.received_on.year}-{int(tail)}", "12345-2025-77", petition.query_code, petition.query_code.lower(),
    ):  # fmt: skip
        assert ids_of("cases", typed, world.officer)[:1] == [old.id], typed
    assert ids_of("cases", petition.query_code[:9], world.officer) == []


def test_words_are_found_in_the_text_and_signs_mean_themselves(world: World, people: dict[str, Matter]) -> None:
    assert ids_of("cases", "水渠", world.officer) == [people["zhang"].id]
    assert ids_of("cases", "水渠 修复", world.officer) == [people["zhang"].id]
    assert ids_of("cases", "100%", world.officer) == [people["li"].id]
    assert ids_of("cases", "款_未", world.officer) == [people["li"].id]
    for typed in ("%", "_", "%%", "款%未", "水_漏", "\\", "'", '"', "*", "水渠*", "水渠 OR 补偿"):
        expected = [people["li"].id] if typed in ("%", "_") else []
        assert ids_of("cases", typed, world.officer) == expected, typed
        assert ids_of("people", typed, world.officer) == []


def test_a_paper_is_found_by_its_number(world: World, app: Application) -> None:
    matter = matter_in(world, "accepted")
    letter = next(paper for paper in matter.documents if paper.kind == "transfer_letter")
    hits = [hit for group in found(letter.number, world.officer) if group.name == "papers" for hit in group.hits]
    assert [(hit.case_id, hit.paper_id) for hit in hits] == [(matter.id, letter.id)]
    assert ids_of("papers", letter.number, world.other_officer) == []


def test_nothing_is_found_that_one_may_not_see(world: World, people: dict[str, Matter]) -> None:
    sealed = people["sealed"]
    for typed in ("张三丰", "zsf", "挪用", sealed.number, sealed.first.query_code, "水渠"):
        assert sealed.id not in [hit.case_id for group in found(typed, world.officer) for hit in group.hits]
        assert [hit for group in found(typed, world.other_officer) for hit in group.hits] == []
        assert [hit for group in found(typed, world.receiver) for hit in group.hits] == []
    assert ids_of("cases", "挪用", world.restricted) == [sealed.id]


def test_the_list_finds_what_the_search_box_finds(world: World, people: dict[str, Matter]) -> None:
    for typed in ("水渠", "zs", "5678", "补偿", people["old"].number, "12345-2025-77", "没有这个词"):
        listed = {place.case_id for place in listing.gather(world.officer, chosen_from({"q": typed}, SORTS)).places}
        boxed = {hit.case_id for group in found(typed, world.officer) for hit in group.hits}
        assert listed == boxed, typed


def test_frequent_words_and_small_units_give_the_same_answer_on_the_other_way(
    world: World, people: dict[str, Matter], monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    def answers() -> list[list[int]]:
        for remembered in session.info.keys() - {"database", "writes"}:
            del session.info[remembered]
        asked = ("水渠", "水", "补偿 款", "100%", "张三", "zs", "。", "77")
        lists = [listing.gather(world.officer, chosen_from({"q": typed, "sort": "received"}, SORTS)) for typed in asked]
        walked = [listing.walk(world.officer, chosen_from({"q": typed}, SORTS), None, 50) for typed in asked]
        boxes = [ids_of("cases", typed, world.officer) for typed in asked]
        return [*(sorted(p.case_id for p in (found.places if isinstance(found, listing.Gathered) else found))
                  for found in (*lists, *walked)), *boxes]  # fmt: skip

    small = answers()
    monkeypatch.setattr(listing, "CAP", 1)
    large = answers()[8:]
    monkeypatch.setattr(search, "FREQUENT", 0)
    frequent = answers()[8:]
    assert small[8:] == large == frequent


def test_the_page_masks_people_and_marks_what_was_found(
    browser_of: BrowserOf, world: World, people: dict[str, Matter]
) -> None:
    browser = browser_of(world.officer)
    page = browser.get("/search?q=张三").get_data(as_text=True)
    assert "张*" in page
    assert "199****5678" in page
    assert "19900005678" not in page
    assert "张三</" not in page.replace("张三”", "")
    assert "<mark>水渠</mark>" in browser.get("/search?q=水渠").get_data(as_text=True)
    assert "没有找到" in browser.get("/search?q=没有这个词").get_data(as_text=True)
    assert browser.get("/search").status_code == 200


@pytest.mark.parametrize(
    "typed",
    ["<script>", "%00", "😀", "a" * 5000, "'; DROP TABLE cases--", "1" * 300, "“” ‘’", "-", "1-", "XF-"],
)
def test_anything_may_be_typed(browser_of: BrowserOf, world: World, typed: str) -> None:
    browser = browser_of(world.officer)
    for address in ("/search", "/cases"):
        answer = browser.get(address, query_string={"q": typed})
        assert answer.status_code == 200
        assert "<script>" not in answer.get_data(as_text=True).split("<main")[1]


# --- kept in step with the register ----------------------------------------------------------------------------------


def test_a_petition_that_joins_moves_with_its_words_and_comes_back(world: World) -> None:
    first, second = new_petition(world, text="水渠漏水").matter, new_petition(world, text="又是噪音").matter
    assert ids_of("cases", "噪音", world.officer) == [second.id]
    perform(second, "join_as_repeat", {"matter": first.number}, world.clerk)
    assert ids_of("cases", "又是噪音", world.officer) == [second.id, first.id], "its own summary still names it"
    perform(second, "undo_join", {}, world.clerk)
    assert ids_of("cases", "又是噪音", world.officer) == [second.id]


def test_a_corrected_summary_is_found_at_once_and_the_old_one_no_longer(world: World) -> None:
    matter = new_petition(world, title="旧的概况", text="正文").matter
    perform(matter, "correct", {"title": "新的概括", "reason": "写错"}, world.officer)
    assert ids_of("cases", "新的概括", world.officer) == [matter.id]
    old = session_words(matter.id)
    assert fold("旧的概况") not in old["case"]


def session_words(case_id: int) -> dict[str, str]:
    """The texts of a case in the index."""
    rows = db.session().execute(select(CaseSearch.part, CaseSearch.words).where(CaseSearch.case_id == case_id))
    return {row.part: row.words for row in rows}


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A real database: what is committed stays, what is rolled back is gone."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with own_database(request.param, tmp_path, url) as database:
        yield database


def test_a_rebuild_brings_a_damaged_index_back(own: Database) -> None:
    with own.work() as session:
        world = build_world(session)
        matters = [new_petition(world, text=words).matter.id for words in ("水渠漏水", "噪音扰民", "拖欠工资")]
    with own.work() as session:
        session.execute(update(CaseSearch).values(words="坏了"))
        session.execute(delete(CaseSearch).where(CaseSearch.case_id == matters[0]))
        put("petition", matters[1], 999, "多余的水渠")
    seen: list[tuple[int, int]] = []
    assert search.rebuild(own, lambda done, total: seen.append((done, total))) == 3
    assert seen == [(3, 3)]
    with own.work(write=False) as session:
        assert set(session.scalars(search.cases_with("水渠"))) == {matters[0]}
        assert set(session.scalars(search.cases_with("拖欠工资"))) == {matters[2]}
        assert set(session.scalars(search.cases_with("坏了"))) == set()


def test_what_is_rolled_back_was_never_indexed(own: Database) -> None:
    with own.work() as session:
        world = build_world(session)
        new_petition(world, text="留下的字句")
    with own.work() as session:
        new_petition(world, text="收回的字句")
        assert list(session.scalars(search.cases_with("收回")))
        session.rollback()
    with own.work() as session:
        assert not list(session.scalars(search.cases_with("收回")))
        assert list(session.scalars(search.cases_with("留下")))
        if own.is_sqlite:
            session.execute(text("INSERT INTO case_search_fts(case_search_fts) VALUES ('integrity-check')"))
