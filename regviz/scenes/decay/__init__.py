"""Weight decay: L2 in the loss is weight decay under SGD, and another rule under Adam."""

from regviz.frame.scene import Scene
from regviz.settings import SampleSettings

SCENE = Scene(
    path="pages/weight_decay.py",
    title="Weight decay",
    icon=":material/trending_down:",
    says="Is L2 in the loss the same as weight decay? Under **SGD** yes, up to rounding; under **Adam** no.",
    settings=SampleSettings,
    order=80,
    subject="decay",
)
