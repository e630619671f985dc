"""How does the Network page look? What each penalty has made of one network: fit, wires, histograms, losses."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regviz import theme
from regviz.charts.axes import alpha_axis
from regviz.charts.traces import Drawing, axis, curve, few, points
from regviz.core import Array
from regviz.core.nets.mlp import SAME, GradientCheck
from regviz.live.board import Axis, Board, LiveFigure, LiveTrace, Mask, Moving, Note, Readout, Ref, Swept, number_text
from regviz.scenes.network.sweep import ALPHAS, FADED, FADED_SIZE, N_BINS, PEAK, RATIOS, REACH, SIZES, START, Network

_SWEPT = ("epoch", "penalty", "alpha")  # a column has its penalty; there is no slider for it
_SHORT = {"l1": "L1", "mix": "Mix", "l2": "L2"}
_TITLES = {"l1": "L1 · Σ|w|", "mix": "Mix · half L1, half L2", "l2": "L2 · ½ Σw²"}
_WIDTHS = (0.5, 0.9, 1.5, 2.3, 3.3, 4.6)  # of wires, by size of the weight
_SOFT = 3.0  # counts are drawn as asinh(count / 3): a spike of 256 and a bar of 2 both have room


def board(net: Network) -> Board:
    """The live board of a training, finished or not; axes are the strength and the epoch."""
    sweep = net.sweep
    arrays, values = _arrays(net), _values(net)
    figures: list[LiveFigure] = []
    readouts: list[Readout] = []
    notes: list[Note] = []
    n_layers = sweep.architecture.n_layers
    for number, key in enumerate(_TITLES):
        pin = {"penalty": number}
        figures.append((_curve if net.task.is_curve else _classes)(net, key, pin, number))
        figures += [_graph(net, key, pin, number), _losses(net, key, pin, number)]
        if sweep.accuracy is not None:
            figures.append(_accuracy(net, key, pin, number))
        figures += [_histogram(net, key, pin, number, layer) for layer in range(n_layers + 1)]
        figures.append(_gradients(net, key, pin, number))
        readouts += [_heading(net, key, number), _numbers(net, key, number)]
        told = [f"{{{key}_course}}"] if _course(net)[:, number].any() else []
        told += [f"{{{key}_fading}}"] if net.faded[:, number, :, :-1].any() else []
        if told:
            notes.append(Note(f"happened_{key}", "", tuple(told), row=1, column=number, wide=False))
    return Board(
        axes=(
            alpha_axis(ALPHAS, START),
            Axis(
                name="epoch",
                label="Epoch",
                values=sweep.epochs.astype(float),
                default=len(sweep.epochs) - 1,
                help="How often training has gone through the points. Drag it, or let it play.",
                ends=("0: initial weights", "trained" if sweep.completed == net.task.settings.epochs else "so far"),
                page=5,
                play=True,
            ),
        ),
        arrays=arrays,
        figures=tuple(figures),
        readouts=tuple(readouts),
        values=values,
        summary="λ {alpha}, epoch {epoch}. Live weights of {n_weights}: L1 {l1_weights}, mix {mix_weights}, L2 "
        "{l2_weights}. Training loss: L1 {l1_data_loss}, mix {mix_data_loss}, L2 {l2_data_loss}.",
        place="λ {alpha}, epoch {epoch}",
        legend=tuple((0, k) for k in range(_n_named(net))),
        columns=len(_TITLES),
        notes=tuple(notes),
    )


def _n_named(net: Network) -> int:
    """How many traces of the first figure the legend names: points; the truth of a curve, and its ghost."""
    kinds = 2 if len(net.task.validation) else 1
    return kinds + 2 if net.task.is_curve else 2 * kinds


# --- Numbers ---------------------------------------------------------------------------------------


def _arrays(net: Network) -> dict[str, Swept]:
    sweep, task = net.sweep, net.task
    data_loss, penalty = sweep.data_loss, sweep.penalty
    objective = data_loss + penalty
    swept: dict[str, NDArray[Any]] = {
        "data_loss": data_loss,
        "penalty_term": penalty,
        "objective": objective,
        "weights": (net.sizes > 0).sum(axis=-1).astype(np.int16),
        "neurons": net.live.sum(axis=-1).astype(np.int16),
        "frobenius": np.concatenate([net.frobenius, np.linalg.norm(net.frobenius, axis=-1, keepdims=True)], axis=-1),
        "absolute": np.concatenate([net.absolute, net.absolute.sum(axis=-1, keepdims=True)], axis=-1),
        "gradient": sweep.gradient_norm,
        "zeros": net.zeros.astype(np.int16),
        "faded": net.faded[..., :-1].sum(axis=-1).astype(np.int16),
        "fading": net.faded.astype(np.int16),
        "beyond": net.beyond.astype(np.int16),
        "sizes": net.sizes,
        "live": net.live,
        "bias_counts": net.biases,
    }
    swept |= {f"counts_{layer}": counts for layer, counts in enumerate(net.counts)}
    for name in ("validation_loss", "accuracy", "validation_accuracy"):
        values = getattr(sweep, name)
        if values is not None:
            swept[name] = values
    arrays = {name: Swept(values, _SWEPT) for name, values in swept.items()}
    gone = np.stack([_all_faded(net, layers) for layers in _groups(net)], axis=-1)
    arrays |= {
        "course": Swept(_course(net), _SWEPT),
        "exploded_at": Swept(np.maximum(sweep.diverged, 0), _SWEPT[1:]),
        "state": Swept(net.state.astype(float), _SWEPT),
        "peak": Swept(data_loss.max(axis=0) / np.maximum(data_loss[0], 1e-30), _SWEPT[1:]),
        "peak_at": Swept(sweep.epochs[data_loss.argmax(axis=0)].astype(float), _SWEPT[1:]),
        "risen": Swept(objective[-1] / np.maximum(objective.min(axis=0), 1e-30), _SWEPT[1:]),
        "worse": Swept(sweep.data_loss[-1] / max(task.constant_loss, 1e-30), _SWEPT[1:]),
        "any_faded": Swept((swept["faded"] > 0).astype(np.uint8), _SWEPT),
        "any_fading": Swept((net.faded > 0).astype(np.uint8), _SWEPT),
        "any_beyond": Swept((net.beyond > 0).astype(np.uint8), _SWEPT),
        "no_gradient": Swept((sweep.gradient_norm == 0).astype(np.uint8), _SWEPT),
        "no_penalty": Swept(((penalty == 0) & gone[..., -1]).astype(np.uint8), _SWEPT),
        "gone": Swept(gone.astype(np.uint8), _SWEPT),
        "epochs": Swept(sweep.epochs.astype(float)),
        "epoch_here": Swept(sweep.epochs.astype(float), ("epoch",)),
        "two": Swept(np.ones(2)),
        "n_weights": Swept(np.array(float(net.sizes.shape[-1]))),
        "n_neurons": Swept(np.array(float(net.live.shape[-1]))),
    }
    if task.is_curve:
        # What leaves the frame by more than its height is cut off there.
        low, high = _frame(net)
        seen = np.clip(net.fit, 2 * low - high, 2 * high - low).astype(float)
        basis, coordinates = few(seen, 1e-3, size=high - low)
        arrays |= {
            "line": Swept(basis),
            "x_line": Swept(net.x_line),
            "coordinates": Swept.rounded(coordinates, _SWEPT),
            "outside": Swept(_outside(net).astype(np.uint8), _SWEPT),
        }
    else:
        arrays["map"] = Swept(net.fit, _SWEPT)
        blue = net.fit > 127
        unsure = ((net.fit == 127) | (net.fit == 128)).all(axis=-1)  # a probability of 0.496 to 0.512
        sides = np.where(unsure, 3, np.where(blue.all(axis=-1), 1, 0))
        sides = np.where(blue.any(axis=-1) & ~blue.all(axis=-1), 2, sides)
        arrays["sides"] = Swept(sides.astype(np.uint8), _SWEPT)
    x, y, of = _wires(net)
    hidden = [(x0, y0) for (x0, y0) in _places(net)[1:-1]]
    arrays |= {
        "wire_x": Swept(x),
        "wire_y": Swept(y),
        "wire_of": Swept(of),
        "neuron_x": Swept(np.concatenate([xs for xs, _ in hidden])),
        "neuron_y": Swept(np.concatenate([ys for _, ys in hidden])),
    }
    return arrays


def _course(net: Network) -> NDArray[np.uint8]:
    """How training has gone, at each epoch (E, R, A): well, will explode, has exploded, had a peak, ended worse."""
    sweep = net.sweep
    lost = (sweep.diverged >= 0) & (sweep.epochs[:, np.newaxis, np.newaxis] >= sweep.diverged)
    overshot = np.where(net.peaks, 3, np.where(net.worse, 4, 0))
    return np.where(lost, 2, np.where(sweep.diverged >= 0, 1, overshot)).astype(np.uint8)


def _groups(net: Network) -> list[slice]:
    """Each layer of weights, and all of them."""
    n_layers = net.sweep.architecture.n_layers
    return [*(slice(layer, layer + 1) for layer in range(n_layers)), slice(0, n_layers)]


def _all_faded(net: Network, layers: slice) -> NDArray[np.bool_]:
    """Where some weights of these layers have faded and all others are zero: (E, R, A)."""
    total = sum(n_out * (n_in - 1) for n_out, n_in in net.sweep.architecture.shapes[layers])
    faded, zeros = (counts[..., :-1][..., layers].sum(axis=-1) for counts in (net.faded, net.zeros))
    return np.asarray((faded > 0) & (faded + zeros == total))


def _frame(net: Network) -> tuple[float, float]:
    """The range of y that is drawn."""
    data = net.task.data
    assert data.truth is not None
    truth = data.truth(net.x_line)
    low, high = float(min(data.y.min(), truth.min())), float(max(data.y.max(), truth.max()))
    room = 0.12 * (high - low or 1.0)
    return low - room, high + room


def _outside(net: Network) -> NDArray[np.bool_]:
    """Where no point of a curve lies in the frame: (E, R, A)."""
    low, high = _frame(net)
    return np.asarray(((net.fit < low) | (net.fit > high)).all(axis=-1))


def _values(net: Network) -> dict[str, tuple[Ref, str | tuple[str, ...]]]:
    values: dict[str, tuple[Ref, str | tuple[str, ...]]] = {
        "n_weights": (Ref("n_weights"), "int"),
        "n_neurons": (Ref("n_neurons"), "int"),
    }
    n_layers = net.sweep.architecture.n_layers
    ends = "ends at" if net.sweep.completed == net.task.settings.epochs else "is now"  # a training may still run
    for number, key in enumerate(_TITLES):
        pin = {"penalty": number}
        for name in ("data_loss", "penalty_term", "objective", "validation_loss"):
            values[f"{key}_{name}"] = (Ref(name, pin), "3")
        values[f"{key}_penalty"] = (Ref("no_penalty", pin), (f"{{{key}_penalty_term}}", "≈ 0"))
        for name in ("accuracy", "validation_accuracy"):
            values[f"{key}_{name}"] = (Ref(name, pin), "%")
        values[f"{key}_outside"] = (Ref("outside", pin), ("", "The curve lies outside this frame."))
        values[f"{key}_boundary"] = (
            Ref("sides", pin),
            (
                "here all is class 0",
                "here all is class 1",
                "the dark line is the boundary",
                "here it is undecided everywhere",
            ),
        )
        for name in ("weights", "neurons"):
            values[f"{key}_{name}"] = (Ref(name, pin), "int")
        for layer in range(n_layers + 1):
            values[f"{key}_frobenius_{layer}"] = (Ref("frobenius", pin, item=layer), "3")
            values[f"{key}_absolute_{layer}"] = (Ref("absolute", pin, item=layer), "3")
            values[f"{key}_norms_{layer}"] = (
                Ref("gone", pin, item=layer),
                (f"{{{key}_frobenius_{layer}}}, {{{key}_absolute_{layer}}}", "≈ 0"),
            )
            values[f"{key}_zeros_{layer}"] = (Ref("zeros", pin, item=layer), "int")
            values[f"{key}_n_fading_{layer}"] = (Ref("fading", pin, item=layer), "int")
            values[f"{key}_fading_{layer}"] = (
                Ref("any_fading", pin, item=layer),
                ("", f", {{{key}_n_fading_{layer}}} faded below {FADED:g}"),
            )
            values[f"{key}_n_beyond_{layer}"] = (Ref("beyond", pin, item=layer), "int")
            values[f"{key}_beyond_{layer}"] = (
                Ref("any_beyond", pin, item=layer),
                ("", f". Beyond ±{net.reach:g}, in the outermost bars: {{{key}_n_beyond_{layer}}}"),
            )
            if layer < n_layers:
                values[f"{key}_norm_{layer}"] = (Ref("gradient", pin, item=layer), "2")
                no_gradient = Ref("no_gradient", pin, item=layer)
                values[f"{key}_gradient_{layer}"] = (no_gradient, (f"{{{key}_norm_{layer}}}", "≈ 0"))
        values[f"{key}_faded"] = (Ref("faded", pin), "int")
        values[f"{key}_and_faded"] = (Ref("any_faded", pin), ("", f"; {{{key}_faded}} of them faded below {FADED:g}"))
        name = _SHORT[key]
        values[f"{key}_fading"] = (
            Ref("any_faded", pin),
            (
                "",
                f"{name}: {{{key}_faded}} weights faded below {FADED:g}. L2 takes a share of a weight at every step, "
                "and where the data hardly pull, that goes on and on. They are not zero, but too small to do anything.",
            ),
        )
        values[f"{key}_state"] = (Ref("state", pin), "int")
        values[f"{key}_exploded_at"] = (Ref("exploded_at", pin), "int")
        values[f"{key}_peak"] = (Ref("peak", pin), "3")
        values[f"{key}_peak_at"] = (Ref("peak_at", pin), "int")
        values[f"{key}_risen"] = (Ref("risen", pin), "3")
        values[f"{key}_worse"] = (Ref("worse", pin), "3")
        values[f"{key}_course"] = (
            Ref("course", pin),
            (
                "",
                f"{name}: training explodes in epoch {{{key}_exploded_at}}.",
                f"{name}: training exploded in epoch {{{key}_exploded_at}}: shown is epoch {{{key}_state}}, the last "
                "that was kept before.",
                f"{name}: steps overshoot; in epoch {{{key}_peak_at}} D was {{{key}_peak}} times what it was at the "
                "start.",
                f"{name}: steps overshoot; J {ends} {{{key}_risen}} times the least that it has been, and the loss on "
                f"the training points at {{{key}_worse}} times that of the best constant.",
            ),
        )
    return values


def _heading(net: Network, key: str, number: int) -> Readout:
    return Readout(
        name=f"heading_{key}",
        title=_TITLES[key],
        headline=f"{{{key}_weights}} of {{n_weights}} weights uncut, {{{key}_neurons}} of {{n_neurons}} neurons"
        f"{{{key}_and_faded}}",
        rows=(),
        column=number,
        row=0,
        role=key,
    )


def _numbers(net: Network, key: str, number: int) -> Readout:
    sweep, optimizer = net.sweep, net.task.optimizer
    aim = "What training makes small"
    if RATIOS[number] < 1 and not optimizer.decay.of_objective:
        aim = (
            f"Not quite what {optimizer.label} makes small: its decay has another share of each weight than λ · penalty"
        )
    rows = [
        ("Data loss D", f"{{{key}_data_loss}}", "On the training points, without the penalty"),
        ("+ λ · penalty", f"{{{key}_penalty}}", "In training only: a prediction uses the weights alone"),
        ("= objective J", f"{{{key}_objective}}", aim),
    ]
    if sweep.validation_loss is not None:
        rows.append(("Validation loss D", f"{{{key}_validation_loss}}", "On points that were held back; no penalty"))
    if sweep.accuracy is not None:
        rows.append(("Right on training points", f"{{{key}_accuracy}}", "Share of them classified correctly"))
    if sweep.validation_accuracy is not None:
        rows.append(("Right on validation points", f"{{{key}_validation_accuracy}}", "The same on held-back points"))
    n_layers = sweep.architecture.n_layers
    for layer in range(n_layers + 1):
        name = "All layers" if layer == n_layers else _layer(net, layer)
        rows.append(
            (
                f"{name}: ‖W‖, Σ|w|",
                f"{{{key}_norms_{layer}}}",
                "Frobenius norm √Σw², and the sum of sizes; without biases",
            )
        )
    return Readout(
        name=f"numbers_{key}",
        title=f"{_SHORT[key]}: numbers",
        headline="",
        rows=tuple(rows),
        column=number,
        row=6,
        role=key,
    )


def _layer(net: Network, layer: int) -> str:
    last = net.sweep.architecture.n_layers - 1
    return "Output layer" if layer == last else f"Layer {layer + 1}"


# --- Figures -----------------------------------------------------------------------------------------


def _curve(net: Network, key: str, pin: dict[str, int], number: int) -> LiveFigure:
    task, colour = net.task, f"${key}"
    data = task.data
    assert data.truth is not None
    low, high = _frame(net)
    train = points("$train", "training points", size=6) | {"x": data.X[task.train, 0], "y": data.y[task.train]}
    truth = curve("$truth/0.75", "true function", 1.6, "dash") | {"x": net.x_line, "y": data.truth(net.x_line)}
    traces = [train, truth]
    if len(task.validation):
        held_out = points("$validation", "validation points", "diamond-open", 7)
        traces.append(held_out | {"x": data.X[task.validation, 0], "y": data.y[task.validation]})
    moving = (
        LiveTrace(len(traces), y=Moving(Ref("coordinates", pin | {"alpha": 0}), matrix="line")),
        LiveTrace(len(traces) + 1, y=Moving(Ref("coordinates", pin), matrix="line")),
    )
    traces.append(curve("$ghost", "the same at λ = 0", 1.6, "dot") | {"x": "@x_line"})
    traces.append(curve(colour, f"{_SHORT[key]} fit", 3) | {"x": "@x_line"})
    domain = data.domain or (0.0, 1.0)
    return LiveFigure(
        name=f"fit_{key}",
        title=f"{_SHORT[key]}: what the network says",
        figure={"data": traces, "layout": {"xaxis": axis(list(domain), "x"), "yaxis": axis([low, high], "y")}},
        moving=moving,
        alt=f"{_SHORT[key]}: the network's curve at λ = {{alpha}} after {{{key}_state}} epochs. Data loss "
        f"{{{key}_data_loss}}.",
        caption=f"{{{key}_outside}}" if _outside(net)[:, number].any() else "",
        column=number,
        row=2,
        height=225,
    )


def _classes(net: Network, key: str, pin: dict[str, int], number: int) -> LiveFigure:
    task = net.task
    ticks = net.x_line
    cells = {
        "type": "heatmap",
        "x": ticks,
        "y": ticks,
        "zmin": 0,
        "zmax": 254,
        "zsmooth": "best",
        "colorscale": theme.CLASSES,
        "showscale": False,
        "hoverinfo": "skip",
        "name": "probability",
        "meta": {"level": 127, "drawn": ["times", 254]},
    }
    traces: list[dict[str, Any]] = []
    for side, words, symbol in ((1, "class 1", "circle"), (0, "class 0", "square")):
        colour = theme.CLASS_POINTS[side]
        for rows, kind, opened in ((task.train, "training", ""), (task.validation, "validation", "-open")):
            chosen = rows[task.data.y[rows] == side]
            if len(chosen):
                dots = points(colour, f"{words}, {kind}", symbol + opened, 7)
                traces.append(dots | {"x": task.X[chosen, 0], "y": task.X[chosen, 1]})
    traces.append(cells)
    plane = axis([-REACH, REACH]) | {"showgrid": False}
    right = f" {{{key}_accuracy}} of the training points are right."
    held_out = " Filled points are trained on, open ones are held back." if len(task.validation) else ""
    return LiveFigure(
        name=f"fit_{key}",
        title=f"{_SHORT[key]}: what the network says",
        figure={
            "data": traces,
            "layout": {
                "xaxis": plane | {"title": {"text": "x₁"}},
                "yaxis": plane | {"title": {"text": "x₂"}, "scaleanchor": None},
            },
        },
        moving=(LiveTrace(len(traces) - 1, z=Moving(Ref("map", pin))),),
        alt=f"{_SHORT[key]}: map of the predicted class at λ = {{alpha}} after {{{key}_state}} epochs.{right}",
        caption=f"Blue says class 1, orange class 0; {{{key}_boundary}}.{held_out}",
        column=number,
        row=2,
        height=300,
    )


def _places(net: Network) -> list[tuple[Array, Array]]:
    """Where the units of every layer stand: (x, y), inputs first."""
    architecture = net.sweep.architecture
    layers = (architecture.n_inputs, *architecture.hidden, 1)
    places = []
    for layer, units in enumerate(layers):
        reach = 0.9 if units > 2 else 0.35 * (units - 1)
        places.append((np.full(units, float(layer)), np.linspace(reach, -reach, units) if units > 1 else np.zeros(1)))
    return places


def _wires(net: Network) -> tuple[Array, Array, Array]:
    """Ends of all wires, gaps between them, and the number of the weight of each: x, y, of (3 n_weights,)."""
    places = _places(net)
    x, y = [], []
    for (x0, y0), (x1, y1) in pairwise(places):
        for k in range(len(x1)):
            for j in range(len(x0)):
                x += [x0[j], x1[k], np.nan]
                y += [y0[j], y1[k], np.nan]
    return np.array(x), np.array(y), np.repeat(np.arange(len(x) // 3), 3)


def _graph(net: Network, key: str, pin: dict[str, int], number: int) -> LiveFigure:
    places = _places(net)
    drawing = Drawing()
    sizes = Ref("sizes", pin)
    for sign, colour, dash in ((0, "$text", None), (1, "$validation", "dash")):
        for k, width in enumerate(_WIDTHS):
            code = sign * len(SIZES) + k + 1
            shown = Mask(sizes, code - 0.5, code + 0.5, take="wire_of")
            words = f"{'negative' if sign else 'positive'} weight above {SIZES[k]:g}"
            wire = curve(f"{colour}/{0.35 + 0.11 * k:.2f}", words, width, dash) | {"y": "@wire_y"}
            drawing.add(wire, x=Moving(Ref("wire_x"), mask=shown))
    faded = Mask(sizes, FADED_SIZE - 0.5, FADED_SIZE + 0.5, take="wire_of")
    wire = curve("$ghost/0.5", f"weight faded below {FADED:g}", 0.5, "dot") | {"y": "@wire_y"}
    drawing.add(wire, x=Moving(Ref("wire_x"), mask=faded))
    alive, dead = (Mask(Ref("live", pin), low, low + 1) for low in (0.5, -0.5))
    size = 9 if net.sweep.architecture.hidden[0] <= 16 else 6
    for mask, words, looks in ((alive, "live neuron", f"${key}"), (dead, "no live path", "$ghost/0.25")):
        drawing.add(points(looks, words, size=size) | {"y": "@neuron_y"}, x=Moving(Ref("neuron_x"), mask=mask))
    for x, y in (places[0], places[-1]):
        drawing.add(points("$text", "input or output", "square", 9) | {"x": x, "y": y})
    names = ["inputs", *(f"layer {k + 1}" for k in range(len(places) - 2)), "output"]
    bare: dict[str, Any] = {"showgrid": False, "zeroline": False}
    return LiveFigure(
        name=f"graph_{key}",
        title=f"{_SHORT[key]}: the network",
        figure={
            "data": drawing.data,
            "layout": {
                "xaxis": bare
                | {"range": [-0.2, len(places) - 0.8], "tickvals": list(range(len(places))), "ticktext": names},
                "yaxis": bare | {"range": [-1.05, 1.05], "showticklabels": False, "showline": False},
                "margin": {"l": 10, "r": 10, "t": 4, "b": 24},
            },
        },
        moving=tuple(drawing.moving),
        alt=f"{_SHORT[key]}: graph of the network; {{{key}_weights}} of {{n_weights}} weights and {{{key}_neurons}} of "
        f"{{n_neurons}} hidden neurons are live{{{key}_and_faded}}.",
        caption="Thick: large. Dashed violet: negative. Exact zeros vanish; a neuron without a live path is pale."
        + (f" Dotted grey: faded below {FADED:g}." if net.faded[:, number, :, :-1].any() else ""),
        column=number,
        row=3,
        height=240,
    )


def _histogram(net: Network, key: str, pin: dict[str, int], number: int, layer: int) -> LiveFigure:
    """Weights of one layer; behind the last layer, all biases."""
    n_layers = net.sweep.architecture.n_layers
    is_bias = layer == n_layers
    name = "biases" if is_bias else _layer(net, layer).lower()
    counts = "bias_counts" if is_bias else f"counts_{layer}"
    edges = np.linspace(-net.reach, net.reach, N_BINS + 1)
    middles, width = (edges[1:] + edges[:-1]) / 2, float(edges[1] - edges[0])
    shapes = net.sweep.architecture.shapes
    total = sum(n_out for n_out, _ in shapes) if is_bias else shapes[layer][0] * (shapes[layer][1] - 1)
    top = float(np.arcsinh(1.15 * total / _SOFT))
    shown = [count for count in (0, 3, 10, 30, 100, 300, 1000) if count <= 1.15 * total]
    if total < 10:
        shown = list(range(0, total + 1, 1 if total < 4 else 2))
    bar: dict[str, Any] = {"type": "bar", "x": middles, "width": width}
    none = pin | {"alpha": 0}
    drawing = Drawing()
    ghost = bar | {"name": "the same at λ = 0", "marker": {"color": "$ghost/0.3"}, "hoverinfo": "skip"}
    drawing.add(ghost, y=Moving(Ref(counts, none), asinh=_SOFT))
    looks = {"width": 0.72 * width, "marker": {"color": f"${key}/0.85"}}
    near = ["near %{x:.2g}"] * N_BINS
    near[0], near[-1] = (f"{sign}{edges[-2]:.2g} or beyond" for sign in "−+")
    say = {"name": name, "hovertemplate": [f"%{{customdata}} {where}<extra></extra>" for where in near]}
    drawing.add(bar | looks | say, y=Moving(Ref(counts, pin), asinh=_SOFT), customdata=Moving(Ref(counts, pin)))
    said = f"{total} biases, which are not penalised"
    if not is_bias or net.task.settings.penalise_biases:
        zeros = Ref("zeros", pin, item=layer)
        marker = {"color": "$background", "line": {"color": f"${key}", "width": 2}}
        spike = {"x": [0.0], "width": width / 3, "name": "exactly zero", "marker": marker, "hovertemplate": "exactly 0"}
        drawing.add(bar | spike, y=Moving(zeros, asinh=_SOFT), customdata=Moving(zeros))
        what = "biases, penalised like weights," if is_bias else "weights"
        said = f"{{{key}_zeros_{layer}}} of {total} {what} exactly zero{{{key}_fading_{layer}}}"
    said += f"{{{key}_beyond_{layer}}}"
    return LiveFigure(
        name=f"histogram_{layer}_{key}",
        title=f"{_SHORT[key]}: {name}",
        figure={
            "data": drawing.data,
            "layout": {
                "xaxis": axis([-net.reach, net.reach]),
                "yaxis": {
                    "range": [0, top],
                    "tickvals": np.arcsinh(np.array(shown) / _SOFT),
                    "ticktext": [str(count) for count in shown],
                },
                "margin": {"l": 32, "r": 10, "t": 4, "b": 20},
            },
        },
        moving=tuple(drawing.moving),
        alt=f"{_SHORT[key]}: histogram of the {name}, {said}, on a compressed scale of counts.",
        caption=said + ".",
        column=number,
        row=7 + layer,
        height=118,
    )


Line = tuple[Ref, str, str, str | None, float]  # numbers, colour, words, dash, width


def _over_epochs(
    net: Network, lines: list[Line], scale: dict[str, Any], ends: tuple[float, float], form: str, **words: Any
) -> LiveFigure:
    """Lines over the epochs, with a cursor from one end to the other; `words` are the other fields of the figure."""
    drawing = Drawing()
    for ref, colour, name, dash, width in lines:
        say = {"hoverinfo": "all", "hovertemplate": f"{name} %{{y:{form}}}<extra></extra>"}
        line = curve(colour, name, width, dash) | say | {"x": "@epochs"}
        drawing.add(line, y=Moving(replace(ref, along="epoch")))
    drawing.cursor(Ref("epoch_here"), *ends, "epoch of the slider")
    last = max(float(net.sweep.epochs[-1]), 1.0)
    return LiveFigure(
        figure={"data": drawing.data, "layout": {"xaxis": axis([0, last], "epoch"), "yaxis": scale}},
        moving=tuple(drawing.moving),
        scrub=("epoch", Ref("epoch_here", along="epoch")),
        **words,
    )


def _log_scale(low: float, high: float) -> dict[str, Any]:
    """An axis of powers of ten; low and high are logarithms."""
    step = max(1, round((high - low) / 4))
    return {"type": "log", "range": [low, high], "dtick": step, "exponentformat": "power"}


def _losses(net: Network, key: str, pin: dict[str, int], number: int) -> LiveFigure:
    sweep = net.sweep
    lines: list[Line] = [
        (Ref("data_loss", pin), "$train", "data loss, training", None, 1.7),
        (Ref("penalty_term", pin), f"${key}", "λ · penalty", "dot", 1.7),
        (Ref("objective", pin), f"${key}", "sum J", None, 2.6),
    ]
    largest = np.concatenate([sweep.data_loss.ravel(), (sweep.data_loss + sweep.penalty)[-1].ravel()])
    highest = float(np.quantile(largest, 0.99))
    caption = "Thick: J. Dotted: λ · penalty. Thin: data loss in training."
    if sweep.validation_loss is not None:
        lines.append((Ref("validation_loss", pin), "$validation", "data loss, validation", "dash", 1.7))
        highest = max(highest, float(np.quantile(sweep.validation_loss[-1], 0.95)))
        caption = caption[:-1] + ", dashed on validation points."
    top = float(np.log10(max(highest, 1e-6))) + 0.15
    smallest = float(np.quantile(sweep.data_loss[-1], 0.02))
    low = max(float(np.log10(max(smallest, 1e-12))) - 0.2, top - 8)
    return _over_epochs(
        net,
        lines,
        _log_scale(low, top),
        (10.0 ** (low - 1), 10.0 ** (top + 1)),
        ".3g",
        name=f"losses_{key}",
        title=f"{_SHORT[key]}: loss over the epochs",
        alt=f"{_SHORT[key]}: data loss {{{key}_data_loss}}, penalty {{{key}_penalty}} at epoch {{epoch}}.",
        caption=caption,
        column=number,
        row=4,
        height=190,
    )


def _accuracy(net: Network, key: str, pin: dict[str, int], number: int) -> LiveFigure:
    lines: list[Line] = [(Ref("accuracy", pin), "$train", "training points", None, 2)]
    shares = [values for values in (net.sweep.accuracy, net.sweep.validation_accuracy) if values is not None]
    least = min(float(values.min()) for values in shares)
    if net.sweep.validation_accuracy is not None:
        lines.append((Ref("validation_accuracy", pin), "$validation", "validation points", "dash", 2))
    return _over_epochs(
        net,
        lines,
        axis([min(0.35, least - 0.03), 1.03]) | {"tickformat": ".0%", "dtick": 0.2, "tick0": 0},
        (0, 1.1),
        ".0%",
        name=f"accuracy_{key}",
        title=f"{_SHORT[key]}: share of points classified correctly",
        alt=f"{_SHORT[key]}: {{{key}_accuracy}} of the training points are right at epoch {{epoch}}.",
        column=number,
        row=5,
        height=150,
    )


def _gradients(net: Network, key: str, pin: dict[str, int], number: int) -> LiveFigure:
    norms, n_layers = net.sweep.gradient_norm, net.sweep.architecture.n_layers
    seen = np.log10(norms[norms > 1e-12]) if norms.any() else np.zeros(1)
    top, low = float(seen.max()) + 0.2, max(float(np.quantile(seen, 0.02)) - 0.3, float(seen.max()) - 10)
    names = [_layer(net, layer).lower() for layer in range(n_layers)]
    dashes = (None, "dash", "dot", "longdash")
    said = ", ".join(f"{name} {{{key}_gradient_{layer}}}" for layer, name in enumerate(names))
    looks = ("solid", "dashed", "dotted", "long dashes")
    drawn = ", ".join(f"{names[layer]} ({looks[layer]}) {{{key}_gradient_{layer}}}" for layer in range(n_layers))
    return _over_epochs(
        net,
        [
            (Ref("gradient", pin, item=layer), f"$s{layer}", f"gradient of {name}", dashes[layer], 1.8)
            for layer, name in enumerate(names)
        ],
        _log_scale(low, top),
        (10.0 ** (low - 1), 10.0 ** (top + 1)),
        ".2g",
        name=f"gradients_{key}",
        title=f"{_SHORT[key]}: gradient norm per layer",
        alt=f"{_SHORT[key]}: norms of the gradient of the data loss: {said}.",
        caption=f"Now: {drawn}.",
        column=number,
        row=13,
        height=170,
    )


def happened(net: Network) -> str:
    """What the learning rate has done to some of the models; empty if nothing."""
    exploded = net.sweep.diverged >= 0
    n, over, of = int(exploded.sum()), int((net.peaks | net.worse).sum()), exploded.size
    settings = net.task.settings
    told = []
    if n:
        told.append(
            f"With the learning rate {settings.learning_rate} the training of {n} of {of} networks exploded: its steps "
            "overshoot by more and more. The last state that was kept before that is shown."
        )
        if n == of:
            told.append("No λ holds it" + ("." if settings.penalise_biases else ", and none acts on the biases."))
    if over:
        told.append(
            f"With the learning rate {settings.learning_rate} the training of {over} of {of} networks overshoots "
            f"without exploding: D was more than {PEAK:g} times what it was at the start, or J has risen again "
            "from its least, and a constant would fit the training points better."
        )
    if told:
        told.append("Lower the learning rate in the side panel.")
    return " ".join(told)


def check_table(checks: tuple[GradientCheck, ...]) -> list[dict[str, str]]:
    """The relative difference of both gradients, a row for each layer."""
    n_layers = len(checks[0].difference)
    rows = []
    for layer in range(n_layers):
        name = "Output layer" if layer == n_layers - 1 else f"Layer {layer + 1}"
        found = {
            _SHORT[key]: number_text(float(check.difference[layer]), 2)
            for key, check in zip(_TITLES, checks, strict=True)
        }
        rows.append({"Layer": name} | found)
    return rows


def check_words(checks: tuple[GradientCheck, ...], activation: str) -> str:
    """What the table means; `activation` is the label of the hidden units' function."""
    worst = max(float(check.difference.max()) for check in checks)
    kinks = sum(int(check.kinks.sum()) for check in checks)
    told = (
        "Relative difference of backpropagation and central differences, in double precision, of every layer. "
        f"The largest is {number_text(worst, 2)}"
    )
    if worst <= SAME:
        return f"{told}: the gradients are right."
    if kinks:
        without = number_text(max(float(check.smooth.max()) for check in checks), 2)
        told += (
            f". Weights and biases at a kink of {activation}: {kinks}. Within the step of their difference a neuron "
            f"switches on or off, and no difference can follow that. Without them the largest is {without}"
        )
    if all(check.right for check in checks):
        return f"{told}: the gradients are right."
    if any(check.wrong for check in checks):
        return f"{told}: the two disagree, and backpropagation is wrong."
    bend = max(float(check.bend.max()) for check in checks)
    return (
        f"{told}: too much to tell. The loss bends so sharply here that half the step changes the central differences "
        f"themselves by {number_text(bend, 2)}."
    )
