"""Both workspaces hold words of their own wherever words can stand: else the search of what leaves proves nothing."""

from apps import tenants
from tests.canaries.conftest import Town
from tests.canaries.fields import WITHOUT, label, values, with_words
from tests.canaries.life import live
from tests.furnished import rows
from tests.isolation.layers import in_workspace


def test_every_field_that_can_hold_words_holds_those_of_both(town: Town) -> None:
    """A new field fails here until it is furnished in tests/canaries/town.py, or is named among those without words."""
    live(town)
    empty, mixed = [], []
    for model, field in with_words():
        name = label(model, field)
        for house, foreign in town.pairs:
            found = values(model, field, house.workspace)
            if house.canary not in found and name not in WITHOUT:
                empty.append(f"{name} of {house.workspace.slug}")
            if in_workspace(model) and foreign.foreign_words_in(found):
                mixed.append(f"{name} of {house.workspace.slug}")
    assert empty == []
    assert mixed == []


def test_what_is_said_to_hold_no_words_exists_and_holds_none(town: Town) -> None:
    live(town)
    fields = {label(model, field): (model, field) for model, field in with_words()}
    assert sorted(set(WITHOUT) - set(fields)) == []
    speaking = [
        f"{name} of {house.workspace.slug}"
        for name in WITHOUT
        for house in town.houses
        if house.canary in values(*fields[name], house.workspace)
    ]
    assert speaking == []


def test_no_row_of_one_holds_a_word_of_the_other_and_no_secret_stands_open_in_any(town: Town) -> None:
    live(town)
    for house, foreign in town.pairs:
        kept = rows(house.workspace)
        assert house.canary in kept
        assert foreign.foreign_words_in(kept) == []
        assert [secret for secret in house.secrets if secret in kept] == []
        with tenants.enter(house.workspace):
            assert tenants.schema() == house.workspace.schema_name
