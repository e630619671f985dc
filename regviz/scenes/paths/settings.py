"""Which settings has Paths?"""

from __future__ import annotations

from dataclasses import dataclass

from regviz.settings import DataSettings, Settings, knob

PATH_AXES = {"alpha": "strength λ", "norm": "size ‖w‖₁", "df": "degrees of freedom"}


@dataclass(frozen=True)
class PathsSettings(DataSettings):
    """And of Paths."""

    match: str = Settings.field("match")
    n_splits: int = Settings.field("n_splits")
    path_axis: str = knob(
        "alpha",
        "Draw the paths against",
        "What the horizontal axis shows. The paths are the same fits; only their places differ.",
        options=PATH_AXES,
    )
