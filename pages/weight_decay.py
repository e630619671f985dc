"""Weight decay: L2 in the loss is weight decay under SGD, and another rule under Adam."""

from regviz.scenes import show

show("decay")
