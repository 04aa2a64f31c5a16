"""The portal's addresses: tiers and floor, each included by its own module."""

from django.urls import include, path

handler400 = "pmo_portal.pages.errors.bad_request"
handler403 = "pmo_portal.pages.errors.forbidden"
handler404 = "pmo_portal.pages.errors.not_found"
handler500 = "pmo_portal.pages.errors.broken"

urlpatterns = [
    path("", include("pmo_portal.desk.urls")),
    path("", include("pmo_portal.operation.urls")),
    path("", include("pmo_portal.accounts.urls")),
    path("figures/", include("pmo_portal.measures.urls")),
    path("search/", include("pmo_portal.search.urls")),
    path("approvals/", include("pmo_portal.approvals.urls")),
    path("calendar/", include("pmo_portal.feeds.urls")),
    path("documents/", include("pmo_portal.rendering.urls")),
    path("files/", include("pmo_portal.files.urls")),
    path("imports/", include("pmo_portal.intake.urls")),
    path("made/", include("pmo_portal.making.urls")),
    path("lists/", include("pmo_portal.editing.urls")),
    path("watching/", include("pmo_portal.watching.urls")),
    path("views/", include("pmo_portal.lists.urls")),
    path("setup/", include("pmo_portal.setup.urls")),
    path("projects/", include("projects.urls")),
    path("administration/", include("administration.urls")),
    path("governance/", include("governance.urls")),
    path("api/v1/", include("pmo_portal.api.urls")),
]
