"""The municipality's service for taking part: needs, answers, projects and what came of them."""

import gc

# A page makes thousands of objects and keeps none: sought as often as Python does, cycles cost an eighth of its time.
gc.set_threshold(20_000, 20, 50)
