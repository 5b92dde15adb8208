from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.mail.message import Mail, build

SENDER = "Lier svarer <svar@example.org>"
SITE = "https://svar.example.org"


def mail(**changes: Any) -> Mail:
    values: dict[str, Any] = {
        "key": "event-7-person-3",
        "to_name": "Åse Bjørnstad",
        "to_address": "ase@example.org",
        "subject": "Vi har tatt imot «Bussen går for sjelden»",
        "text": "Hei, Åse!",
        "html": "<p>Hei, Åse!</p>",
        "language": "nb",
    }
    return Mail(**(values | changes))


def received(sent: Mail) -> EmailMessage:
    """The mail as the other end reads it from the bytes on the wire."""
    message = build(sent, sender=SENDER, site_url=SITE)
    return message_from_bytes(message.as_bytes(), policy=policy.default)


def test_the_same_key_is_the_same_message_to_the_receiver() -> None:
    assert received(mail())["Message-ID"] == "<event-7-person-3@svar.example.org>"
    assert received(mail())["Message-ID"] == received(mail(subject="Other"))["Message-ID"]


def test_a_mail_says_who_it_is_from_and_to_and_in_which_language() -> None:
    message = received(mail(language="nn"))
    assert str(message["From"]) == "Lier svarer <svar@example.org>"
    assert message["To"].addresses[0].display_name == "Åse Bjørnstad"
    assert message["To"].addresses[0].addr_spec == "ase@example.org"
    assert message["Content-Language"] == "nn"
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_mail_has_the_same_words_as_text_and_as_html() -> None:
    message = received(mail())
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "Hei, Åse!" in text.get_content()
    assert "<p>Hei, Åse!</p>" in html.get_content()


def test_one_click_unsubscribing_has_both_headers_of_rfc_8058() -> None:
    message = received(mail(unsubscribe_url="https://svar.example.org/avmeld/x"))
    assert message["List-Unsubscribe"] == "<https://svar.example.org/avmeld/x>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_sign_in_mail_offers_no_unsubscribing() -> None:
    message = received(mail(unsubscribe_url=None))
    assert message["List-Unsubscribe"] is None
    assert message["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize("characters", [30, 60, 100, 400])
def test_a_long_unsubscribe_address_stands_as_it_is_for_programs_that_decode_nothing(characters: int) -> None:
    url = "https://svar.example.org/avmeld/" + ("Ab-_9" * 100)[:characters]
    wire = build(mail(unsubscribe_url=url), sender=SENDER, site_url=SITE).as_bytes()
    assert f"List-Unsubscribe: <{url}>\r\n".encode() in wire


def test_a_message_id_on_a_long_host_name_is_not_encoded() -> None:
    site = f"https://{'deltakelse.' * 6}example.org"
    wire = build(mail(), sender=SENDER, site_url=site).as_bytes()
    assert f"Message-ID: <event-7-person-3@{'deltakelse.' * 6}example.org>\r\n".encode() in wire


@pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n", "\x0b", "\x85", "\u2028"])
def test_nobody_can_add_a_header_by_their_name_or_their_needs_title(line_break: str) -> None:
    hostile = f"Åse{line_break}Bcc: everyone@example.org"
    message = received(mail(to_name=hostile, subject=hostile))
    assert message["Bcc"] is None
    assert message["Subject"] == "Åse Bcc: everyone@example.org"
    assert [address.addr_spec for address in message["To"].addresses] == ["ase@example.org"]


def test_nobody_can_add_a_header_by_their_address() -> None:
    with pytest.raises(ValueError, match=r"invalid|inputs"):
        build(mail(to_address="a@example.org\r\nBcc: b@example.org"), sender=SENDER, site_url=SITE)


@given(st.text(max_size=120), st.text(max_size=200))
def test_whatever_people_call_themselves_the_mail_has_the_headers_we_gave_it(name: str, subject: str) -> None:
    clean = [word.encode("utf-8", "ignore").decode() for word in (name, subject)]
    wire = build(mail(to_name=clean[0], subject=clean[1]), sender=SENDER, site_url=SITE).as_bytes()
    head = wire.split(b"\r\n\r\n")[0].decode()
    names = [line.partition(":")[0] for line in head.split("\r\n") if not line.startswith((" ", "\t"))]
    assert sorted(names) == sorted(
        [
            "Message-ID",
            "Date",
            "From",
            "To",
            "Subject",
            "Auto-Submitted",
            "MIME-Version",
            "Content-Type",
            "Content-Language",
        ]
    )


@pytest.mark.parametrize("length", range(30, 80))
def test_a_subject_has_no_space_too_many_where_it_folds(length: int) -> None:
    words = "Vi har trukket tilbake et resultat om noe som mange har bedt om i Lier kommune"
    subject = f"{words[:length].strip()} på nettet og låse opp"
    sent = build(mail(subject=subject), sender=SENDER, site_url=SITE).as_bytes()
    assert message_from_bytes(sent, policy=policy.default)["Subject"] == subject
    assert max(map(len, sent.partition(b"\r\n\r\n")[0].splitlines())) <= 78
