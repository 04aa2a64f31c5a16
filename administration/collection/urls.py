"""Addresses of the collection room."""

from django.urls import path

from administration.collection import views

app_name = "collection"
urlpatterns = [
    path("", views.CollectionDesk.as_view(), name="dashboard"),
    path("expected/", views.ExpectedListPage.as_view(), name="expected_list"),
    path("reminder/", views.ReminderPage.as_view(), name="reminder"),
    path("exemptions/", views.ExemptionPage.as_view(), name="exemption"),
    path("extensions/", views.ExtensionPage.as_view(), name="extension"),
    path("arrangements/<int:pk>/end/", views.ArrangementEnd.as_view(), name="arrangement_end"),
    path("calls/<str:key>/", views.CallNote.as_view(), name="call"),
    path("campaigns/", views.CampaignListPage.as_view(), name="campaign_list"),
    path("campaigns/new/", views.CampaignCreation.as_view(), name="campaign_new"),
    path("campaigns/<int:pk>/", views.CampaignRecordPage.as_view(), name="campaign_record"),
    path("campaigns/<int:pk>/edit/", views.CampaignEdit.as_view(), name="campaign_edit"),
    path("campaigns/<int:pk>/opening/", views.CampaignOpening.as_view(), name="campaign_opening"),
    path("campaigns/<int:pk>/closure/", views.CampaignClosure.as_view(), name="campaign_closure"),
    path("campaigns/<int:pk>/reopening/", views.CampaignReopening.as_view(), name="campaign_reopening"),
    path("campaigns/<int:pk>/reminder/", views.CampaignReminder.as_view(), name="campaign_reminder"),
    path("replies/<int:pk>/", views.CampaignReplyPage.as_view(), name="campaign_reply"),
    path("replies/<int:pk>/excuse/", views.ReplyExcuse.as_view(), name="reply_excuse"),
]
