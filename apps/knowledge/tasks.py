"""Kinds of work: a source to read, a batch of pages at a time; a file that is not needed any more."""

from apps.knowledge import files, running, services
from apps.llm.base import LLMError
from apps.work.claims import Claim
from apps.work.runner import Later, work_kind


@work_kind(services.INDEX, queue="default", lease=300, share=2)
def index(claim: Claim) -> Later | None:
    """Reads the next pages of the source the claim names; comes back while there are more, and when it is due again."""
    try:
        wait = services.read_on(int(claim.key))
    except LLMError as error:
        return Later(running.RETRY_SECONDS) if error.retryable else None
    return None if wait is None else Later(wait)


@work_kind(files.FORGET, queue="default", lease=60)
def forget_file(claim: Claim) -> None:
    """Removes the file the claim names from the storage."""
    files.forget(claim.key)
