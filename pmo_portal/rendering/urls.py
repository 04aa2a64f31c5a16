"""Where a long document is asked for."""

from django.urls import path

from pmo_portal.rendering import views

app_name = "documents"
urlpatterns = [path("new/<slug:kind>/", views.DocumentAsk.as_view(), name="ask")]
