"""Supporting, following and commenting, as a person does it in the browser."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from participation import clock
from participation.accounts.models import Person
from participation.comments.models import Comment
from participation.extensions import db
from participation.needs.models import Need
from participation.notifications.models import Subscription
from participation.support.models import Support
from tests.forms import csrf_token, open_form, post, send
from tests.integration.views.town import Town

Browsers = dict[str, FlaskClient]
Unchanged = Callable[[], AbstractContextManager[None]]


def _count(app: Flask, need_id: int) -> tuple[int, int]:
    """What the need counts, and how many supports there are."""
    with app.app_context():
        rows = db.session.scalars(select(Support).where(Support.need_id == need_id)).all()
        return db.session.get_one(Need, need_id).support_count, len(rows)


def _shown_count(html: str) -> str:
    found = re.search(r'data-support-count="(\d+)"', html)
    assert found
    return found[1]


def test_support_counts_once_however_often_it_is_sent_and_is_withdrawn_once(
    app: Flask, town: Town, browsers: Browsers
) -> None:
    path = f"/behov/{town.need}"
    for _ in range(3):
        answer = post(browsers["Bjørn"], f"{path}/stotte")
        assert (answer.status_code, answer.location) == (302, f"{path}#stotte")
    assert _count(app, town.need) == (2, 2)
    assert _shown_count(browsers[""].get(path).text) == "2"
    for _ in range(3):
        assert post(browsers["Bjørn"], f"{path}/trekk-stotte").status_code == 302
    assert _count(app, town.need) == (1, 1)


def test_who_reports_a_need_supports_it_and_goes_on_doing_so(app: Flask, town: Town, browsers: Browsers) -> None:
    post(browsers["Astrid"], f"/behov/{town.need}/stotte")
    assert _count(app, town.need) == (1, 1)


def test_a_script_gets_the_box_alone(town: Town, browsers: Browsers) -> None:
    for action, count in (("stotte", "2"), ("trekk-stotte", "1"), ("folg", "1"), ("slutt-a-folge", "1")):
        answer = post(browsers["Bjørn"], f"/behov/{town.need}/{action}", headers={"HX-Request": "true"})
        assert answer.status_code == 200
        assert answer.text.lstrip().startswith('<div id="stotte">')
        assert "<html" not in answer.text
        assert _shown_count(answer.text) == count


def test_following_is_no_support_and_twice_is_as_once(app: Flask, town: Town, browsers: Browsers) -> None:
    def follows() -> int:
        with app.app_context():
            return len(db.session.scalars(select(Subscription).where(Subscription.reason == "follower")).all())

    for _ in range(2):
        assert post(browsers["Bjørn"], f"/behov/{town.need}/folg").status_code == 302
    assert (follows(), _count(app, town.need)) == (1, (1, 1))
    for _ in range(2):
        assert post(browsers["Bjørn"], f"/behov/{town.need}/slutt-a-folge").status_code == 302
    assert follows() == 0


def test_who_was_sent_to_sign_in_to_follow_is_asked_again(town: Town, browsers: Browsers) -> None:
    path = f"/behov/{town.need}"
    link = re.search(r'href="(/logg-inn[^"]*folg)"', browsers[""].get(path).text)
    assert link
    asking = parse_qs(urlsplit(link[1]).query)["neste"][0]
    assert 'id="ask-button"' in browsers["Bjørn"].get(asking).text
    assert send(browsers["Bjørn"], asking, f"{path}/folg").status_code == 302
    assert 'id="ask-button"' not in browsers["Bjørn"].get(asking).text
    assert 'id="ask-heading"' not in browsers[""].get(asking).text


def test_who_comments_is_told_why_they_hear_of_the_need_and_can_stop_it(
    app: Flask, town: Town, browsers: Browsers
) -> None:
    path = f"/behov/{town.need}"
    post(browsers["Bjørn"], f"{path}/kommentarer", body="Jeg ser det også.")
    post(browsers["Bjørn"], f"{path}/folg")
    assert "fordi du har kommentert" in browsers["Bjørn"].get(path).text
    assert send(browsers["Bjørn"], path, f"{path}/slutt-a-folge").status_code == 302
    assert "fordi du har kommentert" not in browsers["Bjørn"].get(path).text
    with app.app_context():
        about = Subscription.subject_id == town.need
        assert set(db.session.scalars(select(Subscription.reason).where(about))) == {"author", "supporter", "commenter"}
        assert "Bjørn" not in db.session.scalars(
            select(Person.name).join(Subscription, Subscription.person_id == Person.id).where(about)
        )


def test_who_wrote_or_supports_a_need_goes_on_hearing_of_it(app: Flask, town: Town, browsers: Browsers) -> None:
    post(browsers["Astrid"], f"/behov/{town.need}/slutt-a-folge")
    with app.app_context():
        reasons = select(Subscription.reason).where(Subscription.subject_id == town.need)
        assert set(db.session.scalars(reasons)) == {"author", "supporter"}


def test_what_has_been_decided_takes_no_more_support(town: Town, browsers: Browsers, unchanged: Unchanged) -> None:
    with unchanged():
        for number in (town.declined, town.withdrawn):
            answer = post(browsers["Bjørn"], f"/behov/{number}/stotte")
            assert (answer.status_code, answer.text.count("<h1")) == (409, 1)
    for number in (town.declined, town.withdrawn):
        page = browsers["Bjørn"].get(f"/behov/{number}").text
        assert f'action="/behov/{number}/stotte"' not in page


def test_a_visitor_is_shown_the_way_to_support_and_no_form(town: Town, browsers: Browsers) -> None:
    path = f"/behov/{town.need}"
    page = browsers[""].get(path)
    assert "Set-Cookie" not in page.headers
    assert f'action="{path}' not in page.text
    answer = browsers[""].post(f"{path}/stotte", data={"csrf_token": csrf_token(browsers[""])})
    assert answer.location.startswith("/logg-inn?neste=")


def test_a_need_says_its_number_and_count_to_scripts(town: Town, browsers: Browsers) -> None:
    for path in (f"/behov/{town.linked}", "/behov"):
        assert f'data-need-id="{town.linked}"' in browsers[""].get(path).text
    assert _shown_count(browsers[""].get(f"/behov/{town.linked}").text) == "4"


def test_a_comment_is_published_where_it_was_written(app: Flask, town: Town, browsers: Browsers) -> None:
    path = f"/behov/{town.need}"
    answer = send(browsers["Bjørn"], path, f"{path}/kommentarer", body="Vi savner benker, vi også.\n\nhttps://lier.no")
    assert answer.status_code == 302
    assert answer.location.startswith(f"{path}#comment-")
    page = browsers[""].get(path).text
    assert "Vi savner benker, vi også." in page
    assert answer.location.partition("#")[2] in page
    assert 'href="https://lier.no"' in page


def test_the_same_comment_form_sent_twice_is_one_comment(app: Flask, town: Town, browsers: Browsers) -> None:
    path = f"/behov/{town.need}"
    form = open_form(browsers["Bjørn"], path, f"{path}/kommentarer")
    for _ in range(2):
        assert browsers["Bjørn"].post(form.action, data=form.filled({"body": "Bare en gang"})).status_code == 302
    with app.app_context():
        assert len(db.session.scalars(select(Comment).where(Comment.body == "Bare en gang")).all()) == 1


def test_a_reply_stands_under_what_it_replies_to_and_is_not_replied_to(
    app: Flask, town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    path = f"/behov/{town.need}/kommentarer"
    assert send(browsers["Bjørn"], f"{path}?svar={town.comment}", path, body="Et svar").status_code == 302
    with app.app_context():
        reply = db.session.scalars(select(Comment).where(Comment.body == "Et svar")).one()
        assert reply.parent_id == town.comment
        number = reply.id
    with unchanged():
        deeper = send(browsers["Astrid"], path, body="Et svar på svaret", parent_id=number)
    assert (deeper.status_code, "Et svar på svaret" in deeper.text) == (409, True)


def test_a_reply_to_a_comment_on_another_need_is_refused(town: Town, browsers: Browsers, unchanged: Unchanged) -> None:
    with unchanged():
        answer = send(
            browsers["Bjørn"], f"/behov/{town.accepted}/kommentarer", body="Feil sted", parent_id=town.comment
        )
    assert (answer.status_code, "Feil sted" in answer.text) == (409, True)


def test_a_comment_is_edited_by_its_writer_alone_and_within_the_hour(
    app: Flask, town: Town, browsers: Browsers, unchanged: Unchanged
) -> None:
    path = f"/behov/{town.need}/kommentarer/{town.comment}/endre"
    with unchanged():
        for who in ("Bjørn", "Cecilie", "Farid"):
            assert browsers[who].get(path).status_code == 403
            answer = post(browsers[who], path, body="Andres ord")
            assert answer.status_code == 403
        elsewhere = f"/behov/{town.accepted}/kommentarer/{town.comment}/endre"
        assert browsers["Astrid"].get(elsewhere).status_code == 404
    assert send(browsers["Astrid"], path, body="Dette gjelder mange.").status_code == 302
    assert "Dette gjelder mange." in browsers[""].get(f"/behov/{town.need}").text
    form = open_form(browsers["Astrid"], path)
    with clock.travel(clock.now() + timedelta(minutes=61)), unchanged():
        late = browsers["Astrid"].post(path, data=form.filled({"body": "For sent"}))
        assert (late.status_code, "For sent" in late.text) == (409, True)
        assert browsers["Astrid"].get(path).status_code == 409


def test_staffs_comments_are_marked(town: Town, browsers: Browsers) -> None:
    path = f"/behov/{town.need}"
    send(browsers["Cecilie"], path, f"{path}/kommentarer", body="Vi ser på det.")
    send(browsers["Bjørn"], path, f"{path}/kommentarer", body="Takk.")
    assert browsers[""].get(path).text.count("comment-staff") == 1


def test_a_visitors_comment_waits_for_its_writer(app: Flask, town: Town, browsers: Browsers) -> None:
    path = f"/behov/{town.need}/kommentarer"
    answer = send(browsers[""], path, body="Skrevet før innlogging")
    assert answer.location.startswith("/logg-inn?neste=")
    with app.app_context():
        assert db.session.scalars(select(Comment).where(Comment.body == "Skrevet før innlogging")).all() == []
    assert "Vi har tatt vare på det du skrev." in browsers[""].get(answer.location).text
    back = parse_qs(urlsplit(answer.location).query)["neste"][0]
    page = browsers["Bjørn"].get(back)
    assert "Skrevet før innlogging" in page.text
    assert send(browsers["Bjørn"], back, path).status_code == 302
    assert "Skrevet før innlogging" in browsers[""].get(f"/behov/{town.need}").text
