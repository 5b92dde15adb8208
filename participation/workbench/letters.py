"""Letters to those whom no mail reaches: made, printed, and marked as sent."""

from collections import defaultdict
from collections.abc import Callable

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField

from participation.accounts import service as accounts
from participation.accounts.models import Person
from participation.notifications import letters
from participation.permissions import Permission
from participation.refusals import Refusal
from participation.web.access import requires, the_actor
from participation.web.addresses import settings
from participation.web.forms import Form
from participation.web.views import failed, found
from participation.workbench.blueprint import workbench
from participation.workbench.postal_address import PostalAddress
from participation.workbench.typeface import unprintable


class ActForm(Form):
    """A button alone."""


class AddressForm(Form):
    postal_address = PostalAddress()
    no_letters = BooleanField(lazy_gettext("They don't want letters"))


@workbench.get("/arbeidsflate/brev")
@requires(Permission.SEND_LETTERS)
def list_letters() -> str:
    return _page()


def _page(sent: Form | None = None) -> str:
    return render_template(
        "workbench/letters.html",
        waiting=letters.waiting(),
        unreached=letters.without_address(),
        batches=letters.batches(),
        by_hand=_by_hand(),
        most=letters.LETTERS_A_BATCH,
        form=sent,
    )


def _by_hand() -> dict[int, list[Person]]:
    """Those whose name or address our letters can't show whole, by the batch they are in."""
    found: defaultdict[int, list[Person]] = defaultdict(list)
    for batch_id, person in letters.readers_not_told():
        if unprintable(person.name + (person.postal_address or "")):
            found[batch_id].append(person)
    return found


def _act(do: Callable[[], object], *, said: str) -> ResponseReturnValue:
    """Do what a button asks for and go back; or the page again with why not."""
    form = ActForm()
    status = failed(form, do)
    if status:
        return _page(form), status
    flash(said, "success")
    return redirect(url_for("workbench.list_letters"))


@workbench.post("/arbeidsflate/brev")
@requires(Permission.SEND_LETTERS)
def make_letters() -> ResponseReturnValue:
    return _act(
        lambda: letters.make_batch(the_actor()),
        said=_("The letters are made. Print them, post them, and mark them as sent."),
    )


@workbench.post("/arbeidsflate/brev/<id:batch_id>/sendt")
@requires(Permission.SEND_LETTERS)
def mark_letters_sent(batch_id: int) -> ResponseReturnValue:
    found(letters.batch(batch_id))
    return _act(
        lambda: letters.mark_told(the_actor(), batch_id=batch_id),
        said=_("The letters are marked as sent, and their readers count as told."),
    )


@workbench.post("/arbeidsflate/brev/<id:batch_id>/opplos")
@requires(Permission.SEND_LETTERS)
def dissolve_letters(batch_id: int) -> ResponseReturnValue:
    found(letters.batch(batch_id))
    return _act(
        lambda: letters.dissolve(the_actor(), batch_id=batch_id),
        said=_("The letters are undone, and what stood in them waits again. Throw away what is printed."),
    )


@workbench.get("/arbeidsflate/brev/<id:batch_id>.pdf")
@requires(Permission.SEND_LETTERS)
def print_letters(batch_id: int) -> Response:
    """Made anew each time and kept nowhere: it holds names and addresses."""
    # Not above: every process would start more slowly by the library for PDF, and only this page needs it.
    from participation.workbench.paper import Sender, letters_pdf

    batch, ours = found(letters.batch(batch_id)), settings()
    sender = Sender(
        municipality=ours.municipality_name,
        site_name=ours.site_name,
        site_url=ours.site_url,
        contact=ours.contact_email,
    )
    content = letters_pdf(
        letters.letters(batch_id), number=batch_id, made_at=batch.made_at, sender=sender, folder=ours.var_folder
    )
    name = f'inline; filename="brev-{batch_id}.pdf"'
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": name})


@workbench.get("/arbeidsflate/brev/adresse/<id:reader_id>")
@requires(Permission.SEND_LETTERS)
def edit_address(reader_id: int) -> str:
    person = found(letters.out_of_reach(reader_id))
    filled = {"postal_address": person.postal_address, "no_letters": not person.mail_notices}
    return _address_page(AddressForm(data=filled), person)


@workbench.post("/arbeidsflate/brev/adresse/<id:reader_id>")
@requires(Permission.SEND_LETTERS)
def save_address(reader_id: int) -> ResponseReturnValue:
    person, form = found(letters.out_of_reach(reader_id)), AddressForm()

    def act() -> None:
        accounts.set_postal_address(
            the_actor(), person=person, address=form.postal_address.data, wanted=not form.no_letters.data
        )

    status = failed(form, act, about={Refusal.ADDRESS_TAKEN: "postal_address"})
    if status:
        return _address_page(form, found(letters.out_of_reach(reader_id))), status
    flash(_("The address is kept. What waits for them goes into the next letters."), "success")
    return redirect(url_for("workbench.list_letters"))


def _address_page(form: AddressForm, person: Person) -> str:
    return render_template("workbench/postal_address.html", form=form, person=person)
