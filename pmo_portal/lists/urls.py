"""Addresses of saved views."""

from django.urls import path

from pmo_portal.lists import views

app_name = "views"
urlpatterns = [
    path("", views.SavedViewMenu.as_view(), name="menu"),
    path("new/", views.SavedViewCreation.as_view(), name="new"),
    path("<int:pk>/", views.SavedViewPage.as_view(), name="view"),
    path("<int:pk>/edit/", views.SavedViewEdit.as_view(), name="edit"),
    path("<int:pk>/removal/", views.SavedViewRemoval.as_view(), name="removal"),
]
