"""What may be pasted, and what is refused with which sentence."""

from datetime import date

import pytest
from chinese_calendar.constants import holidays, workdays

from petitions.cases.calendar import DayKind, DayOff
from petitions.cases.clocks import notice_year
from petitions.cases.festivals import FESTIVALS, statutory
from petitions.daysoff import arrangement, reading
from petitions.words import Refused
from tests.daysoff.notices import LINES_OF_2027, OF_2027

day = date.fromisoformat

OF_2026 = """\
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
2025年11月4日
"""


def taken(text: str, year: int = 2027) -> dict[date, DayOff]:
    days = reading.read(text, year)
    arrangement.insist(year, days)
    return days


def test_the_sentences_of_a_notice_say_what_the_package_knows() -> None:
    days = taken(OF_2026, 2026)
    assert {d for d, one in days.items() if one.kind is DayKind.HOLIDAY} == {d for d in holidays if d.year == 2026}
    assert {d for d, one in days.items() if one.kind is DayKind.WORKDAY} == {d for d in workdays if d.year == 2026}
    assert days[day("2026-02-28")] == DayOff(DayKind.WORKDAY, "春节")


def test_lines_and_sentences_say_the_same() -> None:
    assert taken(LINES_OF_2027) == taken(OF_2027)
    assert taken(LINES_OF_2027.replace("\n", "\r\n").replace(",", "，")) == taken(OF_2027)
    assert taken("\ufeff" + OF_2027.replace("放假", "\u200b放假").replace("、元旦", "、\u00a0元旦")) == taken(OF_2027)
    assert taken(LINES_OF_2027.replace(",", "\t").replace("，", "\t")) == taken(OF_2027)


@pytest.mark.parametrize(
    ("sentence", "year", "expected"),
    [
        ("一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。", 2023, ["2022-12-31", "2023-01-01", "2023-01-02"]),
        ("元旦：1月1日放假，与周末连休。", 2024, ["2024-01-01"]),
        ("元旦：1月1日（周三）放假1天，不调休。", 2025, ["2025-01-01"]),
        ("国庆节、中秋节：9月29日至10月1日放假调休，共3天。鼓励职工在除夕（2月9日）休息。", 2023,
         ["2023-09-29", "2023-09-30", "2023-10-01"]),
    ],
)  # fmt: skip
def test_notices_of_other_years_are_read(sentence: str, year: int, expected: list[str]) -> None:
    assert [d.isoformat() for d in reading.read(sentence, year)] == expected


@pytest.mark.parametrize("year", sorted({notice_year(d) for d in holidays}))
def test_every_year_that_was_announced_may_be_entered(year: int) -> None:
    kinds = ((DayKind.HOLIDAY, holidays), (DayKind.WORKDAY, workdays))
    lines = [
        f"{d},{'休' if kind is DayKind.HOLIDAY else '班'},{_NAMES.get(str(name), str(name))}"
        for kind, table in kinds
        for d, name in table.items()
        if notice_year(d) == year
    ]
    assert taken("\n".join(lines), year)


_NAMES = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节", "National Day": "国庆节", "Mid-autumn Festival": "中秋节", "Anti-Fascist 70th Day": "纪念日",
}  # fmt: skip


@pytest.mark.parametrize("year", [*FESTIVALS, 2033, 2040])
def test_a_year_ahead_needs_the_days_the_law_gives_it(year: int) -> None:
    lines = [f"{d},休,{name}" for d, name in statutory(year).items()]
    if year not in FESTIVALS:
        with pytest.raises(Refused, match="没有春节的放假安排"):
            taken("\n".join(lines), year)
        lines += [f"{year}-02-{n},休,春节" for n in ("10", "11", "12", "13")]
        lines += [f"{year}-04-05,休,清明节", f"{year}-06-06,休,端午节", f"{year}-09-09,休,中秋节"]
    assert len(taken("\n".join(lines), year)) >= 12


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("2027-06-09,休,端午节\n", "2027-06-09,休,端午节\n2027-06-09,班,端午节\n"), "2027年6月9日写了两次"),
        (("2027-02-05..2027-02-13", "2027-02-13..2027-02-05"), "2027年2月5日在2027年2月13日之前，首尾写反了"),
        (("2027-02-05..2027-02-13", "2027-02-06..2027-02-13"), "2027年2月5日是法定节日（春节），应当放假"),
        (("2027-01-01..2027-01-03,休,元旦\n", ""), "2027年1月1日是法定节日（元旦），应当放假"),
        (("2027/4/3 至 2027/4/5，休，清明节\n", ""), "2027年4月5日是法定节日（清明节），应当放假"),
        (("2027-05-01..2027-05-05,休,劳动节\n", ""), "2027年5月1日是法定节日（劳动节），应当放假"),
        (("2027-06-09,休,端午节\n", ""), "2027年6月9日是法定节日（端午节），应当放假"),
        (("2027-09-15,休,中秋节\n", ""), "2027年9月15日是法定节日（中秋节），应当放假"),
        (("2027年10月1日~2027年10月7日,休,国庆节\n", ""), "2027年10月1日是法定节日（国庆节），应当放假"),
        (("2027-02-14,班", "2027-02-15,班"), "2027年2月15日是周一，本来就上班，不能写成调休上班"),
        (("2027-01-31（周日）", "2027-01-31（周六）"), "2027年1月31日是周日，写的是周六"),
        (("2027-09-15,休,中秋节", "2027-09-15,休,中秋节\n2027-12-27,休,元旦"), "2027年12月27日不归2027年的安排"),
        (("2027-09-15,休,中秋节", "2027-09-15,休,中秋节\n2026-09-15,休,中秋节"), "2026年9月15日不归2027年的安排"),
        (("2027-09-15,休,中秋节", "2027-09-15,闲,中秋节"), "类别写“休”或者“班”，现在是“闲”"),
        (("2027-09-15,休,中秋节", "2027-09-31,休,中秋节"), "没有9月31日这一天"),
        (("2027-09-15,休,中秋节", "2027-09-15,休," + "长" * 41), "要写节日名称，最多40个字"),
        (("2027-09-15,休,中秋节", "2027-09-15,休"), "第11行看不懂"),
        (("2027-09-15,休,中秋节", "2027-07-01..2027-08-31,休,长假"), "一次放假不会有62天"),
        (("2027-09-15,休,中秋节", "2027-07-01..2027-08-01,休,长假"), "一年的放假和调休最多60天"),
    ],
)  # fmt: skip
def test_what_no_year_can_be_is_refused(change: tuple[str, str], sentence: str) -> None:
    assert change[0] in LINES_OF_2027
    with pytest.raises(Refused) as refused:
        taken(LINES_OF_2027.replace(*change))
    assert sentence in str(refused.value.sentence)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("13日（农历正月初八、周六）", "13日（农历正月初八、周日）"), "2027年2月13日是周六，写的是周日"),
        (("共9天", "共8天"), "2027年2月5日至2027年2月13日是9天，写的是8天"),
        (("放假1天", "放假2天"), "是1天，写的是2天"),
        (("2月14日（周日）上班", "2月14日（周日）要上班"), "第2行看不懂"),
        (("1月31日（周日）、", "1月31日（星期一）、"), "2027年1月31日是周日，写的是周一"),
        (("一、元旦：1月1日（周五）", "一、元旦：自1月1日（周五）"), "第1行看不懂"),
        (("一、元旦：", "一、元 旦："), "第1行看不懂"),
        (("1月1日（周五）至3日", "日至3日"), "没有0月3日这一天"),
    ],
)
def test_a_mistake_of_copying_a_notice_is_found(change: tuple[str, str], sentence: str) -> None:
    assert change[0] in OF_2027
    with pytest.raises(Refused) as refused:
        taken(OF_2027.replace(change[0], change[1], 1))
    assert sentence in str(refused.value.sentence)


@pytest.mark.parametrize("text", ["", "  \n\n", "没有日期的一句话。", "国庆节快乐"])
def test_a_text_without_a_day_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="没有读到"):
        reading.read(text, 2027)


def test_too_much_and_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(Refused, match="太长"):
        reading.read("休" * (reading.MOST_CHARACTERS + 1), 2027)
    with pytest.raises(Refused, match="读不出"):
        reading.read("2027-01-01\x00,休,元旦", 2027)
    with pytest.raises(Refused, match="读不出文字"):
        reading.text_of(b"\xff\xfe\x00\x81\x00")
    with pytest.raises(Refused, match="太长"):
        reading.text_of(b"a" * (4 * reading.MOST_CHARACTERS + 1))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_the_encodings_of_chinese_offices(encoding: str) -> None:
    assert taken(reading.text_of(LINES_OF_2027.encode(encoding))) == taken(OF_2027)
