"""Is an argument of the core what it must be? If not, one sentence names the field, its range and the value."""

import numpy as np


def require(field_name: str, value: object, valid: bool, bounds: str) -> None:
    """ValueError "field must be bounds, got value", unless `valid`."""
    if not valid:
        raise ValueError(f"{field_name} must be {bounds}, got {value}")


def require_whole(field_name: str, value: object, low: int, high: int | None = None) -> None:
    """ValueError unless `value` is a whole number from `low` to `high` (None: without end)."""
    bounds = f"at least {low}" if high is None else f"{low} to {high}"
    require(field_name, value, is_whole(value), f"a whole number, {bounds}")
    require(field_name, value, low <= value and (high is None or value <= high), bounds)  # type: ignore[operator]


def require_number(field_name: str, value: object, low: float, high: float) -> None:
    """ValueError unless `value` is a number from `low` to `high`."""
    require(field_name, value, is_number(value) and low <= value <= high, f"{low:g} to {high:g}")  # type: ignore[operator]


def is_whole(value: object) -> bool:
    """Whether a size or a count is an integer: 2.0 is a slip, as True is."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Whether a value is one real number, also infinite or NaN; True is none."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
