"""Reading what people and spreadsheets write: text, telephone, identity number, date, number.

Pure functions, used by the forms, the API and the ledger import alike. Each returns the one form that is stored
or raises `Unreadable` with the sentence the person reads. Full-width digits, stray spaces and lower-case x are a
matter of typing, not mistakes, and are put right without a word.
"""

import re
import unicodedata
from datetime import date, datetime

from petitions.clock import day_of
from petitions.words import Refusal, Sentence, say

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""A year outside is a slip of the keyboard: no document of an office is older or dated that far ahead."""

# Word writes a soft line break as VT and a page break as FF; the others are the line ends of other systems.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Never seen, only in the way: controls break Word and Excel files (reliability.md E5b), bidirectional controls can
# make a name read backwards, zero-width characters hide a word from search. Variation selectors stay: they tell
# rare forms of a character in a name apart.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]+", re.IGNORECASE)
_SHOWN = 40
"""So many characters of an unreadable value are repeated in the sentence."""


class Unreadable(Refusal):
    """A value that cannot be taken as what the field asks for."""


def visible(text: str) -> str:
    """`text` as it was typed, with one kind of line end and without what nobody can see: so that it can stand in a page again."""
    return _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))


def tidy(text: str) -> str:
    """`text` as it is stored: nothing invisible, one kind of line end, no blanks at the ends of lines.

    Punctuation and the width of characters stay as they were written: this is somebody's own text.
    """
    text = visible(text)
    if "\n" not in text and "\t" not in text:
        return text.strip()
    text = "\n".join(line.strip(" \t\xa0") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def tidy_line(text: str) -> str:
    """Like `tidy`, on one line: for names, addresses, titles."""
    return " ".join(tidy(text).split())


def narrow(text: str) -> str:
    """One line with full-width letters, digits and signs made narrow: for numbers, dates and codes."""
    return tidy_line(unicodedata.normalize("NFKC", text))


def shown(text: str) -> str:
    """`text` short enough to be repeated in a sentence."""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def is_scientific(text: str) -> bool:
    """Whether a spreadsheet has rounded a long number to something like 1.10101E+17."""
    return _SCIENTIFIC.fullmatch(text) is not None


# --- telephone -------------------------------------------------------------------------------------------------------

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(0(?:10|2[0-9]|[3-9][0-9]{2}))([1-9][0-9]{6,7})")
_SERVICE = re.compile(r"[48]00[0-9]{7}")
_ABROAD = re.compile(r"\+(?!86)[1-9][0-9]{6,14}")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|#|-(?=[0-9]{1,5}$))\s*-?([0-9]{1,5})$", re.IGNORECASE)


def phone(text: str) -> str:
    """A telephone number as stored: 13800000000, 0371-1234567, 0371-1234567-801, 4001234567; "" for nothing.

    A number abroad keeps its plus sign. Raises Unreadable for anything else, a landline without area code among it.
    """
    narrowed = narrow(text)
    if not narrowed:
        return ""
    if "*" in narrowed:
        raise Unreadable(say("电话号码里有*号，不是完整的号码"))
    for whole, extension in _with_extension(narrowed):
        digits = re.sub(r"[\s()\-.–—]", "", whole)
        digits = re.sub(r"^(?:\+|00)86", "", digits)
        if len(digits) == 13 and digits.startswith("861"):
            digits = digits[2:]
        if not extension and (_MOBILE.fullmatch(digits) or _SERVICE.fullmatch(digits) or _ABROAD.fullmatch(digits)):
            return digits
        if landline := _LANDLINE.fullmatch(digits):
            return "-".join(part for part in (*landline.groups(), extension) if part)
    raise Unreadable(say("手机号应为11位数字；座机请带区号，如0371-1234567"))


def _with_extension(text: str) -> list[tuple[str, str]]:
    """The ways to read `text`: whole first, so that 0371-1234567 is not a number with the extension 1234567."""
    found = _EXTENSION.search(text)
    return [(text, ""), (text[: found.start()], found.group(1))] if found else [(text, "")]


# --- identity number (GB 11643) --------------------------------------------------------------------------------------

_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[0-9]")
"""First two digits. 81, 82, 83: residence permits of Hong Kong, Macao and Taiwan residents; 9x: permanent residence
cards of foreigners, built the same way."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_OLDEST = 130
"""Nobody alive is older (years)."""


def id_number(text: str, today: date) -> str:
    """An 18-character identity number with a right check character and a possible birth date; "" for nothing.

    Raises Unreadable with the reason; a number that a spreadsheet has rounded is said to be lost, never guessed.
    """
    number = re.sub(r"[\s\-]", "", narrow(text)).upper()
    if not number:
        return ""
    if is_scientific(number):
        raise Unreadable(
            say(
                "身份证号被表格软件变成了“{number}”，后几位已丢失。请把该列设为“文本”后重新填写",
                number=number,
            )
        )
    if "*" in number:
        raise Unreadable(say("身份证号里有*号，不是完整的号码"))
    if len(number) == 15 and number.isdecimal():
        raise Unreadable(say("这是15位的旧身份证号，已停用，请填写18位的身份证号"))
    if len(number) != 18:
        raise Unreadable(say("身份证号应为18位，现在是{length}位", length=len(number)))
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise Unreadable(say("身份证号只能是数字，最后一位可以是X"))
    if not _PROVINCE.match(number):
        raise Unreadable(say("身份证号前两位“{code}”不是省级地区的代码，请核对证件", code=number[:2]))
    _check_birth(number[6:14], today)
    if number[17] != check_character(number):
        raise Unreadable(say("身份证号最后一位与前17位不符，请核对证件"))
    return number


def check_character(number: str) -> str:
    """The 18th character that belongs to the first 17 digits of `number`."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECK_CHARACTERS[total % 11]


def _check_birth(digits: str, today: date) -> None:
    year, month, day_ = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    try:
        born = date(year, month, day_)
    except ValueError:
        raise Unreadable(say("身份证号中的出生日期“{digits}”不存在，请核对证件", digits=digits)) from None
    if born > today:
        raise Unreadable(say("身份证号中的出生日期“{digits}”晚于今天，请核对证件", digits=digits))
    if born.year < today.year - _OLDEST:
        raise Unreadable(say("身份证号中的出生日期“{digits}”太早，请核对证件", digits=digits))


# --- dates -----------------------------------------------------------------------------------------------------------

_CLOCK_TIME = (
    r"(?:凌晨|早上|上午|中午|下午|晚上|AM|PM)?\s*[0-9]{1,2}(?::[0-9]{1,2}|[时点](?:[0-9]{1,2}分?)?)"
    r"(?::?[0-9]{1,2}(?:[.,][0-9]+)?秒?)?\s*(?:AM|PM)?\s*(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_WHOLE = re.compile(
    r"([0-9]{4})\s*[-./。年]\s*([0-9]{1,2})\s*[-./。月]\s*([0-9]{1,2})\s*(?:[日号]|(?=[ T(星周]|$))"
    rf"\s*\(?(?:(?:星期|周)[一二三四五六日天])?\)?[ T]*(?:{_CLOCK_TIME})?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:\s*(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?)?")


def day(text: str) -> date:
    """The date that `text` names: 2026-3-5, 2026.3.5, 2026/3/5 16:03, 2026年3月5日, 20260305; a time of day is let go.

    Raises Unreadable for nothing, an impossible date, a year of two digits, or an order that can be read two ways.
    """
    given = narrow(text)
    if not given:
        raise Unreadable(say("填写日期"))
    found = _COMPACT.fullmatch(given) or _WHOLE.fullmatch(given)
    if not found:
        raise Unreadable(_what_is_wrong(given))
    year, month, number = (int(part) for part in found.groups()[:3])
    try:
        named = date(year, month, number)
    except ValueError:
        raise Unreadable(
            say("{year}年{month}月{day}日不存在，请核对日期", year=year, month=month, day=number)
        ) from None
    if found.re is _WHOLE and found["zone"]:
        try:
            named = day_of(datetime.fromisoformat(given))
        except (ValueError, OverflowError):
            raise Unreadable(_what_is_wrong(given)) from None
    return in_range(named)


def _what_is_wrong(given: str) -> Sentence:
    """The sentence about a date that is nearly one."""
    sign, short = r"\s*[-./。年月]\s*", shown(given)
    if re.match(rf"[0-9]{{2}}{sign}[0-9]{{1,2}}{sign}[0-9]{{1,2}}(?![0-9])", given):
        return say("年份要写四位，如2026年3月5日；现在是“{given}”", given=short)
    if re.match(rf"[0-9]{{1,2}}{sign}[0-9]{{1,2}}{sign}[0-9]{{4}}(?![0-9])", given):
        return say("年份要写在最前面，如2026年3月5日；现在是“{given}”", given=short)
    if re.fullmatch(rf"[0-9]{{4}}{sign}[0-9]{{1,2}}\s*月?", given):
        return say("缺少“日”，请写成2026年3月5日这样；现在是“{given}”", given=short)
    if re.fullmatch(rf"[0-9]{{1,2}}{sign}[0-9]{{1,2}}\s*[日号]?", given):
        return say("缺少年份，请写成2026年3月5日这样；现在是“{given}”", given=short)
    return say("看不懂日期“{given}”，请写成2026年3月5日这样", given=short)


def in_range(named: date) -> date:
    """`named`, or Unreadable when its year is a slip of the keyboard."""
    if not FIRST_YEAR <= named.year <= LAST_YEAR:
        raise Unreadable(
            say("年份应在{first}年到{last}年之间，现在是{year}年", first=FIRST_YEAR, last=LAST_YEAR, year=named.year)
        )
    return named


# --- numbers ---------------------------------------------------------------------------------------------------------


def time_of_day(text: str) -> str:
    """A time as it is stored, 09:30; 9:30, 9：30, 930 and 9点30分 say the same. Raises Unreadable for anything else."""
    given = narrow(text)
    found = re.fullmatch(r"([0-9]{1,2})(?:[:点时]([0-9]{1,2})分?|[点时])|([0-9]{1,2})([0-9]{2})", given)
    hour, minute = (int(found[1] or found[3]), int(found[2] or found[4] or 0)) if found else (24, 0)
    if hour > 23 or minute > 59:
        raise Unreadable(say("时间写成“14:30”的样子，现在是“{given}”", given=shown(given)))
    return f"{hour:02}:{minute:02}"


MONEY_AT_MOST = 10**11
"""元: no dispute is about more than 1000 亿元, and a slip of the keys is."""


def money(text: str) -> str:
    """An amount in 元 as it is stored: 1,200元 becomes 1200, 0.5 becomes 0.50. Raises Unreadable for anything else."""
    given = narrow(text).removeprefix("¥").removeprefix("￥").removesuffix("元").strip()
    found = re.fullmatch(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.([0-9]{1,2})0*)?", given)
    if not found:
        raise Unreadable(say("应为金额，最多两位小数，现在是“{given}”", given=shown(given)))
    whole, cents = int(found[1].replace(",", "")), (found[2] or "").ljust(2, "0")
    if whole > MONEY_AT_MOST:
        raise Unreadable(say("金额太大：“{given}”", given=shown(given)))
    return f"{whole}.{cents}" if int(cents) else str(whole)


def integer(text: str) -> int:
    """A whole number; 1,200 and 3.0 are whole numbers too. Raises Unreadable for anything else."""
    given = narrow(text)
    if not given:
        raise Unreadable(say("填写数字"))
    if re.fullmatch(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.0+)?", given):
        given = given.replace(",", "")
    found = re.fullmatch(r"([+-]?[0-9]+)(?:\.0*)?", given)
    if not found:
        raise Unreadable(say("应为整数，现在是“{given}”", given=shown(given)))
    if len(found.group(1)) > 15:
        raise Unreadable(say("数字太大：“{given}”", given=shown(given)))
    return int(found.group(1))
