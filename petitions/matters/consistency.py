"""What is wrong between the fields of a registration, each of which is readable by itself."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from petitions import db
from petitions.access.models import User
from petitions.cases import codes
from petitions.cases.sight import visible
from petitions.matters.models import Matter, Petition
from petitions.matters.people import people_from
from petitions.matters.reviewing import is_ended
from petitions.matters.sealing import is_sealing, named_in, why_not_kept
from petitions.words import FieldErrors, Sentence, say

CLAIMS_AT_MOST = 50
"""More lines than anybody asks for: a text pasted into the wrong field."""


def at_odds(values: Mapping[str, Any], actor: User, history: bool) -> dict[str, str]:
    """What is wrong between fields, each of which is readable by itself. A field that was unreadable is absent."""
    errors: dict[str, str] = {}
    named, unsigned = bool(values.get("name")), bool(values.get("unsigned"))
    if not named and not unsigned and not history:
        errors["name"] = say("填写信访人姓名。匿名来信请勾选“未署名”")
    if named and unsigned:
        errors["unsigned"] = say("已经填写了姓名。未署名的请清空姓名，署名的请去掉“未署名”")
    try:
        people = people_from(values)
    except FieldErrors as refusal:
        errors.update(refusal.errors)
    else:
        errors.update(_heads(values, sum(person.part == "representative" for person in people)))
    received, postmark = values.get("received_on"), values.get("postmark_on")
    if received and postmark and postmark > received:
        errors["postmark_on"] = say("邮戳日期不能晚于来件日期（{received}）", received=received)
    if len(claims_of(values.get("claims", ""))) > CLAIMS_AT_MOST:
        errors["claims"] = say("诉求分项最多{most}行，每项一行；正文请写在“诉求原文”里", most=CLAIMS_AT_MOST)
    if is_confidential(values.get("purpose", "")):
        accused = named_in(values.get("respondent", ""), values.get("respondent_unit"))
        reason = why_not_kept(actor.unit_id, accused)
        if reason:
            errors["purpose"] = reason
    if values.get("joins"):
        errors.update(_unfit(values, actor))
    if values.get("original_number") and not history:
        errors.update(already_known(values["original_number"], actor.unit_id, actor))
    return errors


def _heads(values: Mapping[str, Any], representatives: int) -> dict[str, str]:
    """第20条第三款: representatives speak for several people, so how many is known."""
    if not representatives:
        return {}
    if "headcount" not in values:
        return {"headcount": say("填写了代表，请同时填写人数")}
    if values["headcount"] < representatives:
        return {"headcount": say("代表有{count}人，人数不能少于{count}", count=representatives)}
    return {}


def _unfit(values: Mapping[str, Any], actor: User) -> dict[str, str]:
    matter = db.session().get(Matter, values["joins"])
    reason = why_not_joined(matter, actor.unit_id, is_confidential(values.get("purpose", ""))) if matter else None
    return {"joins": reason} if reason else {}


def already_known(original_number: str, office_id: int, actor: User) -> dict[str, str]:
    """The sentence about an original number that this office has registered before, by its field."""
    known = (
        db.session()
        .execute(
            select(Petition.number, visible(Petition.matter_id, actor)).where(
                Petition.office_id == office_id, Petition.original_number == original_number
            )
        )
        .one_or_none()
    )
    if known is None:
        return {}
    number, seen = known
    if not seen:
        return {"original_number": say("原编号“{given}”已经登记过", given=original_number)}
    return {"original_number": say("原编号“{given}”已经登记为{number}", given=original_number, number=number)}


def why_not_joined(matter: Matter, office_id: int, confidential: bool) -> Sentence | None:
    """Why a new petition, confidential or not, may not be counted on `matter`; None when it may."""
    if matter.office_id != office_id:
        return say("此件由{office}登记，不能并入；可登记后作为相关件处理", office=matter.office.name)
    if matter.sealed != confidential:
        return say("保密件和普通件不能合并（第30条）")
    if is_ended(matter):
        return say("此件已经复核终结。登记为新件，核对是同一事实和理由的，办“不再受理”（第36条第三款）")
    return None


def is_confidential(purpose: str) -> bool:
    """Whether petitions of this purpose are accusations, sealed from the moment they are registered (第30条)."""
    return is_sealing(nature_of(purpose))


def nature_of(purpose: str) -> str:
    """The nature that a purpose proposes; somebody confirms it when the matter is sorted."""
    chosen = codes.entry("purpose", purpose)
    return str(chosen.extra.get("nature", "")) if chosen else ""


def claims_of(text: str) -> list[str]:
    """The claims of a petition as they are typed, one a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]
