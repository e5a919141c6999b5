"""The shipped code lists hold what domain.md §4 names, and nothing in them is broken."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from petitions.matters.seed import COLUMNS, LISTS, SCHEME, SeedRow, rows, rows_of

ROWS = list(rows())
BY_LIST = {name: {row.code: row for row in ROWS if row.list == name} for name in LISTS}
LATIN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]")
CHINESE = re.compile(r"[\u3400-\u9fff]")


def test_a_code_occurs_once_in_its_list() -> None:
    assert [key for key, times in Counter((row.list, row.code) for row in ROWS).items() if times > 1] == []


def test_a_sibling_has_a_label_of_its_own() -> None:
    assert [key for key, times in Counter((row.list, row.parent, row.label) for row in ROWS).items() if times > 1] == []


def test_every_parent_is_an_entry_of_the_same_list_that_stands_above() -> None:
    for row in ROWS:
        if row.parent:
            assert row.parent in BY_LIST[row.list], row
            assert BY_LIST[row.list][row.parent].position < row.position, row


def test_positions_count_from_one_without_a_gap() -> None:
    for name in LISTS:
        assert [row.position for row in rows_of(name)] == list(range(1, len(BY_LIST[name]) + 1))


def test_labels_and_notes_are_chinese_and_the_english_column_is_english() -> None:
    for row in ROWS:
        assert CHINESE.search(row.label), row
        assert not LATIN.search(row.label + row.note + row.article), row
        assert row.extra["english"], row
        assert not CHINESE.search(row.extra["english"]), row


def test_no_cell_carries_stray_blanks() -> None:
    for row in ROWS:
        for column in COLUMNS:
            cell = getattr(row, column)
            assert cell == " ".join(cell.split()), row


@pytest.mark.parametrize("name", LISTS)
def test_no_list_is_empty(name: str) -> None:
    assert BY_LIST[name]


def test_the_twenty_first_level_classes_are_there_with_their_second_level() -> None:
    classes = BY_LIST["content_class"]
    first = [row for row in classes.values() if not row.parent]
    assert len(first) == 20
    assert first[-1].code == "990000"
    assert first[-1].label == "其他"
    second = Counter(row.parent for row in classes.values() if row.parent)
    assert set(second) == {row.code for row in first}, "every first-level class has a second level"
    assert sum(second.values()) == 112, "the second-level names of domain.md §4.3"


def test_a_class_code_has_six_digits_and_begins_with_those_of_its_parent() -> None:
    for row in BY_LIST["content_class"].values():
        assert re.fullmatch(r"\d{6}", row.code), row
        assert row.code.endswith("0000" if not row.parent else "00"), row
        assert row.code[:2] == (row.parent or row.code)[:2], row
        assert row.code[2:4] != "00" or not row.parent, row


def test_every_reason_of_refusal_names_its_basis_and_where_it_leads() -> None:
    refusals = BY_LIST["refusal"]
    assert list(refusals) == [f"NA{number}" for number in range(1, 10)] + ["NL1"]
    for row in refusals.values():
        assert row.article, row
        assert row.note, row
        assert row.extra["leads_to"] == ("no_longer_accepted" if row.code == "NL1" else "not_accepted"), row


def test_every_route_of_article_31_is_there_and_only_the_sixth_starts_the_sixty_days() -> None:
    routes = BY_LIST["route"]
    assert list(routes) == ["R1", "R2", "R3", "R4", "R5", "R6"]
    for row, numeral in zip(routes.values(), "一二三四五六", strict=True):
        assert row.article == f"第31条第（{numeral}）项"
        assert set(row.extra.get("limits", [])) <= {"X1", "X2", "X3", "X4", "X5"}, row
    assert [code for code, row in routes.items() if row.extra.get("clock") == "T6"] == ["R6"]
    assert [code for code, row in routes.items() if not row.extra.get("diverts")] == ["R6"]


def test_every_purpose_proposes_a_nature_that_exists() -> None:
    proposed = {code: row.extra["nature"] for code, row in BY_LIST["purpose"].items()}
    assert proposed == {
        "appeal": "appeal",
        "request": "appeal",
        "accusation": "accusation",
        "suggestion": "suggestion",
        "enquiry": "none",
        "thanks": "none",
        "other": "none",
    }
    assert set(proposed.values()) <= set(BY_LIST["nature"])


def test_every_outcome_belongs_to_a_nature_that_exists() -> None:
    assert list(BY_LIST["outcome"]) == ["S", "PS", "E", "N", "D", "M", "A", "PA", "NAd"]
    for row in BY_LIST["outcome"].values():
        assert set(row.extra["natures"]) <= set(BY_LIST["nature"]), row
        assert row.article, row


def test_the_nine_channels_are_there() -> None:
    assert list(BY_LIST["channel"]) == ["LX", "LF", "LD", "WS", "XX", "SZ", "LP", "SP", "XF"]
    assert {row.extra["group"] for row in BY_LIST["channel"].values()} == {"letter", "visit", "call", "web", "superior"}
    assert all(row.note for row in BY_LIST["channel"].values())


def test_no_list_marks_persons() -> None:
    """Repeats are counted on the matter, never on the person (design.md §8)."""
    assert not [row for row in ROWS if re.search("重点人员|重点群体|老户|稳控|缠访|上访户", row.label + row.note)]


def test_public_notice_counts_as_received_after_thirty_days() -> None:
    deemed = {code: row.extra.get("deemed_days") for code, row in BY_LIST["service_method"].items()}
    assert {code: days for code, days in deemed.items() if days} == {"notice": 30}


def test_the_edition_of_the_lists_is_named() -> None:
    assert re.fullmatch(r"\d{4}-\d+", SCHEME)


def test_what_a_row_carries_can_be_stored_as_json() -> None:
    for row in ROWS:
        assert json.loads(json.dumps(row.extra)) == dict(row.extra)


def test_a_seed_row_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        SeedRow("channel", "LX", "来信", 1).label = "信"  # type: ignore[misc]


GLOSSARY = (Path(__file__).parents[2] / "docs/glossary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ("Channels", "channel"),
        ("Purposes", "purpose"),
        ("Natures", "nature"),
        ("Routes", "route"),
        ("Outcomes", "outcome"),
    ],
)
def test_the_glossary_gives_the_shipped_word_for_every(group: str, name: str) -> None:
    table = GLOSSARY.partition(f"\n## {group}\n")[2].partition("\n## ")[0]
    rows_read = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if "|" in line]
    assert {code: label for code, label, _ in rows_read[2:]} == {c: row.label for c, row in BY_LIST[name].items()}
