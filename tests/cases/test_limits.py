"""The table of limits: that it is complete and whole; its numbers are copied here once, from the regulation."""

import re

import pytest

from petitions.cases.clocks import Unit
from petitions.cases.limits import FOREIGN, LIMITS, VERSION, Duty

# 《信访工作条例》: code, length, unit, who answers, whether it is a right that lapses, article.
LAW = [
    ("T1", 15, Unit.DAYS, Duty.OFFICE, False, "第22条"),
    ("T2", 0, Unit.DAYS, Duty.HOLDER, True, "第23条"),
    ("T3", 15, Unit.DAYS, Duty.HOLDER, False, "第23条"),
    ("T4", 15, Unit.DAYS, Duty.HOLDER, False, "第23条"),
    ("T5", 5, Unit.WORKDAYS, Duty.HOLDER, True, "第23条"),
    ("T6", 60, Unit.DAYS, Duty.HOLDER, False, "第34条"),
    ("T7", 30, Unit.DAYS, Duty.HOLDER, False, "第34条"),
    ("T8", 30, Unit.DAYS, Duty.PETITIONER, True, "第35条"),
    ("T12", None, Unit.DAYS, Duty.HOLDER, False, "第22条"),
]


@pytest.mark.parametrize(("code", "length", "unit", "duty", "window", "article"), LAW)
def test_a_limit_says_what_the_regulation_says(*, code, length, unit, duty, window, article):
    limit = LIMITS[code]
    assert (limit.code, limit.length, limit.unit, limit.duty, limit.window) == (code, length, unit, duty, window)
    assert article in limit.article


def test_the_table_holds_these_limits_and_no_others():
    assert list(LIMITS) == [row[0] for row in LAW]
    assert VERSION == "national-2022-05-01"


def test_the_objection_is_the_only_working_day_number():
    assert [code for code, limit in LIMITS.items() if limit.unit is Unit.WORKDAYS] == ["T5"]


def test_every_row_gives_its_article_its_words_and_its_source():
    for limit in LIMITS.values():
        assert re.search(r"《.+》第\d+条", limit.article), limit.code
        assert all([limit.name, limit.short, limit.starts, limit.stops, limit.act, limit.source]), limit.code


def test_a_window_and_nothing_else_says_how_it_lapses():
    assert all(bool(limit.lapsed) is limit.window for limit in LIMITS.values())
    assert all("超期" not in limit.lapsed for limit in LIMITS.values())


def test_a_short_name_shows_its_own_number():
    for limit in LIMITS.values():
        if limit.length:
            suffix = "工作日" if limit.unit is Unit.WORKDAYS else "日"
            assert limit.short.endswith(f"{limit.length}{suffix}"), limit.code


def test_an_extension_is_the_length_of_the_row_that_gives_its_article():
    extensible = [limit for limit in LIMITS.values() if limit.extension]
    assert [limit.code for limit in extensible] == ["T6"]
    for limit in extensible:
        granted = LIMITS[limit.extension_code]
        assert granted.length == limit.extension
        assert granted.unit is limit.unit
        assert granted.applies == limit.applies == "petition_procedure"


def test_only_the_disposal_clock_keeps_a_floor():
    assert {code: limit.floor for code, limit in LIMITS.items() if limit.floor is not None} == {"T1": 3}


def test_an_act_on_the_spot_and_a_named_day_do_not_roll():
    assert [code for code, limit in LIMITS.items() if not limit.roll] == ["T2", "T12"]


def test_every_procedure_a_claim_can_be_led_to_shows_its_limits_and_articles():
    assert list(FOREIGN) == ["X1", "X2", "X3", "X4", "X5"]
    for foreign in FOREIGN.values():
        assert re.search(r"\d|两", foreign.text), foreign.code
        assert re.fullmatch(r"《.+》第\d+条(、第\d+条|至第\d+条)*", foreign.article), foreign.code
