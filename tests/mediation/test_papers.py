"""Every paper of a mediation, through the door: what the forms ask for stands in it, and nothing is left open."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from docx import Document as Word
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases import dossier
from petitions.cases.models import Document
from petitions.cases.paper_files import word_of
from petitions.cases.preview import drafts
from petitions.documents import pdf
from petitions.documents.render import long_date
from petitions.mediation.models import Mediation
from petitions.mediation.papers import PAPER_KINDS, PAPERS
from petitions.settings import Settings
from tests.matters.test_papers import HOLES
from tests.mediation.issuing import ISSUED, accounted, failed, fed_back, heard, paper, performed, refused, sent
from tests.mediations import PEOPLE, Mediators, agreed, agreement_of, begun, do, ids, session_of

HOSTILE = ('张<三>&"四"', "𠮷野", "买买提·艾力")
SECRETS = ("19900001234", "19900005678", "110101199003070011", "柳林村三组7号")


def hostile_people() -> list[dict[str, str]]:
    one, other, agent = HOSTILE
    return [
        {**PEOPLE[0], "name": one, "address": SECRETS[3]},
        {**PEOPLE[1], "name": other},
        {"side": "respondent", "part": "agent", "name": agent},
    ]


DEMANDED: dict[str, tuple[str, ...]] = {
    "mediation_application": (
        "申请人：田小禾", "被申请人：麦有根", "性别、民族、年龄：＿", "职业或者职务：＿", "联系方式：＿", "单位或者住址：＿", "后院排水沟被堵",
        "1．疏通排水沟\n2．赔偿损失", "已将申请人民调解的相关规定告知我，现自愿申请人民调解", "签名、盖章或者按指印",
    ),
    "mediation_register": (
        "经当事人同意，调解田小禾、麦有根之间的", "纠纷类型：", "案件来源：依申请调解", "登记人：卢调解", "备注：无", "印章", "涉及金额：1200元",
    ),
    "mediation_refusal": (
        "人民法院、公安机关或者其他机关已经受理或者处理", "县人民法院已经立案。", "第十七条", "仲裁、行政、司法等途径",
    ),
    "rights_notice": (
        "选择或者接受人民调解员", "接受调解、拒绝调解或者要求终止调解", "公开进行或者不公开进行",
        "自主表达意愿", "如实陈述纠纷事实", "遵守调解现场秩序",
        "尊重对方当事人行使权利", "具有法律约束力", "第三条", "不收取任何费用", "已告知的当事人：田小禾、麦有根", "告知方式：口头告知并记录",
    ),
    "investigation_record": (
        "时间：", "地点：后院", "参加人：卢调解、村民组长", "沟宽30厘米。", "被调查人（签名", "记录人（签名",
    ),
    "mediation_record": (
        "09:30至11:00", "地点：村委会调解室", "公开进行", "申请人：田小禾", "参加人：村民组长", "人民调解员：卢调解", "田小禾陈述\n沟被堵了。",
        "麦有根陈述\n是我堵的。", "讲解了民法典", "各让一步", "达成一致", "记录人（签名",
    ),
    "danger_report": (
        "第二十五条", "双方扬言动手。", "已分别劝开。", "治安案件或者刑事案件",
    ),
    "mediation_agreement": (
        "一、当事人\n申请人：田小禾", "二、纠纷的主要事实\n麦有根堵塞", "三、争议事项\n赔偿数额", "四、各方当事人的责任\n麦有根负主要",
        "疏通排水沟，赔偿1200元。", "1．", "麦有根履行：第一期赔偿款，700元", "2．", "第二期赔偿款，500元", "方式、地点：现金，村委会见证",
        "三十日内共同向人民法院申请司法确认", "一式3份", "留存一份", "被申请人（麦有根）签名、盖章或者按指印：＿", "记录人签名", "印章）",
    ),
    "oral_agreement": (
        "无需制作调解协议书", "第二十八条", "第三十条", "第一期赔偿款，700元", "达成协议的日期：", "人民调解员：卢调解",
    ),
    "termination_notice": (
        "第二十六条", "分歧过大，没有达成协议的可能", "申请仲裁、向人民法院起诉", "赔偿数额差距过大。",
    ),
    "mediation_feedback": (
        "青公移〔2026〕3号", "达成书面调解协议", "第三十三条", "依法保密",
    ),
    "mediation_visit": (
        "当事人：田小禾", "协议编号：(", "回访事由：田小禾与麦有根排水纠纷", "已履行", "没有履行", "第一期已收到。",
        "满意程度：满意", "回访人：卢调解",
    ),
    "confirmation_request": (
        "证件号码：＿", "人民调解协议有效", "疏通排水沟，赔偿1200元。", "没有恶意串通", "陈述的事实真实",
        "共同申请人：田小禾、麦有根", "第二百零五条",
        "调解组织所在地的基层人民法院",
    ),
    "dossier_account": (
        "身份证明", "当事人拒绝出示身份证。", "卢调解",
    ),
    "closing_report": (
        "卷号：", "填表日期：", "承办单位：柳林村人民调解委员会", "承办人：卢调解", "受理日期：", "结案日期：", "案件来源：依申请调解",
        "后院排水沟被堵",
        "调解成功，达成协议（书面协议）", "司法确认：没有申请", "保管期限：长期（15年）",
    ),
    "dossier_back": (
        "编页", "检查人（签名）", "立卷人：卢调解",
    ),
    "dossier_cover": (
        "卷名：田小禾与麦有根排水纠纷", "卷号：", "案号：(", "人民调解员：卢调解", "调解日期：", "立卷人：", "立卷日期：", "保管期限：长期（15年）",
        "备注：无",
    ),
    "dossier_contents": (
        "1．人民调解申请书或者受理登记表（必须）", "3．身份证明（必须）\n　　身份证.jpg", "4．授权委托书（按需），无", "7．人民调解记录（必须）",
        "13．封底（必须）\n　　人民调解卷宗封底", "第1-2页", "法律没有规定",
    ),
}  # fmt: skip


def said_in(content: bytes) -> str:
    """Every letter of a Word file: its paragraphs, its tables, its footers."""
    found = Word(io.BytesIO(content))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in found.paragraphs), *cells])


def test_every_kind_of_paper_is_tried() -> None:
    assert set(PAPERS) == set(ISSUED) == set(DEMANDED)


@pytest.mark.parametrize("kind", PAPERS)
def test_a_paper_holds_what_the_form_asks_and_no_hole(mediators: Mediators, kind: str) -> None:
    document = paper(ISSUED[kind](mediators), kind)
    for phrase in DEMANDED[kind]:
        assert phrase in document.text, f"{kind} lacks {phrase}:\n{document.text}"
    assert not HOLES.search(document.text), document.text
    assert "\n\n" not in document.text, document.text
    assert document.number == document.case.number
    assert document.number.startswith(f"({document.case.received_on.year})柳调字第")
    assert document.layout.startswith(PAPER_KINDS[kind].layout)


@pytest.mark.parametrize("kind", PAPERS)
def test_strange_names_stand_in_the_word_file_as_they_were_written(mediators: Mediators, kind: str) -> None:
    people = hostile_people()
    changes: dict[str, Any] = {"people": people, "dispute_title": f"{HOSTILE[0]}与{HOSTILE[1]}{{{{ 7*7 }}}}纠纷"}
    document = paper(ISSUED[kind](mediators, **changes), kind)
    told = said_in(word_of(document, {}))
    assert HOSTILE[0] in told, told
    assert HOSTILE[1] in told
    assert "&lt;" not in told
    assert "49" not in document.text.split("纠纷")[0]
    if kind in ("mediation_agreement", "mediation_record", "rights_notice", "mediation_register"):
        assert f"被申请人的委托代理人（{HOSTILE[2]}）" in told
    for line in document.text.split("\n"):
        assert all(part in told for part in line.split("：", 1)), line


@pytest.mark.parametrize("kind", PAPERS)
def test_no_telephone_number_or_address_of_a_party_is_kept_in_a_text(mediators: Mediators, kind: str) -> None:
    mediation = ISSUED[kind](mediators, people=hostile_people())
    for document in mediation.documents:
        frozen = document.text + document.recipient + document.title + str(document.filled)
        assert not [secret for secret in SECRETS if secret in frozen]


@pytest.mark.parametrize("kind", ["mediation_agreement", "mediation_register", "dossier_cover"])
def test_a_paper_becomes_a_pdf_with_its_pages(
    mediators: Mediators, settings: Settings, tmp_path: Path, kind: str
) -> None:
    if not pdf.available(settings.pdf_command):
        pytest.skip("no office program on this machine")
    document = paper(ISSUED[kind](mediators), kind)
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf.pdf_of(word_of(document, {}), settings.pdf_command))
    # The estimate that stands in the contents is that of an office program, give or take a page.
    assert abs(dossier._sheets(path) - dossier.pages_of_text(document.text)) <= 1


def test_a_preview_bears_the_number_the_paper_will_have(mediators: Mediators) -> None:
    mediation = heard(mediators)
    shown = drafts(mediation, "draft_agreement", agreement_of(mediation), mediators.mediator)
    assert [face.number for face in shown] == [mediation.number]
    assert "第一期赔偿款，700元" in "\n".join(shown[0].lines)
    assert not [one for one in mediation.documents if one.kind == "mediation_agreement"]


def test_a_paper_issued_anew_keeps_the_number_of_the_case(mediators: Mediators, session: Session) -> None:
    mediation = heard(mediators)
    first = paper(mediation, "mediation_record")
    do(mediation, "void_paper", mediators.mediator, issued_paper=str(first.id), reason="写错了地点")
    do(mediation, "reissue_paper", mediators.mediator, void_paper=str(first.id))
    again = paper(mediation, "mediation_record")
    assert again is not first
    assert again.number == first.number == mediation.number
    assert again.replaces_id == first.id


def test_only_whoever_handed_it_over_is_answered(mediators: Mediators) -> None:
    assert "mediation_feedback" not in {one.kind for one in agreed(mediators).documents}
    letter = paper(fed_back(mediators), "mediation_feedback")
    assert (letter.title, letter.recipient) == ("调解结果反馈函", "青禾县公安局河湾派出所")
    for said in ("沟被堵了", "各让一步", "1200", "第一期"):
        assert said not in letter.text, "what was said and agreed stays with the parties"


def test_a_refusal_is_told_to_the_sender_and_to_the_parties(mediators: Mediators) -> None:
    mediation = sent(mediators)
    do(mediation, "refuse", mediators.mediator, mediation_refusal="outside_area", note="不在本村。")
    letter = paper(mediation, "mediation_feedback")
    assert letter.title == "不予调解的函"
    assert "不属于本调委会的调解范围" in letter.text
    assert "不在本村" not in letter.text
    assert paper(mediation, "mediation_refusal").recipient == "田小禾、麦有根"


def test_a_party_who_ends_it_is_told_the_other_ways_and_named_to_nobody(mediators: Mediators) -> None:
    mediation = begun(mediators)
    party = ids(mediation.principals)[0]
    do(
        mediation,
        "revoke_consent",
        mediators.mediator,
        party=party,
        said_on=clock.today().isoformat(),
        ways_told=["court"],
    )
    text = paper(mediation, "termination_notice").text
    assert "当事人一方拒绝继续调解或者要求终止调解" in text
    assert "第二十三条第二项" in text
    assert "向人民法院起诉" in text


def test_a_clear_refusal_is_written_down_with_its_article(mediators: Mediators) -> None:
    mediation = sent(mediators)
    party = ids(mediation.principals)[1]
    do(mediation, "refuse_consent", mediators.mediator, party=party, said_on=clock.today().isoformat(), note="不愿意")
    assert "明确拒绝调解" in paper(mediation, "mediation_refusal").text
    assert "第十七条" in paper(mediation, "mediation_feedback").text


def test_the_request_to_the_court_knows_people_and_bodies(mediators: Mediators) -> None:
    body = {"side": "respondent", "kind": "legal", "name": "柳林建材有限公司", "legal_representative": "柴经理"}
    text = paper(ISSUED["confirmation_request"](mediators, people=[PEOPLE[0], body]), "confirmation_request").text
    assert "法定代表人（负责人）：柴经理" in text
    assert "柳林建材有限公司（盖章）" in text
    plain = paper(ISSUED["confirmation_request"](mediators), "confirmation_request")
    assert "法定代表人" not in plain.text
    assert plain.recipient == "青禾县人民法院"
    assert f"于{long_date(clock.today())}达成书面协议并生效" in plain.text


def test_two_parties_of_one_name_keep_what_each_has_said(mediators: Mediators) -> None:
    people: Sequence[dict[str, str]] = [*PEOPLE, {"side": "respondent", "name": "麦有根", "phone": "19900009999"}]
    mediation = begun(mediators, people=people)
    each = {str(one.id): f"说法{place}" for place, one in enumerate(mediation.principals)}
    do(mediation, "hold_session", mediators.mediator, **session_of(mediation, statements=each))
    text = paper(mediation, "mediation_record").text
    assert all(word in text for word in each.values())


def test_the_day_a_case_ended_is_that_of_the_last_instalment(mediators: Mediators) -> None:
    mediation: Mediation = performed(mediators)
    do(mediation, "archive", mediators.mediator, retention_class="short")
    assert mediation.agreement is not None
    last = max(row.done_on for row in mediation.agreement.performances if row.done_on)
    report: Document = paper(mediation, "closing_report")
    assert f"结案日期：{long_date(last)}" in report.text
    assert "没有受理" not in report.text
    assert failed(mediators).result == "failed"
    assert refused(mediators).accepted_on is None
    assert accounted(mediators).begun_on is not None
