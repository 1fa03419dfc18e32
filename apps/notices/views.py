"""The bell: what is new, the history, and which kinds also come by e-mail. Everybody sees only their own."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import MemberRequest, screen
from apps.accounts.roles import can
from apps.notices import services
from apps.notices.kinds import KINDS, Kind
from apps.notices.models import Notice
from apps.notices.words import words_of

PAGE = 50
RECENT = 8
#: As many become toasts; the bell counts the others.
MOST_TOASTS = 3
LARGEST_ID = 2**63 - 1


@require_safe
@screen()
def history(request: MemberRequest) -> HttpResponse:
    """All of the member's notices by day, newest first."""
    page = Paginator(services.history(request.membership), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "days": list(_by_day(list(page))),
        "unread": services.unread(request.membership).count(),
        "choices": [(kind, services.wants_mail(request.membership.user, kind)) for kind in _kinds(request)],
    }
    return render(request, "notices/list.html", context)


@require_safe
@screen()
def recent(request: MemberRequest) -> HttpResponse:
    """The newest few, for the bell's menu."""
    return render(request, "notices/parts/recent.html", {"notices": services.history(request.membership)[:RECENT]})


@require_safe
@screen()
def news(request: MemberRequest) -> HttpResponse:
    """What came `after` the id of a notice: {"unread", "newest", "toasts": [{"url", "path", "title", "text"}]}."""
    given = request.GET.get("after", "")
    if not given.isdecimal() or int(given) > LARGEST_ID:
        return JsonResponse({"error": "Give after= as the id of the newest notice you know."}, status=400)
    newest = services.newest(request.membership)  # first: what comes while we ask is news the next time
    since = services.history(request.membership).filter(read_at=None, pk__gt=int(given), pk__lte=newest)
    return JsonResponse(
        {
            "unread": services.unread(request.membership).count(),
            "newest": newest,
            "toasts": [_toast(notice) for notice in since[:MOST_TOASTS]],
        }
    )


@require_safe
@screen()
def follow(request: MemberRequest, pk: int) -> HttpResponse:
    """Goes to what the notice is about; it is read then."""
    notice = get_object_or_404(services.history(request.membership), pk=pk)
    services.mark_read(Notice.objects.filter(pk=notice.pk))
    return redirect(words_of(notice).path)


@require_POST
@screen()
def read_all(request: MemberRequest) -> HttpResponse:
    """Everything is read."""
    services.mark_read(services.unread(request.membership))
    return redirect("notices:list")


@require_POST
@screen()
def read_one(request: MemberRequest, pk: int) -> HttpResponse:
    """This one is read, without going where it leads."""
    notice = get_object_or_404(services.of(request.membership), pk=pk)
    services.mark_read(Notice.objects.filter(pk=notice.pk))
    return HttpResponse(status=204) if request.htmx else redirect("notices:list")


@require_POST
@screen()
def here(request: MemberRequest) -> HttpResponse:
    """The member looks at the page whose `path` is posted: what leads there is read, however they came."""
    path = request.POST.get("path", "")
    looked_at = [notice.pk for notice in services.history(request.membership).filter(read_at=None)[:PAGE]
                 if words_of(notice).path == path]  # fmt: skip
    services.mark_read(Notice.objects.filter(pk__in=looked_at))
    return HttpResponse(status=204)


@require_POST
@screen()
def choose(request: MemberRequest) -> HttpResponse:
    """Keeps which kinds also come by e-mail; a kind that the member never gets stays as it is."""
    among = [kind.name for kind in _kinds(request)]
    services.choose_mail(request.membership.user, request.POST.getlist("mail"), among)
    messages.success(request, _("Saved. The e-mails go to %(email)s.") % {"email": request.membership.user.email})
    return redirect("notices:list")


def _kinds(request: MemberRequest) -> list[Kind]:
    """The kinds that this member gets."""
    return [kind for kind in KINDS.values() if can(request.membership, kind.needs)]


def _by_day(notices: list[Notice]) -> Iterator[tuple[date, list[Notice]]]:
    """The notices under their days, in the reader's zone."""
    for day, some in groupby(notices, key=lambda notice: timezone.localtime(notice.at).date()):
        yield day, list(some)


def _toast(notice: Notice) -> dict[str, str]:
    words = words_of(notice)
    link = reverse("notices:follow", args=[notice.pk])
    return {"url": link, "path": words.path, "title": words.title, "text": words.text}
