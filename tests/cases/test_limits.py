"""The table of limits: that it is complete and whole; its numbers are copied here once, from the regulation."""

import re

import pytest

from petitions.cases.clocks import Unit
from petitions.cases.kinds import KINDS
from petitions.cases.limit import Duty, Origin
from petitions.cases.limits import FOREIGN, LIMITS, VERSION

# 《信访工作条例》 and what lies beside it: code, length, unit, who answers, whether it is a right that lapses, article.
LAW = [
    ("T0", 1, Unit.WORKDAYS, Duty.OFFICE, False, "第22条"),
    ("T1", 15, Unit.DAYS, Duty.OFFICE, False, "第22条"),
    ("T1a.national", 5, Unit.DAYS, Duty.OFFICE, False, "第6条"),
    ("T1a.province", 3, Unit.DAYS, Duty.OFFICE, False, "第6条"),
    ("T1a.city", 3, Unit.DAYS, Duty.OFFICE, False, "第6条"),
    ("T1a.county", 4, Unit.DAYS, Duty.OFFICE, False, "第6条"),
    ("T2", 0, Unit.DAYS, Duty.HOLDER, True, "第23条"),
    ("T3", 15, Unit.DAYS, Duty.HOLDER, False, "第23条"),
    ("T4", 15, Unit.DAYS, Duty.HOLDER, False, "第23条"),
    ("T5", 5, Unit.WORKDAYS, Duty.HOLDER, True, "第23条"),
    ("T6", 60, Unit.DAYS, Duty.HOLDER, False, "第34条"),
    ("T7", 30, Unit.DAYS, Duty.HOLDER, False, "第34条"),
    ("T8", 30, Unit.DAYS, Duty.PETITIONER, True, "第35条"),
    ("T9", 30, Unit.DAYS, Duty.HOLDER, False, "第35条"),
    ("T10", 30, Unit.DAYS, Duty.PETITIONER, True, "第36条"),
    ("T11", 30, Unit.DAYS, Duty.HOLDER, False, "第36条"),
    ("T12", None, Unit.DAYS, Duty.HOLDER, False, "第22条"),
    ("T13", None, Unit.DAYS, Duty.OFFICE, False, "第25条"),
    ("T14", 30, Unit.DAYS, Duty.HOLDER, False, "第40条"),
    ("T15", 1, Unit.YEARS, Duty.OFFICE, False, "第41条"),
    ("T16", 3, Unit.WORKDAYS, Duty.HOLDER, False, "简易办理办法"),
    ("T17", 10, Unit.WORKDAYS, Duty.HOLDER, False, "简易办理办法"),
    ("T18", 1, Unit.WORKDAYS, Duty.OFFICE, False, "简易办理办法"),
    ("T19", 30, Unit.DAYS, Duty.PETITIONER, True, "满意度评价"),
    ("T20", 60, Unit.DAYS, Duty.HOLDER, False, "第29条"),
    ("T21", 15, Unit.WORKDAYS, Duty.OUTSIDE, False, "检举控告工作规则"),
    ("T22", 15, Unit.WORKDAYS, Duty.OUTSIDE, False, "检举控告工作规则"),
    ("T23", 5, Unit.WORKDAYS, Duty.OUTSIDE, False, "检举控告工作规则"),
    ("T24", None, Unit.DAYS, Duty.HOLDER, False, "第35条"),
    ("M1", 1, Unit.MONTHS, Duty.HOLDER, False, "第33条"),
    ("M2", 30, Unit.DAYS, Duty.HOLDER, False, "SF/T 0083-2020"),
    ("M3", 1, Unit.MONTHS, Duty.HOLDER, False, "第27条"),
    ("M4", 30, Unit.DAYS, Duty.HOLDER, False, "第27条"),
    ("M5.ordinary", 15, Unit.DAYS, Duty.HOLDER, False, "第27条"),
    ("M5.summary", 7, Unit.DAYS, Duty.HOLDER, False, "第27条"),
    ("M6", 30, Unit.DAYS, Duty.HOLDER, False, "第24条、第26条"),
    ("M7", 3, Unit.WORKDAYS, Duty.HOLDER, False, "第12条"),
    ("M8", 15, Unit.DAYS, Duty.HOLDER, False, "第14条"),
    ("M9", 30, Unit.DAYS, Duty.PARTIES, True, "第33条"),
    ("M10", 3, Unit.DAYS, Duty.OUTSIDE, False, "第4条"),
    ("M11.confirmation", 15, Unit.DAYS, Duty.OUTSIDE, False, "第5条"),
    ("M11.special", 30, Unit.DAYS, Duty.OUTSIDE, False, "第187条"),
    ("M12.party", 15, Unit.DAYS, Duty.PARTIES, True, "第372条"),
    ("M12.third", 6, Unit.MONTHS, Duty.PARTIES, True, "第372条"),
    ("M13", 2, Unit.YEARS, Duty.PARTIES, True, "第250条"),
    ("M14", 0, Unit.DAYS, Duty.HOLDER, False, "第30条"),
    ("M15", 0, Unit.DAYS, Duty.HOLDER, False, "第29条"),
    ("MP", None, Unit.DAYS, Duty.HOLDER, False, "第31条"),
    ("X1.apply", 60, Unit.DAYS, Duty.PARTIES, True, "第20条"),
    ("X1.accept", 5, Unit.WORKDAYS, Duty.OUTSIDE, False, "第30条"),
    ("X1.decide", 60, Unit.DAYS, Duty.OUTSIDE, False, "第62条"),
    ("X2.direct", 6, Unit.MONTHS, Duty.PARTIES, True, "第46条"),
    ("X2.review", 15, Unit.DAYS, Duty.PARTIES, True, "第45条"),
    ("X2.inaction", 2, Unit.MONTHS, Duty.OUTSIDE, False, "第47条"),
    ("X3.apply", 1, Unit.YEARS, Duty.PARTIES, True, "第27条"),
    ("X3.accept", 5, Unit.DAYS, Duty.OUTSIDE, False, "第29条"),
    ("X3.decide", 45, Unit.DAYS, Duty.OUTSIDE, False, "第43条"),
    ("X4.apply", 2, Unit.YEARS, Duty.PARTIES, True, "第18条"),
    ("X4.decide", 60, Unit.DAYS, Duty.OUTSIDE, False, "第47条"),
    ("X4.sue", 30, Unit.DAYS, Duty.PARTIES, True, "第48条"),
    ("X5", 3, Unit.YEARS, Duty.PARTIES, True, "第188条"),
]


@pytest.mark.parametrize(("code", "length", "unit", "duty", "window", "article"), LAW)
def test_a_limit_says_what_the_regulation_says(*, code, length, unit, duty, window, article):
    limit = LIMITS[code]
    assert (limit.code, limit.length, limit.unit, limit.duty, limit.window) == (code, length, unit, duty, window)
    assert article in limit.article


def test_the_table_holds_these_limits_and_no_others():
    assert list(LIMITS) == [row[0] for row in LAW]
    assert VERSION == "national-2022-05-01"


def test_the_regulation_itself_knows_one_number_of_working_days():
    ours = [limit for limit in LIMITS.values() if "《信访工作条例》" in limit.article and limit.origin is Origin.LAW]
    assert [limit.code for limit in ours if limit.unit is Unit.WORKDAYS] == ["T5"]


def test_every_row_gives_its_article_its_words_and_its_source():
    for limit in LIMITS.values():
        assert re.search(r"《.+》", limit.article), limit.code
        assert all([limit.name, limit.label, limit.starts, limit.stops, limit.act, limit.source]), limit.code


def test_a_number_nobody_gave_says_so():
    assert {code for code, limit in LIMITS.items() if limit.origin is Origin.DEFAULT} == {"T0", "T14", "T19", "T20"}
    for limit in LIMITS.values():
        assert limit.remark or limit.origin is Origin.LAW, limit.code
        assert limit.remark or limit.length is not None, limit.code


def test_a_case_starts_no_clock_of_another_procedure():
    started = {code for kind in KINDS.values() for action in kind.flow.actions for code in action.starts}
    assert not {code for code in started if LIMITS[code].duty is Duty.OUTSIDE or code.startswith("X")}


def test_a_window_and_nothing_else_says_how_it_lapses():
    assert all(bool(limit.lapsed) is limit.window for limit in LIMITS.values())
    assert all("超期" not in limit.lapsed for limit in LIMITS.values())


def test_a_short_name_shows_its_own_number():
    for limit in LIMITS.values():
        if limit.length and limit.unit is Unit.WORKDAYS:
            assert limit.short == f"{limit.label}{limit.length}工作日", limit.code
        elif limit.length:
            assert limit.short == f"{limit.label}{limit.counted}", limit.code
        else:
            assert limit.short == limit.label, limit.code


def test_the_numbers_of_another_procedure_stand_in_its_words():
    for code, limit in LIMITS.items():
        if code.startswith("X"):
            text = FOREIGN[code.partition(".")[0]].text.replace("两个月", "2个月")
            assert str(limit.counted) in text or f"{limit.length}日" in text, code
            assert not limit.extension or f"最多不超过{limit.extension}日" in text, code


def test_an_extension_is_the_length_of_the_row_that_gives_its_article():
    named = [limit for limit in LIMITS.values() if limit.extension_code]
    assert [limit.code for limit in named] == ["T6"]
    for limit in named:
        granted = LIMITS[limit.extension_code]
        assert granted.length == limit.extension
        assert granted.unit is limit.unit
        assert granted.applies == limit.applies == "petition_procedure"


def test_only_the_disposal_clock_keeps_a_floor():
    assert {code: limit.floor for code, limit in LIMITS.items() if limit.floor is not None} == {"T1": 3}


def test_what_has_no_term_does_not_roll():
    assert [code for code, limit in LIMITS.items() if not limit.roll] == ["T2", "T12", "T13", "T24", "M14", "M15", "MP"]


def test_every_procedure_a_claim_can_be_led_to_shows_its_limits_and_articles():
    assert list(FOREIGN) == ["X1", "X2", "X3", "X4", "X5"]
    for foreign in FOREIGN.values():
        assert re.search(r"\d|两", foreign.text), foreign.code
        assert re.fullmatch(r"《.+》第\d+条(、第\d+条|至第\d+条)*", foreign.article), foreign.code
