"""The judge: hands Results to the court, and carries what it decides into the record."""

from monitor.judge.judge import Heard, Judge
from monitor.judge.memory import remember

__all__ = ["Heard", "Judge", "remember"]
