"""What is stored, as people read it."""

from datetime import date
from typing import Any

import pytest

from petitions.matters.wording import formal, in_words, numeral
from tests.factories import World, matter_in


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (31, "三十一"), (47, "四十七"), (100, "一百"), (105, "一百零五"),
     (110, "一百一十"), (119, "一百一十九"), (188, "一百八十八"), (999, "九百九十九")],
)  # fmt: skip
def test_a_number_is_written_as_the_law_counts(number: int, words: str) -> None:
    assert numeral(number) == words


@pytest.mark.parametrize(
    ("stored", "cited"),
    [
        ("第19条第三款", "《信访工作条例》第十九条第三款"),
        ("第31条第（六）项", "《信访工作条例》第三十一条第六项"),
        ("第31条第（一）（二）（四）项", "《信访工作条例》第三十一条第一项、第二项、第四项"),
        ("第22条第二款、第28条第二款", "《信访工作条例》第二十二条第二款、第二十八条第二款"),
        ("《民法典》第188条", "《民法典》第一百八十八条"),
        ("", ""),
    ],
)
def test_an_article_is_cited_in_full(stored: str, cited: str) -> None:
    assert formal(stored) == cited


def test_fields_are_read_by_the_words_people_chose(world: World) -> None:
    matter = matter_in(world, "accepted")
    notice = next(paper for paper in matter.documents if paper.kind == "acceptance_notice")
    stored: dict[str, tuple[Any, Any]] = {
        "nature": ("appeal", "申诉求决类"),
        "flags": (["joint", "foreign"], "联名、涉外"),
        "routes": ({"7": "R6"}, {"7": "信访程序"}),
        "unit": (world.bureau.id, world.bureau.name),
        "assist_units": ([world.township.id, world.bureau.id], f"{world.township.name}、{world.bureau.name}"),
        "handler": (world.handler.id, world.handler.name),
        "matter": (matter.id, matter.number),
        "paper": (str(notice.id), f"{notice.title} {notice.number}"),
        "waiver": ("no_name", "姓名（名称）不清"),
        "foreign_limit": ("X5", "诉讼时效期间为3年，自知道或者应当知道权利受到损害以及义务人之日起计算。"),
        "held_on": ("2026-03-02", date(2026, 3, 2)),
        "until": ("2026-03-02", date(2026, 3, 2)),
        "free_will": (True, "是"),
        "accepted_by_petitioner": (False, "否"),
        "days": (15, 15),
        "note": ("unit", "unit"),
        "once_a_field": ("kept", "kept"),
    }
    read = in_words({name: value for name, (value, _) in stored.items()})
    assert read == {name: words for name, (_, words) in stored.items()}


def test_a_unit_that_is_gone_keeps_its_name(world: World) -> None:
    world.township.valid_to = date(2020, 1, 1)
    assert in_words({"unit": world.township.id}) == {"unit": world.township.name}
