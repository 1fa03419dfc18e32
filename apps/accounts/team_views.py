"""The team page: who belongs to the workspace and as what; people are invited, changed and deactivated here."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import accepting, invitation_mail, inviting, team
from apps.accounts.access import MemberRequest, screen
from apps.accounts.models import Invitation, Membership, Role
from apps.accounts.roles import CAN, IN_WORDS
from apps.core.forms import Styled
from apps.core.pages import page_of

#: The roles that people may be given, in the words of the page.
CHOICES = [(role.value, role.label) for role in inviting.GIVEN]


class InviteForm(Styled, forms.Form):
    """Whom to invite as what. `inviting.invite` knows the rules."""

    emails = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 1, "placeholder": "vera@example.com", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "Several at once: one per line, or with commas between. Each gets a link by e-mail that works once, "
            "for seven days, and only for that address."
        ),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=CHOICES, initial=Role.VENDOR)

    def clean_emails(self) -> list[str]:
        """The addresses, however they were separated."""
        return str(self.cleaned_data["emails"]).replace(",", " ").replace(";", " ").split()


@require_safe
@screen("see_team")
def members(request: MemberRequest) -> HttpResponse:
    """Everybody, who is invited, and what each role may do."""
    return _page(request)


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_team")
def invite(request: MemberRequest) -> HttpResponse:
    """Invites by e-mail, and shows the links, which no other answer ever does."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, form=form, status=422 if form.errors else 200)
    try:
        invited = inviting.invite(request.membership, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, form=form, status=422)
    return _sent(request, invited)


@require_POST
@screen("manage_team")
def resend(request: MemberRequest, pk: int) -> HttpResponse:
    """A new link to the same address; the old one is void."""
    invitation = get_object_or_404(Invitation, pk=pk, workspace=request.tenant)
    try:
        invited = inviting.resend(invitation, by=request.membership)
    except ValidationError as error:
        return _page(request, problem=error, status=422)
    return _sent(request, [invited])


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_team")
def revoke(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks once more, then revokes."""
    invitation = get_object_or_404(Invitation, pk=pk, workspace=request.tenant)
    if request.method != "POST":
        return render(request, "team/revoke.html", {"invitation": invitation})
    said = _("%(email)s is not invited any more.") % {"email": invitation.email}
    return _done(request, said, lambda: inviting.revoke(invitation, by=request.membership))


@require_POST
@screen("manage_team")
def change_role(request: MemberRequest, pk: int) -> HttpResponse:
    """Another role, at once."""
    member = _member(request, pk)
    role = request.POST.get("role", "")
    said = _("%(who)s is %(role)s now.") % {"who": member.user, "role": dict(CHOICES).get(role, role)}
    return _done(request, said, lambda: team.change_role(member, role, by=request.membership))


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_team")
def deactivate(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks once more, then deactivates."""
    member = _member(request, pk)
    if request.method != "POST":
        return render(request, "team/deactivate.html", {"member": member})
    said = _("%(who)s is deactivated and signed out of this workspace.") % {"who": member.user}
    return _done(request, said, lambda: team.deactivate(member, by=request.membership))


@require_POST
@screen("manage_team")
def reactivate(request: MemberRequest, pk: int) -> HttpResponse:
    """Lets them in again, as what they were."""
    member = _member(request, pk)
    said = _("%(who)s is back in the team.") % {"who": member.user}
    return _done(request, said, lambda: team.reactivate(member, by=request.membership))


@require_http_methods(["GET", "HEAD", "POST"])
@screen("hand_over_workspace")
def hand_over(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks once more, then makes somebody else the owner."""
    member = _member(request, pk)
    if request.method != "POST":
        return render(request, "team/hand_over.html", {"member": member})
    said = _("%(who)s is owner now, and you are admin.") % {"who": member.user}
    return _done(request, said, lambda: team.hand_over(member, by=request.membership))


def _member(request: MemberRequest, pk: int) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user"), pk=pk, workspace=request.tenant)


def _done(request: MemberRequest, said: str, act: Callable[[], object]) -> HttpResponse:
    """Back to the page with what was done, or the page with why it was not."""
    try:
        act()
    except ValidationError as error:
        return _page(request, problem=error, status=422)
    messages.success(request, said)
    return redirect("team:list")


def _sent(request: MemberRequest, invited: list[inviting.Invited]) -> HttpResponse:
    invitation_mail.send(invited)
    links = [(one.invitation, invitation_mail.link_of(one.token)) for one in invited]
    unsent = [invitation.email for invitation, _link in links if invitation.mailed_at is None]
    return _page(request, links=links, unsent=unsent, status=201)


def _page(request: MemberRequest, *, form: InviteForm | None = None, status: int = 200, **shown: Any) -> HttpResponse:
    mine, workspace = request.membership, request.tenant
    everybody = team.members_of(workspace)
    page = page_of(everybody, request)
    rows = [(member, team.may_touch(mine, member)) for member in page]
    problem = shown.pop("problem", None)
    context = {
        "form": form or InviteForm(),
        "page": page,
        "people": everybody.filter(deactivated_at=None).count(),
        "present": [row for row in rows if row[0].active],
        "gone": [row for row in rows if not row[0].active],
        "invitations": accepting.waiting_in(workspace),
        "choices": CHOICES,
        "roles": list(Role),
        "table": [(words, [role in CAN[what] for role in Role]) for what, words in IN_WORDS.items()],
        "problem": " ".join(problem.messages) if problem else "",
        **shown,
    }
    return render(request, "team/list.html", context, status=status)
