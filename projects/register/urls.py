"""Addresses of the register. Words before keys: no project may be called what is a page."""

from django.urls import path

from projects.register import views

app_name = "register"
urlpatterns = [
    path("", views.ProjectListPage.as_view(), name="project_list"),
    path("new/", views.ProjectCreation.as_view(), name="project_new"),
    path("portfolios/", views.PortfolioListPage.as_view(), name="portfolio_list"),
    path("portfolios/new/", views.PortfolioCreation.as_view(), name="portfolio_new"),
    path("portfolios/<str:key>/", views.PortfolioRecordPage.as_view(), name="portfolio_record"),
    path("programmes/<str:key>/", views.ProgrammeRecordPage.as_view(), name="programme_record"),
    path("<str:key>/", views.ProjectRecordPage.as_view(), name="project_record"),
    path("<str:key>/edit/", views.ProjectEdit.as_view(), name="project_edit"),
    path("<str:key>/budget/", views.BudgetRequest.as_view(), name="budget_revision"),
    path("<str:key>/planned-dates/", views.BaselineRequest.as_view(), name="baseline_revision"),
    path("<str:key>/handover/", views.Handover.as_view(), name="handover"),
    path("<str:key>/closure/", views.ProjectClosure.as_view(), name="project_closure"),
    path("<str:key>/archive/", views.ProjectArchive.as_view(), name="project_archive"),
    path("<str:key>/milestones/", views.MilestoneCreation.as_view(), name="milestone_new"),
    path("<str:key>/milestones/<int:number>/", views.MilestoneMove.as_view(), name="milestone_move"),
    path("<str:key>/milestones/<int:number>/reached/", views.MilestoneReached.as_view(), name="milestone_reached"),
    path("<str:key>/seen/", views.MarkSeen.as_view(), name="mark_seen"),
]
