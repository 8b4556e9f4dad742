"""The measurements: one file a metric, found by discovery (see :mod:`skincompare.metrics.registry`)."""
