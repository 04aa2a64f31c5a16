"""Addresses of the status room."""

from django.urls import path

from projects.status import views

app_name = "status"
urlpatterns = [
    path("status/", views.StatusReportListPage.as_view(), name="status_list"),
    path("<str:key>/status/<str:period>/", views.StatusReportPage.as_view(), name="status_report"),
    path("<str:key>/status/<str:period>/edit/", views.StatusForm.as_view(), name="status_form"),
    path("<str:key>/status/<str:period>/draft/", views.StatusAutosave.as_view(), name="status_draft"),
    path("<str:key>/status/<str:period>/merge/", views.StatusMerge.as_view(), name="status_merge"),
    path("<str:key>/status/<str:period>/no-change/", views.StatusNoChange.as_view(), name="status_no_change"),
    path("<str:key>/status/<str:period>/return/", views.StatusReturn.as_view(), name="status_return"),
    path("<str:key>/status/<str:period>/acceptance/", views.StatusAcceptance.as_view(), name="status_acceptance"),
    path("<str:key>/status/<str:period>/correction/", views.StatusCorrection.as_view(), name="status_correction"),
    path(
        "<str:key>/status/<str:period>/correction/end/",
        views.StatusCorrectionEnd.as_view(),
        name="status_correction_end",
    ),
    path("<str:key>/status/<str:period>/pdf/", views.StatusPdf.as_view(), name="status_pdf"),
]
