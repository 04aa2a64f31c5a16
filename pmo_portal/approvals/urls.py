"""Addresses of approvals."""

from django.urls import path

from pmo_portal.approvals import route_views, views

app_name = "approvals"
urlpatterns = [
    path("", views.WaitingPage.as_view(), name="waiting"),
    path("all/", views.RequestListPage.as_view(), name="request_list"),
    path("routes/", route_views.RouteListPage.as_view(), name="routes"),
    path("routes/new/", route_views.RouteCreation.as_view(), name="route_new"),
    path("routes/waiting-times/", views.WaitingTimesPage.as_view(), name="waiting_times"),
    path("routes/trial/", route_views.RouteTrial.as_view(), name="route_trial"),
    path("routes/<int:pk>/", route_views.RouteRecordPage.as_view(), name="route_record"),
    path("routes/<int:pk>/edit/", route_views.RouteEdit.as_view(), name="route_edit"),
    path("routes/<int:pk>/end/", route_views.RouteEnd.as_view(), name="route_end"),
    path("<int:number>/", views.RequestRecordPage.as_view(), name="request_record"),
    path("<int:number>/signature/", views.Signature.as_view(), name="signature"),
    path("<int:number>/refusal/", views.Refusal.as_view(), name="refusal"),
    path("<int:number>/return/", views.SendingBack.as_view(), name="sending_back"),
    path("<int:number>/steps/", views.StepAddition.as_view(), name="step_new"),
    path("<int:number>/steps/<int:step>/taking-back/", views.StepTakingBack.as_view(), name="step_taking_back"),
    path("<int:number>/comments/", views.Comment.as_view(), name="comment"),
    path("<int:number>/pulling-back/", views.PullingBack.as_view(), name="pulling_back"),
    path("<int:number>/resubmission/", views.Resubmission.as_view(), name="resubmission"),
    path("<int:number>/withdrawal/", views.Withdrawal.as_view(), name="withdrawal"),
]
