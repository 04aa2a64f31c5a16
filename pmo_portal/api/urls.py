"""The API's addresses; resources are hung here by the rooms' wiring, loaded before this module."""

from django.urls import include, path
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularAPIView

from pmo_portal.api.routes import router
from pmo_portal.api.schema import KeptGenerator, KeptYaml
from pmo_portal.setup.views.reference import ApiReference

app_name = "api"
urlpatterns = [
    path(
        "schema/",
        SpectacularAPIView.as_view(generator_class=KeptGenerator, renderer_classes=[KeptYaml, OpenApiJsonRenderer]),
        name="schema",
    ),
    path("docs/", ApiReference.as_view(), name="docs"),
    path("", include(router.urls)),
]
