"""How does the page on choosing λ look? Every error against λ, the choices marked, and maps of where it is least."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regviz import theme
from regviz.charts.axes import ratio_axis, strength_axis
from regviz.charts.columns import Column, View, columns, said
from regviz.charts.traces import Drawing, axis, curve, log_axis, points
from regviz.core import Array
from regviz.fits.penalties import on_sweep
from regviz.fits.task import L1, L1_RATIOS, L2, MIX_DEFAULT
from regviz.live.board import Board, LiveFigure, LiveTrace, Moving, Readout, Ref, Swept, number_text
from regviz.scenes.choosing.sweep import Choosing, Opened, Optimism


def board(chosen: Choosing) -> Board:
    """The live board of the page."""
    sweep = chosen.sweep
    strength = strength_axis(sweep)
    view = View(sweep, strength.name)
    scale = _Scale(chosen, view)
    figures: list[LiveFigure] = []
    readouts: list[Readout] = []
    shown = columns(view)
    for column in shown:
        readouts += [_heading(column), _numbers(chosen, column)]
        figures += [_errors(chosen, column, scale), replace(column.fit(), row=2)]
        if chosen.by_degree is not None:
            figures += [_degrees(chosen, column, scale), _u_curve(chosen, column, scale)]
    figures.append(_map(chosen, view, scale))
    return Board(
        axes=(strength, ratio_axis()),
        arrays=view.arrays,
        figures=tuple(figures),
        readouts=tuple(readouts),
        values=view.values,
        summary=f"λ {{{strength.name}}}, L1 ratio {{l1_ratio}}. Cross-validated error: {said(shown, 'cv')}.",
        place=f"λ {{{strength.name}}}, L1 ratio {{l1_ratio}}",
        legend=tuple((0, k) for k in scale.legend),
        columns=len(shown),
        presets=_presets(chosen),
        menu="Go to",
    )


def _presets(chosen: Choosing) -> tuple[tuple[str, dict[str, float]], ...]:
    alphas, choice = chosen.sweep.strengths, chosen.choice
    r, a = np.unravel_index(np.argmin(choice.mean), choice.mean.shape)
    places = [("Least cross-validated error of all", {"alpha": alphas[a], "l1_ratio": L1_RATIOS[r]})]
    for name, row in (("L1", L1), ("Mix 0.5", MIX_DEFAULT), ("L2", L2)):
        ratio = {"l1_ratio": 0.5} if row == MIX_DEFAULT else {}
        places.append((f"{name}: least cross-validated error", {"alpha": alphas[choice.best[row]]} | ratio))
        places.append((f"{name}: one-standard-error rule", {"alpha": alphas[choice.one_se[row]]} | ratio))
    return tuple((name, {key: float(value) for key, value in place.items()}) for name, place in places)


class _Scale:
    """The axis of λ, the axis of errors, and the arrays that all columns share."""

    def __init__(self, chosen: Choosing, view: View) -> None:
        sweep, choice = chosen.sweep, chosen.choice
        alphas, reported = sweep.strengths, sweep.task.loss.reported
        self.place, self.layout = log_axis(alphas)
        self.meta = {"x": ["log10", self.layout["tickvals"][0]]}
        cv = reported(choice.mean)
        low = reported(np.maximum(choice.mean - choice.standard_error, 0))
        high = reported(choice.mean + choice.standard_error)
        empty = float(reported(choice.mean[L1, -1]))
        self.top = 1.3 * (max(empty, float(sweep.train_error.max())) or 1.0)
        # Where all errors are of one size the axis does not begin at 0, or nobody sees where they are least.
        least = min(float(cv.min()), float(sweep.train_error.min()))
        self.bottom = 0.75 * least if least > 0.5 * empty else 0.0
        folds = reported(chosen.folds)
        clip = 3 * self.top
        self.floor = 1e-6 * self.top  # on a logarithmic scale this is 0
        self.noise = sweep.data.noise_sd if np.isfinite(sweep.expected_error).all() else None
        ratio, swept = ("l1_ratio",), view.swept
        gap = np.full((len(L1_RATIOS), 1), np.nan)
        laid = [np.concatenate([fold, gap], axis=1) for fold in np.minimum(folds, clip)]
        self.rows = [("train", sweep.train_error), ("cv", cv)]
        self.rows += [("validation", sweep.validation_error)] if len(sweep.validation) else []
        self.rows += [("expected", sweep.expected_error)] if self.noise is not None else []
        view.arrays |= {
            "place": Swept(self.place, (view.strength,)),
            "places": Swept(self.place),
            "two": Swept(np.ones(2)),
            "band_x": Swept(np.concatenate([self.place, self.place[::-1]])),
            "band": Swept(np.concatenate([np.minimum(high, clip), np.minimum(low, clip)[:, ::-1]], axis=1), ratio),
            "folds_x": Swept(np.tile(np.append(self.place, np.nan), len(folds))),
            "folds": Swept(np.concatenate(laid, axis=1), ratio),
            "cell_x": Swept(np.array([-1, 1, 1, -1, -1]) * self.half),
            "cv_se": Swept((high - low) / 2, swept),
        }
        # What leaves the chart by far is drawn a little nearer, and told as it is. (Single precision ends at 1e38.)
        self.drawn: dict[str, str] = {}
        for name, values in self.rows:
            view.arrays[name] = Swept(np.minimum(values, 1e30), swept)
            self.drawn[name] = name
            if values.max() > 1e6 * self.top:
                self.drawn[name] = f"{name}_drawn"
                view.arrays[f"{name}_drawn"] = Swept(np.minimum(values, 1e6 * self.top), swept)
        for name, stop in (("best", choice.best), ("one_se", choice.one_se)):
            view.arrays[f"{name}_place"] = Swept(self.place[stop], ratio)
            view.arrays[f"{name}_alpha"] = Swept(alphas[stop], ratio)
            view.arrays[f"{name}_error"] = Swept(np.take_along_axis(cv, stop[:, np.newaxis], 1)[:, 0], ratio)
        for key, entry in on_sweep().items():
            for name in ("cv", "cv_se", "best_alpha", "one_se_alpha", "best_error", "one_se_error"):
                view.values[f"{key}_{name}"] = (Ref(name, entry.pin), "3")
        self.legend: tuple[int, ...] = ()
        if (degrees := chosen.by_degree) is not None:
            self.known = np.isfinite(degrees.expected).all()
            errors = degrees.expected if self.known else degrees.validation
            floor = max(float(np.nanmin(errors)), self.floor)
            self.levels = float(np.log10(floor)), float(np.log10(max(self.top / 1.3, 1.05 * floor)))
            flat = np.log10(np.clip(errors, self.floor, clip)).swapaxes(1, 2).reshape(len(L1_RATIOS), -1)
            view.arrays |= {
                "degrees": Swept(degrees.degrees.astype(float)),
                "by_degree": Swept.rounded(flat, ratio),
            }
            best = errors.argmin(axis=-1)
            told = {
                "best_degree": degrees.degrees[best].astype(float),
                "least_degree": np.take_along_axis(errors, best[..., np.newaxis], axis=-1)[..., 0],
                "last_degree": errors[..., -1],
            }
            for name, values in told.items():
                view.arrays[name] = Swept(values, swept)
                for key, entry in on_sweep().items():
                    view.values[f"{key}_{name}"] = (Ref(name, entry.pin), "int" if name == "best_degree" else "3")
            for name, values in (("train", degrees.train), ("validation", degrees.validation), ("expected", errors)):
                if np.isfinite(values).all():
                    view.arrays[f"degree_{name}"] = Swept.rounded(np.minimum(values, clip), swept)

    @property
    def half(self) -> float:
        """Half the width of a stop, in the units of the axis."""
        return float(np.median(np.diff(self.place))) / 2 * 1.6


def _heading(column: Column) -> Readout:
    key = column.key
    return Readout(
        name=f"heading_{key}",
        title=column.title,
        headline=f"CV minimum at λ = {{{key}_best_alpha}}, one-SE choice {{{key}_one_se_alpha}}",
        rows=(),
        column=column.number,
        row=0,
        role=column.entry.role,
    )


def _numbers(chosen: Choosing, column: Column) -> Readout:
    key = column.key
    folds = (
        f"{len(chosen.folds)}-fold cross-validation",
        f"{{{key}_cv}} ± {{{key}_cv_se}}",
        "Each training point predicted by a fit that has not seen it; ± half the width of the band, which is one "
        "standard error over the folds to each side",
    )
    training, *others = column.errors()
    return Readout(
        name=f"numbers_{key}",
        title=f"{column.short}: errors at λ",
        headline="",
        rows=(training, folds, *others),
        column=column.number,
        row=3,
        role=column.entry.role,
    )


def _errors(chosen: Choosing, column: Column, scale: _Scale) -> LiveFigure:
    view, key = column.view, column.key
    strength, pin = view.strength, column.pin
    still = not column.entry.follows

    say = {"hoverinfo": "all", "hovertemplate": "%{fullData.name} %{y:.3g}<extra></extra>"}
    looks = {
        "train": ("$train", "training", 1.8, None),
        "cv": (column.colour, f"{len(chosen.folds)}-fold cross-validation", 3.0, None),
        "validation": ("$validation", "validation", 1.8, "dash"),
        "expected": ("$truth/0.75", "expected (all new points)", 1.8, "dot"),
    }
    drawing = Drawing()
    band = curve(theme.TRANSPARENT, "± one standard error", 0, fill=f"{column.colour}/0.16") | {"x": "@band_x"}
    drawing.add(band, y=Moving(Ref("band", pin)), still=still)
    single = curve(f"{column.colour}/0.35", "single folds", 1) | {"x": "@folds_x"}
    drawing.add(single, y=Moving(Ref("folds", pin)), still=still)
    for name, _ in scale.rows:
        colour, words, width, dash = looks[name]
        line = curve(colour, words, width, dash) | say | {"x": "@places"}
        drawing.add(line, y=Moving(Ref(scale.drawn[name], pin, along=strength)), still=still)
    if scale.noise is not None:
        ends = [float(scale.place[0]), float(scale.place[-1])]
        drawing.add(curve("$muted", "noise alone", 1, "longdash") | {"x": ends, "y": [scale.noise, scale.noise]})
    if column.number == 0:
        scale.legend = tuple(range(1, len(drawing.data)))
    marks = (
        ("best", "x", "$text", "least CV error"),
        ("one_se", "diamond", column.colour, "one-standard-error rule"),
    )
    for name, symbol, colour, words in marks:
        place, error = Ref(f"{name}_place", pin), Ref(f"{name}_error", pin)
        drop = curve(f"{column.colour}/0.8", f"{words}, λ", 1.2, "dot") | {"y": [0, scale.top]}
        drawing.add(drop, x=Moving(place, template="two"), still=still)
        mark = points(colour, words, symbol, 10, f"{words}<br>error %{{y:.3g}}")
        drawing.add(mark, x=Moving(place), y=Moving(error), still=still)
    drawing.cursor(Ref("place"), 0, scale.top)
    for name, _ in scale.rows:
        here = points(looks[name][0], f"{looks[name][1]} at λ", size=9, hover="%{y:.3g}")
        drawing.add(here, x=Moving(Ref("place")), y=Moving(column.ref(scale.drawn[name])))
    return LiveFigure(
        name=f"errors_{key}",
        title=f"{column.short}: error against λ",
        figure={
            "data": drawing.data,
            "layout": {
                "xaxis": scale.layout,
                "meta": scale.meta,
                "yaxis": axis([scale.bottom, scale.top], chosen.sweep.task.loss.error_name),
            },
        },
        moving=tuple(drawing.moving),
        alt=f"{column.title}: errors against λ. Here: training {{{key}_train}}, cross-validation {{{key}_cv}}. "
        f"Least cross-validated error {{{key}_best_error}} at λ = {{{key}_best_alpha}}; one standard error allows "
        f"λ = {{{key}_one_se_alpha}}.",
        caption="× least cross-validated error  ◆ largest λ whose error is within one standard error of it",
        column=column.number,
        row=1,
        height=320,
        scrub=(strength, Ref("place", along=strength)),
    )


def _cells(name: str, x: NDArray[Any], y: NDArray[Any], low: float, high: float, hover: str) -> dict[str, Any]:
    """A heat map of a logarithm from low to high."""
    return {
        "type": "heatmap",
        "x": x,
        "y": y,
        "zmin": low,
        "zmax": high,
        "colorscale": theme.LOW_TO_HIGH,
        "showscale": False,
        "name": name,
        "meta": {"drawn": ["log10", None]},
        "hovertemplate": f"{hover}<extra></extra>",
    }


def _degrees(chosen: Choosing, column: Column, scale: _Scale) -> LiveFigure:
    assert chosen.by_degree is not None
    view, key, settings = column.view, column.key, chosen.sweep.settings
    degree = settings.degree
    what = "expected error" if scale.known else "validation error"
    low, high = scale.levels
    cells = _cells(what, scale.place, chosen.by_degree.degrees, low, high, "degree %{y}")
    sides = [degree - 0.5, degree - 0.5, degree + 0.5, degree + 0.5, degree - 0.5]
    frame = curve("$cursor", "present fit", 2.5) | {"y": sides}
    return LiveFigure(
        name=f"degrees_{key}",
        title=f"{column.short}: {what} of every degree",
        figure={
            "data": [cells, frame],
            "layout": {
                "xaxis": scale.layout,
                "meta": scale.meta,
                "yaxis": axis([0.5, 20.5], "degree") | {"showgrid": False, "tickvals": [1, 5, 10, 15, 20]},
            },
        },
        moving=(
            LiveTrace(0, z=Moving(Ref("by_degree", column.pin))),
            LiveTrace(1, x=Moving(Ref("cell_x"), offset=Ref("place"))),
        ),
        alt=f"{column.title}: map of the {what} over degree and λ; the frame is the present fit, degree {degree}.",
        caption=f"Light is {number_text(10**low, 2)} or less, dark {number_text(10**high, 2)} or more. The frame is "
        "this fit.",
        column=column.number,
        row=4,
        height=230,
        scrub=(view.strength, Ref("place", along=view.strength)),
    )


def _u_curve(chosen: Choosing, column: Column, scale: _Scale) -> LiveFigure:
    assert chosen.by_degree is not None
    view, key, degree = column.view, column.key, chosen.sweep.settings.degree
    what = "expected error" if scale.known else "validation error"
    looks = (
        ("train", "$train", "training", None),
        ("validation", "$validation", "validation", "dash"),
        ("expected", "$truth/0.75", "expected", "dot"),
    )
    say = {"hoverinfo": "all", "hovertemplate": "degree %{x}: %{y:.3g}"}
    present = [look for look in looks if f"degree_{look[0]}" in view.arrays]
    traces = [curve(colour, words, 2, dash) | say | {"x": "@degrees"} for _, colour, words, dash in present]
    moving = [LiveTrace(k, y=Moving(column.ref(f"degree_{name}"))) for k, (name, *_) in enumerate(present)]
    traces.append(curve("$text/0.8", "this degree", 1.5) | {"x": [degree, degree], "y": [0, scale.top]})
    return LiveFigure(
        name=f"u_curve_{key}",
        title=f"{column.short}: error against degree at this λ",
        figure={
            "data": traces,
            "layout": {"xaxis": axis([0.5, 20.5], "degree"), "yaxis": axis([0, scale.top], "error")},
        },
        moving=tuple(moving),
        alt=f"{column.title}: {', '.join(words for _, _, words, _ in present)} error against the degree at λ = "
        f"{{{key}_lambda}}.",
        caption=f"At this λ the {what} is least at degree {{{key}_best_degree}}, {{{key}_least_degree}}; at degree "
        f"{chosen.by_degree.degrees[-1]} it is {{{key}_last_degree}}.",
        column=column.number,
        row=5,
        height=200,
    )


def _map(chosen: Choosing, view: View, scale: _Scale) -> LiveFigure:
    """Cross-validated error over both sliders."""
    mean: Array = chosen.sweep.task.loss.reported(chosen.choice.mean)
    least = max(float(mean.min()), scale.floor)
    low, high = float(np.log10(least)), float(np.log10(max(scale.top / 1.3, 1.05 * least)))
    r, a = np.unravel_index(np.argmin(mean), mean.shape)
    near = int((chosen.choice.mean <= chosen.choice.mean[r, a] + chosen.choice.standard_error[r, a]).sum())
    view.arrays |= {
        "map": Swept(np.log10(np.clip(mean, scale.floor, 3 * scale.top)).ravel()),
        "ratio_here": Swept(L1_RATIOS, ("l1_ratio",)),
        "cell_y": Swept(np.array([-0.05, -0.05, 0.05, 0.05, -0.05])),
    }
    view.values["map_error"] = (Ref("cv"), "3")
    cells = _cells("cross-validated error", scale.place, L1_RATIOS, low, high, "L1 ratio %{y}")
    best = points("$cursor", "least of all", "x", 10, "least of all")
    return LiveFigure(
        name="map",
        title="Cross-validated error over λ and L1 ratio",
        figure={
            "data": [
                cells,
                curve("$cursor", "your mix", 2.5),
                best | {"x": [scale.place[a]], "y": [float(L1_RATIOS[r])]},
            ],
            "layout": {
                "xaxis": scale.layout,
                "meta": scale.meta,
                "yaxis": axis([-0.05, 1.05], "L1 ratio") | {"showgrid": False},
            },
        },
        moving=(
            LiveTrace(0, z=Moving(Ref("map"))),
            LiveTrace(
                1, x=Moving(Ref("cell_x"), offset=Ref("place")), y=Moving(Ref("cell_y"), offset=Ref("ratio_here"))
            ),
        ),
        alt="Map of the cross-validated error over λ and L1 ratio. Least: "
        f"{number_text(float(mean.min()), 3)} at λ = {number_text(float(chosen.sweep.strengths[a]), 3)} and ratio "
        f"{L1_RATIOS[r]:g}. At the sliders: {{map_error}}.",
        caption=f"The cross marks the least error, {number_text(float(mean.min()), 3)}; the frame is your mix, "
        f"{{map_error}}. Light is low: {near} of the {mean.size} choices are within one standard error of the least.",
        column=0,
        row=6,
        height=220,
        wide=True,
        scrub=(view.strength, Ref("place", along=view.strength)),
    )


def optimism_board(found: Optimism) -> Board:
    """A histogram of how far the reported error is off, tuned on the test set or honestly."""
    gaps = {"on test": found.tuned_on_test, "honest": found.tuned_honestly}
    edges = np.linspace(-1, 1.5, 26)
    middles = (edges[1:] + edges[:-1]) / 2
    looks = {"on test": ("$l1", "tuned on the test set"), "honest": ("$l2", "tuned on validation points")}
    traces: list[dict[str, Any]] = []
    tall = 0
    for name, values in gaps.items():
        colour, words = looks[name]
        counts = np.histogram(np.clip(values, -0.999, 1.499), edges)[0]
        tall = max(tall, int(counts.max()))
        bar = {"type": "bar", "x": middles, "y": counts.astype(float), "width": 0.09, "name": words}
        bar |= {"marker": {"color": f"{colour}/0.45", "line": {"color": colour, "width": 1.5}}}
        traces.append(bar | {"hovertemplate": "%{y} of " + str(len(values)) + "<extra></extra>"})
    for name, values in gaps.items():
        colour, words = looks[name]
        mean = float(values.mean())
        traces.append(curve(colour, f"mean, {words}", 3) | {"x": [mean, mean], "y": [0, 1.1 * tall]})
    figure = LiveFigure(
        name="optimism",
        title="By how much the reported error is off the true one",
        figure={
            "data": traces,
            "layout": {
                "xaxis": axis([-1.02, 1.52], "reported / true mean squared error − 1") | {"tickformat": "+.0%"},
                "yaxis": axis([0, 1.1 * tall], "samples"),
            },
        },
        moving=(),
        alt=f"Over {len(found.tuned_on_test)} samples: tuned on the test set the reported error is off by "
        f"{found.tuned_on_test.mean():+.0%} on average, tuned honestly by {found.tuned_honestly.mean():+.0%}.",
        caption="The outermost bars hold all beyond.",
        column=0,
        row=0,
        height=230,
    )
    return Board(
        axes=(),
        arrays={},
        figures=(figure,),
        readouts=(),
        values={},
        summary="",
        place="",
        legend=tuple((0, k) for k in range(len(traces))),
    )


def optimism_words(found: Optimism) -> str:
    """What the histogram says, with its numbers."""
    on_test, honest = found.tuned_on_test, found.tuned_honestly
    error = honest.std(ddof=1) / np.sqrt(len(honest))
    bought = honest - on_test  # sample by sample: they share their rows, and with them most of the scatter
    clear = bought.mean() > 2 * bought.std(ddof=1) / np.sqrt(len(bought))
    verdict = "here it buys nothing that so few samples could show"
    if clear:
        verdict = "it looks better than it is" if on_test.mean() < 0 else "it looks better than it would honestly"
    fair = "no optimism that these samples could show"
    if abs(honest.mean()) > 2 * error:
        fair = "more than chance explains in most tables, though nothing was tuned on these rows"
    return (
        f"In {len(on_test)} samples of the same source, each with {found.n_test} test rows, λ and the L1 ratio were "
        f"chosen twice. Chosen **on the test set**, the reported mean squared error is off by "
        f"**{on_test.mean():+.0%}** on average: {verdict}. Chosen **on validation points**, it is "
        f"off by **{honest.mean():+.0%}** (± {error:.0%}, the scatter of so few samples): {fair}."
    )


def vault_table(records: list[Opened]) -> list[dict[str, Any]]:
    """The rows of the table of openings."""
    return [
        {
            "Opening": number,
            "λ": number_text(opened.alpha, 4),
            "L1 ratio of the mix": number_text(opened.l1_ratio, 2),
            "L1: test error": number_text(opened.test[0], 3),
            "Mix: test error": number_text(opened.test[1], 3),
            "L2: test error": number_text(opened.test[2], 3),
        }
        for number, opened in enumerate(records, 1)
    ]


def vault_intro(n_rows: int) -> str:
    """What the vault holds."""
    if not n_rows:
        return "All rows of the table are in use above: none is left for a test set. Lower “Points” to set some aside."
    return (
        f"{n_rows} rows took no part in anything above. Their error is the honest answer to “how good is it?”, as long "
        "as nobody chooses by it. Decide first, then open."
    )


def vault_words(records: list[Opened]) -> str:
    """How often it was opened, and what that means."""
    name = records[0].error_name
    rows = f"{name[:1].upper()}{name[1:]} on {records[0].n_rows} test rows. "
    if len(records) == 1:
        return rows + "Opened **once**: these numbers are honest for whoever had decided before."
    often = f"Opened **{len(records)} times** on the same rows"
    if len({(opened.alpha, opened.l1_ratio) for opened in records}) == 1:
        return rows + f"{often}, but at one λ and ratio only: the numbers are the same, and as honest as at first."
    return rows + (
        f"{often}: whoever now takes the best of them has tuned on the test set, and on average such an error is too "
        "good to be true."
    )
