"""Building the workspaces that people start."""

from apps.accounts import services
from apps.tenants.building import BeingBuilt
from apps.tenants.services import existing
from apps.work.claims import Claim
from apps.work.runner import Later, work_kind


@work_kind(services.BUILD, queue="default", lease=services.BUILD_LEASE_SECONDS, unfinished=True)
def build_workspace(claim: Claim) -> Later | None:
    """Goes on where an earlier try ended; comes back in two seconds when another worker is still at it."""
    workspace = existing(claim.workspace_id)
    if workspace is None:
        return None
    try:
        services.build(workspace, claim)
    except BeingBuilt:
        return Later(2)
    return None
