"""The ladder's window under any hand and any market: what is in sight, and who leads."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from tui_trader.formatting.price_ladder import GROUPS
from tui_trader.panes.ladder_window import LOWEST, LadderWindow

STEPS = st.integers(-50, 5_000)
HEIGHTS = st.integers(1, 60)
TICK = 0.01


def levels(middle: float, reach: float, sign: int) -> list[tuple[float, float]]:
    return [(middle + sign * reach * n, 1.0) for n in range(1, 11)]


def resize(window: LadderWindow, rows: int) -> None:
    window.rows = rows
    if window.misfits():
        window.fit(levels(100.0, 0.01 * rows, -1), levels(100.0, 0.01 * rows, 1), TICK)


OPERATIONS: tuple[tuple[Callable[[LadderWindow, int], object], st.SearchStrategy[int]], ...] = (
    (LadderWindow.follow, STEPS),
    (LadderWindow.put_cursor, STEPS),
    (LadderWindow.scroll, st.integers(-30, 30)),
    (LadderWindow.regroup, st.integers(-3, 3)),
    (resize, HEIGHTS),
    (lambda window, _: window.recentre(), st.just(0)),
    (lambda window, _: window.release(), st.just(0)),
)
PASTS = st.lists(st.one_of(*(st.tuples(st.just(do), term) for do, term in OPERATIONS)), max_size=25)


def window_after(past: list[tuple[Callable[[LadderWindow, int], object], int]]) -> LadderWindow:
    window = LadderWindow()
    for do, term in past:
        do(window, term)
    return window


def placed_after(past: list[tuple[Callable[[LadderWindow, int], object], int]], middle: int) -> LadderWindow:
    window = window_after(past)
    window.follow(middle)
    return window


@given(PASTS)
def test_there_is_a_step_for_every_row_and_the_cursor_has_a_price(past) -> None:
    window = window_after(past)
    assert list(window.steps) == list(range(window.top, window.top - window.rows, -1))
    assert window.steps[-1] == window.bottom
    assert window.cursor is None or window.cursor >= LOWEST
    assert window.group in GROUPS


@given(PASTS, STEPS)
def test_the_market_is_in_sight_while_it_leads(past, middle: int) -> None:
    window = window_after(past)
    window.held = False
    window.follow(middle)
    assert middle in window.steps
    assert window.away(middle) == 0


@given(PASTS, STEPS, STEPS)
def test_under_the_users_hand_the_prices_stand_still(past, first: int, then: int) -> None:
    window = placed_after(past, first)
    window.held = True
    before = window.steps
    window.follow(then)
    assert window.steps == before
    assert window.away(then) == (1 if then > before[0] else -1 if then < before[-1] else 0)


@given(PASTS, STEPS, st.integers(LOWEST, 5_000))
def test_a_cursor_that_is_put_down_is_in_sight_and_the_window_moves_no_further_than_that(
    past, middle: int, step: int
) -> None:
    window = placed_after(past, middle)
    before = window.steps
    window.put_cursor(step)
    assert window.cursor == step
    assert window.held
    assert step in window.steps
    moved = abs(window.top - before[0])
    assert moved == max(0, step - before[0], before[-1] - step)


@given(PASTS, STEPS)
def test_a_step_that_is_put_down_below_the_lowest_is_the_lowest(past, middle: int) -> None:
    window = placed_after(past, middle)
    window.put_cursor(LOWEST - 7)
    assert window.cursor == LOWEST
    assert LOWEST in window.steps


@given(PASTS, STEPS, st.integers(-3, 3))
def test_another_grouping_leaves_the_cursor_at_its_price_and_shows_the_market(past, middle, by: int) -> None:
    window = placed_after(past, middle)
    before, cursor = window.group, window.cursor
    window.regroup(by)
    assert (window.group > before) == (by > 0 and before != GROUPS[-1])
    if cursor is not None and window.cursor is not None and window.cursor > LOWEST:
        assert abs(window.cursor * window.group - cursor * before) <= window.group / 2
    assert window.placed == (window.group == before), "it is placed anew on the other axis"


@given(PASTS, HEIGHTS)
def test_a_grouping_of_the_users_own_fits_every_height(past, rows: int) -> None:
    window = window_after(past)
    window.regroup(1)
    window.rows = rows
    assert not window.misfits()


@given(HEIGHTS, HEIGHTS)
def test_a_grouping_nobody_chose_is_chosen_again_at_another_height(rows: int, other: int) -> None:
    window = LadderWindow()
    assert window.misfits()
    resize(window, rows)
    assert not window.misfits()
    window.rows = other
    assert window.misfits() == (other != rows)


@given(PASTS, STEPS)
def test_once_released_it_is_as_if_nobody_had_been_there(past, middle: int) -> None:
    window = window_after(past)
    window.release()
    assert (window.cursor, window.held, window.placed) == (None, False, False)
    window.follow(middle)
    assert window.top == middle + window.rows // 2


def test_small_moves_of_the_market_do_not_move_the_prices() -> None:
    window = LadderWindow()
    window.rows = 12
    window.follow(100)
    before = window.steps
    window.follow(103)
    assert window.steps == before
    window.follow(104)
    assert window.steps == range(110, 98, -1)


def test_what_stands_nowhere_yet_is_not_scrolled() -> None:
    window = LadderWindow()
    window.scroll(3)
    assert not window.placed
    assert not window.held
