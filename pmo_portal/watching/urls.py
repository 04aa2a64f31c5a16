"""Watching, and whom one can name."""

from django.urls import path

from pmo_portal.watching import views

app_name = "watching"
urlpatterns = [
    path("", views.WatchedPage.as_view(), name="list"),
    path("<str:kind>/<int:pk>/", views.WatchAct.as_view(), name="act"),
    path("<str:kind>/<int:pk>/people/", views.NameablePeople.as_view(), name="people"),
]
