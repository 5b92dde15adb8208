"""What axe finds on the page that a tab shows, and whether it fits a small phone."""

from pathlib import Path

from playwright.sync_api import Page as Tab

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# WCAG 2.2's size of what is pressed is off where nobody asks for it. No rule needs the stylesheets once more (preload).
RUN_AXE = """async () => (await axe.run({
  resultTypes: ["violations"], preload: false, rules: {"target-size": {enabled: true}}
})).violations.map(
  found => `${found.id}: ${found.nodes.map(node => node.target.join(" ")).join(", ")}`)"""
WIDE, PHONE, NARROW = (1280, 900), (390, 844), (320, 640)


def size(tab: Tab, width_and_height: tuple[int, int]) -> None:
    width, height = width_and_height
    tab.set_viewport_size({"width": width, "height": height})


def faults_here(tab: Tab) -> list[str]:
    """In light on a wide screen, in dark on a phone, and wider than 320 px; the tab is left as small as that."""
    size(tab, WIDE)
    tab.emulate_media(color_scheme="light")
    tab.evaluate(AXE.read_text())
    found = [f"light: {fault}" for fault in tab.evaluate(RUN_AXE)]
    size(tab, PHONE)
    tab.emulate_media(color_scheme="dark")
    found += [f"dark: {fault}" for fault in tab.evaluate(RUN_AXE)]
    size(tab, NARROW)
    width = tab.evaluate("document.documentElement.scrollWidth")
    if width > NARROW[0]:
        found.append(f"{width} px wide on a {NARROW[0]} px screen")
    return found
