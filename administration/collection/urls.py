"""Addresses of the collection room."""

from django.urls import path

from administration.collection import views

app_name = "collection"
urlpatterns = [
    path("", views.CollectionDesk.as_view(), name="dashboard"),
    path("reminder/", views.ReminderPage.as_view(), name="reminder"),
    path("<str:key>/<str:period>/exemption/", views.ExemptionPage.as_view(), name="exemption"),
    path("<str:key>/<str:period>/extension/", views.ExtensionPage.as_view(), name="extension"),
    path("arrangements/<int:pk>/end/", views.ArrangementEnd.as_view(), name="arrangement_end"),
    path("campaigns/", views.CampaignListPage.as_view(), name="campaign_list"),
    path("campaigns/new/", views.CampaignCreation.as_view(), name="campaign_new"),
    path("campaigns/<int:pk>/", views.CampaignRecordPage.as_view(), name="campaign_record"),
    path("campaigns/<int:pk>/opening/", views.CampaignOpening.as_view(), name="campaign_opening"),
    path("campaigns/<int:pk>/closure/", views.CampaignClosure.as_view(), name="campaign_closure"),
    path("replies/<int:pk>/", views.CampaignReplyPage.as_view(), name="campaign_reply"),
]
