"""The running of a route, by itself: no database."""

from hypothesis import given
from hypothesis import strategies as st

from pmo_portal.approvals import course
from pmo_portal.approvals.course import AGAINST, FOR, OPEN, SEEN, SKIPPED, Seat, Step


def step(position, manner, *people, need=0):
    return Step(position, manner, [Seat(p) for p in people], need)


def sign(one: Step, person: int, state: str = FOR) -> None:
    next(s for s in one.seats if s.person == person).state = state


def test_steps_run_in_order_and_the_last_signature_approves():
    first, last = step(1, "approve", 1), step(2, "decide", 2)
    assert course.current_steps([first, last]) == [first]
    sign(first, 1)
    assert course.current_steps([first, last]) == [last]
    assert course.outcome([first, last]) == "running"
    sign(last, 2)
    assert course.outcome([first, last]) == "approved"


def test_parallel_steps_are_open_together_and_both_hold_the_next_up():
    left, right, last = step(1, "agree", 1), step(1, "agree", 2), step(2, "decide", 3)
    steps = [left, right, last]
    assert course.current_steps(steps) == [left, right]
    sign(left, 1)
    assert course.current_steps(steps) == [right]
    sign(right, 2)
    assert course.current_steps(steps) == [last]


def test_two_of_three_is_enough_and_two_refusals_end_it():
    panel = step(1, "approve", 1, 2, 3, need=2)
    sign(panel, 1)
    assert course.outcome([panel]) == "running"
    sign(panel, 2, AGAINST)
    assert course.outcome([panel]) == "running"
    sign(panel, 3)
    assert course.outcome([panel]) == "approved"
    panel = step(1, "approve", 1, 2, 3, need=2)
    sign(panel, 1, AGAINST)
    sign(panel, 2, AGAINST)
    assert course.outcome([panel]) == "rejected"


def test_a_veto_ends_the_request_and_an_opinion_does_not():
    assert course.outcome([Step(1, "agree", [Seat(1, AGAINST), Seat(2)], 1)]) == "rejected"
    opinion = Step(1, "consult", [Seat(1, AGAINST), Seat(2)], 1)
    assert course.outcome([opinion, step(2, "decide", 3)]) == "running"
    sign(opinion, 2)
    assert course.current_position([opinion, step(2, "decide", 3)]) == 2


def test_informing_and_reading_afterwards_hold_nobody_up():
    inform, decide, after = step(1, "inform", 1), step(2, "decide", 2), step(3, "after", 3)
    steps = [inform, decide, after]
    assert course.current_position(steps) == 2
    assert inform in course.current_steps(steps)
    assert after not in course.current_steps(steps)
    sign(decide, 2)
    assert course.outcome(steps) == "approved"
    assert after in course.current_steps(steps)
    sign(after, 3, SEEN)
    sign(inform, 1, SEEN)
    assert course.current_steps(steps) == []


def test_nobody_signs_their_own_request_and_nobody_twice():
    first, panel, last = step(1, "approve", 7), step(2, "approve", 5, 6, 7, need=1), step(3, "decide", 5)
    course.settle_seats([first, panel, last], drafter=6)
    assert [(s.person, s.state, s.why) for s in panel.seats] == [
        (5, SKIPPED, "twice"),
        (6, SKIPPED, "own"),
        (7, OPEN, ""),
    ]
    assert first.is_empty and first.is_done
    assert course.current_steps([first, panel, last]) == [panel]


def test_zero_steps_are_through_at_once_and_the_caller_refuses_them():
    assert course.outcome([]) == "approved"
    assert course.unfilled([step(1, "approve")], [1]) == [0]
    assert course.unfilled([step(1, "inform")], [1]) == []


people = st.lists(st.integers(1, 6), min_size=1, max_size=4, unique=True)
routes = st.lists(
    st.builds(
        lambda position, manner, who, need: Step(position, manner, [Seat(p) for p in who], need),
        st.integers(1, 4),
        st.sampled_from(course.MANNERS),
        people,
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=5,
)


@given(routes, st.integers(1, 6), st.data())
def test_any_route_ends_when_everybody_whose_turn_it_is_signs(steps, drafter, data):
    """However a route is laid, signing in turn brings it to an end, and nobody but those whose turn it is ever signs."""
    steps.sort(key=lambda s: s.position)
    course.settle_seats(steps, drafter)
    blocking = [s.person for one in steps if one.manner in course.BLOCKING for s in one.standing]
    assert len(blocking) == len(set(blocking))
    assert drafter not in blocking
    for _turn in range(40):
        if course.outcome(steps) != "running":
            break
        turn = [s for s in course.current_steps(steps) if s.manner in course.BLOCKING]
        assert turn, "somebody must be able to go on"
        one = data.draw(st.sampled_from(turn))
        seat = next(s for s in one.seats if s.state == OPEN)
        seat.state = data.draw(st.sampled_from([FOR, FOR, AGAINST]))
    assert course.outcome(steps) in ("approved", "rejected")


@given(routes, st.integers(1, 6))
def test_settling_twice_changes_nothing_more(steps, drafter):
    course.settle_seats(steps, drafter)
    once = [[(s.person, s.state, s.why) for s in one.seats] for one in steps]
    course.settle_seats(steps, drafter)
    assert once == [[(s.person, s.state, s.why) for s in one.seats] for one in steps]


def test_after_the_final_decision_a_step_only_confirms_or_reads():
    before = [(1, "approve"), (2, "agree"), (2, "decide"), (2, "approve")]
    assert course.after_the_decision([*before, (3, "inform"), (4, "after")]) == []
    assert course.after_the_decision([*before, (3, "approve"), (4, "decide")]) == [4, 5]
    assert course.after_the_decision([(1, "approve"), (2, "approve")]) == []
