"""卷宗: its thirteen parts in their order, what must be there, its pages, its package, and how long it is kept."""

import hashlib
import io
import json
import zipfile
from datetime import date

import pytest
from docx import Document as Word
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from petitions import clock
from petitions.access.roles import Role
from petitions.cases.disposal import Disposal, due_from
from petitions.cases.dossier import total_pages
from petitions.cases.files import Store
from petitions.mediation.dossier import items_of, missing_in, parts_of
from petitions.mediation.dossier_page import Meter
from petitions.mediation.dossier_parts import PARTS
from petitions.mediation.models import Mediation
from petitions.mediation.retention import term_of, terms
from petitions.privacy import disposals
from petitions.settings import Settings
from petitions.words import FieldErrors, NotPermitted, Refused
from tests.conftest import Isolated
from tests.factories import make_user
from tests.mediation.issuing import archived, confirmed, paper, performed, refused, sent, today
from tests.mediations import PROOF, PROOF_BYTES, Mediators, accepted, do, ids, opened
from tests.pages import Browse

ORDER = (
    "application", "rights", "identity", "power", "investigation", "evidence", "records", "agreement", "proofs", "visits",
    "confirmation", "account", "back",
)  # fmt: skip
"""domain.md §5B-1, word for word of the Ministry's list."""


def scan(name: str, content: bytes = b"a scan") -> dict[str, object]:
    digest = hashlib.sha256(content).hexdigest()
    return {"name": name, "sha256": digest, "size": len(content), "media_type": "image/jpeg"}


def long_closed(mediation: Mediation) -> None:
    """Six years ago."""
    mediation.received_on = mediation.closed_on = date(clock.today().year - 6, 12, 31)


def whole(mediators: Mediators) -> Mediation:
    """A case with something in nearly every part."""
    mediation, who = performed(mediators), mediators.mediator
    for name, part in (("授权委托书.jpg", "power"), ("收条.jpg", "proofs")):
        do(mediation, "attach", who, files=[scan(name, name.encode())], dossier_part=part)
    do(mediation, "attach", who, files=[scan("照片.jpg", b"photograph")])
    do(
        mediation, "visit", who, visited_on=today(), visited_party=ids(mediation.principals)[0], visit_record="已履行。",
        satisfaction="satisfied", files=[scan("回访照片.jpg", b"visit")],
    )  # fmt: skip
    do(mediation, "archive", who, retention_class="long")
    return mediation


def test_there_are_thirteen_parts_in_the_order_of_the_ministry() -> None:
    assert tuple(part.code for part in PARTS) == ORDER


def test_a_whole_dossier_lies_in_its_order_with_its_pages(mediators: Mediators) -> None:
    mediation = whole(mediators)
    items = items_of(mediation)
    places = [ORDER.index(item.section.code) for item in items]
    assert places == sorted(places)
    assert [(item.section.code, item.title) for item in items] == [
        ("application", "人民调解申请书"), ("application", "人民调解受理登记表"), ("rights", "人民调解当事人权利义务告知书"),
        ("identity", "身份证.jpg"), ("power", "授权委托书.jpg"), ("evidence", "照片.jpg"), ("records", "人民调解记录"),
        ("agreement", "人民调解协议书"), ("proofs", "收条.jpg"), ("visits", "人民调解回访记录"), ("visits", "回访照片.jpg"),
        ("account", "人民调解结案报告表"), ("back", "人民调解卷宗封底"),
    ]  # fmt: skip
    page = 1
    for item in items[:-1]:
        assert item.begins == page, item.title
        assert item.pages is not None
        page += item.pages
    assert items[-1].span == "", "the last sheet bears no number"
    assert total_pages(items) == page - 1
    contents = paper(mediation, "dossier_contents").text
    at = [contents.index(str(part.label)) for part in PARTS]
    assert at == sorted(at)
    for item in items[:-1]:
        assert f"{item.title}，" in contents
        assert f"第{item.span}页" in contents
    assert f"编页{page - 1}页" in paper(mediation, "dossier_cover").text


def test_what_must_be_there_keeps_it_from_the_archive_by_its_name(mediators: Mediators) -> None:
    mediation = performed(mediators)
    proof = next(one for one in mediation.attachments if one.name == "身份证.jpg")
    do(mediation, "file_into_dossier", mediators.mediator, dossier_file=str(proof.id), dossier_part="evidence")
    taken = paper(mediation, "rights_notice")
    do(mediation, "void_paper", mediators.mediator, issued_paper=str(taken.id), reason="写错")
    with pytest.raises(Refused, match="卷宗还缺：当事人权利义务告知书、身份证明"):
        do(mediation, "archive", mediators.mediator, retention_class="long")
    assert mediation.state == "performed"
    do(mediation, "file_into_dossier", mediators.mediator, dossier_file=str(proof.id), dossier_part="identity")
    do(mediation, "reissue_paper", mediators.mediator, void_paper=str(taken.id))
    do(mediation, "archive", mediators.mediator, retention_class="long")
    assert mediation.state == "mediation_archived"


def test_what_will_never_come_is_accounted_for(mediators: Mediators) -> None:
    mediation, who = accepted(mediators), mediators.mediator
    do(mediation, "notify_rights", who, told_on=today(), told_way="spoken", told_to=ids(mediation.principals))
    do(mediation, "fail", who, failure_ground="refused", ways_told=["court"], note="拒绝到场。")
    assert [part.name for part in missing_in(mediation)] == ["identity"]
    do(mediation, "account_for_part", who, missing_part="identity", reason="当事人拒绝出示。")
    assert not missing_in(mediation)
    with pytest.raises(FieldErrors, match="缺少的材料"):
        do(mediation, "account_for_part", who, missing_part="identity", reason="再说一次。")
    do(mediation, "archive", who, retention_class="short")
    assert "3．身份证明（必须），缺，已说明原因" in paper(mediation, "dossier_contents").text


def test_what_never_began_needs_no_identity_and_no_agreement(mediators: Mediators) -> None:
    mediation = refused(mediators)
    assert [part.name for part in parts_of(mediation) if part.needed] == ["application", "back"]
    do(mediation, "archive", mediators.mediator, retention_class="short")
    handed_over = sent(mediators)
    do(handed_over, "refuse", mediators.mediator, mediation_refusal="not_civil", note="不是民间纠纷。")
    assert not missing_in(handed_over)


def test_the_meter_counts_what_must_be_there(mediators: Mediators) -> None:
    mediation = accepted(mediators)
    meter = Meter(parts_of(mediation))
    assert (meter.there, meter.needed) == (1, 1)
    do(
        mediation, "notify_rights", mediators.mediator, told_on=today(), told_way="spoken", told_to=ids(mediation.principals)
    )  # fmt: skip
    meter = Meter(parts_of(mediation))
    assert (meter.there, meter.needed) == (2, 3)
    assert [part.name for part in meter.missing] == ["identity"]


def test_the_court_papers_of_a_confirmation_have_a_part(mediators: Mediators) -> None:
    mediation = confirmed(mediators)
    assert [item.title for item in items_of(mediation) if item.section.code == "confirmation"] == ["司法确认申请书"]


def test_the_page_shows_what_is_missing_and_where_it_is_added(mediators: Mediators, browser_of: Browse) -> None:
    mediation = accepted(mediators)
    do(
        mediation, "notify_rights", mediators.mediator, told_on=today(), told_way="spoken", told_to=ids(mediation.principals)
    )  # fmt: skip
    browser = browser_of(mediators.mediator)
    case = browser.get(f"/cases/{mediation.id}").text
    add = f"/cases/{mediation.id}/attach?dossier_part=identity"
    assert "必须的材料：2 / 3" in case
    assert add in case
    shown = browser.get(f"/mediations/{mediation.id}/dossier").text
    assert add in shown
    assert "人民调解受理登记表" in shown
    form = browser.get(add).text
    assert 'value="identity" selected' in form.replace("selected value", "value")


def test_a_dossier_leaves_as_one_package_with_its_manifest(
    mediators: Mediators, browser_of: Browse, settings: Settings
) -> None:
    Store(settings.files_dir).keep([FileStorage(io.BytesIO(PROOF_BYTES), "身份证.txt")], 1 << 20)
    mediation = archived(mediators)
    answer = browser_of(mediators.mediator).get(f"/mediations/{mediation.id}/dossier.zip")
    assert answer.status_code == 200
    found = zipfile.ZipFile(io.BytesIO(answer.data))
    manifest = json.loads(found.read("manifest.json"))
    names = [row["name"] for row in manifest["files"]]
    assert set(names) | {"manifest.json", "SHA256SUMS"} == set(found.namelist())
    for row in manifest["files"]:
        assert hashlib.sha256(found.read(row["name"])).hexdigest() == row["sha256"]
    assert names[0].startswith("000-1-人民调解卷宗封面")
    assert names[-1].split("-")[1] == "人民调解卷宗封底"
    assert manifest["number"] == mediation.number
    assert manifest["retention_years"] == 15
    agreement = next(row for row in manifest["files"] if row["kind"] == "mediation_agreement")
    text = "\n".join(one.text for one in Word(io.BytesIO(found.read(agreement["name"]))).paragraphs)
    assert "第一期赔偿款，700元" in text
    assert next(row for row in manifest["files"] if row["title"] == PROOF["name"])["section"] == "身份证明"


def test_an_open_case_is_packed_as_it_stands_and_only_by_those_it_is_confided_to(
    mediators: Mediators, browser_of: Browse
) -> None:
    mediation = opened(mediators.mediator)
    url = f"/mediations/{mediation.id}/dossier"
    chair = browser_of(mediators.chair)
    assert "人民调解申请书" in chair.get(url).text
    names = zipfile.ZipFile(io.BytesIO(chair.get(f"{url}.zip").data)).namelist()
    assert names[0].startswith("001-人民调解申请书")
    one = str(mediators.mediator.id)
    for party in mediation.principals:
        do(
            mediation,
            "record_consent",
            mediators.mediator,
            party=str(party.id),
            consent_way="spoken",
            agreed_on=today(),
        )
    do(mediation, "accept", mediators.mediator, elsewhere="none")
    do(mediation, "appoint", mediators.chair, mediators=[one], presider=one, chosen_by="parties", kinship="none")
    for person in (mediators.second, mediators.world.officer, mediators.justice):
        assert browser_of(person).get(url).status_code in (403, 404)
        assert browser_of(person).get(f"{url}.zip").status_code in (403, 404)


def test_a_file_that_is_gone_is_said_and_nothing_is_sent(mediators: Mediators, browser_of: Browse) -> None:
    mediation = performed(mediators)
    answer = browser_of(mediators.mediator).get(f"/mediations/{mediation.id}/dossier.zip")
    assert answer.status_code == 409
    assert "缺失或者损坏" in answer.text


def test_the_years_of_a_class_are_a_setting_with_its_source() -> None:
    assert {one.code: one.years for one in terms({})} == {"short": 5, "long": 15, "permanent": 0}
    assert "法律没有规定" in str(term_of("long", {}).source)
    changed = term_of("short", {"short": 10})
    assert (changed.years, str(changed.source)) == (10, "本单位设置")
    assert due_from(date(2026, 5, 1), term_of("permanent", {})) is None
    assert due_from(date(2026, 5, 1), term_of("long", {})) == date(2042, 1, 1)


def test_an_archived_dossier_is_due_when_its_term_is_over(mediators: Mediators, session: Session) -> None:
    short, kept = archived(mediators, "short"), archived(mediators, "permanent")
    assert disposals.due_now(mediators.mediator, {}) == []
    for one in (short, kept):
        long_closed(one)
    session.flush()
    assert disposals.due_now(mediators.mediator, {}) == [short]
    assert disposals.due_now(mediators.second, {}) == [], "not confided to them"
    listed = disposals.ask(mediators.mediator, {})
    assert disposals.due_now(mediators.mediator, {}) == []
    disposals.decide(listed, mediators.chair, approved=True)
    register = listed.register
    assert short.number in register
    assert "调解成功，达成协议，保管5年" in register
    for name in ("田小禾", "麦有根"):
        assert name not in register
    assert kept.retention == "permanent"


def test_a_chair_asks_for_every_dossier_that_is_due_and_a_second_one_approves(
    mediators: Mediators, session: Session, browser_of: Browse
) -> None:
    mediation = archived(mediators, "short")
    long_closed(mediation)
    session.commit()
    vice = make_user(session, mediators.unit, Role.COMMITTEE_CHAIR, name="副主任")
    session.commit()
    chair = browser_of(mediators.chair)
    assert mediation.number in chair.get("/disposals").get_data(as_text=True)
    assert "提出的人不能批准" in chair.post("/disposals", follow_redirects=True).get_data(as_text=True)
    session.expire_all()
    listed = session.scalars(select(Disposal)).one()
    assert listed.asked_by_id == mediators.chair.id
    assert chair.post(f"/disposals/{listed.id}", {"verdict": "approve"}).status_code == 409
    with pytest.raises(NotPermitted):
        disposals.decide(listed, mediators.mediator, approved=True)
    page = browser_of(vice).get(f"/disposals/{listed.id}").get_data(as_text=True)
    assert mediation.number in page
    assert browser_of(vice).post(f"/disposals/{listed.id}", {"verdict": "approve"}).status_code == 302
    session.expire_all()
    assert (listed.state, listed.decided_by_id) == ("approved", vice.id)
    do(mediation, "dispose", vice)
    assert mediation.state == "mediation_anonymised"


def test_the_years_of_an_installation_move_what_is_due(
    mediators: Mediators, session: Session, database: Isolated, monkeypatch: pytest.MonkeyPatch
) -> None:
    mediation = archived(mediators, "short")
    long_closed(mediation)
    session.flush()
    assert disposals.due_now(mediators.mediator, {}) == [mediation]
    monkeypatch.setattr(database, "mediation_retention_years", {"short": 6}, raising=False)
    assert disposals.due_now(mediators.mediator, {}) == []
