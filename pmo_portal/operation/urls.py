"""Addresses for those who run the portal."""

from django.urls import path

from pmo_portal.operation import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("keep.js", views.keep, name="keep"),
]
