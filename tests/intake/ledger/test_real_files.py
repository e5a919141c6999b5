"""The three real ledgers are read without being edited by hand: every row is clean or has a sentence.

They are public data without a licence and are not part of the repository; without them these tests are skipped.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from petitions import clock
from petitions.intake.ledger import headers, rows

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"

Import = Callable[..., tuple[headers.Columns, list[rows.Checked]]]


def import_file(import_all: Import, name: str) -> tuple[headers.Columns, list[rows.Checked]]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the real file {path} is not here")
    mapping, checked = import_all(path, channel="WS")
    refused = [row for row in checked if row.problems]
    replied = [row for row in checked if "replied_on" in row.values and not row.problems]
    twins = Counter(rows.fingerprint(row.values) for row in checked if not row.problems)
    print(f"\n{name}: {len(checked)} rows, {len(checked) - len(refused)} clean ({len(replied)} of them answered), "
          f"{len(refused)} refused, {len(checked) - len(refused) - len(twins)} with the content of an earlier row")  # fmt: skip
    for problem in [problem for row in refused for problem in row.problems]:
        print(" ", problem)
    return mapping, checked


@pytest.fixture
def today() -> object:
    """The files end in 2020; what matters is that no date of theirs lies ahead."""
    return clock.today()


def test_the_messages_with_replies(import_all: Import) -> None:
    mapping, checked = import_file(import_all, "留言与答复台账.xlsx")
    assert list(mapping.values()) == [
        "original_number", "name", "title", "received_on", "text", "reply", "replied_on",
    ]  # fmt: skip
    assert len(checked) == 1718
    assert all(not row.problems for row in checked)
    days = [(row.values["replied_on"] - row.values["received_on"]).days for row in checked]
    late = {limit: sum(day > limit for day in days) for limit in (15, 60, 90)}
    print(f"  answered after more than 15, 60, 90 days: {late}")
    assert late == {15: 652, 60: 98, 90: 47}


def test_the_messages_of_one_year(import_all: Import) -> None:
    mapping, checked = import_file(import_all, "热点留言台账.xlsx")
    assert list(mapping.values()) == ["original_number", "name", "title", "received_on", "text", "extra", "extra"]
    assert len(checked) == 2599
    assert all(not row.problems for row in checked)
    assert all(set(row.extras) == {"反对数", "点赞数"} for row in checked)


def test_the_tickets_of_a_hotline(import_all: Import) -> None:
    mapping, checked = import_file(import_all, "热线工单.csv")
    assert mapping["最终回复-投诉事件"] == "reply_days"
    assert mapping["匿名(1)/实名(0)"] == "unsigned"
    assert len(checked) == 715
    refused = [problem for row in checked for problem in row.problems]
    assert [(problem.row, problem.heading) for problem in refused] == [(134, "回复1")]
    assert Counter(row.values["channel"] for row in checked) == {"WS": 432, "LD": 281, "LX": 2}
    assert Counter(row.values["purpose"] for row in checked) == {
        "request": 595, "enquiry": 81, "suggestion": 27, "accusation": 12,
    }  # fmt: skip
