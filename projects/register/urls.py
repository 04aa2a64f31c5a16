"""Addresses of the register. Words before keys: no project may be called what is a page."""

from django.urls import path

from projects.register import views

app_name = "register"
urlpatterns = [
    path("", views.ProjectListPage.as_view(), name="project_list"),
    path("new/", views.ProjectCreation.as_view(), name="project_new"),
    path("portfolios/", views.PortfolioListPage.as_view(), name="portfolio_list"),
    path("portfolios/new/", views.PortfolioCreation.as_view(), name="portfolio_new"),
    path("portfolios/<str:key>/edit/", views.PortfolioEdit.as_view(), name="portfolio_edit"),
    path("portfolios/<str:key>/", views.PortfolioRecordPage.as_view(), name="portfolio_record"),
    path("programmes/", views.ProgrammeListPage.as_view(), name="programme_list"),
    path("programmes/new/", views.ProgrammeCreation.as_view(), name="programme_new"),
    path("programmes/<str:key>/edit/", views.ProgrammeEdit.as_view(), name="programme_edit"),
    path("programmes/<str:key>/", views.ProgrammeRecordPage.as_view(), name="programme_record"),
    path("<str:key>/", views.ProjectRecordPage.as_view(), name="project_record"),
    path("<str:key>/edit/", views.ProjectEdit.as_view(), name="project_edit"),
    path("<str:key>/budget/", views.BudgetRequest.as_view(), name="budget_revision"),
    path("<str:key>/planned-dates/", views.BaselineRequest.as_view(), name="baseline_revision"),
    path("<str:key>/handover/", views.Handover.as_view(), name="handover"),
    path("<str:key>/placement/", views.ProjectPlacementPage.as_view(), name="project_placement"),
    path(
        "<str:key>/placement/cancellation/",
        views.ProjectPlacementCancellation.as_view(),
        name="project_placement_cancellation",
    ),
    path("<str:key>/closure/", views.ProjectClosure.as_view(), name="project_closure"),
    path("<str:key>/reopening/", views.ProjectReopening.as_view(), name="project_reopening"),
    path("<str:key>/archive/", views.ProjectArchive.as_view(), name="project_archive"),
    path("<str:key>/restoration/", views.ProjectRestoration.as_view(), name="project_restoration"),
    path("<str:key>/team/", views.MemberCreation.as_view(), name="member_new"),
    path("<str:key>/team/<int:pk>/", views.MemberEdit.as_view(), name="member_edit"),
    path("<str:key>/team/<int:pk>/end/", views.MemberEnd.as_view(), name="member_end"),
    path("<str:key>/milestones/", views.MilestoneCreation.as_view(), name="milestone_new"),
    path("<str:key>/milestones/<int:number>/", views.MilestoneMove.as_view(), name="milestone_move"),
    path("<str:key>/milestones/<int:number>/edit/", views.MilestoneEdit.as_view(), name="milestone_edit"),
    path("<str:key>/milestones/<int:number>/dropped/", views.MilestoneDropped.as_view(), name="milestone_dropped"),
    path(
        "<str:key>/milestones/<int:number>/reopening/", views.MilestoneReopening.as_view(), name="milestone_reopening"
    ),
    path("<str:key>/milestones/<int:number>/reached/", views.MilestoneReached.as_view(), name="milestone_reached"),
    path("<str:key>/seen/", views.MarkSeen.as_view(), name="mark_seen"),
]
