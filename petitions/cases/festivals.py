"""The holidays a year has by law, before any notice of the State Council: pure data, known for every year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Festivals:
    """The days of a year that follow the moon or the sun."""

    spring: date
    """正月初一."""
    qingming: date
    dragon_boat: date
    mid_autumn: date


FESTIVALS: Mapping[int, Festivals] = {
    # The traditional calendar as of GB/T 33661-2017; every date was compared once with the PyPI package
    # `holidays` 0.109 (class China, 2027-2032): no difference.
    2027: Festivals(date(2027, 2, 6), date(2027, 4, 5), date(2027, 6, 9), date(2027, 9, 15)),
    2028: Festivals(date(2028, 1, 26), date(2028, 4, 4), date(2028, 5, 28), date(2028, 10, 3)),
    2029: Festivals(date(2029, 2, 13), date(2029, 4, 4), date(2029, 6, 16), date(2029, 9, 22)),
    2030: Festivals(date(2030, 2, 3), date(2030, 4, 5), date(2030, 6, 5), date(2030, 9, 12)),
    2031: Festivals(date(2031, 1, 23), date(2031, 4, 5), date(2031, 6, 24), date(2031, 10, 1)),
    2032: Festivals(date(2032, 2, 11), date(2032, 4, 4), date(2032, 6, 12), date(2032, 9, 19)),
}


SECOND_OF_MAY = 2025
"""The first year in which 5月2日 is a holiday by law (《全国年节及纪念日放假办法》 as of 2025-01-01)."""

TRADITIONAL = 2008
"""The first year in which 清明, 端午 and 中秋 are holidays by law."""


def fixed(year: int) -> dict[date, str]:
    """The holidays that need neither moon nor sun: they are off in every year, however far ahead."""
    return {
        date(year, 1, 1): "元旦",
        date(year, 5, 1): "劳动节",
        **({date(year, 5, 2): "劳动节"} if year >= SECOND_OF_MAY else {}),
        **{date(year, 10, n): "国庆节" for n in range(1, 4)},
    }


def statutory(year: int) -> dict[date, str]:
    """The days every year has by law: 13 where the traditional ones are known (FESTIVALS), else the fixed ones only.

    No make-up days and no days in lieu: those exist only once they are announced. Where two fall on one day there is
    one day less.
    """
    festivals = FESTIVALS.get(year)
    if festivals is None:
        return fixed(year)
    named = [
        *fixed(year).items(),
        # 除夕 to 正月初三
        *((festivals.spring + timedelta(days=n), "春节") for n in range(-1, 3)),
        (festivals.qingming, "清明节"),
        (festivals.dragon_boat, "端午节"),
        (festivals.mid_autumn, "中秋节"),
    ]
    days: dict[date, str] = {}
    for day, name in named:
        days[day] = f"{days[day]}、{name}" if day in days else name
    return days
