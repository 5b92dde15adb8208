"""Every view says who may enter; one that doesn't lets nobody in."""

import pytest
from flask import Flask

from participation.permissions import GRANTS, Permission, Role
from participation.web.access import PUBLIC, declared

# What needs no sign-in, by choice: a new public view must be added here, and so be thought about.
PUBLIC_VIEWS = {
    "opendata.area_feed",
    "opendata.area_outlines",
    "opendata.need_feed",
    "opendata.need_picture",
    "opendata.placed_needs_export",
    "opendata.outcome_picture",
    "opendata.outcomes_feed",
    "opendata.project_feed",
    "opendata.theme_feed",
    "residents.about",
    "residents.agree",
    "residents.answer_by_link",
    "residents.arrive",
    "residents.come_back",
    "residents.change_draft_pictures",
    "residents.comment",
    "residents.demo_mail",
    "residents.demo_mails",
    "residents.demo_time",
    "residents.draft_photo",
    "residents.farewell",
    "residents.front",
    "residents.go_to_provider",
    "residents.healthz",
    "residents.insights",
    "residents.lacking",
    "residents.learning",
    "residents.link_sent",
    "residents.list_addresses",
    "residents.list_needs",
    "residents.map_section",
    "residents.show_map",
    "residents.tell_place",
    "residents.list_outcomes",
    "residents.list_projects",
    "residents.mute_by_mail",
    "residents.need_photo",
    "residents.new_need",
    "residents.note_opened",
    "residents.outcome_photo",
    "residents.outcome_words",
    "residents.privacy",
    "residents.provider_signed_out",
    "residents.provider_tells_signed_out",
    "residents.readyz",
    "residents.save_draft",
    "residents.send_comment",
    "residents.send_need",
    "residents.session_time",
    "residents.show_need",
    "residents.show_need_picture",
    "residents.show_outcome",
    "residents.show_outcome_version",
    "residents.show_project",
    "residents.sign_in",
    "residents.sign_in_demo",
    "residents.sign_out",
    "residents.signed_out",
    "residents.travel",
    "residents.poster",
    "residents.poster_code",
    "residents.search",
    "residents.similar_needs",
    "residents.support_instead",
    "residents.unsubscribe",
    "residents.use_link",
    "static",
}


def undeclared(app: Flask) -> list[str]:
    return [name for name, view in app.view_functions.items() if declared(view) is None]


def test_every_view_declares_its_access(app: Flask) -> None:
    assert undeclared(app) == []


def test_a_view_without_a_declaration_is_found_and_refused(faulty_app: Flask) -> None:
    @faulty_app.get("/apen")
    def open_view() -> str:
        return "inne"

    assert undeclared(faulty_app) == ["open_view"]
    answer = faulty_app.test_client().get("/apen")
    assert answer.status_code == 403
    assert b"inne" not in answer.data


def test_every_permission_is_held_by_some_role() -> None:
    held = {permission for granted in GRANTS.values() for permission in granted}
    assert held == set(Permission)


@pytest.mark.parametrize("endpoint_prefix", ["workbench.", "newsroom.", "administration."])
def test_no_staff_page_is_public(app: Flask, endpoint_prefix: str) -> None:
    staff_only = set(Permission) - GRANTS[Role.RESIDENT]
    for name, view in app.view_functions.items():
        if name.startswith(endpoint_prefix):
            assert declared(view) in staff_only, name


def test_the_public_views_are_these(app: Flask) -> None:
    public = {name for name, view in app.view_functions.items() if declared(view) == PUBLIC}
    assert public == PUBLIC_VIEWS
