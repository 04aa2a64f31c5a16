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
    path("people/choices/", views.PeopleChoices.as_view(), name="people_choices"),
    path("glossary/", views.GlossaryPage.as_view(), name="glossary"),
    path("menu/", views.MenuPage.as_view(), name="menu"),
    path("language/", views.LanguageChange.as_view(), name="language"),
]
