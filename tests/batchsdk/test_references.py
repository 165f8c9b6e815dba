from __future__ import annotations

from batchsdk.submit.references import embedded, referenced, render

COMMAND = ["cp", "Ref::input", "Ref::in", "s3://Ref::bucket/x", "Ref::in", "xRef::y"]


def test_only_whole_elements_are_references_each_once_in_order() -> None:
    assert referenced(COMMAND) == ("input", "in")


def test_names_inside_longer_elements_are_told_apart() -> None:
    assert embedded(COMMAND) == {"bucket", "y"}


def test_rendering_replaces_whole_elements_and_nothing_else() -> None:
    values = {"input": "a b", "in": "", "bucket": "B"}
    assert render(COMMAND, values) == ["cp", "a b", "", "s3://Ref::bucket/x", "", "xRef::y"]


def test_a_name_that_begins_another_does_not_replace_it() -> None:
    assert render(["Ref::input"], {"in": "X"}) == ["Ref::input"]


def test_a_bare_prefix_refers_to_nothing() -> None:
    assert referenced(["Ref::"]) == ()
