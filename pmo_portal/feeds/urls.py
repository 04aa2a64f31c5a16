"""The calendar's address."""

from django.urls import path

from pmo_portal.feeds import views

app_name = "feeds"
urlpatterns = [path("<str:key>/pmo.ics", views.CalendarFeed.as_view(), name="calendar")]
