"""1. What came in: find a dataset's tables, read them lazily, map them to the contract, name what is wrong."""

from haechi.records.dataset import Dataset, open_dataset
from haechi.records.failures import failures_named
from haechi.records.settings import Policy, Settings
from haechi.records.validate import validate

__all__ = ["Dataset", "Policy", "Settings", "failures_named", "open_dataset", "validate"]
