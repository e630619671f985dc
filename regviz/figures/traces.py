"""What do curves, points and planes look like on every page? Plotly dictionaries with colours as roles."""

from __future__ import annotations

from typing import Any


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
