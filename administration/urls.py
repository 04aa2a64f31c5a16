"""Addresses of the administration tier."""

from django.urls import include, path

app_name = "administration"
urlpatterns = [path("collection/", include("administration.collection.urls"))]
