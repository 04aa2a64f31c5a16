"""Where rooms hang their resources."""

from rest_framework.routers import SimpleRouter

router = SimpleRouter()


def route(prefix: str, viewset, basename: str | None = None) -> None:
    router.register(prefix, viewset, basename or prefix)
