"""Drawing a decision tree from left to right, readably."""

from __future__ import annotations

import textwrap

from custlab.customer_types.tree_words import question, same_type_below
from custlab.i18n import _
from custlab.style import PALETTE


def draw_branches(ax, model, words: dict) -> None:
    """Draw the nodes and branches of a fitted tree into an axes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    model : TypeTree
        A fitted tree.
    words : dict
        Plain words for facts.
    """
    grown = model.tree_.tree_
    places = _places(grown)
    colours = {name: PALETTE[i % 8] for i, name in enumerate(model.classes_)}
    for node, (x, y) in places.items():
        if same_type_below(grown, node) is not None:
            _leaf(ax, model, node, x, y, colours)
            continue
        # The right branch is drawn upwards: there the condition "above" or "is" holds.
        column = model.columns_[int(grown.feature[node])]
        unknown = not grown.missing_go_to_left[node]
        asked = question(column, float(grown.threshold[node]), unknown, words)
        ax.text(
            x, y, textwrap.fill(asked, 24), ha="center", va="center", fontsize=9, zorder=3,
            bbox={"boxstyle": "round", "facecolor": "white", "edgecolor": "#374151"},
        )  # fmt: skip
        for child, word in (
            (grown.children_right[node], _("yes")),
            (grown.children_left[node], _("no")),
        ):
            cx, cy = places[int(child)]
            ax.plot([x, cx], [y, cy], color="#374151", lw=1.2, zorder=1)
            ax.text(
                (x + cx) / 2, (y + cy) / 2, word, fontsize=8, ha="center", va="center", zorder=2,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
            )  # fmt: skip
    ax.set_xlim(-0.45, max(x for x, __ in places.values()) + 0.45)
    ax.set_ylim(-0.6, max(y for __, y in places.values()) + 0.6)


def _places(grown) -> dict[int, tuple[float, float]]:
    """Give every node a place: columns by depth, leaves one above the other."""
    places: dict[int, tuple[float, float]] = {}
    free = [0]

    def put(node: int, depth: int) -> float:
        left, right = int(grown.children_left[node]), int(grown.children_right[node])
        if same_type_below(grown, node) is not None:
            y = float(free[0])
            free[0] += 1
        else:
            y = (put(left, depth + 1) + put(right, depth + 1)) / 2
        places[node] = (float(depth), y)
        return y

    put(0, 0)
    return places


def _leaf(ax, model, node, x, y, colours) -> None:
    grown = model.tree_.tree_
    shares = grown.value[node][0] / grown.value[node][0].sum()
    name = model.classes_[shares.argmax()]
    text = _("{type}\n{share:.0%} of {n}").format(
        type=name, share=shares.max(), n=int(grown.n_node_samples[node])
    )
    ax.text(
        x, y, text, ha="center", va="center", fontsize=9, fontweight="bold", zorder=3,
        bbox={"boxstyle": "round", "facecolor": "white", "edgecolor": colours[name], "lw": 2.5},
    )  # fmt: skip
