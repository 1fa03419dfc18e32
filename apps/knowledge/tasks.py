"""Kinds of work: a source to index."""

from apps.knowledge import services
from apps.knowledge.models import Source
from apps.llm.base import LLMError
from apps.work.claims import Claim
from apps.work.runner import Later, work_kind

#: Seconds until a model that failed for the moment is asked again.
RETRY_SECONDS = 60


@work_kind(services.INDEX, queue="default", lease=120)
def index(claim: Claim) -> Later | None:
    """Indexes the source the claim names, unless it is ready or gone."""
    source = Source.objects.exclude(state=Source.State.READY).filter(pk=int(claim.key)).first()
    try:
        if source is not None:
            services.index(source)
    except LLMError as error:
        return Later(RETRY_SECONDS) if error.retryable else None
    return None
