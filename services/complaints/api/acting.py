"""Who asks, as the headers say: `X-Operator` the name, `X-Role` the role (`handler`, `leader:2`), `X-Scope` a dealer's or region's code."""

import re

from flask import request

from chassis.internal_api import Problem, operator, scope
from contracts.complaint_words import Role
from services.complaints.cases.steps import STAFF
from services.complaints.cases.taking import Acting

SCOPED = {Role.DEALER: "dealer", Role.REGION: "region"}


def acting() -> Acting:
    """Of staff. A dealer and a region are of a scope, and nobody else is. Raises Problem 400."""
    found = re.fullmatch(r"([a-z]+)(?::([1-9]))?", request.headers.get("X-Role", ""))
    role = next((one for one in STAFF if found and one.value == found[1]), None)
    if found is None or role is None or (found[2] is not None) is not (role is Role.LEADER):
        raise Problem(400, "role", "X-Role 应为投诉中的角色", "X-Role is a role of complaints.")
    theirs = scope()
    if theirs.level != SCOPED.get(role):
        raise Problem(400, "scope", "X-Scope 与 X-Role 不符", "X-Scope does not fit X-Role.")
    dealer_code = theirs.code if role is Role.DEALER else ""
    region_code = theirs.code if role is Role.REGION else ""
    return Acting(operator(), role, int(found[2] or 0), dealer_code, region_code)


def only(by: Acting, *roles: Role) -> None:
    """Raises Problem 403 where who asks is none of these."""
    if by.role not in roles:
        raise Problem(403, "role", "您的角色没有这个权限", "This is not for your role.")
