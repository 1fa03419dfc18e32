"""Kinds of work: a member's e-mail."""

from apps.notices.mail import mail
from apps.notices.services import MAIL
from apps.work.claims import Claim
from apps.work.runner import Later, work_kind
from apps.work.services import forget_done


@work_kind(MAIL, queue="default", lease=180)
def send_mail(claim: Claim) -> Later | None:
    """Sends what the member has not read; the claim's key is their id and the notice that makes it due."""
    forget_done(MAIL)
    return mail(int(claim.key.partition(":")[0]))
