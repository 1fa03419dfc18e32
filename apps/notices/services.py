"""Makes notices, says which are unread, and marks them read.

Only rows of one's own cause are waited for: what makes a notice may hold a conversation and go on to the next one.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from apps.accounts.models import Membership, User
from apps.accounts.roles import can
from apps.core.events import publish
from apps.core.statements import Statement
from apps.notices.events import NoticesChanged
from apps.notices.kinds import KINDS, Kind
from apps.notices.models import Choice, Notice
from apps.work.services import make_due

#: The kind of work that sends a member's e-mail; whoever reads a notice sooner gets none.
MAIL = "notices.mail"
MAIL_AFTER = timedelta(seconds=60)
#: An unread notice that happens again is told by e-mail again, at most so often.
MAIL_AGAIN = timedelta(hours=1)
#: Older notices are forgotten, so many with each new one.
KEPT = timedelta(days=90)
FORGOTTEN_AT_ONCE = 100

_TELL = """
INSERT INTO notices_notice AS n (user_id, kind, subject, detail, conversation_id, inbox_id, count, mail_tries)
SELECT who, %(kind)s, %(subject)s, %(detail)s, %(conversation)s, %(inbox)s, 1, 0 FROM unnest(%(users)s::bigint[]) AS who
ON CONFLICT"""
_ONCE = " DO NOTHING"
_AGAIN = """ (user_id, subject) WHERE read_at IS NULL DO UPDATE SET
  kind = excluded.kind, detail = excluded.detail, at = excluded.at, count = n.count + %(more)s,
  mailed_at = CASE WHEN n.mailed_at < statement_timestamp() - %(again)s THEN NULL ELSE n.mailed_at END"""
OLD = Statement(
    "SELECT id FROM notices_notice WHERE at < statement_timestamp() - %s::interval ORDER BY at LIMIT %s "
    "FOR UPDATE SKIP LOCKED"
)
WISHES = Statement("SELECT user_id, mail FROM notices_choice WHERE user_id = ANY(%s::bigint[]) AND kind = %s")
_RETURNING = " RETURNING n.id, n.user_id, n.mailed_at"


def notify(
    kind: Kind,
    users: Iterable[User],
    *,
    subject: str,
    detail: str = "",
    conversation_id: int | None = None,
    inbox_id: int | None = None,
) -> None:
    """Tells these members, in the transaction of what causes it.

    Repeating it is harmless: a cause that somebody has not yet read about counts up, and one that is told once
    is not told again.
    """
    values: dict[str, Any] = {
        **{"kind": kind.name, "subject": subject, "detail": detail},
        **{"conversation": conversation_id, "inbox": inbox_id},
        **{"users": sorted(user.pk for user in users), "more": int(kind.counts), "again": MAIL_AGAIN},
    }
    with connection.cursor() as cursor:
        cursor.execute(_TELL + (_ONCE if kind.once else _AGAIN) + _RETURNING, values)
        told: list[tuple[int, int, Any]] = cursor.fetchall()
    if told:
        _have_mailed(kind, {user: notice for notice, user, mailed_at in told if mailed_at is None})
        _forget_old()
        publish(NoticesChanged(tuple(sorted(user for _notice, user, _mailed in told))))


def _have_mailed(kind: Kind, notices: dict[int, int]) -> None:
    """Each notice is an item of its own: a shared one would make transactions wait for each other."""
    wishes = dict(WISHES.rows([list(notices), kind.name]))
    at = timezone.now() + MAIL_AFTER
    for user, notice in notices.items():
        if wishes.get(user, kind.mail):
            make_due(MAIL, f"{user}:{notice}", at=at)


def of(membership: Membership) -> QuerySet[Notice]:
    """The member's notices, newest first, without those that are not theirs to see any more: of another role's
    kinds, and of conversations that a colleague has.
    """
    kinds = [kind.name for kind in KINDS.values() if can(membership, kind.needs)]
    theirs = Notice.objects.filter(user=membership.user_id, kind__in=kinds)
    if can(membership, "see_all_conversations"):
        return theirs
    seen = Q(conversation=None) | Q(conversation__vendor=None) | Q(conversation__vendor=membership.user_id)
    return theirs.filter(seen)


def unread(membership: Membership) -> QuerySet[Notice]:
    """What the member has not read, newest first."""
    return of(membership).filter(read_at=None)


def history(membership: Membership) -> QuerySet[Notice]:
    """All of the member's notices, newest first, with what their titles need."""
    shown = of(membership).select_related("conversation__contact", "inbox")
    return shown.prefetch_related("conversation__contact__identities")


def newest(membership: Membership) -> int:
    """The id of the member's newest notice, 0 without any: what comes later is news."""
    return of(membership).order_by("-pk").values_list("pk", flat=True).first() or 0


def mark_read(notices: QuerySet[Notice]) -> None:
    """Marks what of these is unread, and tells the open pages of those whose they are."""
    with transaction.atomic():
        # What somebody else is at just now is being settled, or happens again: it is not waited for.
        asked = Notice.objects.filter(pk__in=notices.filter(read_at=None).order_by().values("pk")).exclude(user=None)
        rows = list(asked.order_by().select_for_update(skip_locked=True).values_list("pk", "user"))
        if rows:
            Notice.objects.filter(pk__in=[pk for pk, _user in rows]).update(read_at=Now())
            publish(NoticesChanged(tuple(sorted({user for _pk, user in rows}))))


def settle(subject: str, *, user_id: int | None = None) -> None:
    """What these notices asked for is done, by this member if one is named: nobody, or they, need not read them."""
    whose = Q() if user_id is None else Q(user=user_id)
    mark_read(Notice.objects.filter(whose, subject=subject))


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


def _forget_old() -> None:
    """Forgets some of the oldest, whoever's they are; what somebody else is at goes another time."""
    some = [id for (id,) in OLD.rows([KEPT, FORGOTTEN_AT_ONCE])]
    if some:
        Notice.objects.filter(pk__in=some).delete()
