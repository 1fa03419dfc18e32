"""The load is decided by the seed, has the size it was asked for, and is what Meta would post."""

import json
from collections import Counter

import pytest

from apps.providers import whatsapp_cloud
from sandbox.chaos.customers import Load, Size, write
from sandbox.chaos.furnishing import Line
from sandbox.chaos.meta import Answer, Meta
from sandbox.world.payloads import signed_headers
from sandbox.world.records import Number

SIZE = Size(conversations=30, messages=300, seconds=10, duplicates=0.3, most_in_post=10, taken=0.1)


def line(key: str) -> Line:
    number = Number(key, "+442079460000", "1", token="t", app_secret=f"s-{key}", webhook_url=f"http://w/{key}/")
    return Line("w_0", "shop", "owner@example.org", "token", 1, number)


LINES = (line("1001"), line("1002"))


def load(seed: int = 1, size: Size = SIZE) -> Load:
    return write("F00", LINES, size, seed=seed, now=1_800_000_000.0)


def test_the_same_seed_writes_the_same_and_another_one_something_else() -> None:
    assert load(7) == load(7)
    assert load(7).posts != load(8).posts


def test_it_has_the_size_that_was_asked_for() -> None:
    made = load()
    times = Counter(wamid for post in made.posts for wamid in post.wamids)
    assert (len(made.written), len(times), sum(times.values())) == (300, 300, 390)
    assert {one.conversation for one in made.written} == set(range(30))
    assert max(len(post.wamids) for post in made.posts) == 10
    assert len(made.takeovers) == 3
    assert all(0 <= post.after <= 10 for post in made.posts)


def test_arrival_is_shuffled_and_the_vendors_dates_are_not() -> None:
    made = load()
    by_wamid = {one.wamid: one for one in made.written}
    arrived = [by_wamid[wamid] for post in made.posts for wamid in post.wamids]
    mine = [one.place for one in arrived if one.conversation == 0]
    assert mine != sorted(mine)
    dated = sorted((one for one in made.written if one.conversation == 0), key=lambda one: one.at)
    assert [one.place for one in dated] == list(range(10))


def test_each_post_is_signed_for_its_number_and_read_as_what_was_written() -> None:
    made = load()
    by_wamid = {one.wamid: one for one in made.written}
    for post in made.posts:
        headers = {name.lower(): value for name, value in signed_headers(post.body, post.secret).items()}
        assert whatsapp_cloud.verify((post.secret,), headers, post.body)
        items = whatsapp_cloud.parse(headers, post.body)
        if post.kind == "messages":
            assert [item.external_id for item in items] == list(post.wamids)  # type: ignore[union-attr]  # Inbound
            assert {item.text for item in items} == {by_wamid[wamid].text for wamid in post.wamids}  # type: ignore[union-attr]
        assert json.loads(post.body)["object"] == "whatsapp_business_account"


@pytest.mark.parametrize(
    ("statuses", "accepted"), [((503, 200, 200), {"w": 3.0}), ((0, 500), {}), ((200,), {"w": 2.0})]
)
def test_accepted_is_what_was_answered_2xx_once_from_then_on(
    statuses: tuple[int, ...], accepted: dict[str, float]
) -> None:
    post = next(post for post in load().posts if post.wamids)
    meta = Meta([post], 1)
    meta.answers = [Answer(post, status, 0.1, 2.0 + place) for place, status in enumerate(statuses)]
    assert meta.accepted() == {wamid: at for wamid in post.wamids for at in accepted.values()}
