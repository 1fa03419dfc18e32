"""An address is taken or refused with a clear line, before anything is fetched."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from apps.accounts.models import Role
from apps.bots.models import Bot
from apps.core import http
from apps.knowledge.models import Source
from apps.knowledge.services import add_website
from tests.knowledge.web import HOME, Web, crawl, html, website

PRIVATE = "This address leads into a private network, or to no web server."
NONE = "This is no address of a website. Enter one such as https://www.example.com."


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://127.0.0.1/", PRIVATE),
        ("http://localhost/", PRIVATE),
        ("http://10.0.0.7/", PRIVATE),
        ("http://169.254.169.254/latest/meta-data/", PRIVATE),
        ("http://[::1]/", PRIVATE),
        ("http://[fd00::1]/", PRIVATE),
        ("http://[::ffff:127.0.0.1]/", PRIVATE),
        ("https://203.0.113.9:6379/", PRIVATE),
        ("file:///etc/passwd", "Only addresses that begin with https:// or http:// can be read."),
        ("ftp://example.com/", "Only addresses that begin with https:// or http:// can be read."),
        ("javascript:alert(1)", "Only addresses that begin with https:// or http:// can be read."),
        ("https://me:secret@example.com/", "An address with a name or password in it is not read. Leave them out."),
        ("https://example.com:x/", NONE),
        ("hello", NONE),
        ("https://", NONE),
        ("", NONE),
        ("https://example.com/" + "x" * 1000, "The address is longer than 1,000 characters."),
    ],
)
def test_an_address_that_may_not_be_read_is_refused(bot: Bot, address: str, why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        add_website(bot, address=address)
    assert why in refused.value.messages[0]
    assert not Source.objects.exists()


def test_a_name_that_leads_inside_only_when_it_is_fetched_is_refused_then(bot: Bot, web: Web) -> None:
    web.answers[HOME + "robots.txt"] = http.AddressRefused("127.0.0.1 is not an address of the open internet")
    source = crawl(website(bot))
    assert source.error == "The address leads into a private network, where nothing may be read."
    assert web.pages_asked == []


def test_the_form_says_what_is_wrong_at_its_field(client_for: Callable[..., Client], bot: Bot) -> None:
    data = {"address": "http://10.0.0.7/", "most_pages": "25", "most_depth": "1", "every_hours": "0"}
    answer = client_for(Role.EDITOR).post(f"/w/acme/bots/{bot.pk}/knowledge/add/website/", data)
    assert answer.status_code == 422 and PRIVATE in answer.context["form"].errors["address"][0]


def test_the_form_adds_and_shows_how_far_it_is(client_for: Callable[..., Client], bot: Bot, web: Web) -> None:
    editor = client_for(Role.EDITOR)
    data = {"address": "shop.example", "most_pages": "25", "most_depth": "1", "every_hours": "24"}
    answer = editor.post(f"/w/acme/bots/{bot.pk}/knowledge/add/website/", data)
    source = Source.objects.get()
    assert answer.headers["Location"] == f"/w/acme/bots/{bot.pk}/knowledge/{source.pk}/"
    page = editor.get(answer.headers["Location"])
    assert b'hx-trigger="every 3s"' in page.content and b"<progress" in page.content and b"Stop" in page.content
    web.answers = {HOME: html("<i>Home</i>", "/odd", text="A <b>rye</b> loaf costs 4 euros."), HOME + "odd": html("")}
    crawl(source)
    fragment = editor.get(answer.headers["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "Read again" in fragment and "hx-get" not in fragment
    found = editor.get(answer.headers["Location"] + "?q=rye").content.decode()
    assert "rye loaf costs 4 euros" in found and "<b>rye" not in found
    assert "No piece holds these words." in editor.get(answer.headers["Location"] + "?q=zebra").content.decode()


def test_asking_shows_passages_with_scores_and_places(client_for: Callable[..., Client], bot: Bot, web: Web) -> None:
    web.answers = {HOME: html("Home", text="A rye loaf costs 4 euros.")}
    crawl(website(bot))
    ask = f"/w/acme/bots/{bot.pk}/knowledge/ask/"
    page = client_for(Role.EDITOR).get(ask, {"q": "What does rye cost?"}).content.decode()
    assert "rye loaf costs 4 euros" in page and "0.0328" in page and HOME in page
    fragment = client_for(Role.EDITOR).get(ask, {"q": "rye"}, headers={"HX-Request": "true"}).content.decode()
    assert "kn-passage" in fragment and "<html" not in fragment


def test_stopping_from_the_page(client_for: Callable[..., Client], bot: Bot, web: Web) -> None:
    source = website(bot)
    answer = client_for(Role.EDITOR).post(f"/w/acme/bots/{bot.pk}/knowledge/{source.pk}/stop/", {"back": "source"})
    assert answer.headers["Location"].endswith(f"/{source.pk}/")
    assert Source.objects.get().state == "stopped"
