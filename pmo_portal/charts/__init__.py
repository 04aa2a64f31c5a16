"""Charts: one dataclass, drawn on the server as SVG with its table beside it; colours come from the theme.

charts.Chart(kind="line", title=…, unit="%", labels=[…], series=[charts.Series("Complete", [80.0, 92.0])])
"""

from pmo_portal.charts.chart import Chart, Point, Series

__all__ = ["Chart", "Point", "Series"]
