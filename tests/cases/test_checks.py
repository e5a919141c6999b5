"""Reading text, telephone, identity number, date and number the way people and spreadsheets write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.cases import checks

TODAY = date(2026, 3, 5)
DAYS = st.dates(date(checks.FIRST_YEAR, 1, 1), date(checks.LAST_YEAR, 12, 31))


def identity(birth: date, *, region: str = "410122", serial: int = 7) -> str:
    """An invented number with a right check character."""
    first = f"{region}{birth:%Y%m%d}{serial:03d}"
    return first + checks.check_character(first)


def full_width(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


# --- text ---


def test_text_loses_what_nobody_sees_and_keeps_its_punctuation() -> None:
    written = "\ufeff\n\t\t 王\u200b大爷\x00反\u202e映：\r\n\r\n\r\n\u3000\u3000（１）井水浑浊，\x07望处理。 \t"
    assert checks.tidy(written) == "王大爷反映：\n\n\u3000\u3000（１）井水浑浊，望处理。"


def test_rare_characters_and_their_variants_survive() -> None:
    name = "\U00020bb7\U000e0100田㐂·买买提"
    assert checks.tidy(name) == name


def test_a_line_break_of_a_word_processor_is_a_line_break() -> None:
    assert checks.tidy("一\x0b二\x0c三\u2028四\r五\x85六") == "一\n二\n三\n四\n五\n六"


def test_what_stands_in_a_page_again_runs_no_two_lines_together() -> None:
    assert checks.visible("一\x85二\r\n三") == "一\n二\n三"


@given(st.text())
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    once = checks.tidy(text)
    assert checks.tidy(once) == once
    assert not any(ord(letter) < 32 and letter not in "\n\t" for letter in once)


# --- telephone ---


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("19900012345", "19900012345"),
        ("１９９ 0001 2345", "19900012345"),
        ("199-0001-2345", "19900012345"),
        ("+86 199 0001 2345", "19900012345"),
        ("8619900012345", "19900012345"),
        ("0371-1234567", "0371-1234567"),
        ("（0371）1234567", "0371-1234567"),
        ("037112345678", "0371-12345678"),
        ("010 12345678 转 801", "010-12345678-801"),
        ("0371-12345678-801", "0371-12345678-801"),
        ("400-000-1234", "4000001234"),
        ("+852 1234 5678", "+85212345678"),
        ("   ", ""),
    ],
)
def test_a_telephone_number_is_stored_in_one_form(written: str, stored: str) -> None:
    assert checks.phone(written) == stored


@pytest.mark.parametrize(
    "written", ["1990001234", "199000123456", "1234567", "12345", "没有", "1.99E+10", "29900012345"]
)
def test_another_number_is_answered_with_both_forms(written: str) -> None:
    with pytest.raises(checks.Unreadable, match="手机号应为11位数字；座机请带区号，如0371-1234567"):
        checks.phone(written)


def test_a_masked_number_is_not_a_number() -> None:
    with pytest.raises(checks.Unreadable, match=r"电话号码里有\*号"):
        checks.phone("199****2345")


# --- identity number ---


@given(
    st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999), st.sampled_from(["110101", "659001", "810000", "830000"])
)
def test_every_well_formed_identity_number_is_taken(birth: date, serial: int, region: str) -> None:
    number = identity(birth, region=region, serial=serial)
    assert checks.id_number(number, TODAY) == number


@given(st.dates(date(1950, 1, 1), TODAY), st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(birth: date, serial: int, place: int, shift: int) -> None:
    number = identity(birth, serial=serial)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    with pytest.raises(checks.Unreadable):
        checks.id_number(wrong, TODAY)


def test_full_width_spaces_and_a_small_x_are_put_right() -> None:
    number = next(n for n in (identity(date(1980, 5, 1), serial=s) for s in range(100)) if n.endswith("X"))
    typed = f" {number[:6]} {number[6:14]}-{number[14:]}".lower()
    assert checks.id_number(full_width(typed), TODAY) == number


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("4101221980050100", "身份证号应为18位，现在是16位"),
        ("410122800501007", "这是15位的旧身份证号，已停用，请填写18位的身份证号"),
        ("1.10101E+17", "身份证号被表格软件变成了“1.10101E+17”，后几位已丢失。请把该列设为“文本”后重新填写"),
        ("4101221980X501007X", "身份证号只能是数字，最后一位可以是X"),
        ("410***********1233", "身份证号里有*号，不是完整的号码"),
        (identity(date(1980, 5, 1), region="000122"), "身份证号前两位“00”不是省级地区的代码，请核对证件"),
        (identity(TODAY + timedelta(1)), "身份证号中的出生日期“20260306”晚于今天，请核对证件"),
        (identity(date(1800, 1, 1)), "身份证号中的出生日期“18000101”太早，请核对证件"),
        ("410122198002300000", "身份证号中的出生日期“19800230”不存在，请核对证件"),
    ],
)
def test_a_wrong_identity_number_is_told_what_is_wrong(written: str, sentence: str) -> None:
    with pytest.raises(checks.Unreadable) as refused:
        checks.id_number(written, TODAY)
    assert refused.value.sentence == sentence


def test_a_wrong_check_character_is_named() -> None:
    number = identity(date(1980, 5, 1))
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    with pytest.raises(checks.Unreadable, match="身份证号最后一位与前17位不符，请核对证件"):
        checks.id_number(wrong, TODAY)


@given(st.text(max_size=30))
def test_any_text_is_an_identity_number_or_a_sentence(text: str) -> None:
    try:
        stored = checks.id_number(text, TODAY)
    except checks.Unreadable:
        return
    assert stored == "" or len(stored) == 18


# --- dates ---


@given(
    DAYS,
    st.sampled_from(
        [
            "{0.year}-{0.month}-{0.day}",
            "{0.year}.{0.month}.{0.day}",
            "{0.year}/{0.month:02d}/{0.day:02d}",
            "{0.year}年{0.month}月{0.day}日",
            "{0.year}年{0.month:02d}月{0.day:02d}号",
            "{0:%Y%m%d}",
            "{0:%Y%m%d}160340",
            "{0.year}-{0.month}-{0.day} 16:03",
            "{0.year}/{0.month}/{0.day} 9:03:40",
            "{0:%Y-%m-%d}T09:03:40.125",
            "{0.year}年{0.month}月{0.day}日上午9时30分",
            "{0.year}. {0.month}. {0.day}",
            "{0.year}年{0.month}月{0.day}日（星期四）",
        ]
    ),
    st.booleans(),
)
def test_every_usual_way_of_writing_a_date_is_read(day: date, form: str, wide: bool) -> None:
    written = form.format(day)
    assert checks.day(full_width(written) if wide else f"\t{written}\n") == day


def test_a_moment_of_another_zone_is_a_day_in_china() -> None:
    assert checks.day("2026-03-04T18:00:00Z") == date(2026, 3, 5)
    assert checks.day("2026-03-04T18:00:00+08:00") == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("26.3.5", "年份要写四位"),
        ("26年3月5日", "年份要写四位"),
        ("3/5/2026", "年份要写在最前面"),
        ("2026年3月", "缺少“日”"),
        ("3月5日", "缺少年份"),
        ("2026-2-30", "2026年2月30日不存在"),
        ("20261305", "2026年13月5日不存在"),
        ("0026-03-05", "年份应在1900年到2100年之间，现在是26年"),
        ("1899.12.31", "年份应在1900年到2100年之间"),
        ("2026-3-512", "看不懂日期“2026-3-512”"),
        ("昨天下午", "看不懂日期“昨天下午”"),
        ("  ", "填写日期"),
    ],
)
def test_what_is_not_one_certain_date_is_told_why(written: str, part: str) -> None:
    with pytest.raises(checks.Unreadable, match=part):
        checks.day(written)


@given(
    st.text(max_size=40)
    | st.from_regex(r"[0-9]{1,4}[-./年][0-9]{1,3}[-./月][0-9]{1,4}[日T ]?[0-9:]{0,8}Z?", fullmatch=True)
)
def test_any_text_is_a_date_in_range_or_a_sentence(text: str) -> None:
    try:
        day = checks.day(text)
    except checks.Unreadable:
        return
    assert checks.FIRST_YEAR <= day.year <= checks.LAST_YEAR


# --- times of day ---


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("14:30", "14:30"), ("9:05", "09:05"), ("１４：３０", "14:30"), ("0930", "09:30"), ("930", "09:30"), (" 9点30分 ", "09:30"),
        ("9点", "09:00"), ("23时59分", "23:59"), ("00:00", "00:00"),
    ],
)  # fmt: skip
def test_a_time_of_day_is_read(written: str, time: str) -> None:
    assert checks.time_of_day(written) == time


@pytest.mark.parametrize("written", ["下午", "24:00", "9:60", "960", "9", "", "14:30:00", "-1:00", "٩:٣٠"])
def test_anything_else_is_no_time_of_day(written: str) -> None:
    with pytest.raises(checks.Unreadable, match="14:30"):
        checks.time_of_day(written)


# --- numbers ---


@pytest.mark.parametrize(
    ("written", "number"), [("12", 12), ("１２", 12), ("1,200", 1200), ("3.0", 3), (" -4 ", -4), ("007", 7)]
)
def test_a_whole_number_is_read(written: str, number: int) -> None:
    assert checks.integer(written) == number


@pytest.mark.parametrize("written", ["3.5", "三", "3人", "1,20", "1E5", "", "9" * 5000, "٣"])
def test_anything_else_is_not_a_number(written: str) -> None:
    with pytest.raises(checks.Unreadable):
        checks.integer(written)
