"""A project's plan: a day for each phase, and the milestones."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from participation import clock
from participation.permissions import Permission
from participation.projects import planning, queries
from participation.projects.models import Milestone, Project
from participation.projects.rules import Phase
from participation.refusals import Refusal
from participation.web.access import requires, the_actor
from participation.web.forms import Form
from participation.web.views import failed, found
from participation.workbench.blueprint import workbench
from participation.workbench.plan_forms import MilestoneForm, PlanForm, ReachForm, VersionForm, plan_form

Answer = Response | tuple[str, int]


@workbench.get("/arbeidsflate/prosjekter/<id:project_id>/plan")
@requires(Permission.RUN_PROJECTS)
def project_plan(project_id: int) -> str:
    return _plan_page(found(queries.project(project_id)))


@workbench.post("/arbeidsflate/prosjekter/<id:project_id>/plan")
@requires(Permission.RUN_PROJECTS)
def plan_phases(project_id: int) -> Answer:
    project, form = found(queries.project(project_id)), plan_form()

    def act() -> None:
        planning.plan_phases(the_actor(), project=project, dates=form.dates(), version=form.version.data)

    status = failed(form, act)
    if status:
        return _plan_page(found(queries.project(project_id)), form), status
    flash(_("The plan is saved."), "success")
    return redirect(url_for("workbench.project_plan", project_id=project_id))


@workbench.post("/arbeidsflate/prosjekter/<id:project_id>/milepaeler")
@requires(Permission.RUN_PROJECTS)
def add_milestone(project_id: int) -> Answer:
    project, form = found(queries.project(project_id)), MilestoneForm()

    def act() -> None:
        planning.add_milestone(the_actor(), project=project, words=form.words(), version=form.version.data)

    status = failed(form, act)
    if status:
        return _plan_page(found(queries.project(project_id)), form), status
    flash(_("The milestone is added."), "success")
    return redirect(url_for("workbench.project_plan", project_id=project_id) + "#milestones")


def _plan_page(project: Project, sent: Form | None = None) -> str:
    """The plan; `sent` is the form that could not be taken."""
    days = queries.planned_days(project.id)
    shown = {"version": project.version, **{phase.value: day for phase, day in days.items()}}
    forms: dict[str, Form] = {
        "plan": sent if isinstance(sent, PlanForm) else plan_form(formdata=None, data=shown),
        "milestone": sent if isinstance(sent, MilestoneForm) else MilestoneForm(formdata=None, data=shown),
    }
    for form in forms.values():
        form["version"].data = project.version
    return render_template(
        "workbench/project_plan.html",
        project=project,
        phases=list(Phase),
        schedule=queries.schedule_of(project, queries.moves(project.id)),
        milestones=queries.milestones(project.id),
        forms=forms,
        form=sent,
        today=clock.today(),
    )


@workbench.route("/arbeidsflate/milepaeler/<id:milestone_id>", methods=["GET", "POST"])
@requires(Permission.RUN_PROJECTS)
def change_milestone(milestone_id: int) -> str | Answer:
    milestone = found(queries.milestone(milestone_id))
    form = MilestoneForm(obj=milestone)

    def act() -> None:
        planning.change_milestone(the_actor(), milestone=milestone, words=form.words(), version=form.version.data)

    if not form.is_submitted():
        return _milestone_page(milestone)
    status = failed(form, act)
    if status:
        return _milestone_page(found(queries.milestone(milestone_id)), form), status
    flash(_("The milestone is changed."), "success")
    return redirect(url_for("workbench.project_plan", project_id=milestone.project_id) + "#milestones")


@workbench.post("/arbeidsflate/milepaeler/<id:milestone_id>/nadd")
@requires(Permission.RUN_PROJECTS)
def reach_milestone(milestone_id: int) -> Answer:
    milestone, form = found(queries.milestone(milestone_id)), ReachForm()

    def act() -> None:
        planning.reach_milestone(
            the_actor(),
            milestone=milestone,
            reached_on=form.reached_on.data,
            note=form.note.data,
            telling=bool(form.telling.data),
            version=form.version.data,
        )

    status = failed(form, act, about={Refusal.DAY_TO_COME: "reached_on"})
    if status:
        return _milestone_page(found(queries.milestone(milestone_id)), form), status
    flash(_("Well done. The milestone is reached."), "success")
    return redirect(url_for("workbench.project_plan", project_id=milestone.project_id) + "#milestones")


@workbench.post("/arbeidsflate/milepaeler/<id:milestone_id>/slett")
@requires(Permission.RUN_PROJECTS)
def delete_milestone(milestone_id: int) -> Answer:
    milestone, form = found(queries.milestone(milestone_id)), VersionForm()
    project_id = milestone.project_id
    status = failed(
        form, lambda: planning.delete_milestone(the_actor(), milestone=milestone, version=form.version.data)
    )
    if status:
        return _milestone_page(found(queries.milestone(milestone_id)), form), status
    flash(_("The milestone is deleted."), "success")
    return redirect(url_for("workbench.project_plan", project_id=project_id) + "#milestones")


def _milestone_page(milestone: Milestone, sent: Form | None = None) -> str:
    project = found(queries.project(milestone.project_id))
    reached = {"note": milestone.note, "reached_on": milestone.reached_on or clock.today()}
    forms: dict[str, Form] = {
        "change": sent if isinstance(sent, MilestoneForm) else MilestoneForm(formdata=None, obj=milestone),
        "reach": sent if isinstance(sent, ReachForm) else ReachForm(formdata=None, data=reached),
        "delete": VersionForm(formdata=None),
    }
    for form in forms.values():
        form["version"].data = milestone.version
    return render_template(
        "workbench/project_milestone.html",
        project=project,
        milestone=milestone,
        may_tell=milestone.is_public and project.is_public and bool(queries.need_counts([project.id])),
        forms=forms,
        form=sent,
    )
