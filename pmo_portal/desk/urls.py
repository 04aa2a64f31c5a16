"""My desk and what belongs to a person."""

from django.urls import path

from pmo_portal.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.MyDesk.as_view(), name="desk"),
    path("asks/<int:pk>/", views.AskPage.as_view(), name="ask"),
    path("inbox/", views.InboxPage.as_view(), name="inbox"),
    path("inbox/read/", views.InboxRead.as_view(), name="inbox_read"),
    path("work/", views.WorkPage.as_view(), name="work"),
    path("profile/", views.ProfilePage.as_view(), name="profile"),
    path("profile/notifications/", views.NoticesPage.as_view(), name="notices"),
    path("profile/chat/", views.ChatPage.as_view(), name="chat"),
    path("profile/chat/trial/", views.ChatTrial.as_view(), name="chat_trial"),
    path("profile/chat/ending/", views.ChatEnding.as_view(), name="chat_ending"),
    path("profile/address/<int:pk>/confirmation/", views.AddressConfirmation.as_view(), name="address_confirmation"),
    path("letters/ending/<str:token>/", views.EndingPage.as_view(), name="ending"),
    path("people/choices/", views.PeopleChoices.as_view(), name="people_choices"),
    path("glossary/", views.GlossaryPage.as_view(), name="glossary"),
    path("menu/", views.MenuPage.as_view(), name="menu"),
    path("language/", views.LanguageChange.as_view(), name="language"),
]
