"""The search's addresses."""

from django.urls import path

from pmo_portal.search import views

app_name = "search"
urlpatterns = [path("", views.SearchPage.as_view(), name="search")]
