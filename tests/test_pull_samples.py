"""Which tablets of a batch send their apps' bytes back whole."""

from __future__ import annotations

import pytest

from provision.runs.pull_samples import PullRule, PullSamples


@pytest.mark.parametrize(("rule", "pulled"), [("every", "abcd"), ("none", ""), ("sample", "ac")])
def test_the_rule_says_whose_bytes_are_pulled(rule: str, pulled: str) -> None:
    samples = PullSamples(PullRule(rule))
    models = {"a": "T510", "b": "T510", "c": "TB328", "d": "TB328"}
    assert samples.is_everybody is (rule == "every")
    assert "".join(run for run, model in models.items() if samples.take(model, run)) == pulled


def test_a_run_that_came_to_nothing_leaves_the_sample_to_the_next() -> None:
    samples = PullSamples(PullRule.SAMPLE)
    assert [samples.take("T510", "a"), samples.take("T510", "b")] == [True, False]
    samples.give_back("T510", "b")
    assert samples.take("T510", "c") is False
    samples.give_back("T510", "a")
    assert samples.take("T510", "d") is True
