"""How a person who has no e-mail reaches the municipality."""

from enum import StrEnum


class Channel(StrEnum):
    PHONE = "phone"
    COUNTER = "counter"
    LETTER = "letter"
    MEETING = "meeting"
