"""Figures and documents made of a comparison."""

from skincompare.report.document import report_html, write_report

__all__ = ["report_html", "write_report"]
