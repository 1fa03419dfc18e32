"""Seeding the demo: quick, repeatable, and careful with what is there already."""

from django.core.management import call_command
from django.utils import timezone

from apps import tenants
from apps.bots.models import Bot
from apps.inboxes.models import Widget
from apps.tenants.models import Workspace
from apps.work.models import WorkItem
from sandbox.demo import business
from sandbox.demo.furnishing import furnish
from sandbox.demo.management.commands import seed_demo
from sandbox.demo.script import talks
from tests.clocks import Stopwatch
from tests.sandbox.demo import BASE, counted
from tests.sandbox.world.running import running

WEBSITE = "http://127.0.0.1:8700"
SECONDS = 8.0
KEYS = [one.key for one in business.TEAM]


def test_it_is_made_in_seconds_and_a_second_time_changes_nothing(workspace: Workspace) -> None:
    with Stopwatch() as took:
        furnish(workspace, website=WEBSITE)
    assert took.seconds < SECONDS
    before = counted()
    furnish(workspace, website=WEBSITE)
    assert counted() == before
    assert before["Conversation"] == len(talks(KEYS)) >= 40


def test_what_was_due_before_stays_due(workspace: Workspace) -> None:
    kept = WorkItem.objects.create(workspace=workspace, kind="dialogue.take_turns", key="7", due_at=timezone.now())
    furnish(workspace, website=WEBSITE)
    assert list(WorkItem.objects.filter(workspace=workspace, due_at__isnull=False)) == [kept]


def test_the_command_makes_the_number_the_customers_and_the_website_in_the_world(db: None) -> None:
    Workspace.objects.filter(slug="acme").update(slug=business.SLUG)
    with running() as world:
        call_command(seed_demo.Command(), world=world.url, base=BASE)
        people = {one["phone"] for one in world._get("/sandbox/people")["people"]}
        (number,) = world._get("/sandbox/numbers")["numbers"]
        shop = world.http.get(f"{world.url}/shop/").text
    assert number["webhook_url"] == f"{BASE}/webhook/whatsapp_cloud/demo/"
    assert people == {business.CUSTOMER_PHONE, *(talk.phone for talk in talks(KEYS) if talk.phone)}
    with tenants.enter(Workspace.objects.get(slug=business.SLUG)):
        assert Widget.objects.get().inbox.external_key in shop


def test_what_people_changed_in_the_demo_survives_a_second_seeding(workspace: Workspace) -> None:
    furnish(workspace, website=WEBSITE)
    Bot.objects.filter(name=business.BOT).update(persona="Mine")
    furnish(workspace, website=WEBSITE)
    assert Bot.objects.get(name=business.BOT).persona == "Mine"
