"""`petitions deadline`: one question, one answer, for people and for scripts."""

from tests.cli.conftest import Run


def test_it_answers_with_the_days_and_why(made: Run) -> None:
    asked = ("deadline", "--limit", "T6", "--start", "2026-08-03", "--extend", "30")
    found = made(*asked, "--json").json
    assert (found["nominal"], found["due"], found["target"]) == ("2026-11-01", "2026-11-02", "2026-11-01")
    shown = made(*asked)
    assert shown.code == 0
    assert "2026-11-02" in shown.out
    assert "第34条" in shown.out
    both = made(
        "deadline", "--limit", "T11", "--start", "2026-11-02", "--pause", "2026-11-10..2026-11-12",
        "--pause", "2026-11-13..2026-11-17", "--json",
    )  # fmt: skip
    assert both.json["due"] == "2026-12-10"


def test_a_wrong_question_says_what_is_wrong(made: Run) -> None:
    refused = made("deadline", "--limit", "T6", "--start", "2026-08-03", "--extend", "60")
    assert refused.code != 0
    assert "最多延长30日" in refused.err
    assert made("deadline", "--limit", "T6", "--start", "2026-08-03", "--unit", "没有这个单位").code != 0
