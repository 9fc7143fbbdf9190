"""In which role of complaints an account acts: what `X-Role` and `X-Scope` say for it (A-GEN-02)."""

from contracts.complaint_words import Role as CaseRole
from services.console.access import Role, current_visit, whose
from services.console.problems import Forbidden
from services.console.scope import authority_of

ACTS_AS: dict[Role, CaseRole] = {
    "agent": CaseRole.AGENT,
    "complaint_handler": CaseRole.HANDLER,
    "technical": CaseRole.TECHNICAL,
    "vrt_member": CaseRole.VRT,
    "leader": CaseRole.LEADER,
    "legal": CaseRole.LEGAL,
    "marketing": CaseRole.MARKETING,
    "monitor": CaseRole.MONITOR,
    "dealer_staff": CaseRole.DEALER,
    "dealer_manager": CaseRole.DEALER,
    "region_manager": CaseRole.REGION,
    "operator": CaseRole.MONITOR,
    "auditor": CaseRole.MONITOR,
    "administrator": CaseRole.MONITOR,
}
TAKES_IN = frozenset({CaseRole.AGENT, CaseRole.HANDLER, CaseRole.DEALER})
"""Who takes in complaints (A-CMP-01, 04); the service judges."""
PLACED = frozenset({CaseRole.DEALER, CaseRole.REGION})


def case_role() -> CaseRole:
    """Of who makes this request. Raises Forbidden where they have none."""
    visit = current_visit()
    acts = ACTS_AS.get(visit.role) if visit else None
    if acts is None:
        raise Forbidden
    return acts


def role_header() -> str:
    """`handler`; of a leader with the level, `leader:2`. Raises Forbidden for a leader whose account names none."""
    acts, visit = case_role(), current_visit()
    if acts is not CaseRole.LEADER or visit is None:
        return acts.value
    level = authority_of(visit.scope)
    if not level:
        raise Forbidden
    return f"{acts.value}:{level}"


def scope_header() -> str:
    """Empty: all. Raises Forbidden where the role belongs to a place and the account names none."""
    return whose().header
