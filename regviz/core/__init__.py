"""The mathematics of RegViz: NumPy only, no screen."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

__all__ = ["Array"]
