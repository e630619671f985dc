"""Geometry: why L1 gives exact zeros and L2 does not, solved at every position of the sliders."""

from regviz.frame.scene import Scene
from regviz.settings import NoSettings

SCENE = Scene(
    path="pages/geometry.py",
    title="Geometry",
    icon=":material/pentagon:",
    says=(
        "Why does **L1** so often give exact zeros, and **L2** hardly ever? Drag the cross, λ, the ratio: every touch "
        "point is solved."
    ),
    settings=NoSettings,
    order=20,
    subject="geometry",
)
