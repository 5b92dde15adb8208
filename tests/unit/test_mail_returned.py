from email.message import EmailMessage
from email.policy import SMTP

import pytest

from participation.mail.faults import without_addresses
from participation.mail.returned import read_returned


def report(
    *,
    action: str = "failed",
    status: str = "5.1.1",
    message_id: str | None = "<event-1-person-2-abc@svarer.example.org>",
    recipient: str = "astrid@example.org",
    whole: bool = False,
    extra: str = "",
) -> bytes:
    """A report as Postfix writes it; with the whole mail in it as others do."""
    headers = f"From: Lier svarer <svar@example.org>\r\nTo: Astrid <{recipient}>\r\nSubject: Hei\r\n"
    if message_id:
        headers += f"Message-ID: {message_id}\r\n"
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    body = "\r\nHei!\r\n" if whole else ""
    return (
        "From: MAILER-DAEMON@mx.example.org\r\nTo: retur@example.org\r\nSubject: Undelivered Mail\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is the mail system.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: no such user\r\n{extra}"
        f"\r\n--b\r\nContent-Type: {kind}\r\n\r\n{headers}{body}\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("whole", [False, True])
def test_a_report_says_which_mail_came_back_to_whom_and_why(whole: bool) -> None:
    (found,) = read_returned(report(whole=whole)) or []
    assert found.message_id == "event-1-person-2-abc@svarer.example.org"
    assert found.addresses == {"astrid@example.org"}
    assert (found.status, found.diagnostic) == ("5.1.1", "550 5.1.1 <astrid@example.org>: no such user")
    assert found.is_gone


@pytest.mark.parametrize("status", ["5.2.2", "5.6.0", "5.7.1"])
def test_a_mail_that_was_not_wanted_or_found_no_room_came_back_from_somebody_who_is_there(status: str) -> None:
    (found,) = read_returned(report(status=status)) or []
    assert (found.status, found.is_gone) == (status, False)


@pytest.mark.parametrize(
    "soft",
    [
        {"action": "delayed", "status": "4.4.1"},
        {"status": "4.2.2"},
        {"action": "delivered", "status": "2.0.0"},
        {"message_id": None},
    ],
)
def test_a_fault_that_may_pass_and_a_mail_without_a_name_have_come_back_for_nobody(soft: dict[str, str]) -> None:
    assert read_returned(report(**soft)) == []  # type: ignore[arg-type]


def ordinary() -> bytes:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "Jeg er på ferie"
    message.set_content("Jeg svarer i august.")
    return message.as_bytes()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00 nothing like a mail",
        ordinary(),
        report().replace(b"message/delivery-status", b"text/plain"),
        report().replace(b"multipart/report", b"multipart/mixed"),
    ],
)
def test_anything_else_is_no_report(raw: bytes) -> None:
    assert read_returned(raw) is None


HOSTILE = {
    "mails in mails": b"Content-Type: message/rfc822\r\n\r\n" * 3000,
    "parts in parts": b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(2000)
    ),
    "an address without an end": report(recipient="<<\u2039" + "(" * 14_000),
    "mails in a report": report(whole=True).replace(
        b"\r\nHei!", b"\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3000
    ),
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_what_is_made_to_stop_us_stops_nothing(raw: bytes) -> None:
    assert all(found.status == "5.1.1" for found in read_returned(raw) or [])


def test_a_report_keeps_nothing_that_a_database_refuses() -> None:
    (found,) = read_returned(report().replace(b"no such user", b"no \0such\xff user")) or []
    assert found.diagnostic.isprintable()


@pytest.mark.parametrize("cut", range(0, 900, 45))
def test_half_a_report_stops_nobody(cut: int) -> None:
    assert all(found.status == "5.1.1" for found in read_returned(report()[:cut]) or [])


def test_what_a_server_said_is_kept_without_whom_it_was_said_of() -> None:
    said = "550 5.1.1 <astrid.eplehage@example.org>: Recipient address rejected (astrid.eplehage@example.org)"
    assert without_addresses(said) == "550 5.1.1 …: Recipient address rejected (…)"
