"""How fast the pages are, as ratios to a bare Flask page on the same server: `python -m bench.pages [SIZE ...]`."""

import time
from collections.abc import Sequence
from itertools import count

from sqlalchemy import select

from bench.beside_bare import Requests, Targets, always, compare
from bench.load import get, post
from bench.many_needs import PEOPLE, make_needs
from participation.extensions import db
from participation.needs.models import Need
from participation.needs.rules import OPEN_TO_SUPPORT
from participation.web.pagination import Cursor
from tests.journeys.service import Service
from tests.journeys.visitor import Visitor

SIZES = [1_000, 100_000]
MANY = 20_000
"""Among so many different needs are pages read and supports given."""


def main() -> None:
    compare(__doc__, _prepare, sizes=SIZES)


def _prepare(service: Service, size: int) -> Targets:
    with service.app.app_context():
        began = time.monotonic()
        people = make_needs(size)
        visitors = [Visitor.signed_in(service, person) for person in people]
        db.session.commit()
        deep = db.session.get_one(Need, size // 10)
        cursor = Cursor(deep.heat, deep.id)
        few = select(Need.id).where(Need.state.in_(OPEN_TO_SUPPORT)).order_by(Need.id.desc()).limit(MANY)
        open_needs = db.session.scalars(few).all()
    print(f"{size:,} needs made in {time.monotonic() - began:.0f} seconds; measuring.")
    return {
        "/": (always("/"), 200),
        "/behov": (always("/behov"), 200),
        "/behov, a deep page": (always(f"/behov?etter={cursor}"), 200),
        "/behov/<id>": ((get(f"/behov/{open_needs[number * 7 % len(open_needs)]}") for number in count()), 200),
        "POST /behov/<id>/stotte": (_supports(visitors, open_needs), 302),
    }


def _supports(visitors: list[Visitor], open_needs: Sequence[int]) -> Requests:
    """Each by another person than the last and of another need, so that nearly each is a new row."""
    for number in count():
        visitor = visitors[number % PEOPLE]
        [(name, value)] = visitor.cookies.items()
        need_id = open_needs[(number // PEOPLE * 5 + number * 7) % len(open_needs)]
        yield post(f"/behov/{need_id}/stotte", cookie=f"{name}={value}", body=f"csrf_token={visitor.csrf_token}")


if __name__ == "__main__":
    main()
