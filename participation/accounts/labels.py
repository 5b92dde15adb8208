"""The languages, each by its own name."""

from participation.accounts.rules import Language

LABELS = {
    Language: {Language.BOKMAL: "Bokmål", Language.NYNORSK: "Nynorsk", Language.ENGLISH: "English"},
}
