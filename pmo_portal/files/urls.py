"""Addresses of files."""

from django.urls import path

from pmo_portal.files import views

app_name = "files"
urlpatterns = [
    path("", views.FileListPage.as_view(), name="file_list"),
    path("of/<str:key>/<str:name>/", views.RecordFilesPage.as_view(), name="record_files"),
    path("<int:pk>/", views.FileRecordPage.as_view(), name="file_record"),
    path("<int:pk>/versions/", views.VersionAddition.as_view(), name="version_new"),
    path("<int:pk>/name/", views.Renaming.as_view(), name="renaming"),
    path("<int:pk>/removal/", views.Removal.as_view(), name="removal"),
    path("<int:pk>/restoration/", views.Restoration.as_view(), name="restoration"),
    path("<int:pk>/versions/<int:number>/content/", views.Content.as_view(), name="content"),
    path("<int:pk>/versions/<int:number>/pages/<int:page>/", views.PreviewPicture.as_view(), name="preview"),
]
