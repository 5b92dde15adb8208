from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from participation.accounts.models import Person
from participation.extensions import db
from participation.needs import service as needs
from participation.needs.models import Need, NeedDraft
from participation.needs.rules import NeedState
from participation.needs.similar import SIMILAR_MAX
from tests import factories
from tests.forms import Fields, open_form
from tests.people import make_person

SignIn = Callable[[str], FlaskClient]
TITLE = "Bussen går altfor sjelden på kvelden"


@pytest.fixture
def likes(app: Flask) -> dict[str, int]:
    """Needs of Astrid's: some like the title, one that is taken back, and one about something else."""
    with app.app_context():
        astrid = make_person("Astrid")
        titles = {
            "same": "Bussen går for sjelden om kvelden",
            "nynorsk": "Bussane går sjeldan om kvelden",
            "withdrawn": "Kveldsbussen går for sjelden til oss",
            "other": "Det mangler benker ved elva",
        }
        made = {name: factories.make_need(astrid, title=title) for name, title in titles.items()}
        needs.withdraw(astrid.actor, need=made["withdrawn"])
        db.session.commit()
        return {name: need.id for name, need in made.items()}


def shown(text: str) -> set[int]:
    return {int(part.split('"')[0]) for part in text.split('data-need-id="')[1:]}


def filled(client: FlaskClient, **changes: str | None) -> Fields:
    """The form as a browser without scripts sends it."""
    return open_form(client, "/behov/nytt").filled(
        {
            "title": TITLE,
            "description": "Etter klokka åtte går det bare én i timen.",
            "affected": "Ungdom i Sylling.",
            "theme": "buss",
            "area": "tranby",
            **changes,
        }
    )


def test_needs_like_the_title_are_shown_while_it_is_written(likes: dict[str, int], visitor: FlaskClient) -> None:
    answer = visitor.get("/behov/lignende", query_string={"tittel": TITLE})
    assert answer.status_code == 200
    assert shown(answer.text) == {likes["same"], likes["nynorsk"]}
    assert "Set-Cookie" not in answer.headers


def test_neither_ones_own_nor_what_is_taken_back_is_shown(likes: dict[str, int], signed_in: SignIn) -> None:
    answer = signed_in("Astrid").get("/behov/lignende", query_string={"tittel": TITLE})
    assert shown(answer.text) == set()


def test_what_one_supports_already_is_shown_without_a_button(likes: dict[str, int], signed_in: SignIn) -> None:
    bente = signed_in("Bente")
    words = "Du har sagt fra før at du også har dette behovet."
    assert words not in bente.get("/behov/lignende", query_string={"tittel": TITLE}).text
    bente.post(f"/behov/nytt/heller/{likes['same']}", data=filled(bente))
    again = bente.get("/behov/lignende", query_string={"tittel": TITLE}).text
    assert shown(again) == {likes["same"], likes["nynorsk"]}
    assert again.count("data-support-instead") == 1
    assert again.count(words) == 1


def test_no_more_than_a_handful_are_shown(app: Flask, visitor: FlaskClient) -> None:
    with app.app_context():
        astrid = make_person("Astrid")
        for number in range(SIMILAR_MAX + 3):
            factories.make_need(astrid, title=f"Bussen går for sjelden om kvelden, sak {number}")
        db.session.commit()
    assert len(shown(visitor.get("/behov/lignende", query_string={"tittel": TITLE}).text)) == SIMILAR_MAX


@pytest.mark.parametrize("title", ["", "x", "' OR 1=1 --", '"', "%", "og det som er", "\x00", "🚌" * 200, "a" * 5000])
def test_an_odd_title_is_like_nothing(likes: dict[str, int], visitor: FlaskClient, title: str) -> None:
    answer = visitor.get("/behov/lignende", query_string={"tittel": title})
    assert answer.status_code == 200
    assert shown(answer.text) == set()


def test_without_scripts_they_come_once_before_the_need_is_sent(
    app: Flask, likes: dict[str, int], signed_in: SignIn
) -> None:
    bjorn = signed_in("Bjørn")
    sent = filled(bjorn)
    asked = bjorn.post("/behov/nytt", data=sent)
    assert asked.status_code == 200
    assert shown(asked.text) == {likes["same"], likes["nynorsk"]}
    assert sent["description"][0] in asked.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Need.title == TITLE)) == 0
    del sent["ask_similar"]
    assert bjorn.post("/behov/nytt", data=sent).status_code == 302
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Need.title == TITLE)) == 1


def test_a_form_with_faults_is_put_right_first(app: Flask, likes: dict[str, int], signed_in: SignIn) -> None:
    bjorn = signed_in("Bjørn")
    answer = bjorn.post("/behov/nytt", data=filled(bjorn, description=""))
    assert answer.status_code == 400


def test_a_need_like_no_other_is_sent_at_once(app: Flask, likes: dict[str, int], signed_in: SignIn) -> None:
    bjorn = signed_in("Bjørn")
    answer = bjorn.post("/behov/nytt", data=filled(bjorn, title="Hestene trenger en ridesti"))
    assert answer.status_code == 302


def test_supporting_instead_counts_once_and_keeps_the_draft(
    app: Flask, likes: dict[str, int], signed_in: SignIn
) -> None:
    bjorn = signed_in("Bjørn")
    sent = filled(bjorn)
    answers = [bjorn.post(f"/behov/nytt/heller/{likes['same']}", data=sent) for _twice in range(2)]
    assert {answer.location for answer in answers} == {f"/behov/{likes['same']}"}
    assert 'href="/behov/nytt?utkast=' in bjorn.get(f"/behov/{likes['same']}").text
    assert "Du har begynt på et behov fra før" in signed_in("Bjørn").get("/behov/nytt").text
    with app.app_context():
        assert db.session.scalar(select(Need.support_count).where(Need.id == likes["same"])) == 2
        bjorn_id = select(Person.id).where(Person.name == "Bjørn").scalar_subquery()
        drafts = db.session.scalars(select(NeedDraft).where(NeedDraft.person_id == bjorn_id)).all()
        assert {draft.fields["title"] for draft in drafts} == {TITLE}


def test_who_is_not_signed_in_signs_in_to_support_and_keeps_the_draft(
    app: Flask, likes: dict[str, int], visitor: FlaskClient, signed_in: SignIn
) -> None:
    answer = visitor.post(f"/behov/nytt/heller/{likes['same']}", data=filled(visitor))
    assert answer.status_code == 302
    assert answer.location.startswith("/logg-inn?neste=/behov/")
    assert "så kan du si at du også har det andre behovet" in visitor.get(answer.location).text
    question = signed_in("Bjørn").get(parse_qs(urlsplit(answer.location).query)["neste"][0]).text
    assert "Har du også dette behovet?" in question
    assert 'href="/behov/nytt?utkast=' in question
    with app.app_context():
        assert db.session.scalars(select(NeedDraft)).one().fields["title"] == TITLE
        assert db.session.scalar(select(Need.support_count).where(Need.id == likes["same"])) == 1


def test_what_can_no_longer_be_supported_says_so_instead(
    app: Flask, likes: dict[str, int], visitor: FlaskClient
) -> None:
    with app.app_context():
        db.session.get_one(Need, likes["same"]).state = NeedState.IN_USE
        db.session.commit()
    piece = visitor.get("/behov/lignende", query_string={"tittel": TITLE}).text
    assert "Dette er tatt i bruk" in piece
    assert f"/behov/nytt/heller/{likes['same']}" not in piece


def test_staff_see_what_a_new_need_is_like(likes: dict[str, int], signed_in: SignIn) -> None:
    page = signed_in("Cecilie").get(f"/arbeidsflate/behov/{likes['same']}").text
    assert "Ligner på" in page
    assert f"/arbeidsflate/behov/{likes['nynorsk']}" in page
    assert "Det mangler benker" not in page


def test_enter_in_the_form_never_supports_another_need(likes: dict[str, int], visitor: FlaskClient) -> None:
    piece = visitor.get("/behov/lignende", query_string={"tittel": TITLE}).text
    assert f'data-support-instead="/behov/nytt/heller/{likes["same"]}"' in piece
    assert 'type="submit"' not in piece
