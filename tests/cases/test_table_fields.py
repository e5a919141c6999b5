"""Fields that hold several things, on the form of an act: a text for each party, and a short table."""

import re

from sqlalchemy.orm import Session

from petitions.mediation.models import Mediation
from tests.factories import World
from tests.mediations import Mediators, agreement_of, begun, do, session_of, set_up_committee
from tests.pages import Browse, Browser, form_of


def _drafting(session: Session, world: World) -> tuple[Mediators, Mediation]:
    mediators = set_up_committee(session, world)
    mediation = begun(mediators)
    do(mediation, "hold_session", mediators.mediator, **session_of(mediation))
    session.flush()
    return mediators, mediation


def _flat(values: dict[str, object]) -> dict[str, str]:
    """As a browser posts it."""
    sent: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, list):
            for number, row in enumerate(value):
                sent |= {f"{name}.{number}.{column}": str(text) for column, text in row.items()}
        else:
            sent[name] = str(value)
    return sent


def _send(browser: Browser, mediation: Mediation, action: str, sent: dict[str, str]) -> tuple[int, str]:
    url = f"/cases/{mediation.id}/{action}"
    answer = browser.post(url, {**form_of(browser, url), **sent})
    return answer.status_code, answer.get_data(as_text=True)


def test_a_table_has_empty_rows_without_script_and_is_kept_as_it_was_filled(
    session: Session, world: World, browser_of: Browse
) -> None:
    mediators, mediation = _drafting(session, world)
    browser = browser_of(mediators.mediator)
    empty = form_of(browser, f"/cases/{mediation.id}/draft_agreement")
    rows = {int(found[1]) for name in empty if (found := re.fullmatch(r"performance_plan\.(\d+)\.item", name))}
    assert rows == {0, 1, 2}
    page = browser.get(f"/cases/{mediation.id}/draft_agreement").get_data(as_text=True)
    assert 'name="performance_plan.0.amount"' in page
    assert 'inputmode="decimal"' in page
    assert "《人民调解法》第28条、第29条" in page
    # A gap, as a removed row leaves it
    plan = agreement_of(mediation)["performance_plan"]
    sent = _flat({**agreement_of(mediation), "performance_plan": [plan[0], {}, plan[1]]})
    status, text = _send(browser, mediation, "draft_agreement", sent)
    assert status == 302, text
    session.refresh(mediation)
    assert mediation.agreement is not None
    assert [(one.item, one.amount) for one in mediation.agreement.performances] == [
        ("第一期赔偿款", 70000), ("第二期赔偿款", 50000),
    ]  # fmt: skip


def test_a_refused_table_names_the_row_and_gives_back_every_cell(
    session: Session, world: World, browser_of: Browse
) -> None:
    mediators, mediation = _drafting(session, world)
    browser = browser_of(mediators.mediator)
    sent = _flat(agreement_of(mediation)) | {"performance_plan.1.amount": "五百", "performance_plan.1.due_on": "下月"}
    status, text = _send(browser, mediation, "draft_agreement", sent)
    assert status == 422
    assert 'href="#f-performance_plan"' in text
    assert 'id="f-performance_plan"' in text
    assert re.search(r'class="field-error" id="f-performance_plan-error">第2行：', text)
    for name in ("performance_plan.0.item", "performance_plan.1.amount", "performance_plan.1.due_on"):
        assert re.search(rf'name="{re.escape(name)}" value="{sent[name]}"', text), name
    again = text.split('name="performance_plan.1.debtor"')[1].split("</select>")[0]
    assert re.search(rf'value="{sent["performance_plan.1.debtor"]}" selected', again)
    assert not mediation.agreements


def test_what_each_party_said_comes_back_from_a_draft_and_after_a_refusal(
    session: Session, world: World, browser_of: Browse
) -> None:
    mediators = set_up_committee(session, world)
    mediation = begun(mediators)
    session.flush()
    browser = browser_of(mediators.mediator)
    url = f"/cases/{mediation.id}/hold_session"
    first, second = (f"statements.{one.id}" for one in mediation.principals)
    said = {first: "沟被堵了三年。\n去年也淹过。", second: "沟是公用的。"}
    assert browser.post(url + "/draft", {**form_of(browser, url), **said}).status_code == 200
    again = form_of(browser, url)
    assert {name: again[name] for name in said} == said
    status, text = _send(browser, mediation, "hold_session", said)
    assert status == 422
    assert "沟被堵了三年。\n去年也淹过。" in text
    assert text.count('id="f-statements"') == 1


def test_both_texts_of_a_conflict_are_shown_as_lines(session: Session, world: World, browser_of: Browse) -> None:
    mediators, mediation = _drafting(session, world)
    browser = browser_of(mediators.mediator)
    url = f"/cases/{mediation.id}/draft_agreement"
    form = {**form_of(browser, url), **_flat(agreement_of(mediation))}
    do(mediation, "fail", mediators.chair, failure_ground="other", ways_told=["court"], note="一方外出。")
    session.flush()
    answer = browser.post(url, form)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "履行事项：第一期赔偿款；金额（元）：700" in text
