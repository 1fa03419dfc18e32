"""Who may see a screen (the decorator of every view here), and how a problem is told on it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import reswap, retarget

from apps.accounts.access import ZONE_COOKIE, screen
from apps.accounts.access import MemberRequest as PanelRequest

__all__ = ["ZONE_COOKIE", "PanelRequest", "problem", "screen"]


def problem(request: PanelRequest, text: str, *, back: str, status: int = 422) -> HttpResponse:
    """Says what went wrong: above the reply box of an open page, else on the page named by the path `back`."""
    if not request.htmx:
        messages.error(request, text)
        return redirect(back)
    response = render(request, "panel/parts/notice.html", {"text": text}, status=status)
    return reswap(retarget(response, "#notice"), "innerHTML")
