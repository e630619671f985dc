"""Network: a small neural network trained under every λ at once; then λ and the epoch are two live sliders."""

from regviz.frame.scene import Scene
from regviz.scenes.network.settings import NetworkSettings

SCENE = Scene(
    path="pages/network.py",
    title="Network",
    icon=":material/hub:",
    says=(
        "A small network trained under every λ. Drag λ, drag or play the epoch: which wires does **L1** cut, and which "
        "does **L2** thin?"
    ),
    settings=NetworkSettings,
    order=70,
    subject="network",
)
