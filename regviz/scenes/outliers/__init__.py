"""Outliers: one point far away, three losses, two penalties. Robustness comes from the loss."""

from regviz.frame.scene import Scene
from regviz.settings import SampleSettings

SCENE = Scene(
    path="pages/outliers.py",
    title="Outliers",
    icon=":material/person_pin_circle:",
    says="Drag the ringed point away. Which fits follow it? Look at the **loss**, not at the penalty.",
    settings=SampleSettings,
    order=60,
    subject="outliers",
)
