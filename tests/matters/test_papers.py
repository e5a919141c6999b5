"""Every paper a matter issues, through the door: what the law asks for stands in it, and nothing is left open."""

import re
from datetime import date

import pytest
from jinja2 import UndefinedError

from petitions import clock, paths
from petitions.cases.limits import LIMITS
from petitions.cases.perform import perform
from petitions.documents.render import long_date, text_of
from petitions.matters.models import Matter
from petitions.matters.papers import CONCEALED, PAPERS
from petitions.matters.register import register
from petitions.mediation.papers import PAPERS as OF_MEDIATIONS
from petitions.review.papers import PAPERS as OF_REVIEWS
from petitions.words import FieldErrors
from tests.conftest import Isolated
from tests.factories import OPINION, World, matter_in, new_petition, per_claim, take, typed
from tests.matters.issuing import ISSUED, assigned, paper, sealed, soon

HOSTILE = '张<三>&"四"·𠮷{{ 7*7 }}'
TWO_CLAIMS = "退还承包地\n查处违法占地。"


def due(matter: Matter, code: str) -> str:
    return long_date([row for row in matter.deadlines if row.code == code][-1].due_on)


DEMANDED: dict[str, tuple[str, ...]] = {
    "recorded_answer": ("照录台账", "已经退还。", "答复单位：县农业局", "在使用本系统以前已经答复", "不作推定"),
    "registration_form": ("登记人：", "来件日期：", "信访形式：来信", "人数：1人", "信访目的：求决", "问题属地：河湾镇",
                          "住址：河湾镇柳林村", "承包地被占用，请求退还并补偿。", "199****1234", "负责人意见"),
    "progress_notice": ("同一信访人就同一事项", "已受理，正在办理", "查询码", "同一件事", "止"),
    "refusal_notice": ("不予受理", "不属于本机关、单位或者本系统职权范围", "《信访工作条例》第二十三条第一款", "县人民法院"),
    "no_longer_notice": ("青复核〔2026〕1号", "同一事实和理由", "第三十六条第三款", "不再受理"),
    "procedural_notice": ("已经收到并登记", "转送青禾县自然资源局", "15日内", "书面告知", "第二十二条第一款", "查询码", "退还并补偿"),
    "transfer_letter": ("5个工作日内", "提出异议，并详细说明理由", "15日内", "书面告知信访人接收情况以及处理途径和程序",
                        "请依法办理", "信访人：田小禾"),
    "assignment_letter": ("第二十二条第一款第三项", "办理期限", "反馈结果", "提交办结报告", "5个工作日内", "15日内"),
    "submission": ("情况重大，建议成立专班。", "第二十五条", "领导批示"),
    "diversion_notice": ("青禾县人民法院", "导入诉讼等政法程序（《信访工作条例》第三十一条第一项）", "6个月内起诉",
                         "《行政诉讼法》第四十五条至第四十七条", "诉讼时效期间为3年", "转送该机关依法处理"),
    "sealed_letter": ("保密件", "第三十条第三款", "不得将检举、揭发材料以及有关情况透露或者转给", "编号：XF"),
    "supplement_notice": ("身份证明", "查询码"),
    "objection": ("不属于本单位或者本系统职权范围", "本单位没有这项职责，应由乡镇办理。", "河湾镇", "收到日期", "5个工作日"),
    "objection_decision": ("同意退回", "交还相关材料", "本单位没有这项职责", "建议的办理单位：河湾镇"),
    "acceptance_notice": ("接收情况", "处理途径", "处理程序", "承办单位：青禾县自然资源局", "联系电话：0000-1234567",
                          "60日内办结", "查询码", "由青禾县信访局于", "第三十一条第六项"),
    "hearing_notice": ("二楼听证室", "上午9时30分", "公开举行", "听证主持人：田主持", "听证员：何听证、方听证", "代理人", "申请回避",
                       "第三十一条第六项", "承包地的四至是否清楚", "提交证据"),
    "hearing_refusal": ("申请听证的理由\n四至各说各话", "不予听证的理由\n事实清楚，没有争议。", "第三十一条第六项", "查询码"),
    "hearing_cancellation": ("举行的听证取消", "双方已经和解。", "不影响信访事项的办理"),
    "hearing_minutes": ("到场人员\n信访人田小禾、承办人到场", "陈述和申辩\n田小禾：1998年承包", "举证和质证\n经营权证原件",
                        "询问和回答\n主持人问四至", "没有人申请回避", "听证员签名", "信访人（代理人）签名", "记录员：于记录"),
    "hearing_conclusion": ("评议（合议）情况\n三人一致认为四至清楚。", "听证结论\n占用超出四至，应当退还。", "听证员：何听证、方听证"),
    "simple_notice": ("适用简易办理", "事实清楚、责任明确", "10个工作日内", "告知方式\n电话"),
    "conversion_notice": ("按简易办理受理", "需要委托鉴定", "60日内办结", "受理日期不因转为普通程序而改变"),
    "lead_decision": ("第二十四条", "双方都认为应由对方办理。", "青政函〔2026〕3号", "由青禾县自然资源局受理"),
    "mediation_referral": ("申请人：田小禾", "被申请人：麦有根", "山林土地纠纷", "两户对田埂的界线有争议。", "恢复界线", "反馈本单位",
                           "第三十七条", "一方明确拒绝调解的，不得调解"),
    "settlement": ("柳林村民委员会（争议对方）", "督促履行", "甲方退还土地。", "第三十三条", "争议双方当事人同意", "签名"),
    "extension_notice": ("自受理之日起60日", "延长15日", "共75日", "需要委托鉴定", "本单位负责人", "第三十四条"),
    "opinion": ("一、投诉请求\n退还承包地", "二、事实和理由\n经核实，占用属实。", "处理结果为予以支持。\n限期退还并补偿。",
                "四、法律法规依据\n《农村土地承包法》第五十七条", "第三十五条", "30日内", "复查"),
    "service_slip": ("信访处理意见书", "受送达人：田小禾", "直接送达", "签收人：田小禾", "河湾镇柳林村", "见证人", "复查申请期"),
    "completion_report": ("实地查看，参加人员：甲、乙", "经核实，占用属实。", "予以支持", "送达。", "已退还土地，信访人满意。",
                          "反馈期限"),
    "visit_record": ("回访方式：电话回访", "部分落实", "对信访部门：满意", "对责任单位：不满意。原因：还差一亩", "请求补偿青苗",
                     "已列为跟进任务"),
    "conclusion": ("信访人书面表示接受处理意见，不再申请复查", "予以支持", "办结日期"),
    "supervision_letter": ("现予督办", "办理期限（《信访工作条例》第34条）", "已超期10天", "已超期，信访人多次来电", "第四十条", "书面反馈"),
    "power_of_attorney": ("委托人：田小禾", "受托人：柳青（近亲属或者工作人员）", "代为陈述事实和理由、代为提交材料、签收文书", "户口簿复印件",
                          "撤销委托", "签名"),
    "urgent_report": ("第二十五条", "群体聚集", "9时30分", "于登记", "镇政府门前", "12人", "退还承包地。", "已派人劝导。",
                      "本级党委、本级政府、相关主管部门、本级信访工作联席会议办公室", "今日10时", "电话"),
    "suggestion_letter": ("提出改进工作的建议", "三次催办没有答复。", "承办人更换后没有交接。", "建立交接登记。", "第四十条第一款",
                          "书面反馈", "不采纳的，请说明理由"),
    "withdrawal": ("自愿书面申请撤回", "不再反映", "终止办理", "今后依法提出信访事项"),
    "whereabouts_notice": ("第二十三条第一款", "转送耕地保护站处理", "15日内", "查询码", "退还并补偿"),
    "file_cover": ("案卷号：", "起止日期：", "保管期限：10年（没有处理结论", "编页6页", "办理结果：已撤回"),
    "file_contents": ("〔登记表〕信访事项登记表", "〔办结〕信访事项撤回（终止）告知书", "第3-4页", "保管期限：10年", "办理结果：已撤回"),
}  # fmt: skip

BARE = {
    "you": "您", "summary": "概况", "matter": "XF2026-000001", "received_on": date(2026, 3, 2), "channel": "来信",
    "accepted_on": None, "petitioner": "辛桃", "claims": [], "limits": LIMITS, "above": "", "unit": "青禾县水利局",
    "handler": "辛果", "actor": "辛果", "phone": "",
}  # fmt: skip
"""What the text of an opinion needs beside the draft."""

HOLES = re.compile(r"：$|：[，。；）]|（）|“”|《》|None|Undefined|\{\{ [a-z]|\[\]|。。|，。|；。|dict\(", re.MULTILINE)


def test_every_paper_has_its_text_and_every_text_its_paper() -> None:
    texts = {path.stem for path in (paths.TEMPLATES / "papers").glob("*.txt") if not path.stem.startswith("_")}
    assert set(PAPERS) == set(ISSUED) == set(DEMANDED)
    assert texts == {*PAPERS, *OF_REVIEWS, *OF_MEDIATIONS}


@pytest.mark.parametrize("kind", PAPERS)
def test_a_paper_holds_what_the_law_demands_and_no_hole(world: World, kind: str) -> None:
    document = paper(ISSUED[kind](world), kind)
    for phrase in DEMANDED[kind]:
        assert phrase in document.text, f"{kind} lacks {phrase}:\n{document.text}"
    assert not HOLES.search(document.text), document.text
    assert "\n\n" not in document.text, document.text
    assert document.title
    assert document.number.endswith("号")


@pytest.mark.parametrize("kind", [kind for kind in PAPERS if kind != "sealed_letter"])
def test_a_strange_name_and_text_stand_in_a_paper_as_they_were_written(world: World, kind: str) -> None:
    matter = ISSUED[kind](world, name=HOSTILE, text="𠮷田·阿依古丽<b>&amp;", claims="退还<土地>&{{ data }}")
    document = paper(matter, kind)
    told = document.recipient + document.text
    assert HOSTILE in told or kind in ("objection", "objection_decision", "supervision_letter", "suggestion_letter"), (
        told
    )
    assert "&lt;" not in told
    assert "{{ data }}" in told or matter.claims[0].text not in told
    assert HOLES.search(document.text.replace("{{ data }}", "")) is None, document.text


@pytest.mark.parametrize("name", ["田小禾", HOSTILE, "欧阳𠮷"])
def test_a_sealed_letter_never_names_the_petitioner(world: World, name: str) -> None:
    matter = sealed(world, name=name, text=f"我是{name}，电话19900001234，检举某人。", title=f"{name}的检举")
    letter = paper(matter, "sealed_letter")
    assert letter.recipient == world.discipline.name
    for secret in (name, "19900001234", "柳林村三组"):
        assert secret not in letter.text + letter.title + letter.recipient + letter.number
    assert CONCEALED in letter.text


def test_the_form_of_a_sealed_petition_keeps_the_petitioner_out_too(world: World) -> None:
    matter = register(typed(purpose="accusation", text="我是田小禾，检举某人。"), world.restricted).matter
    form = paper(matter, "registration_form").text
    assert "田小禾" not in form
    assert f"信访人：{CONCEALED}" in form


def test_whole_numbers_of_people_stay_off_the_registration_form(world: World) -> None:
    petition = new_petition(world, channel="LD", calling_number="19900005678", phone="19900001234")
    form = paper(petition.matter, "registration_form").text
    assert "来电号码：199****5678" in form
    assert "199****1234" in form
    assert "柳林村三组" not in form


@pytest.mark.parametrize("part", ["demands", "facts", "opinion", "basis"])
def test_an_opinion_without_one_of_the_four_parts_cannot_be_issued(world: World, part: str) -> None:
    matter = matter_in(world, "accepted")
    drafted = {**OPINION, "outcomes": per_claim(matter, "S"), part: ""}
    with pytest.raises(FieldErrors) as refused:
        perform(matter, "submit_opinion", drafted, world.handler)
    assert set(refused.value.errors) == {part}
    # And should a draft ever lack it, the text itself refuses.
    with pytest.raises(UndefinedError, match=part):
        text_of("opinion", {**BARE, "drafted": {name: "有" for name in OPINION if name != part}})


def test_the_dates_of_the_acceptance_notice_are_those_of_the_clocks(world: World) -> None:
    matter = matter_in(world, "accepted")
    text = paper(matter, "acceptance_notice").text
    assert f"至{due(matter, 'T6')}止" in text
    assert matter.first.query_code in text
    assert world.handler.name in text


def test_a_suggestion_is_promised_study_and_reply_and_no_sixty_days(world: World) -> None:
    matter = matter_in(world, "signed")
    matter.nature = "suggestion"
    perform(matter, "accept", {"routes": per_claim(matter, "R6")}, world.handler)
    text = paper(matter, "acceptance_notice").text
    assert "第二十九条" in text
    for wrong in ("60日", "第三十一条", "复查"):
        assert wrong not in text


def test_each_claim_shows_its_own_way_and_the_limit_of_the_other_procedure(world: World) -> None:
    matter = matter_in(world, "signed", claims=TWO_CLAIMS)
    first, second = matter.claims
    perform(matter, "accept", {"routes": {str(first.id): "R6", str(second.id): "R4"}}, world.handler)
    lines = paper(matter, "acceptance_notice").text.splitlines()
    at = lines.index("（一）退还承包地。办理途径为信访程序（《信访工作条例》第三十一条第六项）。")
    assert lines[at + 1].startswith(
        "（二）查处违法占地。办理途径为导入行政复议等行政程序（《信访工作条例》第三十一条第四项）"
    )
    assert lines[at + 2].startswith(
        "该途径的期限：行政复议（《行政复议法》第二十条、第三十条、第六十二条、第八十八条），自知道或者应当知道"
    )
    assert lines[at + 3] == "请在上述期限内向有权处理的机关、单位提出，以免影响权利的行使。"


def test_a_diversion_by_the_unit_shows_the_limit_that_was_chosen(world: World) -> None:
    matter = matter_in(world, "signed", claims=TWO_CLAIMS)
    ways = {str(claim.id): "R2" for claim in matter.claims}
    data = {"foreign_routes": ways, "body": "青禾县劳动人事争议仲裁委员会", "foreign_limit": "X3"}
    perform(matter, "divert", data, world.receiver)
    text = paper(matter, "diversion_notice").text
    assert text.count("1年内申请") == len(ways)
    assert "2年内申请" not in text, "the limit of another arbitration"
    assert "青禾县劳动人事争议仲裁委员会" in text
    assert "第三十一条第一项至第五项" in text


def test_a_visitor_is_guided_where_a_letter_is_passed_on(world: World) -> None:
    matter = matter_in(world, "diverted", channel="LF")
    text = paper(matter, "diversion_notice").text
    assert "按照法律法规规定的程序向该机关反映" in text
    assert "已将有关材料转送" not in text


def test_a_duplicate_is_refused_with_the_number_and_state_of_the_first(world: World) -> None:
    first, again = matter_in(world, "accepted"), matter_in(world, "triage")
    perform(again, "refuse_duplicate", {"matter": first.number, "note": "电话核对无误"}, world.officer)
    text = paper(again, "refusal_notice").text
    for phrase in (
        "第十九条第三款",
        first.number,
        world.bureau.name,
        "已受理，正在办理",
        "电话核对无误",
        due(first, "T6"),
    ):
        assert phrase in text


def test_the_petitioner_of_a_joined_repeat_is_still_addressed(world: World) -> None:
    document = paper(ISSUED["progress_notice"](world, name="辛桃"), "progress_notice")
    assert document.recipient == "辛桃"


def test_the_letter_to_a_lower_tier_carries_that_tiers_own_dates(world: World) -> None:
    matter = matter_in(world, "signed")
    perform(matter, "forward", {"subordinate": world.section.id, "opinion": "请核实"}, world.receiver)
    letter = paper(matter, "transfer_letter")
    assert letter.recipient == world.section.name
    assert letter.unit_id == world.bureau.id
    for phrase in ("第二十三条第一款", "请核实", due(matter, "T4"), due(matter, "T5")):
        assert phrase in letter.text


def test_the_assignment_letter_names_the_day_the_result_is_due(world: World) -> None:
    day = long_date(date.fromisoformat(soon(40)))
    assert f"请于{day}前（含当日）办理完毕" in paper(assigned(world), "assignment_letter").text


@pytest.mark.parametrize(
    ("action", "said"), [("uphold_objection", "\n同意退回。"), ("reject_objection", "\n不同意退回。")]
)
def test_a_decision_on_an_objection_goes_to_whoever_objected(world: World, action: str, said: str) -> None:
    matter = matter_in(world, "objected")
    perform(matter, action, {"note": "已经核实"}, world.officer)
    decision = paper(matter, "objection_decision")
    assert decision.recipient == world.bureau.name
    assert said in decision.text


def test_an_extension_notice_shows_both_last_days_and_who_approved(world: World) -> None:
    matter = matter_in(world, "accepted")
    before = due(matter, "T6")
    perform(matter, "request_extension", {"days": 15, "reason": "情况复杂"}, world.handler)
    perform(matter, "extend", {"days": 15, "reason": "情况复杂"}, world.head)
    text = paper(matter, "extension_notice").text
    assert f"至{before}止" in text
    assert f"办理期限至{due(matter, 'T6')}止" in text
    assert world.head.name in text


def test_an_opinion_names_the_unit_above_where_one_decides_and_general_words_where_none_does(world: World) -> None:
    matter = matter_in(world, "opinion_issued")
    assert "请求原办理机关、单位的上一级机关、单位复查" in paper(matter, "opinion").text
    lower = matter_in(world, "signed")
    take(world, lower, [
        ("forward", {"subordinate": world.section.id, "opinion": "请核实"}, "receiver"),
        ("sign", {}, "section_receiver"), ("appoint", {"handler": world.section_handler.id}, "section_receiver"),
        ("accept", {"routes": per_claim(lower, "R6")}, "section_handler"),
        ("submit_opinion", {**OPINION, "outcomes": per_claim(lower, "N")}, "section_handler"),
        ("approve_opinion", {}, "section_head"),
    ])  # fmt: skip
    text = paper(lower, "opinion").text
    assert f"请求{world.bureau.name}复查" in text
    assert "督促有关机关、单位执行" not in text, "nothing was granted"


def test_the_installation_says_who_reviews_where_the_tree_of_units_does_not(
    world: World, database: Isolated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "reviewers", {"": "青禾县人民政府", "河湾镇": "青河市某局"}, raising=False)
    matter = matter_in(world, "opinion_issued")
    assert "请求青禾县人民政府复查" in paper(matter, "opinion").text
    assert "请求青禾县人民政府复查" in paper(matter, "acceptance_notice").text
    monkeypatch.setattr(database, "reviewers", {world.bureau.name: "青河市自然资源局", "": "青禾县人民政府"})
    assert "请求青河市自然资源局复查" in paper(matter_in(world, "opinion_issued"), "opinion").text


def test_an_opinion_gives_an_outcome_for_every_claim(world: World) -> None:
    matter = matter_in(world, "accepted", claims=TWO_CLAIMS)
    first, second = matter.claims
    outcomes = {str(first.id): "S", str(second.id): "E"}
    perform(matter, "submit_opinion", {**OPINION, "outcomes": outcomes}, world.handler)
    perform(matter, "approve_opinion", {}, world.head)
    text = paper(matter, "opinion").text
    assert "（一）退还承包地。处理结果为予以支持。\n（二）查处违法占地。处理结果为作出解释说明。" in text
    assert "督促有关机关、单位执行" in text


def test_a_discontinued_matter_is_closed_with_its_reason_and_proof(world: World) -> None:
    matter = matter_in(world, "accepted")
    data = {"discontinue_reason": "died", "proof": "死亡证明"}
    perform(matter, "discontinue", data, world.head)
    text = paper(matter, "conclusion").text
    assert "信访人死亡，没有承受人" in text
    assert "死亡证明" in text
    assert "没有出具信访处理意见书" in text
    assert not HOLES.search(text), text


def test_a_slip_and_an_agreement_are_signed_and_no_letters(world: World) -> None:
    assert paper(ISSUED["settlement"](world), "settlement").recipient == ""
    assert paper(ISSUED["service_slip"](world), "service_slip").recipient == ""


def test_what_only_one_channel_knows_stands_on_the_form(world: World) -> None:
    letter = new_petition(world, postmark_on="2026-03-02", received_on="2026-03-05").matter
    assert "邮戳日期：2026年3月2日" in paper(letter, "registration_form").text
    passed = new_petition(world, channel="SZ", source_level="city", superior_number="市信转〔2026〕7号").matter
    form = paper(passed, "registration_form").text
    assert "来源层级：市级" in form
    assert "上级文号：市信转〔2026〕7号" in form


def test_an_unsigned_letter_is_answered_to_the_petitioner(world: World) -> None:
    matter = matter_in(world, "accepted", name="", phone="", unsigned=True)
    notice = paper(matter, "acceptance_notice")
    assert notice.recipient == "信访人"
    assert not HOLES.search(notice.text), notice.text


def test_several_people_are_addressed_as_several(world: World) -> None:
    assert "告知你们。" in paper(matter_in(world, "accepted", headcount=4), "acceptance_notice").text


def test_a_unit_without_a_telephone_points_to_the_published_one(world: World) -> None:
    world.bureau.phone = world.office.phone = ""
    text = paper(matter_in(world, "accepted"), "acceptance_notice").text
    assert "联系电话：见本单位公布的咨询投诉电话" in text


def test_a_petition_office_does_not_say_its_sign_twice_in_a_number(world: World) -> None:
    year = clock.today().year
    world.office.sign = "青信"
    assert paper(new_petition(world).matter, "registration_form").number == f"青信登〔{year}〕1号"
    assert paper(matter_in(world, "accepted"), "acceptance_notice").number == f"青自然信受〔{year}〕1号"


def test_a_unit_registering_for_itself_issues_the_form(world: World) -> None:
    form = paper(matter_in(world, "notice_due"), "registration_form")
    assert f"登记单位：{world.bureau.name}" in form.text
    assert not HOLES.search(form.text), form.text


def test_the_same_act_gives_the_same_text_byte_for_byte(world: World) -> None:
    one, two = matter_in(world, "awaiting_supplement"), matter_in(world, "awaiting_supplement")
    first, second = paper(one, "supplement_notice").text, paper(two, "supplement_notice").text
    for matter in (one, two):
        first, second = (
            text.replace(matter.number, "").replace(matter.first.query_code, "") for text in (first, second)
        )
    assert first == second
