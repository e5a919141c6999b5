"""个人信息处理告知 (个人信息保护法第17、30、35条): what the petitioner is told before anything of theirs is written down."""

from collections.abc import Sequence

from petitions.access.models import Unit
from petitions.matters.retention import terms
from petitions.settings import Settings
from petitions.words import say


def notice(unit: Unit, settings: Settings) -> Sequence[str]:
    """The paragraphs of the notice, for the counter to show and the receipt to print.

    The unit's own text where it has one (a paragraph a line), otherwise ours with its name, telephone and terms.
    """
    if settings.privacy_notice:
        return [line for line in settings.privacy_notice.splitlines() if line.strip()]
    years = sorted(term.years for term in terms(settings.retention_years) if term.years)
    phone = settings.privacy_contact or unit.phone
    return [
        say("处理者：{unit}。联系方式：{phone}。", unit=unit.name, phone=phone)
        if phone
        else say("处理者：{unit}。", unit=unit.name),
        say(
            "目的和种类：为履行《信访工作条例》规定的职责，登记、转送、办理、答复您反映的事项，处理您的姓名、电话、住址和您提交的材料。"
        ),
        say("身份证号属于敏感个人信息，只用于核对身份，可以不提供，不影响登记和办理。"),
        say("方式：只提供给依法办理此事项的机关、单位；检举、控告的情况不透露、不转给被检举、控告的人员或者单位。"),
        say(
            "保存期限：自办结次年起按档案保管期限保存{least}年至{most}年，期满清除个人信息；档案规定永久保存的除外。",
            least=years[0],
            most=years[-1],
        )
        if years
        else say("保存期限：按档案规定永久保存。"),
        say("您的权利：可以向本单位申请查阅、复制、更正、补充或者删除您的个人信息；被拒绝的，本单位说明理由。"),
    ]
