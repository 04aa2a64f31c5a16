"""Addresses of approvals."""

from django.urls import path

from pmo_portal.approvals import views

app_name = "approvals"
urlpatterns = [
    path("", views.WaitingPage.as_view(), name="waiting"),
    path("all/", views.RequestListPage.as_view(), name="request_list"),
    path("routes/", views.RouteListPage.as_view(), name="routes"),
    path("routes/new/", views.RouteCreation.as_view(), name="route_new"),
    path("routes/waiting-times/", views.WaitingTimesPage.as_view(), name="waiting_times"),
    path("routes/<int:pk>/", views.RouteRecordPage.as_view(), name="route_record"),
    path("routes/<int:pk>/edit/", views.RouteEdit.as_view(), name="route_edit"),
    path("<int:number>/", views.RequestRecordPage.as_view(), name="request_record"),
    path("<int:number>/signature/", views.Signature.as_view(), name="signature"),
    path("<int:number>/refusal/", views.Refusal.as_view(), name="refusal"),
    path("<int:number>/return/", views.SendingBack.as_view(), name="sending_back"),
    path("<int:number>/steps/", views.StepAddition.as_view(), name="step_new"),
    path("<int:number>/comments/", views.Comment.as_view(), name="comment"),
    path("<int:number>/pulling-back/", views.PullingBack.as_view(), name="pulling_back"),
    path("<int:number>/resubmission/", views.Resubmission.as_view(), name="resubmission"),
    path("<int:number>/withdrawal/", views.Withdrawal.as_view(), name="withdrawal"),
]
