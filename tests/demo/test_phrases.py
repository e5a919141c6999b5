"""The texts officials write in the demo are Chinese sentences long enough for the fields they go into."""

import re

from petitions.demo.phrases import PHRASES, TEAMS


def test_every_phrase_is_one_chinese_text_and_none_occurs_twice() -> None:
    every = [text for pool in PHRASES.values() for text in pool]
    assert len(set(every)) == len(every)
    assert all(re.fullmatch(r"[^A-Za-z\n]+[。]", text) for text in every)


def test_an_objection_gives_its_reason_in_detail() -> None:
    assert all(len(text) >= 10 for text in PHRASES["objection"]), "第23条第三款: 详细说明理由"


def test_nobody_inquires_alone() -> None:
    assert all("、" in team for team in TEAMS)
