"""The graph that a planned model is: named nodes, what each takes, and whether that can be walked.

A node is a `LayerPlan`; it takes the model's inputs or nodes that stand before it, by their names.
The plainest graph is a chain, in which each node takes the one before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from fitstudio.declared.plan.layers import INPUT, LayerPlan


def connected(nodes: Iterable[LayerPlan], source: str = INPUT) -> tuple[LayerPlan, ...]:
    """The nodes, those that do not say what they take behind the one before.

    Plans of older versions were lists, and say nothing.

    Args:
        nodes: In the order in which rows go through them.
        source: What the first one takes.
    """
    found: list[LayerPlan] = []
    for node in nodes:
        before = found[-1].name if found else source
        found.append(node if node.inputs else replace(node, inputs=(before,)))
    return tuple(found)


def is_chain(nodes: Sequence[LayerPlan], inputs: Collection[str], outputs: Collection[str]) -> bool:
    """Whether each node takes the one before and nothing else, from the input to the output."""
    names = [*inputs, *(node.name for node in nodes)]
    if len(inputs) != 1 or list(outputs) != names[-1:]:
        return False
    return all(node.inputs == (before,) for before, node in zip(names, nodes))


def refuse_broken(
    nodes: Iterable[LayerPlan], inputs: Iterable[str], outputs: Iterable[str]
) -> None:
    """Refuses a graph that cannot be walked from its inputs to its outputs.

    Raises:
        ValueError: If a name stands for two nodes, or for none that came before.
    """
    known = set(inputs)
    for node in nodes:
        for name in node.inputs:
            if name not in known:
                raise ValueError(f"the layer {node.name!r} takes {name!r}, which is not before it")
        if node.name in known:
            raise ValueError(f"two layers are called {node.name!r}")
        known.add(node.name)
    for name in outputs:
        if name not in known:
            raise ValueError(f"the model answers with {name!r}, which is no layer of it")
