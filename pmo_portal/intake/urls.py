"""Addresses of the import."""

from django.urls import path

from pmo_portal.intake import views

app_name = "imports"
urlpatterns = [
    path("", views.ImportRunListPage.as_view(), name="list"),
    path("new/", views.ImportCreation.as_view(), name="new"),
    path("profiles/", views.ImportProfileListPage.as_view(), name="profile_list"),
    path("profiles/<int:pk>/", views.ImportProfilePage.as_view(), name="profile"),
    path("profiles/<int:pk>/edit/", views.ImportProfileEdit.as_view(), name="profile_edit"),
    path("profiles/<int:pk>/archiving/", views.ImportProfileArchiving.as_view(), name="profile_archiving"),
    path("<int:pk>/", views.ImportRunPage.as_view(), name="record"),
    path("<int:pk>/mapping/", views.ImportMapping.as_view(), name="mapping"),
    path("<int:pk>/profile/", views.ImportProfileCreation.as_view(), name="profile_new"),
    path("<int:pk>/profile/choice/", views.ImportProfileChoice.as_view(), name="profile_choice"),
    path("<int:pk>/matches/", views.ImportMatches.as_view(), name="matches"),
    path("<int:pk>/rows/<int:number>/answer/", views.ImportAnswer.as_view(), name="answer"),
    path("<int:pk>/rows/<int:number>/cells/<int:column>/", views.ImportRepair.as_view(), name="repair"),
    path("<int:pk>/reading/", views.ImportReading.as_view(), name="reading"),
    path("<int:pk>/application/", views.ImportApplication.as_view(), name="application"),
    path("<int:pk>/undoing/", views.ImportUndoing.as_view(), name="undoing"),
    path("<int:pk>/withdrawal/", views.ImportWithdrawal.as_view(), name="withdrawal"),
    path("<int:pk>/file/", views.KeptFile.as_view(), name="file"),
    path("<int:pk>/refused/<str:ending>/", views.RefusedRows.as_view(), name="refused"),
]
