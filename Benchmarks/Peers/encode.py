"""Encodes the pages that “benchmarks encoding” wrote, with Python's client."""
import sys
import time

from prometheus_client import exposition
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families


class Page:
    """What the encoders take for a registry."""

    def __init__(self, families):
        self.families = families

    def collect(self):
        return self.families


print("| series | format | page | median | fastest | per series |\n|---|---|---|---|---|---|")
for size in (1000, 10000):
    with open(f"{sys.argv[1]}/{size}.openmetrics", encoding="utf-8") as file:
        page = Page(list(text_string_to_metric_families(file.read())))
    for name, encode in (("text", exposition.generate_latest), ("OpenMetrics", openmetrics.generate_latest)):
        times = []
        for _ in range(9):
            start = time.process_time()
            length = len(encode(page))
            times.append(time.process_time() - start)
        times.sort()
        median = times[len(times) // 2]
        print(f"| {size} | {name} | {length // 1000} kB | {median * 1e3:.3g} ms | {times[0] * 1e3:.3g} ms "
              f"| {median / size * 1e9:.0f} ns |")
