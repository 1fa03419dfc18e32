"""Makes notices, says which are unread, and marks them read."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from apps.accounts.models import Membership, User
from apps.accounts.roles import can
from apps.core.events import publish
from apps.notices.events import NoticesChanged
from apps.notices.kinds import KINDS, Kind
from apps.notices.models import Choice, Notice
from apps.work.services import make_due

#: The kind of work that sends a member's e-mail; whoever reads a notice sooner gets none.
MAIL = "notices.mail"
MAIL_AFTER = timedelta(seconds=60)
#: Older notices are forgotten.
KEPT = timedelta(days=90)


def notify(kind: Kind, users: Iterable[User], *, subject: str, **about: Any) -> None:
    """Tells these members, in the transaction of what causes it. `about`: conversation_id, inbox_id, detail.

    Repeating it is harmless: a cause that somebody has not yet read about counts up, and one that is told once
    is not told again.
    """
    told = [user.pk for user in users if _tell(kind, user, subject, about)]
    if told:
        publish(NoticesChanged(tuple(told)))


def _tell(kind: Kind, user: User, subject: str, about: Mapping[str, Any]) -> bool:
    """Whether the member has something new to read."""
    same = Notice.objects.filter(user=user, kind=kind.name, subject=subject)
    if kind.once and same.exists():
        return False
    with transaction.atomic():
        notice, new = Notice.objects.select_for_update().get_or_create(
            user=user, kind=kind.name, subject=subject, read_at=None, defaults=dict(about)
        )
        if not new:
            Notice.objects.filter(pk=notice.pk).update(count=F("count") + 1, at=Now(), **about)
        elif wants_mail(user, kind):
            make_due(MAIL, user.pk, at=timezone.now() + MAIL_AFTER)
    _forget_old(user)
    return True


def of(membership: Membership) -> QuerySet[Notice]:
    """The member's notices, newest first, without those of conversations that they may not see any more."""
    theirs = Notice.objects.filter(user=membership.user_id)
    if can(membership, "see_all_conversations"):
        return theirs
    seen = Q(conversation=None) | Q(conversation__vendor=None) | Q(conversation__vendor=membership.user_id)
    return theirs.filter(seen)


def unread(membership: Membership) -> QuerySet[Notice]:
    """What the member has not read, newest first."""
    return of(membership).filter(read_at=None)


def history(membership: Membership) -> QuerySet[Notice]:
    """All of the member's notices, newest first, with what their titles need."""
    return of(membership).select_related("conversation__contact", "inbox")


def newest(membership: Membership) -> int:
    """The id of the member's newest notice, 0 without any: what comes later is news."""
    return of(membership).order_by("-pk").values_list("pk", flat=True).first() or 0


def mark_read(notices: QuerySet[Notice]) -> None:
    """Marks what of these is unread, and tells the open pages of those whose they are."""
    with transaction.atomic():
        theirs = set(notices.filter(read_at=None).values_list("user", flat=True))
        if theirs:
            notices.filter(read_at=None).update(read_at=Now())
            publish(NoticesChanged(tuple(sorted(theirs))))


def settle(kind: Kind, subject: str) -> None:
    """What these notices asked for is done: nobody needs to read them any more."""
    mark_read(Notice.objects.filter(kind=kind.name, subject=subject))


def wants_mail(user: User, kind: Kind) -> bool:
    """Whether the member gets e-mails about this kind."""
    chosen = Choice.objects.filter(user=user, kind=kind.name).values_list("mail", flat=True).first()
    return kind.mail if chosen is None else chosen


def choose_mail(user: User, wanted: Iterable[str], among: Iterable[str]) -> None:
    """Keeps about which of these kinds the member wants e-mails."""
    wanted = set(wanted)
    with transaction.atomic():
        for name in among:
            Choice.objects.update_or_create(user=user, kind=KINDS[name].name, defaults={"mail": name in wanted})


def _forget_old(user: User) -> None:
    Notice.objects.filter(user=user, at__lt=timezone.now() - KEPT).delete()
