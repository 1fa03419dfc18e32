"""What happens when somebody has come in, whichever way."""

from typing import Any

from allauth.account.signals import user_logged_in
from django.dispatch import receiver

from apps.accounts.models import User
from apps.accounts.services import set_staff


@receiver(user_logged_in, dispatch_uid="accounts.set_staff")
def staff_or_not(user: User, **_: Any) -> None:
    """ADMIN_EMAILS is read anew at each sign-in."""
    set_staff(user)
