"""Every field of a review's acts: those a matter has too are the matter's own, the rest stands here."""

from collections.abc import Mapping
from dataclasses import replace

from petitions.cases.fields import Field, Hinge, Kind
from petitions.matters.fields import FIELDS as OF_MATTERS
from petitions.matters.hearing import fields as hearing
from petitions.matters.service import fields as service
from petitions.words import say

_SHARED = (
    "requested_on request_posted_on review_claims demand review_ground new_claims late_ground handler recused ground"
    " asked_by inquiry_kind held_on people record facts opinion basis free_will"
    " reason answer_by report former_unit successor succession_basis recounted recount_ground note files"
)


def _only(result: str) -> Hinge:
    """Asked, and then needed, for this result of a review."""
    return Hinge("review_result", (result,), needed=(result,))


_OWN = (
    Field("late_reason", Kind.LONG, say("逾期而受理的理由"), written=True, rows=3, help=say("申请没有逾期的不用填写")),
    Field("review_refusal", Kind.CHOICE, say("不予受理的情形"), choices="review_refusals"),
    Field("review_result", Kind.CHOICE, say("复查、复核结论"), choices="review_results"),
    replace(OF_MATTERS["outcomes"], hinge=_only("change")),
    replace(OF_MATTERS["redo_until"], future=True, help=say("责令原办理单位在这一天前（含当日）重新作出"), hinge=_only("annul")),
    Field("public_text", Kind.LONG, say("公示文本"), written=True, max_length=20000, rows=12,
          help=say("不写姓名、住址、电话和证件号码，能推知是谁的情节也删去")),
    Field("nobody_is_harmed", Kind.FLAG, say("已核对：不涉及未成年人、检举控告人，没有能认出本人的信息")),
)  # fmt: skip

FIELDS: Mapping[str, Field] = {
    **{name: OF_MATTERS[name] for name in _SHARED.split()},
    **hearing.FIELDS,
    **service.FIELDS,
    **{field.name: field for field in _OWN},
}
