"""Graphs of names."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchsdk.workflow import graph

NAMES = [f"n{number}" for number in range(12)]


@st.composite
def acyclic(draw: st.DrawFn) -> dict[str, list[str]]:
    """A random DAG whose names come in a random order."""
    order = draw(st.permutations(NAMES))[: draw(st.integers(0, len(NAMES)))]
    edges = {
        name: draw(st.lists(st.sampled_from(order[:number]), unique=True)) if number else []
        for number, name in enumerate(order)
    }
    return {name: edges[name] for name in draw(st.permutations(list(edges)))}


@settings(deadline=None)
@given(acyclic())
def test_everything_is_ordered_after_what_it_comes_after(edges):
    order = graph.topological_order(edges)
    assert sorted(order) == sorted(edges)
    assert graph.cycles(edges) == []
    for name, before in edges.items():
        assert all(order.index(each) < order.index(name) for each in before)


@settings(deadline=None)
@given(acyclic(), st.data())
def test_a_cycle_is_found_and_shown_as_a_path(edges, data):
    order = graph.topological_order(edges)
    if not order:
        return
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(order) - 1)] * 2)))
    chain = order[first : last + 1]
    tangled = {name: list(before) for name, before in edges.items()}
    for name, following in zip(chain, [*chain[1:], chain[0]], strict=True):
        tangled[following].append(name)
    found = graph.cycles(tangled)
    assert found
    for path in found:
        assert path[0] == path[-1]
        assert len(set(path)) == len(path) - 1
        assert all(name in tangled[after] for name, after in itertools.pairwise(path))


@settings(deadline=None)
@given(acyclic())
def test_dropping_implied_names_loses_nothing(edges):
    everything = graph.ancestors(edges)
    for name, before in edges.items():
        kept = graph.without_implied(before, everything)
        assert set(kept) <= set(before)
        assert everything[name] == set(kept).union(*(everything[each] for each in kept))


def test_free_orders_are_those_given():
    assert graph.topological_order({"c": [], "a": ["c"], "b": ["c"], "d": []}) == list("cdab")


def test_the_path_of_a_cycle_is_in_the_message():
    (problem,) = graph.cycle_problems({"a": ["c"], "b": ["a"], "c": ["b"], "d": ["c"]})
    assert problem.value == "a -> b -> c -> a"
    assert "circle" in problem.rule
    (own,) = graph.cycle_problems({"a": ["a"]})
    assert (own.value, own.rule) == ("a -> a", "comes after itself")


def test_two_knots_are_two_problems():
    tangled = {"a": ["b"], "b": ["a"], "c": ["d", "a"], "d": ["c"], "e": ["c"]}
    assert len(graph.cycles(tangled)) == 2


def test_unknown_names_are_refused_with_the_nearest():
    (problem,) = graph.unknown_problems({"extract": [], "load": [("after[0]", "extrakt")]})
    assert (problem.field, problem.value) == ("after[0]", "extrakt")
    assert problem.fix.startswith("did you mean 'extract'?")


def test_what_cannot_be_ordered_is_refused():
    with pytest.raises(ValueError, match="cycle: a -> b -> a"):
        graph.topological_order({"a": ["b"], "b": ["a"]})
    with pytest.raises(ValueError, match="not in the graph: x"):
        graph.topological_order({"a": ["x"]})


def test_duplicates_come_once():
    assert graph.duplicates(["a", "b", "a", "a", "b", "c"]) == ["a", "b"]
