"""Compare: L1, elastic net and L2 side by side under one λ. The first screen of RegViz."""

from regviz.frame.scene import Scene
from regviz.settings import Settings

SCENE = Scene(
    path="app.py",
    title="Compare",
    icon=":material/compare:",
    says="Drag λ: **L1** switches weights off, **L2** makes them small and keeps them, your **mix** lies in between.",
    settings=Settings,
    order=10,
)
