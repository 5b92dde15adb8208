"""Places: points, boxes and cells, the outlines of areas, and an address register. Knows nothing of needs."""
