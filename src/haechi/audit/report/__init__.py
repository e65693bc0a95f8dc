"""The report for people: one HTML file that opens without a network."""

from haechi.audit.report.page import Page, render
from haechi.audit.report.sentence import sentence, severities

__all__ = ["Page", "render", "sentence", "severities"]
