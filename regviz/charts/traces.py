"""What do curves, points, planes and scales look like on every page? Plotly dictionaries with colours as roles."""

from __future__ import annotations

from typing import Any

import numpy as np

from regviz.core import Array
from regviz.live.board import LiveTrace, Moving, Ref, number_text


def curve(colour: str, name: str, width: float = 2, dash: str | None = None, fill: str | None = None) -> dict[str, Any]:
    """A line (or, with `fill`, a closed shape); hover is left to points."""
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "hoverinfo": "skip",
        "line": {"color": colour, "width": width, "simplify": False} | ({"dash": dash} if dash else {}),
    }
    return trace | ({"fill": "toself", "fillcolor": fill} if fill else {})


def points(
    colour: str, name: str, symbol: str = "circle", size: float = 11, hover: str = "(%{x:.3g}, %{y:.3g})"
) -> dict[str, Any]:
    """Markers; large filled circles get a rim so that they stand out from what they lie on."""
    marker: dict[str, Any] = {"symbol": symbol, "size": size, "color": colour}
    if symbol == "circle" and size > 8:
        marker["line"] = {"color": "$background", "width": 2}
    return {"type": "scatter", "mode": "markers", "name": name, "marker": marker, "hovertemplate": hover}


def short(name: str, letters: int) -> str:
    """A feature's name, cut with "…" where it is longer than so many letters."""
    return name if len(name) <= letters else f"{name[: letters - 1].rstrip()}…"


class Drawing:
    """The traces of a figure, in the order in which they are drawn, and which of them move."""

    def __init__(self) -> None:
        self.data: list[dict[str, Any]] = []
        self.moving: list[LiveTrace] = []

    def add(self, trace: dict[str, Any], *, still: bool = False, **read: Moving) -> None:
        """One more trace; the coordinates that are named (x, y, z, text, customdata) are read from the sweep."""
        if read:
            self.moving.append(LiveTrace(len(self.data), still=still, **read))
        self.data.append(trace)

    def cursor(
        self, at: Ref, low: float, high: float, name: str = "λ of the slider", colour: str = "$text/0.8"
    ) -> None:
        """A vertical line where a slider stands; the board has an array "two" = (1, 1)."""
        self.add(curve(colour, name, 1.5) | {"y": [low, high]}, x=Moving(at, template="two"))


def few(curves: Array, tolerance: float, size: float | None = None) -> tuple[Array, Array]:
    """An orthonormal basis (m, k) of curves (..., m) and their coordinates (..., k), with k as small as that allows.

    Every curve is right to `tolerance` times `size`, or times its own largest value. So curves travel in few numbers,
    and in single precision also where weights of a million cancel.
    """
    flat = curves.reshape(-1, curves.shape[-1])
    own = np.abs(flat).max(axis=1, keepdims=True) if size is None else np.full((len(flat), 1), size)
    unit = flat / np.where(own > 0, own, 1.0)
    basis = np.linalg.svd(np.linalg.qr(unit, mode="r"), full_matrices=False)[2].T
    k = 1
    while k < basis.shape[1] and np.abs(unit @ basis[:, :k] @ basis[:, :k].T - unit).max() > tolerance:
        k += 1
    return basis[:, :k], curves @ basis[:, :k]


def plane(x: str, y: str) -> dict[str, Any]:
    """The layout of a plane: two named axes through the middle, and nothing else."""
    line = {"line": {"color": "$axis", "width": 1}, "layer": "below", "xref": "paper", "yref": "paper"}
    return {
        "xaxis": {"title": {"text": x}, "showgrid": False, "nticks": 5},
        "yaxis": {"title": {"text": y}, "showgrid": False, "nticks": 5},
        "shapes": [
            {"type": "line", "x0": 0.5, "x1": 0.5, "y0": 0, "y1": 1, **line},
            {"type": "line", "x0": 0, "x1": 1, "y0": 0.5, "y1": 0.5, **line},
        ],
        "margin": {"l": 54, "r": 10, "t": 6, "b": 38},
    }


def word(name: str) -> str:
    """A name of the user's as it may stand in a template, where braces mean something."""
    return name.replace("{", "(").replace("}", ")")


def markup(name: str) -> str:
    """A name of the user's as Plotly shows it literally: its texts may hold markup."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def axis(ends: list[float] | None = None, title: str | None = None) -> dict[str, Any]:
    axis: dict[str, Any] = {} if ends is None else {"range": [float(end) for end in ends]}
    return axis | ({"title": {"text": title}} if title else {})


def line(x: Any, y: Any, colour: str, name: str, width: float, dash: str | None = None) -> dict[str, Any]:
    return _placed(curve(colour, name, width, dash) | {"hoverinfo": "all", "hovertemplate": "%{y:.3g}"}, x, y)


def dots(x: Any, y: Any, colour: str, name: str, symbol: str = "circle", size: float = 6) -> dict[str, Any]:
    return _placed(points(colour, name, symbol, size), x, y)


def _placed(trace: dict[str, Any], x: Any, y: Any) -> dict[str, Any]:
    return trace | {"x": x} | ({} if y is None else {"y": y})


def soft_ticks(soft: float, reach: float) -> dict[str, Any]:
    """Ticks of an axis that shows asinh(w / soft): 0, and 1, 3, 10, 30 … on both sides, as many as have room."""
    powers = [m * 10.0**k for k in range(-6, 16) for m in (1, 3)]
    powers = [value for value in powers if soft <= value and np.arcsinh(value / soft) <= reach]
    powers = powers[:: max(1, -(-len(powers) // 3))]
    values = [-value for value in powers[::-1]] + [0.0] + powers
    return {
        "tickvals": [float(np.arcsinh(value / soft)) for value in values],
        "ticktext": [f"{value:g}".replace("-", "−").replace("e+0", "e") for value in values],
    }


def log_axis(values: Array) -> tuple[Array, dict[str, Any]]:
    """Where values >= 0 stand on a logarithmic axis, and the axis; 0 has a place of its own at its left end."""
    positive = values[values > 0]
    low, high = (positive.min(), positive.max()) if positive.size else (1.0, 1.0)
    zero = float(np.log10(low)) - 0.4
    place = np.where(values > 0, np.log10(np.where(values > 0, values, 1.0)), zero)
    powers = np.arange(np.ceil(np.log10(low)), np.floor(np.log10(high)) + 1)
    powers = powers[:: max(1, -(-len(powers) // 5))]
    room = 0.02 * (float(np.log10(high)) - zero or 1.0)
    return place, {
        "title": {"text": "λ"},
        "showgrid": False,
        "range": [zero - room, float(np.log10(high)) + room],
        "tickvals": [zero, *powers.tolist()],
        "ticktext": ["0", *(number_text(10.0**power, 1) for power in powers)],
    }
