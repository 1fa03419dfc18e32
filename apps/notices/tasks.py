"""Kinds of work: a member's e-mail."""

from apps.notices.mail import mail
from apps.notices.services import MAIL
from apps.work.claims import Claim
from apps.work.runner import work_kind


@work_kind(MAIL, queue="default", lease=120)
def send_mail(claim: Claim) -> None:
    """Sends what the member whom the claim names has not read; a failing mail server is tried again, five times."""
    mail(int(claim.key))
