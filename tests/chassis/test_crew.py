"""Hands that take what waits."""

from collections.abc import Sequence

import eventlet
from eventlet.event import Event

from chassis.crew import Crew


class Work:
    """Sees what was taken together, and can be held up."""

    def __init__(self) -> None:
        self.taken: list[list[int]] = []
        self.go = Event()
        self.go.send()

    def hold(self) -> None:
        self.go = Event()

    def __call__(self, some: Sequence[int]) -> None:
        self.taken.append(list(some))
        self.go.wait()


def settle() -> None:
    """Let every green thread that can go on do so."""
    for _ in range(10):
        eventlet.sleep(0)


def test_a_lone_one_is_begun_at_once():
    work = Work()
    crew = Crew(work, hands=1, most=20)

    crew.hand(1)
    settle()
    crew.hand(2)
    settle()

    assert work.taken == [[1], [2]]


def test_hands_that_linger_take_what_came_meanwhile():
    work = Work()
    crew = Crew(work, hands=1, most=20, linger=0.05)

    for number in range(3):
        crew.hand(number)
        settle()
    eventlet.sleep(0.2)

    assert work.taken == [[0, 1, 2]]


def test_a_hand_that_lingered_when_all_was_let_go_takes_nothing():
    work = Work()
    crew = Crew(work, hands=1, most=20, linger=0.05)
    crew.hand(0)
    settle()

    crew.leave()

    assert work.taken == []


def test_of_heavy_ones_a_hand_takes_fewer_but_always_one():
    work = Work()
    work.hold()
    crew = Crew(work, hands=1, most=10, heaviest=10, weigh=lambda number: number)
    crew.hand(0)
    settle()

    for number in (4, 6, 1, 99, 3):
        crew.hand(number)
    work.go.send()
    settle()

    assert work.taken == [[0], [4, 6], [1], [99], [3]]


def test_what_came_while_all_hands_were_full_is_taken_together_in_order():
    work = Work()
    work.hold()
    crew = Crew(work, hands=1, most=3)
    crew.hand(0)
    settle()

    for number in range(1, 6):
        crew.hand(number)
    busy = crew.busy
    work.go.send()
    settle()

    assert busy == 6
    assert work.taken == [[0], [1, 2, 3], [4, 5]]


def test_so_many_hands_work_side_by_side():
    work = Work()
    work.hold()
    crew = Crew(work, hands=2)

    for number in range(3):
        crew.hand(number)
        settle()

    assert work.taken == [[0], [1]]
    work.go.send()


def test_in_any_order_each_is_taken_once():
    work = Work()
    crew = Crew(work, hands=1, in_order=False)

    for number in range(50):
        crew.hand(number)
    while crew.busy:
        eventlet.sleep(0)

    assert sorted(work.taken) == [[number] for number in range(50)]
    assert work.taken != sorted(work.taken)


def test_who_leaves_ends_what_is_in_work_and_lets_go_of_the_rest():
    work = Work()
    work.hold()
    crew = Crew(work, hands=1)
    for number in range(3):
        crew.hand(number)
    settle()

    eventlet.spawn_after(0, work.go.send)
    crew.leave()

    assert work.taken == [[0]]
    assert crew.busy == 0


def test_others_have_their_turn_between_two_takes():
    seen = []
    crew = Crew(seen.extend, hands=1, most=1)
    for number in range(3):
        crew.hand(number)
    eventlet.spawn_n(seen.append, "another")
    settle()

    assert seen == [0, "another", 1, 2]
