"""A website is walked through: what is read of it, and where the walk ends."""

import pytest

from apps.bots.models import Bot
from apps.core import http
from apps.knowledge import running
from apps.knowledge.models import Chunk, Page, Source
from apps.knowledge.search import search
from apps.knowledge.services import add_website, read_again, read_on, stop
from apps.work.models import WorkItem
from tests.knowledge.documents import pdf
from tests.knowledge.llms import Failing, Planned, speak_with
from tests.knowledge.web import HOME, InProcess, Web, crawl, html, moved, page, states, website


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The child process has tests of its own; to begin one for each batch would take most of the time."""
    monkeypatch.setattr(running, "Reader", InProcess)


@pytest.fixture
def shop(web: Web) -> Web:
    """Four pages that lead to each other."""
    web.answers = {
        HOME: html("Home", "/prices", "/visit"),
        HOME + "prices": html("Prices", "/", "/visit", text="A sourdough loaf costs 4 euros."),
        HOME + "visit": html("Visit", "/prices", "/team"),
        HOME + "team": html("Team"),
    }
    return web


def test_a_website_is_read_along_its_links(bot: Bot, shop: Web) -> None:
    source = crawl(website(bot))
    assert (source.state, source.title, source.error) == ("ready", "shop.example", "")
    assert states(source) == {"": "read", "prices": "read", "visit": "read", "team": "read"}
    assert shop.pages_asked == [HOME, HOME + "prices", HOME + "visit", HOME + "team"]
    chunk = Chunk.objects.get(page__address=HOME + "prices")
    assert (chunk.page.title, chunk.headings) == ("Prices", "Prices")
    assert chunk.text.startswith("# Prices\nA sourdough loaf costs 4 euros.")
    assert search(bot, "What does a sourdough loaf cost?")[0].id == chunk.pk


def test_a_sitemap_may_be_where_it_begins(bot: Bot, shop: Web) -> None:
    listed = "".join(f"<url><loc>{HOME}{path}</loc></url>" for path in ("prices", "team"))
    shop.answers[HOME + "sitemap.xml"] = page(f'<?xml version="1.0"?><urlset>{listed}</urlset>', kind="application/xml")
    source = crawl(website(bot, address=HOME + "sitemap.xml", most_depth=1))
    assert states(source) == {"sitemap.xml": "no_words", "prices": "read", "team": "read", "": "most_depth"}


def test_other_websites_are_left_alone(bot: Bot, web: Web) -> None:
    away = ("https://elsewhere.example/", "//evil.example/x", "http://shop.example:81/", "mailto:a@shop.example")
    odd = ("javascript:alert(1)", "file:///etc/passwd", "http://[", "https://u:p@shop.example/", "/photo.JPG", "#top")
    web.answers[HOME] = html("Home", *away, *odd, "http://www.shop.example/also")
    web.answers["http://www.shop.example/also"] = html("Also")
    source = crawl(website(bot))
    assert web.pages_asked == [HOME, "http://www.shop.example/also"]
    assert set(states(source).values()) == {"read"}


def test_one_page_under_many_names_is_read_once(bot: Bot, web: Web) -> None:
    web.answers[HOME] = html("Home", "/a", "/a#b", "/a?utm_source=x", "HTTPS://SHOP.example:443/a", "/copy")
    web.answers[HOME + "a"] = web.answers[HOME + "copy"] = html("The same")
    source = crawl(website(bot))
    assert web.pages_asked == [HOME, HOME + "a", HOME + "copy"]
    assert states(source) == {"": "read", "a": "read", "copy": "duplicate"}
    assert "says the same as https://shop.example/a" in Page.objects.get(problem="duplicate").why
    assert not Chunk.objects.filter(page__problem="duplicate").exists()


def test_robots_txt_is_kept_to(bot: Bot, web: Web) -> None:
    web.answers[HOME + "robots.txt"] = page("User-agent: *\nDisallow: /staff", kind="text/plain")
    web.answers[HOME] = html("Home", "/staff/rota", "/staff/pay", "/open")
    web.answers[HOME + "open"] = html("Open")
    source = crawl(website(bot))
    assert web.asked == [HOME + "robots.txt", HOME, HOME + "open"]
    assert states(source) == {"": "read", "open": "read", "staff/rota": "robots"}


@pytest.mark.parametrize(
    ("robots", "said"),
    [
        (page("User-agent: Leadline\nDisallow: /", kind="text/plain"), "robots.txt asks programs not to read this"),
        (page("", status=503), "robots.txt could not be read"),
    ],
)
def test_a_website_that_does_not_want_to_be_read_is_not(bot: Bot, web: Web, robots: http.Response, said: str) -> None:
    web.answers = {HOME + "robots.txt": robots, HOME: html("Home")}
    source = crawl(website(bot))
    assert source.state == "failed" and said in source.error
    assert web.pages_asked == [] and not Page.objects.exists()


def test_a_pause_that_robots_txt_asks_for_is_made(bot: Bot, shop: Web) -> None:
    shop.answers[HOME + "robots.txt"] = page("User-agent: *\nCrawl-delay: 7", kind="text/plain")
    source = website(bot)
    assert read_on(source.pk) == 7.0
    assert shop.pages_asked == [HOME]


def test_the_limit_of_pages_is_named(bot: Bot, shop: Web) -> None:
    source = crawl(website(bot, most_pages=2))
    assert states(source) == {"": "read", "prices": "read", "visit": "most_pages"}
    assert Page.objects.get(problem="most_pages").why == "This and what follows was left out (limit: 2 pages)."


def test_the_limit_of_depth_is_named(bot: Bot, shop: Web) -> None:
    source = crawl(website(bot, most_depth=1))
    assert states(source) == {"": "read", "prices": "read", "visit": "read", "team": "most_depth"}
    assert "limit: 1 links from the start" in Page.objects.get(problem="most_depth").why


def test_an_endless_website_ends_at_its_limit(bot: Bot, web: Web) -> None:
    class Days(dict[str, str]):
        def get(self, url: str, missing: object = None) -> object:  # type: ignore[override]
            number = int(url.rpartition("/")[2] or 0) if not url.endswith("robots.txt") else None
            return missing if number is None else html(f"Day {number}", f"/{number + 1}", text=f"Loaf {number}.")

    web.answers = Days()
    source = crawl(website(bot, most_pages=12, most_depth=10))
    assert source.state == "ready" and len(web.pages_asked) <= 12
    assert "most_depth" in states(source).values()


def test_a_redirect_on_the_website_is_followed_as_a_link(bot: Bot, web: Web) -> None:
    web.answers = {HOME: moved("https://www.shop.example/"), "https://www.shop.example/": html("Home", "/round")}
    web.answers["https://www.shop.example/round"] = moved("/round")
    source = crawl(website(bot, most_depth=1))
    assert source.state == "ready"
    assert [p.problem or p.state for p in source.pages.order_by("number")] == ["moved", "read", "gone"]


@pytest.mark.parametrize("to", ["http://169.254.169.254/", "http://elsewhere.example/", "file:///etc/passwd", ""])
def test_a_redirect_to_elsewhere_is_not_followed(bot: Bot, web: Web, to: str) -> None:
    web.answers = {HOME: html("Home", "/away"), HOME + "away": moved(to)}
    source = crawl(website(bot))
    assert web.pages_asked[:2] == [HOME, HOME + "away"] and len(web.pages_asked) == 2
    assert source.state == "ready" and states(source)["away"] in ("leads_elsewhere", "gone")


@pytest.mark.parametrize(
    ("answer", "problem", "said"),
    [
        (http.TooLarge("x"), "page_too_large", "larger than a page may be (limit: 5 MB)"),
        (http.NoAnswer("x"), "no_answer", "did not answer in full within 10 s"),
        (http.NotReached("x"), "not_reached", "could not be reached"),
        (http.AddressRefused("x"), "address_refused", "private network"),
        (page("", status=500), "busy", "an error of its own (500)"),
        (page("", status=404), "gone", "nothing at this address (404)"),
        (page("", status=403), "forbidden", "does not let us read this (403)"),
        (page("x", kind="image/png"), "not_a_page", "It is no page, but image/png."),
        (page("<p></p>"), "no_words", "There are no words in it."),
        (page("%PDF-1.4 nonsense", kind="application/pdf"), "broken", "It is damaged"),
    ],
)
def test_a_page_that_cannot_be_read_is_named_and_the_rest_goes_on(
    bot: Bot, web: Web, answer: object, problem: str, said: str
) -> None:
    web.answers = {HOME: html("Home", "/odd", "/good"), HOME + "odd": answer, HOME + "good": html("Good")}
    source = crawl(website(bot))
    assert source.state == "ready"
    assert states(source) == {"": "read", "odd": problem, "good": "read"}
    assert said in Page.objects.get(problem=problem).why


def test_a_page_that_is_too_long_is_read_up_to_its_limit_which_is_named(bot: Bot, web: Web) -> None:
    web.answers = {HOME: html("Home", text="<p>All about bread and cake.</p>" * 9000)}
    source = crawl(website(bot))
    page = source.pages.get()
    assert (source.state, page.state, page.problem) == ("ready", "read", "most_text")
    assert "limit: 200,000 characters" in page.why
    assert 200 < Chunk.objects.count() < 300


def test_a_pdf_on_the_website_is_a_page_of_it(bot: Bot, web: Web) -> None:
    web.answers = {HOME: html("Home", "/menu.pdf")}
    web.answers[HOME + "menu.pdf"] = http.Response(200, {"content-type": "application/pdf"}, pdf("Tea is 2 pounds."))
    crawl(website(bot))
    chunk = Chunk.objects.get(page__address=HOME + "menu.pdf")
    assert (chunk.page.title, chunk.text) == ("menu.pdf", "Tea is 2 pounds.")


def test_a_website_that_cannot_be_reached_fails_with_why(bot: Bot, web: Web) -> None:
    web.answers = {HOME + "robots.txt": http.NotReached("x")}
    source = crawl(website(bot))
    assert (source.state, source.error) == ("failed", "The website could not be reached. Check the address.")


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MOST_PAGES", 1)


def test_hands_that_die_between_batches_are_followed_by_others(bot: Bot, shop: Web, one_at_a_time: None) -> None:
    source = website(bot)
    assert read_on(source.pk) == read_on(source.pk) == 0.0
    assert states(source) == {"": "read", "prices": "read", "visit": "waiting"}
    crawl(source)  # by a process that knows nothing of the one before
    assert sorted(shop.pages_asked) == sorted({HOME, HOME + "prices", HOME + "visit", HOME + "team"})
    assert shop.asked.count(HOME + "robots.txt") == 1
    assert Chunk.objects.count() == 4


def test_hands_that_die_in_a_batch_lose_nothing_and_do_nothing_twice(bot: Bot, shop: Web) -> None:
    source = website(bot)
    read_on(source.pk)

    def die(url: str) -> None:
        raise SystemExit

    shop.before = die
    with pytest.raises(SystemExit):
        read_on(source.pk)
    shop.before = lambda url: None
    assert crawl(source).state == "ready"
    assert Chunk.objects.count() == Page.objects.filter(state="read").count() == 4


def test_two_hands_at_one_source_write_each_page_once(bot: Bot, shop: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    source = website(bot)
    llm = Planned({})
    speak_with(monkeypatch, llm)

    def others(url: str) -> None:
        shop.before = lambda url: None
        crawl(source)

    shop.before = others
    crawl(source)
    assert Chunk.objects.count() == Chunk.objects.values("page", "position").distinct().count() == 4
    assert Source.objects.get().run == 1


def test_stopping_keeps_what_was_read_and_reads_no_more(bot: Bot, shop: Web, one_at_a_time: None) -> None:
    source = website(bot)
    read_on(source.pk)
    assert stop(source)
    asked = list(shop.asked)
    assert read_on(source.pk) is None and shop.asked == asked
    assert Source.objects.get().state == "stopped" and Chunk.objects.count() == 1
    assert not stop(source)
    read_again(source)
    assert crawl(source).state == "ready" and Chunk.objects.count() == 4


def test_stopping_in_the_middle_of_a_page_forgets_that_page(bot: Bot, shop: Web) -> None:
    source = website(bot)
    shop.before = lambda url: None if "robots" in url else stop(source) and None
    read_on(source.pk)
    assert not Chunk.objects.exists() and Source.objects.get().state == "stopped"


def test_reading_again_embeds_only_what_has_changed(bot: Bot, shop: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    llm = Planned({})
    speak_with(monkeypatch, llm)
    source = crawl(website(bot))
    before = {chunk.page.address: chunk.pk for chunk in Chunk.objects.select_related("page")}
    llm.batches.clear()
    shop.answers[HOME + "prices"] = html("Prices", "/", "/visit", text="A sourdough loaf costs 5 euros now.")
    shop.answers[HOME + "visit"] = html("Visit", "/prices", "/new")
    shop.answers[HOME + "new"] = html("New")
    read_again(source)
    crawl(source)
    assert [text.partition("\n")[0] for batch in llm.batches for text in batch] == ["Prices", "New"]
    now = {chunk.page.address: chunk.pk for chunk in Chunk.objects.select_related("page")}
    assert [now[HOME], now[HOME + "visit"]] == [before[HOME], before[HOME + "visit"]]
    assert now[HOME + "prices"] != before[HOME + "prices"]
    assert not Page.objects.filter(address=HOME + "team").exists()
    assert set(states(source)) == {"", "prices", "visit", "new"}


def test_what_cannot_be_had_just_now_stays_known(bot: Bot, shop: Web) -> None:
    source = crawl(website(bot))
    shop.answers[HOME + "visit"] = page("", status=503)
    read_again(source)
    crawl(source)
    assert states(source) == {"": "read", "prices": "read", "visit": "busy"}
    assert set(Chunk.objects.values_list("page__address", flat=True)) == {
        HOME, HOME + "prices", HOME + "visit", HOME + "team",
    }  # fmt: skip


def test_what_is_gone_is_forgotten(bot: Bot, shop: Web) -> None:
    source = crawl(website(bot))
    shop.answers[HOME + "visit"] = page("", status=410)
    read_again(source)
    crawl(source)
    assert set(Chunk.objects.values_list("page__address", flat=True)) == {HOME, HOME + "prices"}


def test_a_website_is_read_again_when_its_time_has_come(bot: Bot, shop: Web) -> None:
    source = website(bot, every_hours=24)
    assert [read_on(source.pk) for _ in range(3)] == [0.0, 0.0, 86_400.0]
    left = read_on(source.pk)
    assert left is not None and 86_300 < left <= 86_400
    asked = len(shop.asked)
    Source.objects.update(next_at="2026-01-01T00:00:00Z")
    crawl(source)
    assert Source.objects.get().run == 2 and len(shop.asked) == 2 * asked


def test_a_model_that_fails_for_the_moment_is_asked_again_in_the_same_run(
    bot: Bot, shop: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = website(bot)
    speak_with(monkeypatch, Failing("The model is busy.", retryable=True))
    with pytest.raises(Exception, match="busy"):
        read_on(source.pk)
    assert Source.objects.get().state == "failed"
    speak_with(monkeypatch, Planned({}))
    Source.objects.update(next_at="2026-01-01T00:00:00Z")
    assert crawl(source).state == "ready"
    assert Source.objects.get().run == 1 and Chunk.objects.count() == 4


def test_adding_makes_it_due(bot: Bot, web: Web) -> None:
    source = add_website(bot, address="shop.example/start", most_pages=5)
    assert (source.address, source.kind, source.most_pages) == ("https://shop.example/start", "website", 5)
    assert WorkItem.objects.filter(kind="knowledge.index", key=str(source.pk), due_at__isnull=False).count() == 1
