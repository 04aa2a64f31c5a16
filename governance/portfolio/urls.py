"""Addresses of the portfolio room."""

from django.urls import path

from governance.portfolio import views

app_name = "portfolio"
urlpatterns = [
    path("", views.PortfolioScreen.as_view(), name="screen"),
    path("projects/", views.StandingListPage.as_view(), name="standing_list"),
    path("comparison/", views.PortfolioComparison.as_view(), name="comparison"),
    path("pdf/", views.PortfolioPdf.as_view(), name="pdf"),
]
