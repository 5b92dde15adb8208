from flask.testing import FlaskClient

MANY = 70_000


def test_a_body_of_countless_fields_is_not_sent_back(visitor: FlaskClient) -> None:
    body = "&".join(f"a{number}=bbb" for number in range(MANY // 2)) + "&a=bbb" * 20_000
    for path in ("/behov/nytt", "/finnes-ikke", "/behov/1"):
        answer = visitor.post(path, data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {400, 404, 405, 413}
        assert len(answer.data) < 60_000


def test_what_was_written_comes_back_when_the_page_is_too_old(visitor: FlaskClient) -> None:
    answer = visitor.post(
        "/behov/nytt",
        data={"title": "Bussen går for sjelden", "description": "Etter klokka åtte."},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 400
    assert "Etter klokka åtte." in answer.text


def test_an_address_that_does_not_exist_sends_nothing_back(visitor: FlaskClient) -> None:
    answer = visitor.post("/finnes-ikke", data={"title": "Bussen går for sjelden"})
    assert answer.status_code == 404
    assert "Bussen går" not in answer.text
