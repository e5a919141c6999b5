"""One route for every act: its form, what it holds already, its preview, and what comes back when it is refused."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from petitions import clock
from petitions.cases.buttons import ends_for_good
from petitions.cases.limits import FOREIGN
from petitions.cases.models import Document
from petitions.cases.perform import open_to, perform
from petitions.documents.models import Counter
from petitions.flow import Action
from petitions.matters.models import Matter
from petitions.matters.workflow import FLOW
from tests.factories import CLASSIFIED, OPINION, World, matter_in, new_petition, per_claim
from tests.pages import Browse, form_of

STATES = [state.name for state in FLOW.states]


def _foreign_to(state: str) -> list[Action]:
    """Acts that do not start from here, shared out among the states: each act of the table is tried in one that is not its own.

    That no act is done in any state but its own tests/system/test_actions.py tries at the door, which all pages share.
    """
    found = []
    for number, row in enumerate(FLOW.actions):
        turn = (STATES[(number + step) % len(STATES)] for step in range(len(STATES)))
        if next((one for one in turn if row not in FLOW.open_to(one)), None) == state:
            found.append(row)
    return found


def _tried(name: str, state: str) -> list[Action]:
    """Everybody tries what starts from here, one person also what does not."""
    return [*FLOW.open_to(state), *(_foreign_to(state) if name == "officer" else ())]


def test_every_act_is_tried_where_it_does_not_start() -> None:
    tried = [row.name for state in STATES for row in _foreign_to(state)]
    everywhere = [row.name for row in FLOW.actions if all(row in FLOW.open_to(state) for state in STATES)]
    assert sorted(tried + everywhere) == sorted(row.name for row in FLOW.actions)
    assert len(tried) > 30


@pytest.mark.parametrize("state", STATES)
def test_every_open_act_has_its_form_and_every_other_a_reason(world: World, browser_of: Browse, state: str) -> None:
    matter = matter_in(world, state)
    for name in ("officer", "restricted", "receiver", "handler", "head"):
        person = world.people[name]
        browser = browser_of(person)
        if browser.get(f"/cases/{matter.id}").status_code == 404:
            continue
        opened = {row.name for row in open_to(person, matter)}
        for row in _tried(name, state):
            # The refusals are one page in other words: it is parsed once a state, in the test below.
            ask = browser.get if row.name in opened else browser.client.get
            answer = ask(f"/cases/{matter.id}/{row.name}")
            if row.opens:
                assert answer.status_code == 404
            elif row.name in opened:
                assert answer.status_code == 200, (name, row.name)
            else:
                assert answer.status_code in (403, 409), (name, row.name)
                assert "<p>" in answer.get_data(as_text=True)


@pytest.mark.parametrize("state", STATES)
def test_an_empty_form_of_any_act_is_answered_with_sentences(
    world: World, session: Session, browser_of: Browse, state: str
) -> None:
    matter = matter_in(world, state)
    events = len(matter.events)
    for name in ("officer", "handler"):
        browser = browser_of(world.people[name])
        if browser.get(f"/cases/{matter.id}").status_code == 404:
            continue
        for row in _tried(name, state):
            if not row.requires or row.opens:
                continue
            answer = browser.post(f"/cases/{matter.id}/{row.name}", {})
            assert answer.status_code in (403, 409, 422), (name, row.name)
            html = answer.get_data(as_text=True)
            if answer.status_code == 422:
                assert "data-error-summary" in html
                assert "错误：" in html
    session.expire_all()
    assert len(matter.events) == events
    assert matter.state == state


def test_an_act_in_the_wrong_state_by_the_wrong_person_or_in_a_foreign_case_is_told_apart(
    world: World, browser_of: Browse
) -> None:
    matter = matter_in(world, "accepted")
    url = f"/cases/{matter.id}"
    wrong_state = browser_of(world.receiver).get(f"{url}/sign")
    assert wrong_state.status_code == 409
    assert "此件现在是“办理中”，不能“签收”" in wrong_state.get_data(as_text=True)
    not_permitted = browser_of(world.receiver).get(f"{url}/submit_opinion")
    assert not_permitted.status_code == 403
    assert "这一步由其他岗位或单位办理" in not_permitted.get_data(as_text=True)
    assert browser_of(world.other_officer).get(f"{url}/note").status_code == 404
    assert browser_of(world.other_officer).post(f"{url}/note", {"note": "x"}).status_code == 404
    assert browser_of(world.handler).get(f"{url}/explode").status_code == 404
    assert browser_of(world.handler).post(f"{url}/explode", {}).status_code == 404
    assert browser_of(world.handler).get(f"{url}/register").status_code == 404
    held = browser_of(world.head).get(f"{url}/extend")
    assert f'class="btn btn-plain" href="{url}"' in held.get_data(as_text=True), "and the way back to the case"
    assert held.status_code == 409
    assert "没有等待批准的延期申请" in held.get_data(as_text=True)


def test_a_form_holds_what_is_known(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "triage")
    fields = form_of(browser_of(world.officer), f"/cases/{matter.id}/classify")
    assert {name: fields[name] for name in CLASSIFIED} == CLASSIFIED
    fields = form_of(browser_of(world.officer), f"/cases/{matter.id}/assign")
    assert fields["due_on"] == (clock.today() + timedelta(days=60)).isoformat()
    assert "依法" in fields["opinion"]


def test_a_link_may_bring_values_along(world: World, browser_of: Browse) -> None:
    matter, other = matter_in(world, "registered"), new_petition(world).matter
    fields = form_of(browser_of(world.clerk), f"/cases/{matter.id}/join_as_repeat?matter={other.number}&state=archived")
    assert fields["matter"] == other.number
    assert "state" not in fields


def test_after_an_upheld_objection_the_proposed_unit_is_offered(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "returned")
    assert form_of(browser_of(world.officer), f"/cases/{matter.id}/transfer")["unit"] == str(world.township.id)


def test_an_approver_sees_what_was_asked_and_until_when_it_would_run(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted")
    perform(matter, "request_extension", {"days": 12, "reason": "需要重新鉴定"}, world.handler)
    browser = browser_of(world.head)
    fields = form_of(browser, f"/cases/{matter.id}/extend")
    assert (fields["days"], fields["reason"]) == ("12", "需要重新鉴定")
    html = browser.get(f"/cases/{matter.id}/extend").get_data(as_text=True)
    term = next(row for row in matter.deadlines if row.code == "T6")
    assert f"{term.due_on.year}年{term.due_on.month}月{term.due_on.day}日" in html
    assert "批准后的期限" in html
    assert f'href="/cases/{matter.id}/refuse_extension"' in html, "the other answer is one click away"


def test_a_decider_reads_the_objection_beside_the_form(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "objected")
    html = browser_of(world.officer).get(f"/cases/{matter.id}/uphold_objection").get_data(as_text=True)
    beside = html.split('id="beside"')[1]
    assert "本单位没有这项职责，应由乡镇办理。" in beside
    assert world.township.name in beside
    assert f'href="/cases/{matter.id}/reject_objection"' in html


def test_a_preview_is_the_paper_itself_and_leaves_nothing(world: World, session: Session, browser_of: Browse) -> None:
    matter = matter_in(world, "triage")
    papers, events, version = len(matter.documents), len(matter.events), matter.version
    last = {row.series: row.last for row in session.query(Counter)}
    browser = browser_of(world.officer)
    data = {"unit": str(world.bureau.id), "opinion": "请在雨季前办结。"}
    part = browser.post(f"/cases/{matter.id}/transfer/preview", data, headers={"HX-Request": "true"})
    shown = part.get_data(as_text=True)
    assert part.status_code == 200
    assert shown.lstrip().startswith('<div id="beside"')
    for words in ("信访事项转送函", world.bureau.name, "请在雨季前办结。", "15日内"):
        assert words in shown
    whole = browser.post(f"/cases/{matter.id}/transfer/preview", data).get_data(as_text=True)
    assert "请在雨季前办结。</textarea>" in whole, "without script the form comes back with the preview beside it"
    assert '<article class="paper"' in whole
    session.expire_all()
    assert (len(matter.documents), len(matter.events), matter.version) == (papers, events, version)
    assert {row.series: row.last for row in session.query(Counter)} == last
    assert session.query(Document).filter_by(case_id=matter.id).count() == papers
    missing = browser.post(f"/cases/{matter.id}/transfer/preview", {"opinion": "请办理"}).get_data(as_text=True)
    assert "填好这些再预览：选择主办单位" in missing


def test_an_opinion_is_drafted_with_what_the_law_asks_in_sight(world: World, browser_of: Browse) -> None:
    matter = matter_in(world, "accepted", claims="退还承包地\n补偿青苗损失")
    browser = browser_of(world.handler)
    fields = form_of(browser, f"/cases/{matter.id}/submit_opinion")
    assert fields["demands"] == "1．退还承包地\n2．补偿青苗损失"
    html = browser.get(f"/cases/{matter.id}/submit_opinion").get_data(as_text=True)
    beside = html.split('id="beside"')[1]
    for name in ("facts", "opinion", "basis", "outcomes"):
        assert f'<a href="#f-{name}">' in beside
    assert 'href="#f-demands"' not in beside
    assert "自收到本意见书之日起30日内" in beside, "the remedy comes by itself"
    shown = browser.post(
        f"/cases/{matter.id}/submit_opinion/preview",
        {**OPINION, **{f"outcomes.{key}": value for key, value in per_claim(matter, "S").items()}},
        headers={"HX-Request": "true"},
    ).get_data(as_text=True)
    assert "还缺" not in shown
    assert "经核实，占用属实。" in shown
    assert "处理结果为予以支持" in shown


def test_an_approver_reads_the_whole_opinion_and_what_changed_since_the_last_draft(
    world: World, browser_of: Browse
) -> None:
    matter = matter_in(world, "in_approval")
    browser = browser_of(world.head)
    html = browser.get(f"/cases/{matter.id}/approve_opinion").get_data(as_text=True)
    for words in ("退还承包地", "经核实，占用属实。", "限期退还并补偿。", "处理结果为予以支持", "之日起30日内"):
        assert words in html
    assert f'href="/cases/{matter.id}/return_opinion"' in html
    perform(matter, "return_opinion", {"note": "补充测量结果"}, world.head)
    drafting = browser_of(world.handler)
    fields = form_of(drafting, f"/cases/{matter.id}/submit_opinion")
    assert fields["facts"] == OPINION["facts"], "the last draft is where one goes on"
    assert "补充测量结果" in drafting.get(f"/cases/{matter.id}/submit_opinion").get_data(as_text=True)
    again = {**OPINION, "facts": "经测量，占用0.3亩。", "outcomes": per_claim(matter, "S")}
    perform(matter, "submit_opinion", again, world.handler)
    html = browser_of(world.head).get(f"/cases/{matter.id}/approve_opinion").get_data(as_text=True)
    assert "与上一稿对照" in html
    assert "经核实，占用属实。" in html
    assert "经测量，占用0.3亩。" in html


def test_leading_a_claim_elsewhere_shows_every_limit_in_full_and_the_chosen_one_afterwards(
    world: World, session: Session, browser_of: Browse
) -> None:
    matter = matter_in(world, "signed")
    browser = browser_of(world.handler)
    html = browser.get(f"/cases/{matter.id}/divert").get_data(as_text=True)
    for limit in FOREIGN.values():
        assert limit.text in html
    claim = str(matter.claims[0].id)
    data = {f"foreign_routes.{claim}": "R4", "body": "青禾县人民政府", "foreign_limit": "X1"}
    assert browser.post(f"/cases/{matter.id}/divert", data).status_code == 302
    page = browser.get(f"/cases/{matter.id}").get_data(as_text=True)
    assert "导入行政复议等行政程序" in page
    assert FOREIGN["X1"].text in page


def test_whoever_seals_a_case_loses_sight_of_it_and_is_told_so(
    world: World, session: Session, browser_of: Browse
) -> None:
    matter = matter_in(world, "triage")
    browser = browser_of(world.officer)
    data = {**form_of(browser, f"/cases/{matter.id}/classify"), "nature": "accusation", "purpose": "accusation",
            "respondent": "某村委会"}  # fmt: skip
    answer = browser.post(f"/cases/{matter.id}/classify", data)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"
    assert browser.get(f"/cases/{matter.id}").status_code == 404
    session.expire_all()
    assert session.get_one(Matter, matter.id).sealed


def test_an_act_leads_back_to_where_its_link_said_and_nowhere_else(world: World, browser_of: Browse) -> None:
    browser = browser_of(world.handler)
    for given, there in (("/inbox", "/inbox"), ("https://example.org/", "/"), ("//example.org", "/")):
        matter = matter_in(world, "accepted")
        answer = browser_of(world.handler).post(f"/cases/{matter.id}/note", {"note": "电话沟通", "next": given})
        assert answer.headers["Location"] == there
    assert form_of(browser, f"/cases/{matter.id}/note?next=/inbox")["next"] == "/inbox"


@pytest.mark.parametrize(
    ("action", "danger"),
    [("join_as_repeat", False), ("refuse", True), ("withdraw", True), ("conclude", False), ("submit_opinion", False)],
)
def test_only_an_end_without_a_way_back_is_marked_as_one(action: str, danger: bool) -> None:
    assert ends_for_good(FLOW.action[action], FLOW) is danger
