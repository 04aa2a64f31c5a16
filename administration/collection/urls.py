"""Addresses of the collection room."""

from django.urls import path

from administration.collection.views import arranging, calling, campaigns, dashboard, reminding

app_name = "collection"
urlpatterns = [
    path("", dashboard.CollectionDesk.as_view(), name="dashboard"),
    path("expected/", dashboard.ExpectedListPage.as_view(), name="expected_list"),
    path("reminder/", reminding.ReminderPage.as_view(), name="reminder"),
    path("exemptions/", arranging.ExemptionPage.as_view(), name="exemption"),
    path("extensions/", arranging.ExtensionPage.as_view(), name="extension"),
    path("arrangements/<int:pk>/end/", arranging.ArrangementEnd.as_view(), name="arrangement_end"),
    path("calls/<str:key>/", calling.CallNote.as_view(), name="call"),
    path("campaigns/", campaigns.CampaignListPage.as_view(), name="campaign_list"),
    path("campaigns/new/", campaigns.CampaignCreation.as_view(), name="campaign_new"),
    path("campaigns/<int:pk>/", campaigns.CampaignRecordPage.as_view(), name="campaign_record"),
    path("campaigns/<int:pk>/edit/", campaigns.CampaignEdit.as_view(), name="campaign_edit"),
    path("campaigns/<int:pk>/opening/", campaigns.CampaignOpening.as_view(), name="campaign_opening"),
    path("campaigns/<int:pk>/closure/", campaigns.CampaignClosure.as_view(), name="campaign_closure"),
    path("campaigns/<int:pk>/reopening/", campaigns.CampaignReopening.as_view(), name="campaign_reopening"),
    path("campaigns/<int:pk>/reminder/", reminding.CampaignReminder.as_view(), name="campaign_reminder"),
    path("replies/<int:pk>/", campaigns.CampaignReplyPage.as_view(), name="campaign_reply"),
    path("replies/<int:pk>/excuse/", campaigns.ReplyExcuse.as_view(), name="reply_excuse"),
]
