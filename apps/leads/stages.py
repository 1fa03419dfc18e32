"""How a lead moves through the sale: one table. What the bot learns only ever qualifies it."""

from apps.leads.models import Lead

Stage = Lead.Stage

#: From each stage people may move a lead to these; a closed one can be opened again.
ALLOWED: dict[Stage, frozenset[Stage]] = {
    Stage.CAPTURING: frozenset({Stage.QUALIFIED, Stage.ASSIGNED, Stage.WON, Stage.LOST}),
    Stage.QUALIFIED: frozenset({Stage.ASSIGNED, Stage.WON, Stage.LOST}),
    Stage.ASSIGNED: frozenset({Stage.QUALIFIED, Stage.WON, Stage.LOST}),
    Stage.WON: frozenset({Stage.QUALIFIED, Stage.ASSIGNED, Stage.LOST}),
    Stage.LOST: frozenset({Stage.QUALIFIED, Stage.ASSIGNED, Stage.WON}),
}


def after_learning(lead: Lead) -> Stage:
    """The stage once a field has been learnt: qualified when nothing is missing, never a step back."""
    return Stage.QUALIFIED if lead.stage == Stage.CAPTURING and not lead.missing else Stage(lead.stage)
