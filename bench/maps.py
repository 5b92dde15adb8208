"""What the map of needs asks for, from the whole town to some streets."""

from itertools import count

from bench.beside_bare import Requests, always
from bench.load import get

SECTION = "/behov/kart/utsnitt.geojson"
TOWN, QUARTER, STREETS = "10.13,59.70,10.41,59.96", "10.20,59.78,10.29,59.81", "10.24,59.785,10.252,59.789"


def requests() -> dict[str, Requests]:
    """By what they are."""
    return {
        "the map's page": always("/behov/kart"),
        "the whole town": always(f"{SECTION}?boks={TOWN}&zoom=11"),
        "the same, filtered": always(f"{SECTION}?boks={TOWN}&zoom=11&tema=skole&status=mottatt"),
        "a quarter": always(f"{SECTION}?boks={QUARTER}&zoom=13"),
        "some streets": always(f"{SECTION}?boks={STREETS}&zoom=16"),
        "moving about": (get(f"{SECTION}?boks={_moved(number)}&zoom=14") for number in count()),
        "the nearest, in the list": (get(f"/behov?nar={59.75 + number % 150 / 1000:.3f},10.25") for number in count()),
    }


def _moved(number: int) -> str:
    west, south = 10.15 + number % 20 * 0.01, 59.72 + number // 20 % 20 * 0.01
    return f"{west:.2f},{south:.2f},{west + 0.04:.2f},{south + 0.015:.3f}"
