"""Which colour means what? Colours by role, in a light and a dark set, for figures and component alike.

Figures name roles (``"$l1"``, ``"$l1/0.2"`` for 20 % opacity) and never colours, so one payload serves both
modes. The hues are those of Okabe and Ito (distinct under all common colour blindness), shifted until
each reaches a contrast of 4.5 : 1 as text on its background; dash, shape or label always says the same again.
"""

from __future__ import annotations

import re
from typing import Any, Literal

Mode = Literal["light", "dark"]

PALETTES: dict[Mode, dict[str, str]] = {
    "light": {
        "background": "#ffffff",
        "surface": "#f5f7fa",
        "text": "#1c2733",
        "muted": "#556270",
        "grid": "#e4e8ed",
        "axis": "#9aa5b1",
        "l1": "#b84700",
        "mix": "#00532c",
        "l2": "#0070bb",
        "truth": "#1c2733",
        "ghost": "#77828e",
        "train": "#1c2733",
        "validation": "#8a3ea8",
        "contour": "#8d97a3",
        "cursor": "#10202e",
        "s0": "#0062a8",
        "s1": "#b84700",
        "s2": "#00704a",
        "s3": "#8a3ea8",
        "s4": "#7a5f00",
        "s5": "#b8286f",
        "s6": "#007385",
        "s7": "#5a4634",
    },
    "dark": {
        "background": "#0f161e",
        "surface": "#1a232e",
        "text": "#e9eef3",
        "muted": "#a5b1bd",
        "grid": "#27323e",
        "axis": "#5d6b79",
        "l1": "#ff9147",
        "mix": "#4cf0b0",
        "l2": "#62b4ff",
        "truth": "#e9eef3",
        "ghost": "#8793a0",
        "train": "#e9eef3",
        "validation": "#d79bf0",
        "contour": "#7d8a98",
        "cursor": "#10202e",
        "s0": "#62b4ff",
        "s1": "#ff9147",
        "s2": "#4cf0b0",
        "s3": "#d79bf0",
        "s4": "#ecd34a",
        "s5": "#ff86b8",
        "s6": "#5fd7e6",
        "s7": "#d3b596",
    },
}

SERIES = tuple(f"s{k}" for k in range(8))  # one feature after another; then again with another dash

# Ramps of maps and colours of classes, the same in both modes: what is drawn over them is dark in both.
LOW_TO_HIGH = [[0.0, "#fff9e0"], [0.3, "#fbdc8e"], [0.65, "#eda45c"], [1.0, "#c0616c"]]  # light where an error is least
CLASSES = [[0.0, "#f2a25c"], [0.3, "#f9d3ad"], [0.5, "#fbf7f2"], [0.7, "#b5d4ee"], [1.0, "#5fa4dc"]]  # pale: undecided
CLASS_POINTS = ("#a84a00", "#1769aa")  # of class 0 and class 1
TRANSPARENT = "rgba(0,0,0,0)"

FONT = '"Source Sans", "Source Sans 3", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'
_ROLE = re.compile(r"^\$([a-z0-9]+)(?:/([0-9.]+))?$")


def colour(token: str, mode: Mode) -> str:
    """The CSS colour of a token: ``"$l1"`` or, with opacity, ``"$l1/0.2"``; other text passes through."""
    match = _ROLE.match(token)
    if match is None:
        return token
    value = PALETTES[mode][match[1]]
    if match[2] is None:
        return value
    red, green, blue = (int(value[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{match[2]})"


def paint(tree: Any, mode: Mode, key: str = "") -> Any:
    """A copy of a JSON-like tree in which every role is replaced by its colour.

    Roles stand only under keys that end in "color" or "colorscale": any other text is somebody's words, whatever it
    looks like.
    """
    if isinstance(tree, str):
        return colour(tree, mode) if key.endswith(("color", "colorscale")) else tree
    if isinstance(tree, dict):
        return {name: paint(value, mode, name) for name, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [paint(value, mode, key) for value in tree]
    return tree


def merge(base: Any, over: Any) -> Any:
    """`base` with everything that `over` says instead; dictionaries are merged key by key."""
    if isinstance(base, dict) and isinstance(over, dict):
        return {key: merge(base.get(key), over.get(key, base.get(key))) for key in {**base, **over}}
    return base if over is None else over


_AXIS: dict[str, Any] = {
    "gridcolor": "$grid",
    "zeroline": False,
    "linecolor": "$axis",
    "tickcolor": "$axis",
    "ticks": "",
    "automargin": False,
    "title": {"standoff": 6, "font": {"size": 12, "color": "$muted"}},
    "tickfont": {"size": 11, "color": "$muted"},
}

# The Plotly layout under every live figure: no title (the frame has it), thin grid, role colours.
LAYOUT: dict[str, Any] = {
    "paper_bgcolor": TRANSPARENT,
    "plot_bgcolor": TRANSPARENT,
    "font": {"family": FONT, "color": "$text", "size": 12},
    "margin": {"l": 44, "r": 10, "t": 6, "b": 34},
    "showlegend": False,
    "barmode": "overlay",
    "hovermode": "closest",
    "hoverlabel": {"bgcolor": "$surface", "bordercolor": "$axis", "font": {"color": "$text"}},
    "xaxis": _AXIS,
    "yaxis": _AXIS,
}
