"""The series of all targets, kept as lines of text that change only when a Result comes.

A scrape of ten thousand targets then joins strings instead of walking a hundred thousand objects, and a target that
is removed takes its series with it.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from typing import Final

from monitor.budget import of_any_fault
from monitor.metrics import families as f
from monitor.verdict import Verdict
from probes.finding import Outcome
from probes.look import Result
from probes.target import Target

_HTTP_NUMBERS: Final = (
    (f.HTTP_STATUS, "status_code"),
    (f.HTTP_REDIRECTS, "redirects"),
    (f.HTTP_SSL, "ssl"),
)
_OF_A_LOOK: Final = tuple(family.name for family in f.FAMILIES if family is not f.BUDGET)


class Series:
    """What is current of every target."""

    def __init__(self) -> None:
        """Begin empty."""
        self.last: dict[str, tuple[Target, Result]] = {}
        self._lines: dict[str, dict[str, str]] = {family.name: {} for family in f.FAMILIES}
        self._outcomes: dict[str, Counter[Outcome]] = {}
        self._reasons: dict[str, Counter[str]] = {}

    def hear(self, target: Target, result: Result, verdict: Verdict, *, planned: bool = False) -> None:
        """Take in one Result, the verdict that it led to, and whether the target was under maintenance."""
        self.last[target.name] = target, result
        outcomes = self._outcomes.setdefault(target.name, Counter(dict.fromkeys(Outcome, 0)))
        reasons = self._reasons.setdefault(target.name, Counter())
        outcomes[result.outcome] += 1
        if result.reason:
            reasons[result.reason] += 1
        label = f'target="{target.name}"'
        for name in _OF_A_LOOK:
            self._lines[name].pop(target.name, None)
        for family, lines in (*_of_result(label, target, result), *_of_state(label, verdict, outcomes, reasons)):
            self._lines[family.name][target.name] = lines
        self._lines[f.MAINTENANCE.name][target.name] = f"{f.MAINTENANCE.name}{{{label}}} {planned:d}\n"

    def promise(self, targets: Iterable[Target]) -> None:
        """Tell from the start how long a fault of each of these, and of no other, can go unnoticed."""
        self._lines[f.BUDGET.name] = {target.name: _budget(target) for target in targets}

    def keep(self, targets: Container[str]) -> None:
        """Forget every target that is not one of these."""
        gone = [name for name in self._outcomes if name not in targets]
        for name in gone:
            del self.last[name], self._outcomes[name], self._reasons[name]
            for lines in self._lines.values():
                lines.pop(name, None)

    def knows(self, target: str) -> bool:
        """Whether there is such a target, be it that it was not looked at yet."""
        return target in self.last or target in self._lines[f.BUDGET.name]

    def text(self) -> str:
        """Everything, family by family, in the text format."""
        return "".join(
            family.header() + "".join(lines) for family in f.FAMILIES if (lines := self._lines[family.name].values())
        )


def _of_result(label: str, target: Target, result: Result) -> Iterator[tuple[f.Family, str]]:
    passed = result.outcome in {Outcome.OK, Outcome.DEGRADED}
    yield f.SUCCESS, f"probe_success{{{label}}} {passed:d}\n"
    yield f.DURATION, f"probe_duration_seconds{{{label}}} {result.duration_s:.6f}\n"
    yield f.DNS, f"probe_dns_lookup_time_seconds{{{label}}} {result.phases.get('resolve', 0.0):.6f}\n"
    yield f.INFO, f'ownup_target_info{{{label},kind="{target.kind}",component="{target.component}"}} 1\n'
    yield f.TIMESTAMP, f"ownup_result_timestamp_seconds{{{label}}} {result.started_at.timestamp():.3f}\n"
    yield f.PHASE, _phases(f.PHASE, label, result)
    if "redirects" in result.numbers:
        yield f.HTTP_PHASE, _phases(f.HTTP_PHASE, label, result)
        for family, number in _HTTP_NUMBERS:
            yield family, f"{family.name}{{{label}}} {result.numbers.get(number, 0):g}\n"
    if result.certificate:
        expiry_s = result.certificate.earliest_not_after.timestamp()
        yield f.CERT_EXPIRY, f"probe_ssl_earliest_cert_expiry{{{label}}} {expiry_s:.0f}\n"
        yield f.TLS_VERSION, f'probe_tls_version_info{{{label},version="{result.certificate.tls_version}"}} 1\n'


def _of_state(
    label: str, verdict: Verdict, outcomes: Counter[Outcome], reasons: Counter[str]
) -> Iterator[tuple[f.Family, str]]:
    yield f.VERDICT, "".join(f'ownup_verdict{{{label},verdict="{v}"}} {v is verdict:d}\n' for v in Verdict)
    yield f.RESULTS, "".join(f'ownup_results_total{{{label},outcome="{o}"}} {n}\n' for o, n in outcomes.items())
    if reasons:
        yield f.FAILURES, "".join(f'ownup_failures_total{{{label},reason="{r}"}} {n}\n' for r, n in reasons.items())


def _budget(target: Target) -> str:
    budget, name = of_any_fault(target), f'{f.BUDGET.name}{{target="{target.name}"'
    return f'{name},bound="mean"}} {budget.mean_s:.3f}\n{name},bound="worst"}} {budget.worst_s:.3f}\n'


def _phases(family: f.Family, label: str, result: Result) -> str:
    return "".join(f'{family.name}{{{label},phase="{name}"}} {s:.6f}\n' for name, s in result.phases.items())
