import pytest

from participation.mail.faults import Fault, of_mail, of_recipient, reported_as_gone


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (550, "5.1.1 <astrid@example.org>: Recipient address rejected: User unknown"),
        (550, "5.1.1 The account\n5.1.1 does not exist"),
        (550, "#5.1.0 Address rejected."),
        (554, "5.1.10 the domain takes no mail"),
        (550, "5.2.1 The mailbox is disabled"),
        (550, "no such mailbox"),
        (550, "<anna@relay.example.org> unknown"),
        (553, "5.0.0 mailbox name not allowed"),
        (551, "User not local"),
    ],
)
def test_a_recipient_that_is_not_there_is_the_mailboxs_fault(code: int, said: str) -> None:
    assert of_recipient(code, said) is Fault.MAILBOX


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (554, "5.7.1 Relay access denied"),
        (550, "5.7.1 Service unavailable; client host blocked using a list"),
        (550, "5.1.8 <svar@example.org>: Sender address rejected: Domain not found"),
        (550, "5.1.7 <svar@example.org>: Sender address rejected"),
        (550, "5.4.1 Relay Access Denied"),
        (550, "relay not permitted"),
        (550, "Sender verify failed"),
        (553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
        (552, "5.2.2 Mailbox full"),
        (552, "Mailbox full"),
        (554, "Transaction failed"),
        (530, "5.7.0 Authentication required"),
    ],
)
def test_a_server_that_takes_no_mail_of_ours_says_nothing_of_the_mailbox(code: int, said: str) -> None:
    assert of_recipient(code, said) is Fault.MAIL


def test_what_may_pass_is_nobodys_fault() -> None:
    assert [of_recipient(451, "4.1.1 later"), of_mail(451), of_mail(554)] == [Fault.PASSING, Fault.PASSING, Fault.MAIL]


@pytest.mark.parametrize(
    ("status", "diagnostic", "gone"),
    [
        ("5.1.1", "550 5.1.1 no such user", True),
        ("5.2.1", "550 5.2.1 disabled", True),
        ("5.4.4", "Host or domain name not found", True),
        ("5.4.310", "DNS domain does not exist", True),
        ("5.5.0", "550 Requested action not taken: mailbox unavailable", True),
        ("5.0.0", "550 no such user", True),
        ("5.0.0", "", True),
        ("5.0.0", "550 5.7.1 looks like spam", False),
        ("5.0.0", "554 not taken", False),
        ("5.2.2", "552 5.2.2 over quota", False),
        ("5.3.4", "too big", False),
        ("5.4.1", "550 5.4.1 Relay Access Denied", False),
        ("5.4.7", "delivery time expired", False),
        ("5.6.0", "bad content", False),
        ("5.7.1", "554 5.7.1 looks like spam", False),
        ("5.1.8", "sender's domain not found", False),
        ("5.", "550 no such user", False),
    ],
)
def test_a_report_counts_where_it_says_that_nobody_is_there(status: str, diagnostic: str, gone: bool) -> None:
    assert reported_as_gone(status, diagnostic) is gone
