"""Staff begin with a template, see how it reads, give news and set right; the author asks again."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Person
from participation.extensions import db
from participation.needs import templates
from participation.needs.models import AnswerTemplate, Need
from participation.needs.rules import NeedState, UpdateKind
from participation.needs.templates import TemplateText
from participation.worker.jobs import take_figures_now
from tests.factories import in_days
from tests.forms import open_form, post, send
from tests.integration.views.town import Town
from tests.told import lines

Browsers = dict[str, FlaskClient]
Unchanged = Callable[[], AbstractContextManager[None]]


def _case(number: int) -> str:
    return f"/arbeidsflate/behov/{number}"


def _template(app: Flask, **changes: object) -> str:
    words: dict[str, object] = {"theme_id": None, "kind": UpdateKind.DECLINED, "name": "Andre bestemmer"}
    words |= {"body": "Om {tittel}.", "mail_body": "Kort om {referanse}.", "would_change": "At {antall} blir flere."}
    with app.app_context():
        dag = db.session.scalars(select(Person).where(Person.name == "Dag")).one()
        template = templates.add(dag.actor, text=TemplateText(**(words | changes)))  # type: ignore[arg-type]
        db.session.commit()
        return str(template.id)


def test_a_template_comes_below_what_is_written_and_nothing_is_sent(
    app: Flask, town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    chosen, page = _template(app), _case(town.need)
    with unchanged():
        written = {"body": "Mitt eget.", "template": chosen, "do": "template"}
        answer = send(browsers["Cecilie"], page, f"{page}/avslag", **written)
    assert answer.status_code == 200
    assert "Mitt eget.\n\nOm {tittel}." in answer.text
    assert "Kort om {referanse}." in answer.text
    assert "At {antall} blir flere." in answer.text


def test_only_templates_of_the_kind_that_are_in_use_are_offered(app: Flask, town: Town, browsers: Browsers) -> None:
    retired = _template(app, name="En gammel en")
    with app.app_context():
        dag = db.session.scalars(select(Person).where(Person.name == "Dag")).one()
        template = db.session.get_one(AnswerTemplate, int(retired))
        templates.set_in_use(dag.actor, template=template, in_use=False)
        db.session.commit()
    page = browsers["Cecilie"].get(_case(town.need)).text
    accept, decline = page.partition('id="accept"')[2].split('id="decline"')
    assert "Vi tar det med" in accept
    assert "Vi tar det med" not in decline
    assert "En gammel en" not in page


def test_a_preview_shows_the_letter_and_the_mail_with_what_is_filled_in_marked(
    town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    page = _case(town.need)
    words = {"body": "Takk for {referanse} <b>", "mail_body": "Kort: {antall} har det.", "do": "preview"}
    with unchanged():
        answer = send(browsers["Cecilie"], page, f"{page}/ta-inn", **words)
    assert answer.status_code == 200
    assert "Takk for <mark>B-" in answer.text
    assert "Kort: <mark>1</mark> har det." in answer.text
    assert "&lt;b&gt;" in answer.text
    assert '<textarea aria-describedby="accept-body-hint"' in answer.text


def test_a_field_that_cannot_be_filled_in_is_named(town: Town, browsers: Browsers, unchanged: Unchanged) -> None:
    page = _case(town.need)
    for do in ({}, {"do": "preview"}):
        with unchanged():
            answer = send(browsers["Cecilie"], page, f"{page}/ta-inn", body="Kjære {navn}, innen {frist}", **do)
        assert answer.status_code == 400
        assert "{navn}, {frist}" in answer.text


def _error_summary(page: str) -> str:
    return page.partition('class="ds-error-summary"')[2].partition("</ul>")[0]


def test_a_gap_of_a_template_is_marked_in_the_preview_and_stops_the_sending(
    town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    page, words = _case(town.need), {"body": "Vi gjør dette: [skriv hva]"}
    with unchanged():
        shown = send(browsers["Cecilie"], page, f"{page}/ta-inn", **words, do="preview")
        sent = send(browsers["Cecilie"], page, f"{page}/ta-inn", **words)
    assert (shown.status_code, sent.status_code) == (200, 400)
    assert 'Vi gjør dette: <mark class="gap">[skriv hva]</mark>' in shown.text
    assert _error_summary(sent.text).count("[skriv hva]") == 1


def test_without_a_date_the_form_asks_for_the_date_alone(town: Town, browsers: Browsers, unchanged: Unchanged) -> None:
    page = _case(town.need)
    words = {"body": "Svar innen {frist}.", "mail_body": "Innen {frist}.", "answer_by": "", "do": "preview"}
    with unchanged():
        answer = send(browsers["Cecilie"], page, f"{page}/forelopig-svar", **words)
    assert answer.status_code == 400
    summary = _error_summary(answer.text)
    assert (summary.count("<li>"), summary.count("#provisional-answer_by")) == (1, 1)


def test_what_is_sent_is_filled_in(app: Flask, town: Town, browsers: Browsers) -> None:
    page = _case(town.need)
    words = {"body": "Svar innen {frist}.", "answer_by": in_days(60).isoformat()}
    assert send(browsers["Cecilie"], page, f"{page}/forelopig-svar", **words).status_code == 302
    with app.app_context():
        line = lines(db.session.get_one(Need, town.need))[-1]
        assert "{" not in line.body
    assert "Svar innen" in browsers[""].get(f"/behov/{town.need}").text


def test_a_moved_date_is_told_openly_on_the_page(town: Town, browsers: Browsers) -> None:
    page = _case(town.need)
    for days in (60, 90):
        words = {"body": "Vent litt.", "answer_by": in_days(days).isoformat()}
        assert send(browsers["Cecilie"], page, f"{page}/forelopig-svar", **words).status_code == 302
    shown = browsers[""].get(f"/behov/{town.need}?sprak=en").text
    assert shown.count("We had promised an answer by") == 2
    assert "The date has now been moved 2 times." in shown


def test_news_stands_as_a_letter_and_on_the_card(town: Town, browsers: Browsers) -> None:
    page = _case(town.accepted)
    assert send(browsers["Cecilie"], page, f"{page}/nytt", body="Vi har målt trafikken.").status_code == 302
    shown = browsers[""].get(f"/behov/{town.accepted}").text
    assert shown.count("Vi har målt trafikken.") == 1
    assert "Vi har målt trafikken." in browsers[""].get("/behov?sorter=nyeste").text


def test_a_correction_shows_the_former_wording_and_counts_once(
    town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    page = f"{_case(town.declined)}/linjer/{town.line}/rett"
    form = open_form(browsers["Cecilie"], page)
    words = form.filled({"body": "Det blir altfor dyrt.", "note": "Ordet var feil."})
    assert browsers["Cecilie"].post(page, data=words).status_code == 302
    with unchanged():
        assert browsers["Cecilie"].post(page, data=words).status_code == 409
        same = send(browsers["Cecilie"], page, note="Ingenting.")
    assert same.status_code == 409
    shown = browsers[""].get(f"/behov/{town.declined}").text
    assert "Ordet var feil." in shown
    assert "Det blir altfor dyrt." in shown.partition("<details>")[0]
    assert "Det blir for dyrt." in shown.partition("<details>")[2]


def test_a_line_is_corrected_under_its_own_need_and_only_a_letter_is(town: Town, browsers: Browsers) -> None:
    assert browsers["Cecilie"].get(f"{_case(town.need)}/linjer/{town.line}/rett").status_code == 404
    received = f"{_case(town.declined)}/linjer/{town.line - 1}/rett"
    assert browsers["Cecilie"].get(received).status_code == 409
    assert browsers["Gry"].get(f"{_case(town.declined)}/linjer/{town.line}/rett").status_code == 403


def test_the_author_asks_again_once_and_after_a_second_no_reads_of_other_ways(
    app: Flask, town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    page, case = f"/behov/{town.declined}/ny-vurdering", _case(town.declined)
    assert page in browsers["Astrid"].get(f"/behov/{town.declined}").text
    assert page not in browsers["Bjørn"].get(f"/behov/{town.declined}").text
    assert browsers["Bjørn"].get(page).status_code == 403
    assert "At noen andre betaler." in browsers["Astrid"].get(page).text
    form = open_form(browsers["Astrid"], page)
    words = form.filled({"body": "Nå <b>betaler</b> andre."})
    assert browsers["Astrid"].post(page, data=words).status_code == 302
    with unchanged():
        assert browsers["Astrid"].post(page, data=words).status_code == 409
    shown = browsers["Bjørn"].get(f"/behov/{town.declined}?sprak=en").text
    assert "Nå &lt;b&gt;betaler&lt;/b&gt; andre." in shown.partition('class="letter"')[0]
    way = shown.partition('class="loop-line"')[2].partition("</ol>")[0]
    assert "Answered: not taken further" in way
    assert 'aria-current="step"' in way.partition("not taken further")[2].partition("Being assessed again")[0]
    assert "Provisional answer" not in way
    assert "You asked for a new assessment" in browsers["Astrid"].get(f"/behov/{town.declined}?sprak=en").text
    no = {"body": "Fortsatt for dyrt.", "would_change": "Mer penger."}
    assert send(browsers["Cecilie"], case, f"{case}/avslag", **no).status_code == 302
    again = browsers["Astrid"].get(f"/behov/{town.declined}?sprak=en").text
    assert "The need has been assessed twice" in again
    assert browsers["Astrid"].get(page).status_code == 409
    with app.app_context():
        assert db.session.get_one(Need, town.declined).state is NeedState.DECLINED


def test_silence_is_shown_to_everyone_and_news_breaks_it(app: Flask, town: Town, browsers: Browsers) -> None:
    with app.app_context():
        need = db.session.get_one(Need, town.accepted)
        need.news_at = clock.now() - timedelta(weeks=9)
        db.session.commit()
    silent = {"page": f"/behov/{town.accepted}?sprak=en", "list": "/behov?sprak=en"}
    assert "We have written nothing new here for 9 weeks." in browsers[""].get(silent["page"]).text
    assert "Nothing new in 9 weeks" in browsers[""].get(silent["list"]).text
    queue = browsers["Cecilie"].get("/arbeidsflate?visning=stille").text
    assert queue.count('<tr role="row" data-need-id') == 1
    page = _case(town.accepted)
    assert send(browsers["Cecilie"], page, f"{page}/nytt", body="Vi er i gang.").status_code == 302
    assert all("othing new" not in browsers[""].get(path).text for path in silent.values())
    assert "data-need-id" not in browsers["Cecilie"].get("/arbeidsflate?visning=stille").text


def test_the_silent_queue_is_paged_by_when_the_news_was(
    app: Flask, town: Town, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("participation.needs.queries.QUEUE_A_PAGE", 1)
    with app.app_context():
        for weeks, number in enumerate((town.need, town.accepted), start=9):
            db.session.get_one(Need, number).news_at = clock.now() - timedelta(weeks=weeks)
        db.session.commit()
    first = browsers["Cecilie"].get("/arbeidsflate?visning=stille").text
    assert f'data-need-id="{town.accepted}"' in first
    after = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = browsers["Cecilie"].get(after).text
    assert f'data-need-id="{town.need}"' in second
    assert 'rel="next" href="/arbeidsflate?' not in second


def test_a_leader_sees_who_has_what_before_them(
    app: Flask, town: Town, signed_in: Callable[[str], FlaskClient]
) -> None:
    with app.app_context():
        need = db.session.get_one(Need, town.need)
        need.case_worker_id, need.answer_by = town.person, in_days(-20)
        db.session.commit()
        take_figures_now(app.config["SETTINGS"])
    page = signed_in("Hege").get("/arbeidsflate/oversikt")
    assert page.status_code == 200
    row = page.text.partition('<th scope="row">Cecilie</th>')[2].partition("</tr>")[0]
    assert row.count('class="overdue">1<') == 2
    assert "dager" in row or "dag" in row


def test_the_insight_page_says_how_long_people_wait_by_theme_from_five_answers_up(
    app: Flask, town: Town, browsers: Browsers
) -> None:
    def shown() -> str:
        with app.app_context():
            take_figures_now(app.config["SETTINGS"])
        return browsers[""].get("/innsikt?sprak=en").text

    def answer(count: int) -> None:
        """The first needs of the town, and no other."""
        with app.app_context():
            needs = select(Need).where(Need.state != NeedState.WITHDRAWN).order_by(Need.id)
            for number, need in enumerate(db.session.scalars(needs)):
                need.first_answer_at = need.created_at + timedelta(days=3) if number < count else None
            db.session.commit()

    answer(4)
    assert "Too few answers to say anything yet: Buses." in shown()
    answer(5)
    assert "Too few" not in shown()


def test_templates_are_made_changed_and_retired(app: Flask, town: Town, browsers: Browsers) -> None:
    new = "/arbeidsflate/svarmaler/ny"
    words = {"name": "Takk", "kind": "news", "theme": str(town.theme), "body": "Nytt om {omrade}."}
    assert send(browsers["Dag"], new, **words).status_code == 302
    assert "Takk" in browsers["Dag"].get("/arbeidsflate/svarmaler").text
    assert browsers["Cecilie"].get("/arbeidsflate/svarmaler").status_code == 403
    page = f"/arbeidsflate/svarmaler/{town.template}"
    wrong = send(browsers["Dag"], page, body="Kjære {navn}")
    assert (wrong.status_code, "{navn}" in wrong.text) == (400, True)
    shown = send(browsers["Dag"], page, body="Om {omrade}.", do="preview")
    assert "Om <mark>Tranby</mark>." in shown.text
    assert post(browsers["Dag"], f"{page}/ta-ut-av-bruk").status_code == 302
    assert "Vi tar det med" not in browsers["Cecilie"].get(_case(town.need)).text
