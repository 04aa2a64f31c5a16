"""Addresses of the governance tier."""

from django.urls import include, path

app_name = "governance"
urlpatterns = [
    path("portfolio/", include("governance.portfolio.urls")),
    path("investment/", include("governance.investment.urls")),
]
