"""Network: a small neural network trained under every λ at once; then λ and the epoch are two live sliders."""

from regviz.scenes import show

show("network")
