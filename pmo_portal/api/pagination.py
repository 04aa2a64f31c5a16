"""Pages of the API: by cursor over the key, so that deep pages cost what the first one costs."""

from rest_framework.pagination import CursorPagination


class Pages(CursorPagination):
    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 500
    ordering = "pk"
