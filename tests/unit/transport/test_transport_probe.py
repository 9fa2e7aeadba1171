"""Whether a client still reads: what is asked when, and what an answer is worth."""

from __future__ import annotations

from embedded_server.transport.limits import Limits
from embedded_server.transport.probe import Probe

LIMITS = Limits(probe_seconds=10.0, probe_answer_seconds=5.0)


def asked_at_ten() -> tuple[Probe, bytes]:
    probe = Probe(LIMITS, 0.0)
    probe.unread = True
    question = probe.question(10.0)
    assert question is not None
    return probe, question


def test_nobody_is_asked_before_something_was_written_and_time_has_passed() -> None:
    probe = Probe(LIMITS, 0.0)
    assert probe.question(100.0) is None
    probe.unread = True
    assert probe.question(9.9 + 0.0) is None
    assert probe.question(10.0) is not None


def test_there_is_one_question_at_a_time() -> None:
    probe, question = asked_at_ten()
    probe.unread = True
    assert probe.question(30.0) is None
    assert probe.answered(question)
    assert probe.question(30.0) is not None


def test_an_answer_in_time_is_asked_for_again_only_once_more_was_written() -> None:
    probe, question = asked_at_ten()
    assert probe.answered(question)
    assert not probe.is_overdue(1000.0)
    assert probe.question(1000.0) is None


def test_a_missing_answer_is_overdue_after_its_time() -> None:
    probe, _ = asked_at_ten()
    assert not probe.is_overdue(14.9)
    assert probe.is_overdue(15.0)


def test_a_pong_that_was_not_asked_for_is_no_answer() -> None:
    probe, question = asked_at_ten()
    assert not probe.answered(b"")
    assert not probe.answered(question + b"x")
    assert probe.is_overdue(15.0)
    assert probe.answered(question)
    assert not probe.answered(question)


def test_an_excused_client_is_asked_anew() -> None:
    probe, _ = asked_at_ten()
    probe.excuse(100.0)
    assert not probe.is_overdue(1000.0)
    probe.unread = True
    assert probe.question(109.0) is None
    assert probe.question(110.0) is not None
