"""Keeping committees and who belongs to them: the verbs of the administrator and the justice office, with the law's checks.

What the law words as a number is refused when it is exceeded (第8条、第9条); what a committee still lacks is only said
(committees.warnings): it is set up first and filled afterwards.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import select

from petitions import clock, db
from petitions.access import admin, audit
from petitions.access.models import Unit, User
from petitions.cases.models import Case
from petitions.mediation import committees
from petitions.mediation.committees import KINDS, MOST, POSTS, SEATED, TERM_YEARS
from petitions.mediation.models import Committee, Member
from petitions.web.inputs import Input, insist_on_length, line
from petitions.words import FieldErrors, Refused, say

NEW = (
    Input(
        "unit", say("已有的调委会单位"), "unit", help=say("单位列表里已有的选它；没有的留空，在下面填名称和设立单位")
    ),
    Input("name", say("名称"), help=say("全称，与印章一致，如“柳林村人民调解委员会”")),
    Input("parent", say("设立单位"), "unit", help=say("设立它的村（居）、乡镇街道、企业事业单位或者行业主管单位")),
)
ABOUT = (
    Input("kind", say("调委会类别"), "choice"),
    Input("word", say("编号的字"), help=say("(2026)城调字第12号里的“城”，各调委会不能相同"), max_length=10),
    Input("area", say("调解范围"), "long", help=say("村（居）、片区、行业或者单位"), max_length=200, rows=2),
    Input("court", say("所在地基层人民法院"), help=say("指导调解工作，司法确认时推荐向它申请")),
    Input("term_from", say("本届任期自"), "date"),
    Input("term_to", say("本届任期至"), "date", help=say("留空按三年计算（第9条第二款）")),
    Input("several_peoples", say("多民族居住的地区，应当有少数民族成员（第8条第三款）"), "flag"),
)
MEMBER = (
    Input("user", say("账号"), "user", help=say("有账号的选它，姓名可以不填")),
    Input("name", say("姓名"), max_length=50),
    Input("post", say("职务"), "choice"),
    Input("woman", say("妇女"), "flag"),
    Input("minority", say("少数民族"), "flag"),
    Input("since", say("任职日期"), "date"),
)


def add(values: Mapping[str, str], actor: User | None, by: str = "") -> Committee:
    """A new committee: of a unit that is there (`unit`), or with a unit of its own under `parent`. Raises FieldErrors.

    Without an `actor` it is done at the machine itself, `by` whom the log is told.
    """
    about, errors = _about(values, None)
    typed = {one.name: line(str(values.get(one.name) or "")) for one in NEW}
    insist_on_length(NEW, typed)
    taken = _chosen(typed["unit"], committees.units_to_take(actor))
    if typed["unit"] and taken is None:
        errors["unit"] = say("没有这个调委会单位，重新选择")
    if not typed["unit"]:
        if not typed["name"]:
            errors["name"] = say("填写调委会名称")
        if _chosen(typed["parent"], committees.roofs(actor)) is None:
            errors["parent"] = say("选择设立调委会的村（居）、乡镇街道、企业事业单位（第8条、第34条）")
    if errors:
        raise FieldErrors(errors)
    if taken is None:
        made = {"name": typed["name"], "kind": "committee", "parent": typed["parent"], "sign": f"{about['word']}调"}
        taken = admin.add_unit(made, actor.username if actor is not None else by)
    committee = Committee(unit_id=taken.id, unit=taken, **about)
    db.session().add(committee)
    db.session().flush()
    audit.record("committee:add", taken, after=_told(committee))
    return committee


def change(committee: Committee, values: Mapping[str, str]) -> None:
    """Correct what is recorded of a committee; its name is its unit's. Raises FieldErrors.

    The word stays as long as numbers were given with it: two numberings of one committee and year would meet.
    """
    about, errors = _about(values, committee)
    if "word" not in errors and about["word"] != committee.word and _has_numbered(committee):
        errors["word"] = say("已经用“{word}”字编过号，不能再改", word=committee.word)
    if errors:
        raise FieldErrors(errors)
    before = _told(committee)
    for name, value in about.items():
        setattr(committee, name, value)
    db.session().flush()
    audit.record("committee:change", committee.unit, before=before, after=_told(committee))


def _has_numbered(committee: Committee) -> bool:
    """Whether a case bears a number with its word."""
    mine = select(Case.id).where(
        Case.numbered_by_id == committee.unit_id, Case.number.contains(f"){committee.word}调字第", autoescape=True)
    )
    return db.session().scalar(mine.limit(1)) is not None


def _about(values: Mapping[str, str], of: Committee | None) -> tuple[dict[str, object], dict[str, str]]:
    typed = {one.name: line(str(values.get(one.name) or "")) for one in ABOUT}
    insist_on_length(ABOUT, typed)
    errors: dict[str, str] = {}
    if typed["kind"] not in KINDS:
        errors["kind"] = say("选择类别")
    word = typed["word"].removesuffix("调字").removesuffix("调")
    if not word:
        errors["word"] = say("填写编号的字")
    elif _bears(word, of) is not None:
        errors["word"] = say("“{name}”已用这个字，换一个", name=_bears(word, of))
    begins, ends = _day(typed, "term_from", errors), _day(typed, "term_to", errors)
    longest = _years_later(begins) if begins is not None else None
    if begins is not None and ends is None and "term_to" not in errors:
        ends = longest
    elif begins is None and ends is not None and "term_from" not in errors:
        errors["term_from"] = say("填写任期开始的日期")
    elif begins is not None and ends is not None and longest is not None:
        if ends < begins:
            errors["term_to"] = say("任期结束早于开始")
        elif ends > longest:
            errors["term_to"] = say("每届任期三年，最迟到{day}（第9条第二款）", day=longest.isoformat())
    return {
        "kind": typed["kind"], "word": word, "area": typed["area"], "court": typed["court"],
        "term_from": begins, "term_to": ends, "several_peoples": bool(typed["several_peoples"]),
    }, errors  # fmt: skip


def _bears(word: str, but: Committee | None) -> str | None:
    """Who has this word already: a closed committee keeps its own, its numbers stay in the world."""
    query = select(Unit.name).join(Committee, Committee.unit_id == Unit.id).where(Committee.word == word)
    return db.session().scalar(query.where(Committee.unit_id != (but.unit_id if but is not None else 0)))


def _years_later(day: date) -> date:
    """The last day of a term that begins on `day`: the day before it comes round for the third time."""
    try:
        round_again = day.replace(year=day.year + TERM_YEARS)
    except ValueError:  # 29 February
        round_again = date(day.year + TERM_YEARS, 3, 1)
    return round_again - timedelta(days=1)


def _day(typed: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    if not typed[name]:
        return None
    try:
        return date.fromisoformat(typed[name])
    except ValueError:
        errors[name] = say("日期写成2026-03-05的样子")
        return None


def _chosen(given: str, offered: list[Unit]) -> Unit | None:
    return next((unit for unit in offered if str(unit.id) == given), None)


def _told(committee: Committee) -> dict[str, object]:
    return {
        "kind": committee.kind, "word": committee.word, "court": committee.court,
        "term_from": committee.term_from.isoformat() if committee.term_from else "",
        "term_to": committee.term_to.isoformat() if committee.term_to else "",
    }  # fmt: skip


# --- members ---------------------------------------------------------------------------------------------------------


def add_member(committee: Committee, values: Mapping[str, str]) -> Member:
    """Somebody joins. Raises FieldErrors, also where the law's numbers are exceeded (第8条第二款)."""
    member = Member(added_at=clock.now(), post="", name="")
    _write(committee, member, values)
    committee.members.append(member)
    db.session().flush()
    audit.record("committee:member_add", committee.unit, after=_of(member))
    return member


def change_member(committee: Committee, member: Member, values: Mapping[str, str]) -> None:
    """Another post, another account, a corrected name. Raises FieldErrors."""
    before = _of(member)
    _write(committee, member, values)
    db.session().flush()
    audit.record("committee:member_change", committee.unit, before=before, after=_of(member))


def end_member(committee: Committee, member: Member) -> None:
    """Belongs to it no more from today on; what they mediated keeps their name. Raises Refused when it is over already."""
    if member.until is not None:
        raise Refused(say("{name}已不是成员", name=member.name))
    member.until = clock.today() - timedelta(days=1)
    db.session().flush()
    audit.record("committee:member_end", committee.unit, after=_of(member))


def _write(committee: Committee, member: Member, values: Mapping[str, str]) -> None:
    typed = {one.name: line(str(values.get(one.name) or "")) for one in MEMBER}
    insist_on_length(MEMBER, typed)
    errors: dict[str, str] = {}
    others = [one for one in committees.sitting(committee) if one is not member]
    person = next((one for one in committees.accounts_of(committee.unit_id) if str(one.id) == typed["user"]), None)
    if typed["user"] and person is None:
        errors["user"] = say("选择本调委会有调解员或者主任岗位的账号")
    elif person is not None and any(one.user_id == person.id for one in others):
        errors["user"] = say("这个账号已经是成员")
    name = typed["name"] or (person.name if person is not None else "")
    if not name:
        errors["name"] = say("填写姓名，或者选择账号")
    post, since = typed["post"], _day(typed, "since", errors)
    if post not in POSTS:
        errors["post"] = say("选择职务")
    elif post == "chair" and any(one.post == "chair" for one in others):
        errors["post"] = say("已有主任，设主任一人（第8条第二款）")
    elif post in SEATED and sum(one.post in SEATED for one in others) >= MOST:
        errors["post"] = say("委员已有九人，委员三至九人（第8条第二款）；可以登记为聘任的调解员")
    if errors:
        raise FieldErrors(errors)
    member.user_id, member.name, member.post, member.since = (person.id if person else None), name, post, since
    member.woman, member.minority = bool(typed["woman"]), bool(typed["minority"])


def _of(member: Member) -> dict[str, object]:
    return {"member": member.id, "post": member.post, "closed": member.until.isoformat() if member.until else ""}
