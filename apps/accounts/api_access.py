"""Who may enter the REST API and how far: by the key that accounts.middleware.ApiMiddleware found.

Every API view has these by the settings. Imports no view: Django REST framework reads them while it is imported.
"""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed, NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts.models import ApiKey, User


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`. No session and no cookie opens the API."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """The key's maker and the key; None without the header. Raises AuthenticationFailed for what opens nothing."""
        if not request.headers.get("Authorization"):
            return None
        key: ApiKey | None = getattr(request, "api_key", None)
        if key is None or key.maker is None:
            raise AuthenticationFailed("This key opens nothing: it is unknown, revoked, or its maker has left.")
        return key.maker, key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="api"'


class HasScope(BasePermission):
    """Lets a key in whose scopes hold what the view asks of the method. A view that asks nothing opens to nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Raises NotAuthenticated without a key; False, with the scope in the message, for one that may not."""
        key = request.auth
        if not isinstance(key, ApiKey):
            raise NotAuthenticated("Send your key: Authorization: Bearer ll_…")
        needed = view.scopes.get("GET" if request.method == "HEAD" else str(request.method))
        if needed is None:
            raise MethodNotAllowed(str(request.method))
        self.message = f"This key does not have the scope {needed}. Make one that has."
        return needed in key.scopes
