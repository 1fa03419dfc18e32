"""What happens when somebody has come in, whichever way; and what the audit log tells of how people sign in."""

from typing import Any

from allauth.account.signals import login_code_rejected, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.signals import social_account_added
from django.db.models.signals import post_init, pre_save
from django.dispatch import receiver
from django.http import HttpRequest

from apps.accounts import second_factors
from apps.accounts.acting import address_of, as_actor, record_everywhere
from apps.accounts.models import User
from apps.accounts.services import set_staff
from apps.core.actors import acting

_MADE = {
    Authenticator.Type.TOTP: "sign_in.second_factor_on",
    Authenticator.Type.RECOVERY_CODES: "sign_in.recovery_codes",
}


post_init.connect(second_factors.know_whose, sender=Authenticator, dispatch_uid="accounts.know_whose_factor")
pre_save.connect(second_factors.bind, sender=Authenticator, dispatch_uid="accounts.bind_factor")


@receiver(user_logged_in, dispatch_uid="accounts.set_staff")
def staff_or_not(user: User, **_: Any) -> None:
    """ADMIN_EMAILS is read anew at each sign-in."""
    set_staff(user)


@receiver(user_logged_in, dispatch_uid="accounts.record_sign_in")
def record_sign_in(user: User, **_: Any) -> None:
    """The audit log of each of their workspaces tells it."""
    record_everywhere(user, "sign_in.done")


@receiver(login_code_rejected, dispatch_uid="accounts.record_code_refused")
def record_code_refused(user: User | None, **_: Any) -> None:
    """Whoever typed a wrong code is nobody we know, trying to be somebody we do; `user` None is no member yet."""
    if user is not None:
        record_everywhere(user, "sign_in.code_refused", about=True)


@receiver(authentication_failed, dispatch_uid="accounts.record_second_factor_refused")
def record_second_factor_refused(user: User, **_: Any) -> None:
    """They had the first factor."""
    record_everywhere(user, "sign_in.second_factor_refused", about=True)


@receiver(authenticator_added, dispatch_uid="accounts.record_second_factor_on")
def record_second_factor_on(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """An app was set up, or codes for the day it is lost were made."""
    _record_own(request, user, _MADE[authenticator.type])


@receiver(authenticator_reset, dispatch_uid="accounts.record_recovery_codes")
def record_recovery_codes(request: HttpRequest, user: User, **_: Any) -> None:
    """The old ones are void."""
    _record_own(request, user, "sign_in.recovery_codes")


@receiver(authenticator_removed, dispatch_uid="accounts.record_second_factor_off")
def record_second_factor_off(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Recovery codes go with the app, without a row of their own."""
    if authenticator.type == Authenticator.Type.TOTP:
        _record_own(request, user, "sign_in.second_factor_off")


@receiver(social_account_added, dispatch_uid="accounts.record_google_linked")
def record_google_linked(request: HttpRequest, sociallogin: SocialLogin, **_: Any) -> None:
    """Google lets them in from now on."""
    _record_own(request, sociallogin.user, "sign_in.google_linked")


def _record_own(request: HttpRequest, user: User, action: str) -> None:
    """Some of these are told when a transaction commits, which may be after the request has said who acts."""
    with acting(as_actor(user, address_of(request))):
        record_everywhere(user, action)
