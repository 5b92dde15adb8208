"""Every form of the app: what belongs in it, and who may send it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from participation import clock
from tests.factories import in_days
from tests.integration.views.town import Town


@dataclass(frozen=True)
class AppForm:
    """A form of the app: who may send it, where it is shown and sent, and what belongs in its fields."""

    who: str
    """A name, or nothing for a visitor."""
    page: str
    action: str
    valid: dict[str, str]
    """What to write in it so that it is taken; what is not named stays as the page shows it."""
    longest: dict[str, int] = field(default_factory=dict)
    """Its text fields, each with the most characters it takes."""
    required: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.who or 'visitor'} at {self.action}"


NEED = {
    "title": "Det er mørkt på gangveien",
    "description": "Lyktene er gått, og barna går der om morgenen.",
    "affected": "Skolebarn og de som skal på toget.",
    "theme": "buss",
    "area": "tranby",
}
NEED_LONGEST = {"title": 100, "description": 5000, "affected": 1000, "solution": 5000}
NEED_REQUIRED = ("title", "description", "affected", "theme", "area")
PROJECT = {
    "title": "Lys på gangveien",
    "summary": "Vi prøver nye lykter.",
    "purpose": "Trygg vei til skolen.",
    "owner_unit": "Samfunn og plan",
    "contact": "samfunn@example.org",
    "visibility": "public",
}
PROJECT_LONGEST = {"title": 100, "summary": 300, "purpose": 5000, "owner_unit": 120, "contact": 200}
OUTCOME_LONGEST = {
    "title": 100,
    "summary": 300,
    "body": 8000,
    "evidence_new": 1000,
    "evidence_useful": 1000,
    "evidence_in_use": 1000,
    "indicator_0-name": 120,
    "indicator_0-unit": 40,
}
INDICATOR = {
    "indicator_0-name": "Lykter som lyser",
    "indicator_0-unit": "stykker",
    "indicator_0-before": "1 234,5",
    "indicator_0-now": "2",
    "indicator_0-measured_on": "2026-01-15",
}


def every_form(town: Town) -> Iterator[AppForm]:
    # The last of the residents' forms signs the visitor in: what visitors send comes before it.
    yield from _follow_up_forms(town)
    yield from _residents_forms(town)
    yield from _case_workers_forms(town)
    yield from _forms_for_those_without_mail(town)
    yield from _template_forms(town)
    yield from _project_forms(town)
    yield from _inside_forms(town)
    yield from _newsroom_forms(town)
    yield from _administrators_forms(town)


def _residents_forms(town: Town) -> Iterator[AppForm]:
    need = f"/behov/{town.need}"
    for who in ("", "Astrid"):
        yield AppForm(who, "/behov/nytt", "/behov/nytt", NEED, NEED_LONGEST, NEED_REQUIRED, ("theme", "area"))
        yield AppForm(
            who,
            f"{need}/kommentarer",
            f"{need}/kommentarer",
            {"body": "Det gjelder oss også."},
            {"body": 2000},
            ("body",),
            numbers=("parent_id",),
        )
    yield AppForm(
        "Astrid",
        f"{need}/endre",
        f"{need}/endre",
        NEED,
        NEED_LONGEST,
        NEED_REQUIRED,
        ("theme", "area"),
        ("version",),
    )
    yield AppForm(
        "Astrid",
        f"{need}/tillegg",
        f"{need}/tillegg",
        {"body": "Det gjelder også om sommeren."},
        {"body": 2000},
        ("body",),
        numbers=("version",),
    )
    again = f"/behov/{town.declined}/ny-vurdering"
    yield AppForm(
        "Astrid", again, again, {"body": "Prisen er halvert."}, {"body": 2000}, ("body",), numbers=("version",)
    )
    edit = f"{need}/kommentarer/{town.comment}/endre"
    yield AppForm("Astrid", edit, edit, {"body": "Dette gjelder mange."}, {"body": 2000}, ("body",))
    settings = "/min-side/innstillinger"
    yield AppForm(
        "Astrid", "/min-side", settings, {"name": "Astrid A.", "language": "nn"}, {"name": 80}, ("name",), ("language",)
    )
    topics = ("answers", "progress", "results", "questions", "summary")
    notices = "/min-side/varsler"
    yield AppForm("Astrid", notices, notices, {"answers": "weekly", "summary": "never"}, choices=topics)
    yield AppForm("Cecilie", notices, notices, {"work": "daily"}, choices=(*topics, "work"))
    yield AppForm("", "/logg-inn", "/logg-inn", {"email": "astrid@example.org"}, {"email": 254}, ("email",))
    link = f"/logg-inn/{town.newcomers_token}"
    yield AppForm("", link, link, {"name": "Ny her", "old_enough": "y"}, {"name": 80}, ("name",))
    own = "/min-side/e-post"
    yield AppForm("Astrid", own, own, {"email": "astrid.ny@example.org"}, {"email": 254}, ("email",))


def _case_workers_forms(town: Town) -> Iterator[AppForm]:
    page = f"/arbeidsflate/behov/{town.need}"
    body, longest = {"body": "Vi har sett på det."}, {"body": 5000, "mail_body": 5000}
    yield AppForm("Cecilie", page, f"{page}/vurder", {}, numbers=("version",))
    yield AppForm(
        "Cecilie",
        page,
        f"{page}/forelopig-svar",
        {**body, "answer_by": in_days(90).isoformat()},
        longest,
        ("body", "answer_by"),
        numbers=("version",),
        dates=("answer_by",),
    )
    yield AppForm("Cecilie", page, f"{page}/ta-inn", body, longest, ("body",), numbers=("version",))
    yield AppForm(
        "Cecilie",
        page,
        f"{page}/avslag",
        {**body, "would_change": "At flere trenger det."},
        {**longest, "would_change": 5000},
        ("body", "would_change"),
        numbers=("version",),
    )
    accepted = f"/arbeidsflate/behov/{town.accepted}"
    yield AppForm("Cecilie", accepted, f"{accepted}/nytt", body, longest, ("body",), numbers=("version",))
    correct = f"/arbeidsflate/behov/{town.declined}/linjer/{town.line}/rett"
    yield AppForm(
        "Cecilie",
        correct,
        correct,
        {"body": "Det blir dyrt.", "would_change": "At andre betaler.", "note": "Ordlyden var for bastant."},
        {**longest, "would_change": 5000, "note": 500},
        ("body", "would_change", "note"),
        numbers=("version",),
    )
    yield AppForm(
        "Cecilie",
        accepted,
        f"{accepted}/koble",
        {"project": str(town.project), "scope": "whole", "note": "Vi tar det med."},
        {"note": 1000},
        ("project", "scope"),
        ("project", "scope"),
    )


def _template_forms(town: Town) -> Iterator[AppForm]:
    words = {"name": "Takk for at du sa fra", "kind": "declined", "theme": "", "body": "Takk for {referanse}."}
    longest = {"name": 80, "body": 5000, "would_change": 5000, "mail_body": 5000}
    for path, numbers in (("ny", ()), (str(town.template), ("version",))):
        page = f"/arbeidsflate/svarmaler/{path}"
        yield AppForm("Dag", page, page, words, longest, ("name", "body"), ("kind", "theme"), numbers)


def _forms_for_those_without_mail(town: Town) -> Iterator[AppForm]:
    who = {
        "name": "Siri",
        "postal_address": "Storgata 1\n3400 Lier",
        "channel": "counter",
        "agreed": "y",
    }
    longest = {"name": 80, "postal_address": 200}
    required, chosen = (*longest, "channel"), ("channel", "language")
    page = f"/arbeidsflate/behov/{town.need}/pa-vegne"
    yield AppForm("Cecilie", page, page, who, longest, required, chosen)
    page, places = "/arbeidsflate/behov/nytt-pa-vegne", ("theme", "area")
    yield AppForm(
        "Cecilie", page, page, who | NEED, longest | NEED_LONGEST, (*required, *NEED_REQUIRED), (*chosen, *places)
    )
    page = f"/arbeidsflate/behov/{town.declined_on_paper}/ny-vurdering-pa-vegne"
    again = {"body": "Prisen er halvert.", "channel": "phone"}
    yield AppForm("Cecilie", page, page, again, {"body": 2000}, tuple(again), ("channel",), ("version",))
    page = f"/arbeidsflate/brev/adresse/{town.reader}"
    address = {"postal_address": "Storgata 1\n3400 Lier"}
    yield AppForm("Cecilie", page, page, address, {"postal_address": 200}, ("postal_address",))
    for done in ("sendt", "opplos"):
        yield AppForm("Cecilie", "/arbeidsflate/brev", f"/arbeidsflate/brev/{town.batch}/{done}", {})


def _project_forms(town: Town) -> Iterator[AppForm]:
    page = f"/arbeidsflate/prosjekter/{town.project}"
    chosen = ("visibility", "goals", "principles")
    for path, numbers in (("/arbeidsflate/prosjekter/nytt", ()), (f"{page}/endre", ("version",))):
        yield AppForm("Cecilie", path, path, PROJECT, PROJECT_LONGEST, tuple(PROJECT_LONGEST), chosen, numbers)
    yield AppForm(
        "Cecilie",
        page,
        f"{page}/fase",
        {"to": "new_practice", "note": "Nå er det vanlig."},
        {"note": 1000},
        ("to",),
        ("to",),
        ("version",),
    )
    yield AppForm(
        "Cecilie",
        page,
        f"{page}/koble",
        {"reference": str(town.accepted), "scope": "part", "note": ""},
        {"reference": 20, "note": 1000},
        ("reference", "scope"),
        ("reference", "scope"),
    )
    end = f"/arbeidsflate/koblinger/{town.link}/avslutt"
    yield AppForm("Cecilie", page, end, {"note": "Det er løst på annen måte."}, {"note": 1000}, ("note",))


def _inside_forms(town: Town) -> Iterator[AppForm]:
    """Plans, milestones, figures, news, team, notes, and the end."""
    page = f"/arbeidsflate/prosjekter/{town.project}"
    days = ("anchoring", "insight", "development", "piloting", "transition", "new_practice")
    plan = f"{page}/plan"
    yield AppForm("Cecilie", plan, plan, {"piloting": "2026-03-01"}, numbers=("version",), dates=days)
    words = {"title": "Den første bussen går", "planned_on": "2027-03-01", "note": "Med musikk."}
    milestone = f"/arbeidsflate/milepaeler/{town.milestone}"
    for shown, action in ((plan, f"{page}/milepaeler"), (milestone, milestone)):
        longest, required = {"title": 100, "note": 1000}, ("title", "planned_on")
        yield AppForm("Cecilie", shown, action, words, longest, required, (), ("version",), ("planned_on",))
    reached = {"reached_on": "2026-01-15", "note": "Alle var med."}
    yield AppForm(
        "Cecilie", milestone, f"{milestone}/nadd", reached, {"note": 1000}, ("reached_on",), (), ("version",),
        ("reached_on",),
    )  # fmt: skip
    words = {"name": "Lykter", "unit": "stykker", "baseline": "1 234,5", "baseline_on": "2026-01-15"}
    figure = f"/arbeidsflate/tall/{town.figure}"
    for action in (f"{page}/tall", figure):
        longest, numbers = {"name": 120, "unit": 40}, ("baseline", "target", "version")
        yield AppForm("Cecilie", action, action, words, longest, tuple(words), (), numbers, ("baseline_on",))
    words = {"value": "3,5", "measured_on": "2026-01-15"}
    yield AppForm(
        "Cecilie", figure, f"{figure}/malinger", words, {}, tuple(words), (), ("value", "version"), ("measured_on",)
    )
    inside = f"{page}/internt"
    note = {"kind": "decision", "body": "Vi venter til våren."}
    yield AppForm("Cecilie", inside, f"{page}/notater", note, {"body": 5000}, ("body",), ("kind",))
    member = {"person": str(town.person), "part": "Rådgiver"}
    yield AppForm("Cecilie", inside, f"{page}/gruppe", member, {"part": 80}, ("person", "part"), ("person",))
    news = {"body": "Nå går den første bussen.", "mail_body": "Nå går den."}
    told = f"{page}/nytt"
    yield AppForm("Cecilie", told, told, news, dict.fromkeys(news, 5000), ("body",), numbers=("version",))
    end, step = f"/arbeidsflate/prosjekter/{town.leading}/avslutt", f"need_{town.led}"
    texts = {"lessons": "Det ble for dyrt.", f"{step}-text": "Vi spør fylket.", f"{step}-would_change": "Penger."}
    yield AppForm(
        "Cecilie",
        end,
        end,
        {"ending": "stopped", f"{step}-kind": "decline", **texts},
        {"lessons": 5000, f"{step}-text": 1000, f"{step}-would_change": 1000},
        ("lessons", f"{step}-kind", f"{step}-text"),
        ("ending", f"{step}-kind"),
        ("version",),
    )


def _newsroom_forms(town: Town) -> Iterator[AppForm]:
    answer = f"need_{town.linked}"
    longest = {**OUTCOME_LONGEST, f"{answer}-text": 1000}
    valid = {"title": "Nå lyser lyktene", f"{answer}-verdict": "met", f"{answer}-text": "Nå ser du.", **INDICATOR}
    figures, days = ("indicator_0-before", "indicator_0-now", "indicator_0-target"), ("indicator_0-measured_on",)
    chosen = ("kinds_of_value", f"{answer}-verdict")
    for page, versions in (
        (f"/redaksjonen/resultater/nytt?prosjekt={town.project}", ()),
        (f"/redaksjonen/resultater/{town.draft}/endre", ("version",)),
    ):
        action = page.partition("?")[0]
        yield AppForm("Cecilie", page, action, valid, longest, ("title",), chosen, (*figures, *versions), days)
    review = f"/redaksjonen/resultater/{town.in_review}"
    yield AppForm(
        "Dag",
        review,
        f"{review}/tilbake",
        {"note": "Skriv kortere."},
        {"note": 1000},
        ("note",),
        numbers=("version",),
    )
    yield AppForm("Dag", review, f"{review}/godkjenn", {}, numbers=("version",))
    draft = f"/redaksjonen/resultater/{town.draft}"
    yield AppForm("Cecilie", draft, f"{draft}/til-godkjenning", {}, numbers=("version",))
    yield AppForm("Dag", draft, f"{draft}/merknad", {"body": "Hvor mange reiser?"}, {"body": 2000}, ("body",))
    said = {"in_nn-title": 100, "in_nn-summary": 300, "in_en-body": 8000, f"in_en-{answer}": 1000}
    said |= {"in_nn-evidence_new": 1000, "in_en-figure_0_name": 120, "in_nn-figure_0_unit": 40}
    valid = {"in_nn-title": "No lyser lyktene"}
    yield AppForm("Cecilie", f"{draft}/oversett", f"{draft}/oversett", valid, said, numbers=("version",))
    yield AppForm(
        "Cecilie", f"{draft}/bilde", f"{draft}/bilde", {"alt": "Et eple."}, {"alt": 300}, ("alt",), numbers=("version",)
    )
    yield from _publishing_forms(town)


def _publishing_forms(town: Town) -> Iterator[AppForm]:
    approved = f"/redaksjonen/resultater/{town.approved}"
    when = {"day": in_days(3).isoformat(), "at": "09:00"}
    yield AppForm(
        "Dag", approved, f"{approved}/planlegg", when, required=("day", "at"), numbers=("version",), dates=("day",)
    )
    later = f"/redaksjonen/resultater/{town.published_later}"
    text = f"text_{town.linked}"
    yield AppForm(
        "Cecilie",
        f"{later}/rett",
        f"{later}/rett",
        {"title": "Nå er det lyst", "note": "Tallet var feil.", text: "Nå ser du hele veien."},
        {**OUTCOME_LONGEST, "note": 500, text: 1000, "in_nn-figure_5_name": 120, "in_en-evidence_in_use": 1000},
        ("title", "note"),
        numbers=("indicator_0-before", "indicator_0-now", "version"),
        dates=("indicator_0-measured_on",),
    )
    reason = {"reason": "Målingen var feil."}
    yield AppForm("Dag", later, f"{later}/trekk-tilbake", reason, {"reason": 1000}, ("reason",), numbers=("version",))
    waiting = f"/redaksjonen/resultater/{town.published}/retting"
    yield AppForm("Dag", waiting, f"{waiting}/godkjenn", {}, numbers=("version",))
    yield AppForm("Dag", waiting, f"{waiting}/avvis", reason, {"reason": 1000}, ("reason",), numbers=("version",))
    yield AppForm("Cecilie", waiting, f"{waiting}/ta-tilbake", {}, numbers=("version",))


def _follow_up_forms(town: Town) -> Iterator[AppForm]:
    by_link, signed_in = f"/svar/{town.answer_token}", f"/resultater/{town.published}/hjalp-det"
    for who, page, helped in (("", by_link, "no"), ("Astrid", signed_in, "partly")):
        yield AppForm(who, page, page, {"helped": helped}, {"words": 1000}, ("helped",), ("helped",))
    page = f"/arbeidsflate/i-bruk/{town.published}/6"
    figure = f"indicator_{town.indicator}"
    yield AppForm(
        "Cecilie",
        page,
        f"{page}/bekreft",
        {
            "evidence": "Den går hver dag.",
            f"{figure}-value": "1 234,5",
            f"{figure}-measured_on": clock.today().isoformat(),
        },
        {"evidence": 1000},
        ("evidence",),
        numbers=(f"{figure}-value",),
        dates=(f"{figure}-measured_on",),
    )
    step = f"need_{town.linked}"
    yield AppForm(
        "Cecilie",
        page,
        f"{page}/ikke-lenger",
        {"happened": "Pengene tok slutt.", step: "Vi leter etter noe nytt."},
        {"happened": 1000, step: 1000},
        ("happened", step),
    )
    said = f"/redaksjonen/resultater/{town.published}/svar"
    yield AppForm("Dag", said, f"{said}/vis", {})
    page, told = f"{said}/pa-papir/{town.reader}", {"helped": "no", "channel": "letter"}
    yield AppForm("Cecilie", page, page, told, {"words": 1000}, tuple(told), tuple(told))


def _administrators_forms(town: Town) -> Iterator[AppForm]:
    names = {"nb": "Vei og lys", "nn": "Veg og lys", "en": "Roads and light"}
    for page in ("/administrasjon/temaer", f"/administrasjon/temaer/{town.theme}"):
        valid = {language: f"{name} {len(page)}" for language, name in names.items()}
        yield AppForm("Farid", page, page, valid, dict.fromkeys(names, 60), tuple(names))
    for page in ("/administrasjon/omrader", f"/administrasjon/omrader/{town.area}"):
        yield AppForm("Farid", page, page, {"name": f"Grend {len(page)}"}, {"name": 60}, ("name",))
    page = "/administrasjon/ansatte/ny"
    employed = {"email": "ny.ansatt@example.org", "name": "Ny Ansatt", "unit": "Skole", "roles": "case_worker"}
    yield AppForm(
        "Farid",
        page,
        page,
        employed,
        {"email": 254, "name": 80, "unit": 120},
        ("email", "name", "roles"),
        ("roles",),
    )
    page = f"/administrasjon/ansatte/{town.person}"
    yield AppForm("Farid", page, page, {}, choices=("roles",))
