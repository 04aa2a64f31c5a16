"""Addresses of figures."""

from django.urls import path

from pmo_portal.measures import views

app_name = "measures"
urlpatterns = [path("<int:scope>/<str:period>/<str:measure>/", views.FigurePage.as_view(), name="figure")]
