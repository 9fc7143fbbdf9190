"""The state machine of complaints as docs/complaints.md draws it, from the table that decides (services/complaints/cases/steps.py)."""

from collections.abc import Iterable, Iterator

from contracts.complaint_words import ENDED, State
from services.complaints.cases.steps import OPEN, TABLE, Step, leads
from services.complaints.cases.words import STEP_WORDS

MANY = 4
"""A step that leads from, or to, more states than these is drawn from, or to, all open ones together."""
ANY_OPEN, WHERE_IT_STOOD = "any_open", "where_it_stood"


def diagram() -> str:
    """Mermaid: each step that moves a case, in the table's order."""
    lines = ["stateDiagram-v2", "    direction TB", f'    state "进行中的各状态 any open state" as {ANY_OPEN}']
    lines += [f'    state "原状态 where it stood" as {_back(step)}' for step in TABLE if len(step.to) > MANY]
    for step in TABLE:
        lines += [f"    {source} --> {target}: {_label(step, source)}" for source, target in _arrows(step)]
    lines += [f"    {state} --> [*]" for state in State if state in ENDED]
    return "\n".join(lines)


def table() -> str:
    """Markdown: every step, from where to where, and who takes it."""
    lines = ["| step | 步骤 | from | to | who |", "|---|---|---|---|---|"]
    for step in TABLE:
        chinese, _ = STEP_WORDS[step.name]
        to = step.to.union(*step.to_from.values())
        lines.append(f"| `{step.name}` | {chinese} | {_states(step.since)} | {_states(to) or '·'} | {_roles(step)} |")
    return "\n".join(lines)


def _arrows(step: Step) -> Iterator[tuple[str, str]]:
    if step.name == "receive":
        yield "[*]", State.RECEIVED.value
        return
    moving = [state for state in _ordered(step.since) if step.to and leads(step, state) - {state}]
    sources = [ANY_OPEN] if len(moving) > MANY else [state.value for state in moving]
    for source in sources:
        yield from ((source, target) for target in _targets(step, source))


def _targets(step: Step, source: str) -> Iterator[str]:
    if len(step.to) > MANY:
        yield _back(step)
        yield from (state.value for state in _ordered(step.to - OPEN))
    else:
        to = step.to if source == ANY_OPEN else leads(step, State(source))
        yield from (state.value for state in _ordered(to) if state.value != source)


def _back(step: Step) -> str:
    """A node of its own for each step that leads back: two at one node cross."""
    return f"{WHERE_IT_STOOD}_{step.name}"


def _label(step: Step, source: str) -> str:
    chinese, english = STEP_WORDS[step.name]
    not_from = _ordered(OPEN - step.since) if source == ANY_OPEN else []
    without = f" (not {', '.join(state.value for state in not_from)})" if not_from else ""
    return f"{chinese} {english}{without}"


def _states(states: frozenset[State]) -> str:
    """In words where they are many."""
    if not states:
        return ""
    if states == frozenset(State):
        return "anywhere"
    if len(states) <= MANY:
        return ", ".join(state.value for state in _ordered(states))
    without, more = _ordered(OPEN - states), _ordered(states - OPEN)
    text = "any open" + (f" but {', '.join(state.value for state in without)}" if without else "")
    return text + (f"; {', '.join(state.value for state in more)}" if more else "")


def _roles(step: Step) -> str:
    if step.by_kind:
        return "; ".join(f"{kind.value}: {', '.join(sorted(roles))}" for kind, roles in sorted(step.by_kind.items()))
    return ", ".join(sorted(step.by))


def _ordered(states: Iterable[State]) -> list[State]:
    theirs = set(states)
    return [state for state in State if state in theirs]
