"""What has come of it: the published outcomes."""

from flask import render_template

from participation.outcomes import queries
from participation.outcomes.models import Outcome
from participation.outcomes.rules import PUBLIC_STATES, Gate, Value
from participation.residents.blueprint import residents
from participation.web.access import public
from participation.web.views import found


@residents.get("/resultater")
@public
def list_outcomes() -> str:
    return render_template("residents/outcomes.html", outcomes=queries.published())


@residents.get("/resultater/<id:outcome_id>")
@public
def show_outcome(outcome_id: int) -> str:
    outcome = found(_published(outcome_id))
    return render_template(
        "residents/outcome.html",
        outcome=outcome,
        gates=[(gate, evidence) for gate in Gate for evidence in outcome.gates if evidence.gate is gate],
        values=[Value(kind) for kind in outcome.kinds_of_value],
    )


def _published(outcome_id: int) -> Outcome | None:
    outcome = queries.outcome(outcome_id)
    return outcome if outcome and outcome.state in PUBLIC_STATES else None
