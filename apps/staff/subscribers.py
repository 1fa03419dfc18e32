"""What counts as proof that a session has the second factor."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from apps.staff.door import remember_proof


@receiver(authenticator_added, dispatch_uid="staff.second_factor_set_up")
def set_up_here(request: HttpRequest, authenticator: Authenticator, **_: Any) -> None:
    """Whoever has just set up an app has typed its code in this very session."""
    if authenticator.type == Authenticator.Type.TOTP:
        remember_proof(request)
