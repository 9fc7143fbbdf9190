"""One module per row of the table. Each has `measure(ground)`, which yields figures and raises CannotMeasure."""

from collections.abc import Callable, Iterator

from bench.figures import Figure
from bench.ground import Ground

Measure = Callable[[Ground], Iterator[Figure]]
