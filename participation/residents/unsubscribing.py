"""Turns off mail with one click, from a link in the mail and with no sign-in (RFC 8058)."""

from flask import render_template, request

from participation.accounts.models import Person
from participation.accounts.queries import person
from participation.accounts.service import set_mail_notices
from participation.extensions import csrf, db
from participation.notifications.mails import read_unsubscribe_token
from participation.residents.blueprint import residents
from participation.web.access import public
from participation.web.views import found


# A mail program sends this without ever having seen a page of ours; the signed address is what says who asks.
@residents.route("/avmeld/<token>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@public
def unsubscribe(token: str) -> str:
    reader = found(_reader(token))
    if request.method == "POST":
        set_mail_notices(reader, wanted=False)
        db.session.commit()
    return render_template("residents/unsubscribe.html", token=token, wanted=reader.mail_notices)


def _reader(token: str) -> Person | None:
    number = read_unsubscribe_token(token)
    return person(number) if number is not None else None
