"""People: where they belong, where they are signed in, and whether they may sign in at all."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Membership, User
from apps.staff import services
from apps.staff.admin.base import Screen, person
from apps.staff.admin.filters import Choice
from apps.staff.admin.markup import NOTHING, chip, link, moment, yes_no
from apps.staff.admin.parts import Act, Section
from apps.staff.models import Look
from apps.staff.site import staff_site


class Kind(Choice):
    """By what they are."""

    title = _("kind")
    parameter_name = "kind"
    words = {
        "on": (_("May sign in"), {"is_active": True}),
        "off": (_("Switched off"), {"is_active": False}),
        "staff": (_("Staff"), {"is_staff": True}),
        "nowhere": (_("In no workspace"), {"memberships": None}),
    }


@admin.register(User, site=staff_site)
class People(Screen):
    """Everybody who can sign in."""

    title = _("People")
    explains = _("Everybody who has ever signed in or was given a role. ADMIN_EMAILS says who is staff.")
    list_display = ("email", "called", "standing", "workspace_count", "factor", "seen")
    list_display_links = ("email",)
    search_fields = ("email", "name")
    search_help_text = _("E-mail or name")
    list_filter = (Kind,)
    acts = (
        Act(
            "deny",
            _("Switch off"),
            _("Switched off. They are signed out everywhere, and keys they made open nothing."),
            services.deny,
            fits=lambda user: user.is_active,
            question=_(
                "Switch this person off? They are signed out of every browser at once and cannot sign in; API keys "
                "they made stop working. Their memberships stay."
            ),
            dangerous=True,
        ),
        Act(
            "let-in",
            _("Let in again"),
            _("They may sign in again."),
            services.let_in,
            fits=lambda user: not user.is_active,
            question=_("Let this person sign in again? Their memberships and keys work as before."),
        ),
        Act(
            "sign-out",
            _("Sign out everywhere"),
            _("Signed out of every browser."),
            services.sign_out,
            fits=lambda user: user.is_active,
            question=_("Sign this person out of every browser? They may sign in again at once."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Without anything of a password, with the number of workspaces and whether there is a second factor."""
        members = Membership.objects.filter(user=OuterRef("pk")).order_by().values("user")
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
        people = super().get_queryset(request).defer("password")
        return people.annotate(
            belongs_to=Subquery(members.annotate(n=Count("pk")).values("n")), has_factor=Exists(factors)
        )

    @admin.display(description=_("name"), ordering="name")
    def called(self, user: User) -> str:
        """Their name."""
        return user.name or NOTHING

    @admin.display(description=_("standing"), ordering="is_active")
    def standing(self, user: User) -> str:
        """Whether they may sign in, and whether they are staff."""
        if not user.is_active:
            return chip(_("Switched off"), "bad")
        return chip(_("Staff"), "attention") if user.is_staff else chip(_("May sign in"), "good")

    @admin.display(description=_("workspaces"), ordering="belongs_to")
    def workspace_count(self, user: Any) -> int:
        """How many."""
        return user.belongs_to or 0

    @admin.display(description=_("second factor"), ordering="has_factor")
    def factor(self, user: Any) -> str:
        """Whether there is one."""
        return str(yes_no(user.has_factor))

    @admin.display(description=_("last sign-in"), ordering="last_login")
    def seen(self, user: User) -> str:
        """When they last signed in."""
        return moment(user.last_login)

    def state(self, row: User) -> object:
        """Their standing."""
        return self.standing(row)

    def heading(self, row: User) -> str:
        """The address, which is unique."""
        return row.email

    def note(self, request: HttpRequest, row: User) -> None:
        """Where they are signed in is shown."""
        services.note_look(person(request), Look.What.PERSON, row.email)

    def sections(self, request: HttpRequest, row: Any) -> list[Section]:
        """Who they are, where they belong, where they are signed in."""
        return [_facts(row), _memberships(row), _sessions(row)]


def _facts(user: Any) -> Section:
    addresses = EmailAddress.objects.filter(user=user).order_by("pk")
    written = ", ".join(f"{one.email} ({_('verified') if one.verified else _('not verified')})" for one in addresses)
    return Section(
        _("Person"),
        [
            (_("Name"), user.name or NOTHING),
            (_("Addresses"), written or NOTHING),
            (_("Signs in with Google"), yes_no(SocialAccount.objects.filter(user=user).exists())),
            (_("Second factor"), yes_no(user.has_factor)),
            (_("Staff"), yes_no(user.is_staff)),
            (_("Came"), moment(user.created_at)),
            (_("Last sign-in"), moment(user.last_login)),
        ],
    )


def _memberships(user: User) -> Section:
    members = Membership.objects.filter(user=user).select_related("workspace").order_by("workspace__name")
    rows = [
        (
            link(member.workspace.name, "tenants_workspace_change", member.workspace_id),
            member.get_role_display(),
            yes_no(member.active),
            member.workspace.get_state_display(),
            moment(member.last_seen_at),
        )
        for member in members
    ]
    headers = (_("Workspace"), _("Role"), _("May enter"), _("State"), _("Last seen"))
    return Section(_("Workspaces"), headers=headers, rows=rows, empty=_("In no workspace."))


def _sessions(user: User) -> Section:
    sessions = UserSession.objects.filter(user=user).defer("session_key", "data").order_by("-last_seen_at")[:20]
    rows = [(one.ip, one.user_agent[:120], moment(one.created_at)) for one in sessions]
    headers = (_("Address"), _("Browser"), _("Since"))
    return Section(_("Signed in"), headers=headers, rows=rows, empty=_("Nowhere."))
