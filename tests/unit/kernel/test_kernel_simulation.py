"""The heap: what is due runs in order, what was canceled does not pile up."""

from __future__ import annotations

from functools import partial

from embedded_server.kernel import simulation as kernel
from embedded_server.kernel.simulation import Priority, Simulation
from embedded_server.kernel.time import DAY


def test_timers_moved_again_and_again_do_not_pile_up() -> None:
    simulation = Simulation(seed=1, start=0)
    timer = simulation.at(DAY, Priority.REACTION, lambda: None)
    for number in range(20 * kernel.SWEEP_FROM):
        timer.cancel()
        timer = simulation.at(DAY + number, Priority.REACTION, lambda: None)
    assert len(simulation._heap) <= kernel.SWEEP_FROM


def test_sweeping_while_running_keeps_the_order_and_loses_nothing() -> None:
    simulation = Simulation(seed=1, start=0)
    ran: list[int] = []

    def flood() -> None:
        for number in range(2 * kernel.SWEEP_FROM):
            simulation.at(DAY, Priority.REACTION, lambda: None).cancel()
            if number % 1000 == 0:
                simulation.at(10 + number, Priority.REACTION, partial(ran.append, 10 + number))

    for time in (9, 3, 7):
        simulation.at(time, Priority.REACTION, partial(ran.append, time))
    simulation.at(5, Priority.MARKET, flood)
    simulation.at(5, Priority.ACCOUNTING, partial(ran.append, 5))
    simulation.run_until(DAY)
    assert ran == [3, 5, 7, 9, *range(10, 10 + 2 * kernel.SWEEP_FROM, 1000)]
