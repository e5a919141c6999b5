"""谁看过: for the auditor after a leak. The question is posted, so that no telephone or number stands in an address."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from petitions.access import audit
from petitions.access.gate import user
from petitions.cases.audit_list import readable_cases
from petitions.cases.who_saw import numbered, who_saw
from petitions.matters.personal import matters_of
from petitions.web.inputs import Input, line
from petitions.web.permits import permits
from petitions.words import say

bp = Blueprint("who", __name__, url_prefix="/audit/who")

INPUTS = (
    Input("case", say("案件编号"), help=say("全号")),
    Input("person", say("电话或身份证号"), help=say("完整的号码；只写一部分查不到")),
)


@bp.get("")
@permits("audit:read")
def ask() -> ResponseReturnValue:
    """The question."""
    return render_template("privacy/who.html", inputs=INPUTS, found=None, asked={}, errors={})


@bp.post("")
@permits("audit:read", reads=True)
def answer() -> ResponseReturnValue:
    """Everybody who learnt something, complete; of accusations told to auditors of the discipline body only (第30条)."""
    asked = {one.name: line(request.form.get(one.name, "")) for one in INPUTS}
    ids = set(numbered(asked["case"])) if asked["case"] else set()
    if asked["person"]:
        ids |= matters_of(asked["person"], asked["person"])
    audit.saw("audit:who")
    ids = readable_cases(ids, user())
    errors = {} if ids else {"": say("没有找到。编号、电话、身份证号都要写完整")}
    return render_template(
        "privacy/who.html", inputs=INPUTS, found=who_saw(ids) if ids else None, asked=asked, errors=errors,
        count=len(ids),
    ), 200 if ids else 404  # fmt: skip
