"""Addresses of files that were ordered."""

from django.urls import path

from pmo_portal.making import views

app_name = "making"
urlpatterns = [
    path("", views.MadeListPage.as_view(), name="file_list"),
    path("<int:pk>/", views.MadeFilePage.as_view(), name="file_record"),
    path("<int:pk>/content/", views.Content.as_view(), name="content"),
    path("<int:pk>/removal/", views.Removal.as_view(), name="removal"),
]
