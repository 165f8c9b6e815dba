from __future__ import annotations

import pytest

from batchsdk import Retry, RetryOn, RetryRule


def broken(retry: Retry) -> list[str]:
    return [problem.field for problem in retry.problems()]


def test_attempts_alone_send_no_rules() -> None:
    assert Retry(attempts=3).to_request() == {"attempts": 3}


def test_spot_retries_reclaimed_capacity_and_exits_on_everything_else() -> None:
    retry = Retry.spot(attempts=5)
    assert retry.to_request() == {
        "attempts": 5,
        "evaluateOnExit": [
            {"onStatusReason": "Host EC2*", "action": "RETRY"},
            {"onStatusReason": "Your Spot Task was interrupted*", "action": "RETRY"},
            {"onReason": "*", "action": "EXIT"},
        ],
    }
    assert broken(retry) == []


def test_named_rules_can_be_combined() -> None:
    retry = Retry.only_on(RetryOn.IMAGE_PULL_FAILED, RetryOn.exit_code(75), attempts=2)
    assert broken(retry) == []
    assert retry.to_request()["evaluateOnExit"][1] == {"onExitCode": "75", "action": "RETRY"}


@pytest.mark.parametrize("attempts", [0, 11, -1, 1.5, True])
def test_attempts_outside_1_to_10_are_refused(attempts: int) -> None:
    assert broken(Retry(attempts)) == ["retry.attempts"]


def test_a_sixth_rule_is_refused() -> None:
    assert broken(Retry(2, (RetryOn.OUT_OF_MEMORY,) * 6)) == ["retry.rules"]


def test_a_rule_without_a_condition_is_refused() -> None:
    assert broken(Retry(2, (RetryRule(action="EXIT"),))) == ["retry.rules[0]"]


@pytest.mark.parametrize("pattern", ["*x", "a*b", "", "x" * 513, "a/b", "**"])
def test_patterns_that_batch_refuses(pattern: str) -> None:
    rule = RetryRule(action="RETRY", on_reason=pattern)
    assert broken(Retry(2, (rule,))) == ["retry.rules[0].onReason"]


@pytest.mark.parametrize("pattern", ["1", "13*", "*"])
def test_exit_codes_may_end_in_a_star(pattern: str) -> None:
    assert broken(Retry(2, (RetryRule(action="RETRY", on_exit_code=pattern),))) == []


def test_an_exit_code_that_is_no_number_is_refused() -> None:
    rule = RetryRule(action="RETRY", on_exit_code="one")
    assert broken(Retry(2, (rule,))) == ["retry.rules[0].onExitCode"]
