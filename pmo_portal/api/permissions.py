"""Nothing without a person; what they may see and do is asked of the access declarations."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated

from pmo_portal.accounts.models import ApiToken


class Declared(IsAuthenticated):
    """Signed in, or with a token, and the token may what is asked. Visibility is the viewset's queryset; acting is asked by
    the action itself."""

    def has_permission(self, request, view) -> bool:
        token = request.auth
        if isinstance(token, ApiToken) and token.scope == ApiToken.Scope.CALENDAR:
            raise PermissionDenied(_("This key opens a calendar and nothing else."), code="scope")
        if isinstance(token, ApiToken) and token.scope == ApiToken.Scope.READ and request.method not in SAFE_METHODS:
            raise PermissionDenied(_("This token may only read."), code="scope")
        return super().has_permission(request, view)
