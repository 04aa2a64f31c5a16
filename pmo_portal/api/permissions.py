"""Nothing without a person; what they may see and do is asked of the access declarations."""

from rest_framework.permissions import IsAuthenticated


class Declared(IsAuthenticated):
    """Signed in, or with a token. Visibility is the viewset's queryset; acting is asked by the action itself."""
