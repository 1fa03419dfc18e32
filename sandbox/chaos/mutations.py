"""The safeguards, each with what removes it and the tests that must notice. One at a time, in a copy of the tree.

A patch is exact: when the text that it replaces is no longer there, once, it fails loudly instead of proving nothing
(tests/chaos/test_mutations.py looks at all of them).
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutation:
    """A safeguard that is taken away. `tables`: the patch changes the schema, so the tests need a new database."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    tables: bool = False


class NoLongerThere(Exception):
    """The text that a patch replaces is not there, or more than once."""


def patched(mutation: Mutation, tree: Path) -> str:
    """The file's text without the safeguard. Raises NoLongerThere."""
    text = (tree / mutation.file).read_text()
    if text.count(mutation.old) != 1:
        times = text.count(mutation.old)
        raise NoLongerThere(f"“{mutation.name}”: what it replaces stands {times} times in {mutation.file}, not once.")
    return text.replace(mutation.old, mutation.new)


MUTATIONS: tuple[Mutation, ...] = (
    Mutation(
        "signature check",
        "apps/ingest/asgi.py",
        "if not provider.verify(hook.secrets, headers, body):",
        "if False:",
        ("tests/ingest/test_intake.py::test_a_wrong_signature_is_refused_and_nothing_is_stored",),
    ),
    Mutation(
        "fencing check",
        "apps/work/claims.py",
        "WHERE id = %s AND token = %s FOR UPDATE",
        "WHERE id = %s AND %s::bigint IS NOT NULL FOR UPDATE",
        (
            "tests/conversations/test_deliver.py::test_hands_that_lost_their_lease_send_nothing",
            "tests/dialogue/test_take_turn.py::test_a_turn_whose_lease_was_lost_writes_nothing",
        ),
    ),
    Mutation(
        "commit of sending before the call",
        "apps/conversations/services/delivering.py",
        "    if not _start(message, claim):\n        return 0.0\n    failure = _ask(message, provider)\n",
        "    with transaction.atomic():\n        if not _start(message, claim):\n            return 0.0\n"
        "        failure = _ask(message, provider)\n",
        ("tests/conversations/test_safeguards.py::test_sending_is_committed_before_the_first_byte_leaves",),
    ),
    Mutation(
        "epoch check of a send",
        "apps/conversations/services/delivering.py",
        "Q(author=Message.Author.PERSON) | Q(epoch=conversation.epoch)",
        "Q()",
        ("tests/conversations/test_taking_over.py::test_a_bot_message_of_an_older_epoch_never_starts_sending",),
    ),
    Mutation(
        "epoch check of a turn",
        "apps/dialogue/services.py",
        "if conversation.epoch != situation.epoch:",
        "if False:",
        ("tests/dialogue/test_take_turn.py::test_a_person_who_takes_over_while_the_model_thinks_is_not_talked_over",),
    ),
    Mutation(
        "cancelling at a takeover",
        "apps/conversations/services/taking_over.py",
        "        call_off(message)\n",
        "        pass\n",
        ("tests/conversations/test_taking_over.py::test_replying_cancels_what_the_bot_had_waiting",),
    ),
    Mutation(
        "tenancy guard",
        "apps/tenants/guard.py",
        "if schema() == PUBLIC and in_workspace(model):",
        "if False:",
        (
            "tests/tenants/test_door.py::test_a_workspaces_model_cannot_be_queried_outside",
            "tests/tenants/test_door.py::test_a_lazy_queryset_that_leaves_its_workspace_raises",
        ),
    ),
    Mutation(
        "a hook speaks for its own numbers alone",
        "apps/ingest/services.py",
        "if route.hook_id != delivery.hook_id:",
        "if False:",
        ("tests/ingest/test_process.py::test_a_hook_cannot_speak_for_another_hooks_number",),
    ),
    Mutation(
        "redirect re-check",
        "apps/core/wire.py",
        "addresses = reachable(host, port, flight.left())",
        "addresses: tuple[str, ...] = (host,)",
        ("tests/core/test_http_guard.py::test_redirect_followed_by_an_sdk_is_checked_too",),
    ),
    Mutation(
        "quarantine of work",
        "apps/work/claims.py",
        "if claim.attempts >= MAX_ATTEMPTS:",
        "if False:",
        (
            "tests/work/test_claims.py::"
            "test_a_failing_item_is_set_aside_after_five_tries_and_starts_anew_when_due_again",
        ),
    ),
    Mutation(
        "quarantine of a delivery's item",
        "apps/ingest/handing.py",
        "if delivery.attempts < claims.MAX_ATTEMPTS:",
        "if True:",
        ("tests/ingest/test_process.py::test_an_item_that_fails_is_tried_again_and_then_set_aside",),
    ),
    Mutation(
        "states only move forward",
        "apps/conversations/states.py",
        "Q(pk=message.pk, state__in=ALLOWED[to])",
        "Q(pk=message.pk)",
        ("tests/conversations/test_deliver.py::test_states_only_move_forward_also_for_whoever_saw_an_older_one",),
    ),
    Mutation(
        "our own outages do not count",
        "apps/conversations/services/settling.py",
        "begins = max(unknown.at, heard.since)",
        "begins = unknown.at",
        ("tests/conversations/test_unknown.py::test_after_an_outage_of_ours_the_time_begins_anew",),
    ),
    Mutation(
        "unique key on messages",
        "apps/conversations/migrations/0001_initial.py",
        "        migrations.AddConstraint(\n            model_name='message',\n"
        "            constraint=models.UniqueConstraint(fields=('inbox', 'external_id'), name='message_once'),\n"
        "        ),\n",
        "",
        ("tests/conversations/test_safeguards.py::test_a_message_that_two_senders_claim_at_once_is_stored_once",),
        tables=True,
    ),
)
