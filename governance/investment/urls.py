"""Addresses of the investment room."""

from django.urls import path

from governance.investment import views

app_name = "investment"
urlpatterns = [
    path("", views.ProposalListPage.as_view(), name="proposal_list"),
    path("projects/<str:key>/proposal/", views.ProposalCreation.as_view(), name="proposal_new"),
    path("<int:number>/", views.ProposalRecordPage.as_view(), name="proposal_record"),
    path("<int:number>/evidence/", views.EvidencePage.as_view(), name="evidence"),
    path("<int:number>/decision/", views.DecisionPage.as_view(), name="decision"),
    path("<int:number>/revision/", views.ProposalRevision.as_view(), name="proposal_revision"),
    path("<int:number>/withdrawal/", views.ProposalWithdrawal.as_view(), name="proposal_withdrawal"),
    path("conditions/<int:pk>/closure/", views.ConditionClosure.as_view(), name="condition_closure"),
    path("conditions/<int:pk>/waiver/", views.ConditionWaiver.as_view(), name="condition_waiver"),
    path("conditions/<int:pk>/due/", views.ConditionMove.as_view(), name="condition_due"),
]
