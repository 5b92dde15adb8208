"""What a municipality asks of residents before they take part: who they surely are, their age, where they live."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from participation.permissions import Act, Assurance
from participation.settings_error import SettingsError

MINIMUM_AGE = 13
_HIGHEST_MINIMUM_AGE = 21


class Lack(StrEnum):
    """What somebody who is signed in lacks for what they want to do."""

    ASSURANCE = "assurance"
    AGE = "age"
    RESIDENCE_UNKNOWN = "residence_unknown"
    RESIDENCE = "residence"


def _by_mail_link() -> dict[Act, Assurance]:
    return dict.fromkeys(Act, Assurance.EMAIL)


@dataclass(frozen=True, kw_only=True)
class Demands:
    assurance: Mapping[Act, Assurance] = field(default_factory=_by_mail_link)
    minimum_age: int = MINIMUM_AGE
    """In whole years; 0 when anybody may."""
    residence_for: frozenset[Act] = frozenset()
    """What only those may do who live in the municipality."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of somebody from the way they signed in."""

    assurance: Assurance
    old_enough: bool | None = None
    lives_here: bool | None = None
    is_staff: bool = False


# Reporting a need is the first support of it.
PARTS: Mapping[Act, tuple[Act, ...]] = {
    Act.REPORT: (Act.REPORT, Act.SUPPORT),
    Act.COMMENT: (Act.COMMENT,),
    Act.SUPPORT: (Act.SUPPORT,),
}


def what_is_lacking(act: Act, *, demands: Demands, known: Known) -> Lack | None:
    """The first thing in the way.

    Staff report and comment for the municipality, and need not live in it. A support is one person's own voice.
    """
    lacks = (_lacking(part, demands, known) for part in PARTS[act])
    return next((lack for lack in lacks if lack is not None), None)


def assurance_for(act: Act, demands: Demands) -> Assurance:
    """The level that is enough for it, and for asking the population register where that is asked."""
    parts = PARTS[act]
    asked = [demands.assurance[part] for part in parts]
    if demands.residence_for & set(parts):
        asked.append(Assurance.SUBSTANTIAL)
    return max(asked, key=list(Assurance).index)


def _lacking(act: Act, demands: Demands, known: Known) -> Lack | None:
    if known.old_enough is False:
        return Lack.AGE
    if known.is_staff and act is not Act.SUPPORT:
        return None
    if not known.assurance.covers(demands.assurance[act]):
        return Lack.ASSURANCE
    if act not in demands.residence_for or known.lives_here:
        return None
    return Lack.RESIDENCE if known.lives_here is False else Lack.RESIDENCE_UNKNOWN


def demands(env: Mapping[str, str], *, asks_residence: bool) -> Demands:
    """From the environment. Raises SettingsError on words that mean nothing."""
    return Demands(
        assurance={act: _assurance(env, f"{act.upper()}_REQUIRES") for act in Act},
        minimum_age=_age(env),
        residence_for=_acts(env) if asks_residence else frozenset(),
    )


def _assurance(env: Mapping[str, str], name: str) -> Assurance:
    word = env.get(name, "").strip() or Assurance.EMAIL
    if word not in set(Assurance):
        raise SettingsError(f"{name} must be one of {', '.join(Assurance)}, not {word!r}")
    return Assurance(word)


def _age(env: Mapping[str, str]) -> int:
    text = env.get("MINIMUM_AGE", str(MINIMUM_AGE))
    if not (text.isascii() and text.isdecimal()) or int(text) > _HIGHEST_MINIMUM_AGE:
        raise SettingsError(f"MINIMUM_AGE must be a whole number of years from 0 to {_HIGHEST_MINIMUM_AGE}")
    return int(text)


def _acts(env: Mapping[str, str]) -> frozenset[Act]:
    words = (env.get("RESIDENCE_FOR", "").strip() or Act.SUPPORT).split()
    if not set(words) <= set(Act):
        raise SettingsError(f"RESIDENCE_FOR must be some of {', '.join(Act)}, with spaces between them")
    return frozenset(Act(word) for word in words)
