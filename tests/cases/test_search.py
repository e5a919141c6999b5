"""The text index answers exactly what a slow search through every text would answer."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from petitions.cases import search
from petitions.cases.search import CaseSearch, fold, grams, put, words_of
from tests.factories import World, new_petition

LETTERS = st.sampled_from(list("承包地被占用一二 张三，。%_\\'\"*&|!2０１aAｂß𠮷㐂😀\n　-"))
TEXTS = st.text(LETTERS, max_size=24)


def test_pairs_overlap_and_every_character_begins_one() -> None:
    assert grams(fold("承包地")) == ["承包", "包地", "地"]
    assert grams(fold("第3组，ＡＢ")) == ["第3", "3组", "组", "ab", "b"]
    assert grams(fold("。！%")) == []


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
