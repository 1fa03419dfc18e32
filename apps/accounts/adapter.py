"""How allauth behaves here: whom Google may bring in, how second factors are kept, and who hears of a sign-out."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts import SECOND_FACTOR, services
from apps.accounts.acting import record_everywhere
from apps.accounts.events import SignedOut
from apps.accounts.google import Session
from apps.accounts.models import User
from apps.core import crypto
from apps.core.events import publish


class AccountAdapter(DefaultAccountAdapter):
    """Tells when somebody has signed out, so that their open pages hear nothing more."""

    #: allauth counts how often codes are asked for under the name of failed attempts.
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _("Several codes were asked for just now. Wait a minute, then try again."),
    }

    def logout(self, request: HttpRequest) -> None:
        """Ends the session, then tells: whoever looks then finds it gone."""
        user, user_id = request.user, request.user.pk
        with transaction.atomic():
            if isinstance(user, User):
                record_everywhere(user, "sign_in.ended")
            super().logout(request)
        if user_id is not None:
            publish(SignedOut(user_id))


class SessionsAdapter(DefaultUserSessionsAdapter):
    """The same for “Sign out of the others”."""

    def end_sessions(self, sessions: list[Any]) -> None:
        """Ends them, then tells."""
        users = {session.user_id: session.user for session in sessions}
        with transaction.atomic():
            super().end_sessions(sessions)
            for user in users.values():
                record_everywhere(user, "sign_in.others_ended")
        for user_id in users:
            publish(SignedOut(user_id))


class GoogleAdapter(DefaultSocialAccountAdapter):
    """Lets in whom Google knows by a verified address, and asks Google by our one way out."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuses an address that Google has not verified, and says so to who is switched off.

        Whoever signed in with this Google account before comes in whatever its address says today: the account
        is the key. One that is new becomes a person, or joins the person who has its address already.
        """
        if services.signed_in_with_google_before(sociallogin.account.uid):
            return
        email = next((address.email for address in sociallogin.email_addresses if address.verified), "")
        if not email:
            page = render(request, "socialaccount/unverified.html", status=403)
            raise ImmediateHttpResponse(page)
        person = services.person_with(email)
        if person is None:
            return
        if not person.is_active:
            raise ImmediateHttpResponse(redirect("account_inactive"))
        services.confirm_address(person, email)

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:
        """Takes the name from Google too."""
        user: User = super().populate_user(request, sociallogin, data)
        user.name = str(sociallogin.account.extra_data.get("name") or "")[:120]
        return user

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        """Who links a Google account is back at their own account."""
        return reverse("account")

    def get_requests_session(self) -> Any:
        """What allauth asks Google with."""
        return Session()


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of second factors encrypted. Whose they are knows their row (second_factors)."""

    def encrypt(self, text: str) -> str:
        """Seals a secret on its way into the database; its row binds it to its person."""
        return crypto.seal(text, SECOND_FACTOR)

    def decrypt(self, encrypted_text: str) -> str:
        """Opens it on its way out. Raises CannotOpen for one that was not read from a row of its person."""
        owner = encrypted_text.owner if isinstance(encrypted_text, crypto.Sealed) else crypto.SHARED
        return crypto.unseal(encrypted_text, SECOND_FACTOR, owner)
