"""What may come in? Real numbers of the right shape and range, or a ValueError that names the field and the range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from regviz.core import Array

MOST = float(np.finfo(float).max)
LEAST = float(np.nextafter(0, 1))
# The spread of a column: squares and ratios of two of them must neither overflow nor vanish.
NARROW, WIDE = 1e-120, 1e120


@dataclass(frozen=True)
class Range:
    """The numbers from low to high, both included, and how to say so."""

    words: str
    low: float = -MOST
    high: float = MOST

    def holds(self, array: Array) -> bool:
        """Whether all entries are in the range; NaN never is. Takes no memory, however large the array."""
        return not array.size or bool(self.low <= array.min() and array.max() <= self.high)


FINITE = Range("finite")
NOT_NEGATIVE = Range("finite and >= 0", 0)
POSITIVE = Range("finite and > 0", LEAST)
BELOW_ONE = Range("0 to less than 1", 0, float(np.nextafter(1, 0)))
POSITIVE_OR_INF = Range("> 0", LEAST, np.inf)
RATIO = Range("0 to 1", 0, 1)
# What is squared and summed on the way must not overflow.
SQUARABLE = Range("finite and at most 1e150 in size", -1e150, 1e150)
STRENGTH = Range(">= 0 and at most 1e150", 0, 1e150)


def between(low: float, high: float) -> Range:
    """low to high, both included."""
    return Range(f"{low:g} to {high:g}", low, high)


def reals(field: str, values: ArrayLike) -> Array:
    """values as an array of whole or floating numbers, NaN and inf too, in their own precision.

    True and False count as 1 and 0 inside an array; alone they are no number. Text, complex numbers and rows of unequal
    length are refused.
    """
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{field} must be real numbers in rows of equal length, got {_shown(values)}") from None
    kind = array.dtype.kind
    if kind in "fiu" or (kind == "b" and array.ndim):
        return array
    raise ValueError(f"{field} must be real numbers, got {_shown(values)}")


def numbers(field: str, values: ArrayLike, within: Range = FINITE, shape: tuple[int | str, ...] | None = None) -> Array:
    """values as float64, all of them in the range.

    shape  of the array, if it matters: a number is a length, a name stands for any length from 1 on, and a first
           entry "..." for any axes in front.
    """
    array = np.asarray(reals(field, values), dtype=np.float64)
    if shape is not None and not _fits(array.shape, shape):
        words = ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "")
        raise ValueError(f"{field} must be of shape ({words}), not empty, got shape {array.shape}")
    if not within.holds(array):
        wrong = array[~((array >= within.low) & (array <= within.high))]
        raise ValueError(f"{field} must be {within.words}, got {wrong.flat[0]:g}")
    return array


def number(field: str, value: float, within: Range = FINITE) -> float:
    """One number in the range."""
    array = reals(field, value)
    if array.ndim:
        raise ValueError(f"{field} must be one number, {within.words}, got shape {array.shape}")
    return float(numbers(field, array, within))


def whole(field: str, value: int, low: int, high: int | None = None) -> int:
    """A whole number from low to high, no float and no truth value."""
    if is_whole(value) and low <= value and (high is None or value <= high):
        return int(value)
    span = f"{low} or more" if high is None else f"{low} to {high}"
    raise ValueError(f"{field} must be a whole number, {span}, got {_shown(value)}")


def is_whole(value: object) -> bool:
    """Whether a size or a count is an integer: 2.0 is a slip, as True is."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def require(field: str, value: object, valid: bool, bounds: str) -> None:
    """ValueError "field must be bounds, got value", unless `valid`: for what no range says."""
    if not valid:
        raise ValueError(f"{field} must be {bounds}, got {value}")


def together(**arrays: Array) -> tuple[int, ...]:
    """The shape to which arrays are broadcast; ValueError, naming them, if they can't be."""
    try:
        return np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError:
        shapes = " and ".join(str(array.shape) for array in arrays.values())
        raise ValueError(f"{', '.join(arrays)} must have shapes that can be broadcast, got {shapes}") from None


def rms(values: Array, axis: int) -> Array:
    """Root mean square along an axis, whatever the unit."""
    size = np.abs(values).max(axis=axis, keepdims=True)
    mean = np.square(values / np.where(size > 0, size, 1)).mean(axis=axis, keepdims=True)
    return np.asarray((size * np.sqrt(mean)).squeeze(axis))


def check_spread(field: str, spread: Array) -> None:
    """ValueError unless each spread, of a column or a target, is 0 or 1e-120 to 1e120."""
    wrong = spread[(spread > 0) & ((spread < NARROW) | (spread > WIDE))]
    if len(wrong):
        raise ValueError(f"{field} must have spreads that are 0 or {NARROW:g} to {WIDE:g}, got {wrong[0]:g}")


def _fits(found: tuple[int, ...], shape: tuple[int | str, ...]) -> bool:
    if shape[0] == "...":
        found, shape = found[max(0, len(found) - len(shape) + 1) :], shape[1:]
    return len(found) == len(shape) and all(
        length >= 1 if isinstance(wanted, str) else length == wanted
        for length, wanted in zip(found, shape, strict=True)
    )


def _shown(value: object) -> str:
    """What was given, short enough for a sentence."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
