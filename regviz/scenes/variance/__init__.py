"""Bias and variance: what the same λ gives on other samples, and which λ has the least sum of both."""

from regviz.frame.scene import Scene
from regviz.settings import DataSettings

SCENE = Scene(
    path="pages/variance.py",
    title="Bias & variance",
    icon=":material/scatter_plot:",
    says=(
        "What would **another sample** have given? As a rule, with more λ the fits scatter less, and their "
        "mean misses the truth by more."
    ),
    settings=DataSettings,
    order=50,
)
