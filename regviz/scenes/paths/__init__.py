"""Paths: every weight against λ, who enters first, and what is left at the λ under the cursor."""

from regviz.frame.scene import Scene
from regviz.scenes.paths.settings import PathsSettings

SCENE = Scene(
    path="pages/paths.py",
    title="Paths",
    icon=":material/timeline:",
    says="Follow every weight from the largest λ to 0: **L1** lets them in one by one, **L2** moves them all.",
    settings=PathsSettings,
    order=30,
)
