"""Addresses of the doors at a list."""

from django.urls import path

from pmo_portal.editing import views

app_name = "editing"
urlpatterns = [
    path("<slug:list>/workbook/", views.WorkbookReturn.as_view(), name="workbook"),
    path("<slug:list>/many/", views.ChangeOfMany.as_view(), name="many"),
]
