"""Which rows are known, which join a matter by themselves, and which are left to a person."""

from collections.abc import Sequence

import pytest
from sqlalchemy.orm import Session

from petitions.cases.perform import perform
from petitions.matters.models import Matter
from tests.factories import World, new_petition, typed
from tests.intake.ledger.ledgers import HEAD, ROWS, Desk, counts, csv_of, foreseen, petition

TEXT = "我家的承包地去年被邻村占用修路，多次向村里反映没有结果，请求退还承包地并补偿两年的损失。"
HEADS = (*HEAD[:7], "证件号码", "目的")


def row(number: str = "", name: str = "田小禾", phone: str = "", day: str = "2024-03-05", text: str = TEXT, *,
        id_number: str = "", purpose: str = "求决") -> Sequence[str]:  # fmt: skip
    return (number, name, phone, day, "来信", "", text, id_number, purpose)


def both(desk: Desk, *rows: Sequence[str], head: Sequence[str] = HEADS) -> tuple[int, int, int, int]:
    """What becomes of the rows; the dry run foresaw it."""
    batch = desk.take_in(csv_of(rows, head))
    before = foreseen(desk.check(batch))
    after = counts(desk.run(batch))
    assert before == after
    return after


def test_the_same_file_again_adds_nothing(desk: Desk, session: Session) -> None:
    assert both(desk, *ROWS, head=HEAD) == (3, 0, 0, 0)
    assert both(desk, *ROWS, head=HEAD) == (0, 0, 3, 0)


def test_the_same_rows_in_another_file_and_order_are_known(desk: Desk, session: Session) -> None:
    both(desk, row(), row(name="河小湾"))
    assert both(desk, row(name="河小湾"), row(name="禾大田"), row()) == (1, 0, 2, 0)


def test_a_row_that_stands_twice_is_one_petition(desk: Desk, session: Session) -> None:
    assert both(desk, row(), row()) == (1, 0, 1, 0)


def test_width_and_blanks_make_no_other_row(desk: Desk, session: Session) -> None:
    assert both(desk, row(text="请求退还ABC承包地"), row(text=" 请求退还ＡＢＣ 承包地")) == (1, 0, 1, 0)


def test_a_corrected_slip_under_the_same_number_is_the_same_petition(desk: Desk, session: Session) -> None:
    assert both(desk, row("A1"), row("A1", text=TEXT.replace("邻村", "临村"))) == (1, 0, 1, 0)


def test_the_same_number_with_other_content_joins_its_matter(desk: Desk, session: Session) -> None:
    assert both(desk, row("A1"), row("A1", day="2024-03-20", text="补充反映：路已经修好，补偿还没有发。")) == (
        1,
        1,
        0,
        0,
    )
    matter = petition("A1").matter
    assert len(matter.petitions) == 2
    assert matter.petitions[1].original_number == ""
    assert matter.petitions[1].particulars["ledger_notes"] == f"原编号：A1（与{matter.number}相同）"
    assert [event.action for event in matter.events] == ["bring_in", "receive_repeat"]


@pytest.mark.parametrize(
    "other",
    [
        {"name": "田小禾", "phone": ""},
        {"name": "田小禾", "phone": "19900001001"},
        {"name": "", "phone": "19900001001"},
        {"name": "田小禾", "text": TEXT.replace("多次", "一再").replace("两年", "三年")},
    ],
)
def test_the_same_person_with_the_same_words_joins(desk: Desk, session: Session, other: dict[str, str]) -> None:
    assert both(desk, row(phone="19900001001"), row(**{"day": "2024-03-09", **other})) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    "other",
    [
        {"name": "河小湾"},
        {"name": "河小湾", "phone": "19900001001"},
        {"name": "田小禾", "phone": "19900001234"},
        {"text": "村口路灯坏了三个月，一直没有人来修，晚上走路很不安全，请求尽快修好。"},
        {"text": TEXT + "另外，今年春天邻村又在我家的地边挖沟，挖断了水渠，水进不来，秧苗都干死了，也请求一并处理。"},
        {"id_number": "110101199003070038"},
        {"purpose": "检举控告"},
        {"name": "", "phone": ""},
    ],
    ids=["another", "same phone", "namesake", "other words", "much more", "other identity", "accusation", "unsigned"],
)
def test_what_is_not_certain_is_a_matter_of_its_own(desk: Desk, session: Session, other: dict[str, str]) -> None:
    first = row(phone="19900001001", id_number="11010119900307002X")
    assert both(desk, first, row(**{"day": "2024-03-09", **other})) == (2, 0, 0, 0)


@pytest.mark.parametrize("name", ["市民", "王先生", "张某", "李**", "某女士"])
def test_a_name_that_many_bear_is_nobodys_name(desk: Desk, session: Session, name: str) -> None:
    assert both(desk, row(name=name), row(name=name, day="2024-03-09")) == (2, 0, 0, 0)


def test_a_repeat_that_came_first_does_not_start_the_clock_of_the_later_one(desk: Desk, session: Session) -> None:
    assert both(desk, row(day="2024-03-09"), row(day="2024-03-05")) == (2, 0, 0, 0)


HEAD_ANSWERED = (*HEADS, "答复意见", "答复时间")


def test_a_repeat_that_came_before_the_answer_is_answered_with_it(desk: Desk, session: Session) -> None:
    answered = (*row(), "已退还。", "2024-05-01")
    assert both(desk, answered, (*row(day="2024-04-01"), "", ""), head=HEAD_ANSWERED) == (1, 1, 0, 0)


def test_a_repeat_that_came_after_the_answer_waits_for_somebody(desk: Desk, session: Session) -> None:
    answered = (*row(), "已退还。", "2024-05-01")
    assert both(desk, answered, (*row(day="2024-06-01"), "", ""), head=HEAD_ANSWERED) == (2, 0, 0, 0)


def test_a_repeat_with_an_answer_of_its_own_keeps_it(desk: Desk, session: Session) -> None:
    first, second = (*row(), "已退还。", "2024-05-01"), (*row(day="2024-04-01"), "已补偿。", "2024-05-02")
    assert both(desk, first, second, head=HEAD_ANSWERED) == (2, 0, 0, 0)
    assert session.query(Matter).filter(Matter.state == "concluded").count() == 2


def test_a_known_row_with_another_answer_is_told(desk: Desk, session: Session) -> None:
    both(desk, (*row(), "", ""), head=HEAD_ANSWERED)
    batch = desk.take_in(csv_of([(*row(), "已退还。", "2024-05-01")], HEAD_ANSWERED))
    assert counts(desk.run(batch)) == (0, 0, 1, 0)
    assert desk.reasons(batch) == ["第2行：此件已经登记，答复与登记的不同，没有补录这份答复"]


def test_a_row_joins_what_the_counter_has_registered(desk: Desk, world: World, session: Session) -> None:
    open_ = new_petition(world, text=TEXT, received_on="2024-03-01").matter
    session.commit()
    assert both(desk, row(phone=typed()["phone"])) == (0, 1, 0, 0)
    session.expire_all()
    assert len(open_.petitions) == 2


def test_the_matters_of_another_office_are_not_looked_at(desk: Desk, world: World, session: Session) -> None:
    new_petition(world, world.other_clerk, text=TEXT, received_on="2024-03-01", original_number="A1")
    session.commit()
    assert both(desk, row("A1", phone=typed()["phone"])) == (1, 0, 0, 0)


def test_a_repeat_of_a_withdrawn_matter_is_new_work(desk: Desk, world: World, session: Session) -> None:
    matter = new_petition(world, text=TEXT, received_on="2024-03-01").matter
    perform(matter, "withdraw", {"reason": "不再反映", "free_will": True}, world.officer)
    matter.closed_on = matter.received_on
    session.commit()
    assert both(desk, row()) == (1, 0, 0, 0)
