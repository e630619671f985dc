"""How many fits are painted during a drag, how soon, and what crosses the wire? One JSON object a line.

At full CPU and slowed down 4 times (Chrome DevTools Protocol). The pointer moves 125 times a second, as a mouse does,
whether or not the page keeps up. Bytes are those of the websocket's frames.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Awaitable, Callable
from statistics import quantiles
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from tests.harness import FLAGS, WATCH, chromium_path, serve

SECONDS = 3.0
HERTZ = 125


Route = Callable[[float], tuple[float, float]]  # where the pointer is after a share of the time


async def slider_route(page: Page, which: int = 0, low: float = 0.15, high: float = 0.95, times: int = 3) -> Route:
    """Take the thumb of a slider, the one of λ, to and fro so many times between two shares of its track."""
    handle = page.locator("input.range").nth(which)
    box = await handle.bounding_box()
    assert box is not None
    at = float(await handle.evaluate("e => (e.value - e.min) / (e.max - e.min)"))

    def route(passed: float) -> tuple[float, float]:
        share = low + (high - low) * abs(1 - 2 * ((times * passed + 0.2) % 1)) if passed > 0 else at
        return box["x"] + 12 + share * (box["width"] - 24), box["y"] + box["height"] / 2

    return route


async def network_route(page: Page) -> Route:
    """λ has a third of Compare's stops here and beyond two thirds of them all is zero: more often over the others."""
    return await slider_route(page, 0, 0.08, 0.63, 7)


async def epoch_route(page: Page) -> Route:
    """Take the thumb of the second slider to and fro."""
    return await slider_route(page, 1)


async def optimum_route(page: Page) -> Route:
    """Take the optimum of the L1 bowl round three times."""
    box = await page.locator("[data-figure=bowl_l1] .handle").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def route(passed: float) -> tuple[float, float]:
        turn = 6 * math.pi * passed
        return x - 60 * (1 - math.cos(turn)), y + 60 * math.sin(turn)

    return route


async def drag(session: Any, route: Route) -> None:
    """Press where the route begins and follow it for SECONDS; the button stays down."""
    sent = []

    def mouse(kind: str, passed: float) -> None:
        x, y = route(passed)
        held = {"x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1, "pointerType": "mouse"}
        sent.append(asyncio.ensure_future(session.send("Input.dispatchMouseEvent", {"type": kind, **held})))

    mouse("mousePressed", 0.0)
    start = time.perf_counter()
    while (passed := (time.perf_counter() - start) / SECONDS) < 1:
        mouse("mouseMoved", passed)
        await asyncio.sleep(1 / HERTZ)
    await asyncio.gather(*sent)


# What is dragged: a page and a route.
DRAGS: dict[str, tuple[str, Callable[[Page], Awaitable[Route]]]] = {
    "drag λ on Compare": ("", slider_route),
    "drag λ on Geometry": ("geometry", slider_route),
    "drag the optimum on Geometry": ("geometry", optimum_route),
    "drag λ on Network": ("network", network_route),
    "drag the epoch on Network": ("network", epoch_route),
    "drag λ on Network, classes": ("network?problem=moons", network_route),
}


async def measure(browser: Browser, url: str, case: str, slowdown: int) -> dict[str, Any]:
    """One fresh visit: load, drag, release."""
    path, plan = DRAGS[case]
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    traffic = {"received": 0, "sent": 0}

    def count(key: str) -> Any:
        def add(event: dict[str, Any]) -> None:
            text, binary = event["response"]["payloadData"], event["response"]["opcode"] == 2
            traffic[key] += len(text) * 3 // 4 if binary else len(text)  # binary frames come as base64

        return add

    session.on("Network.webSocketFrameReceived", count("received"))
    session.on("Network.webSocketFrameSent", count("sent"))
    await page.goto(f"{url}/{path}")
    await page.locator(".plot .overlay path").first.wait_for(state="attached")
    await page.wait_for_timeout(2500)
    loaded = dict(traffic)
    route = await plan(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    await page.evaluate(WATCH)
    await drag(session, route)
    await page.wait_for_timeout(300)
    watch = await page.evaluate("() => window.watch")
    during = sum(traffic.values()) - sum(loaded.values())
    await page.mouse.up()
    await page.wait_for_timeout(2000)
    released = sum(traffic.values()) - sum(loaded.values())
    await page.close()
    cuts = quantiles(watch["latency"], n=20)
    return {
        "case": case,
        "cpu_slowdown": slowdown,
        "fits_per_s": round(len(watch["pictures"]) / SECONDS, 1),
        "input_to_paint_p50_ms": round(cuts[9], 1),
        "input_to_paint_p95_ms": round(cuts[18], 1),
        "drag_bytes": during,
        "release_bytes": released,
        "first_load_bytes": loaded["received"],
    }


async def main() -> None:
    """Serve the app, visit it at both speeds, print."""
    with serve() as url:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
            for case in DRAGS:
                await measure(browser, url, case, 1)  # the server's first visitor fills the caches
                for slowdown in (1, 4):
                    print(json.dumps(await measure(browser, url, case, slowdown), ensure_ascii=False), flush=True)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
