"""The ways in, by Google or by a code sent by e-mail, for people who are here already and for new ones alike.

What a visitor sees does not tell whether an address is known. A new address becomes a person when its code is typed.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import clear_login
from allauth.account.internal.userkit import user_id_to_str
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from allauth.socialaccount.providers.google import views as google
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

from apps.accounts import services
from apps.accounts.pace import UNKNOWN_WAIT


class AskCode(RequestLoginCodeView):
    """The sign-in page: an address, and a code goes there, whoever has it."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Sends the code, also to a new address, and to who is switched off: they learn so once they typed it."""
        email = form.cleaned_data["email"]
        process = LoginCodeVerificationProcess.initiate(
            request=self.request, user=services.person_with(email), email=email
        )
        send_if_new(process)
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        """Says what is wrong; to who asked too often also when to come back."""
        answer: HttpResponse = super().form_invalid(form)
        if form.has_error("email", "too_many_login_attempts"):
            answer.status_code = 429
            answer.headers["Retry-After"] = str(UNKNOWN_WAIT)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether there is a button for Google."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "google": settings.GOOGLE_SIGN_IN}


class TypeCode(ConfirmLoginCodeView):
    """The page where the code is typed."""

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super()._resend_form_valid(form)
        send_if_new(self._process)
        return answer

    def _verify_form_valid(self, form: Any) -> HttpResponse:
        person = self._process.user or services.sign_up(self._process.state["email"])
        if not person.is_active:
            clear_login(self.request)
            return redirect("account_inactive")
        services.confirm_address(person, self._process.state["email"])
        self._process.state["user_id"] = user_id_to_str(person)
        answer: HttpResponse = super()._verify_form_valid(form)
        return answer


def send_if_new(process: LoginCodeVerificationProcess) -> None:
    """Sends the code to an address that nobody has; to the others allauth has sent it."""
    if process.user is not None:
        return
    email = process.state["email"]
    get_adapter().send_mail("account/email/login_code", email, {"code": process.generate_code()})
    process.persist()


def to_google(request: HttpRequest) -> HttpResponse:
    """Sends the visitor to Google, by POST alone. 404 on an installation without a Google client."""
    return _google(google.oauth2_login, request)


def from_google(request: HttpRequest) -> HttpResponse:
    """Where Google sends them back to."""
    return _google(google.oauth2_callback, request)


def _google(view: Any, request: HttpRequest) -> HttpResponse:
    if not settings.GOOGLE_SIGN_IN:
        raise Http404("This installation has no Google client.")
    answer: HttpResponse = view(request)
    return answer


ask_code = AskCode.as_view()
type_code = TypeCode.as_view()
