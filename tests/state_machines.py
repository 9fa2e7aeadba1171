"""How state machines walk that draw their steps from a seed of their own: nothing is shrunk or kept."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings


def walks(examples: int, steps: int) -> settings:
    """So many walks of so many steps each."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
