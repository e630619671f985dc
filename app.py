"""Compare: L1, elastic net and L2 side by side under one λ. The first screen of RegViz."""

from regviz.scenes import show

show("compare")
