"""The list a county's justice office tells the basic court: which committees there are and who belongs to them (第10条)."""

from collections.abc import Iterable

from petitions.cases.spreadsheets import writing
from petitions.mediation.committees import KINDS, POSTS, counted, sitting, warnings
from petitions.mediation.models import Committee

_HEAD = (
    "人民调解委员会", "类别", "设立单位", "调解范围", "所在地基层人民法院", "任期自", "任期至", "主任", "委员人数", "其中妇女",
    "其中少数民族", "聘任的调解员", "应当补齐",
)  # fmt: skip
_MEMBERS_HEAD = ("人民调解委员会", "姓名", "职务", "妇女", "少数民族", "任职日期")


def workbook(committees: Iterable[Committee], court: str = "") -> bytes:
    """An .xlsx with the committees and their members; of one court where it is named. Papers stay Chinese."""
    rows: list[list[str | int]] = [list(_HEAD)]
    people: list[list[str | int]] = [list(_MEMBERS_HEAD)]
    for one in committees:
        if court and one.court != court:
            continue
        here = sitting(one)
        count = counted(here)
        rows.append([
            one.unit.name, str(KINDS[one.kind]), one.unit.parent.name if one.unit.parent else "", one.area, one.court,
            one.term_from.isoformat() if one.term_from else "", one.term_to.isoformat() if one.term_to else "",
            "、".join(count.chairs), count.seated, count.women, count.minority, count.appointed,
            "；".join(warnings(one)),
        ])  # fmt: skip
        people += [
            [one.unit.name, member.name, str(POSTS[member.post]), "是" if member.woman else "", "是" if member.minority else "",
             member.since.isoformat() if member.since else ""]
            for member in here
        ]  # fmt: skip
    return writing.workbook({"调委会": rows, "组成人员": people}, ["依据：《中华人民共和国人民调解法》第十条"])
