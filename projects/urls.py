"""Addresses of the projects tier. Fixed words come before project keys."""

from django.urls import include, path

app_name = "projects"
urlpatterns = [
    path("", include("projects.status.urls")),
    path("", include("projects.register.urls")),
]
