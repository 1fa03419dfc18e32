"""The page of a workspace's API keys: make one, see it once, revoke it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import MemberRequest, screen
from apps.accounts.api_keys import SCOPES, create_key, keys_of, revoke
from apps.accounts.models import ApiKey
from apps.core.forms import Styled


class ApiKeyForm(Styled, forms.Form):
    """What a new key is called and what it may do. `api_keys.create_key` knows the rules."""

    name = forms.CharField(
        label=_("Name"), required=False, max_length=80, help_text=_("What uses the key, for instance “CRM”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        required=False,
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_api_keys")
def keys(request: MemberRequest) -> HttpResponse:
    """All keys; a POST makes one and shows its token, which no other answer ever does."""
    form = ApiKeyForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, form)
    token = None
    if form.is_valid():
        try:
            token = create_key(request.tenant, maker=request.membership.user, **form.cleaned_data)[1]
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, form, status=422) if token is None else _page(request, ApiKeyForm(), token=token, status=201)


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_api_keys")
def revoke_key(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks once more, then revokes."""
    key = get_object_or_404(ApiKey, pk=pk, workspace=request.tenant)
    if request.method != "POST":
        return render(request, "api_keys/revoke.html", {"key": key})
    revoke(key, by=request.membership.user)
    return redirect("api_keys:list")


def _page(request: MemberRequest, form: ApiKeyForm, *, status: int = 200, **context: Any) -> HttpResponse:
    shown = {"keys": keys_of(request.tenant), "form": form, **context}
    return render(request, "api_keys/list.html", shown, status=status)
