"""The series of all targets, kept as lines of text that change only when a Result comes.

A scrape of ten thousand targets then joins strings instead of walking a hundred thousand objects, in steps between
which looks go on, and a target that is removed takes its series with it. The lines of some looks are written together,
since one by one they cost three times as much: between two looks the processor forgets what it had at hand.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from monitor.budget import of_any_fault
from monitor.metrics import families as f
from monitor.metrics.dialect import Dialect
from monitor.verdict import Verdict
from probes.finding import Outcome
from probes.look import Result
from probes.target import Target

TARGETS_A_STEP: Final = 2000
UNWRITTEN_MAX: Final = 64  # Two milliseconds of work, which delay no look.

_HTTP_NUMBERS: Final = (
    (f.HTTP_STATUS, "status_code"),
    (f.HTTP_REDIRECTS, "redirects"),
    (f.HTTP_SSL, "ssl"),
)

_Row = tuple[str, ...]
"""The lines of one target, family by family."""


class Series:
    """What is current of every target."""

    def __init__(self) -> None:
        """Begin empty."""
        self.last: dict[str, tuple[Target, Result]] = {}
        self._settings: dict[str, _Row] = {}
        self._looks: dict[str, _Row] = {}
        self._unwritten: dict[str, tuple[Verdict, bool]] = {}
        self._outcomes: defaultdict[str, Counter[Outcome]] = defaultdict(lambda: Counter(dict.fromkeys(Outcome, 0)))
        self._reasons: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def expect(self, targets: Iterable[Target]) -> None:
        """Tell of exactly these from now on, and from the start what they are.

        Whatever was told of a target that is gone, or is of another kind by now, goes with it.
        """
        self._write()
        wanted = {target.name: target for target in targets}
        for name, (former, _) in list(self.last.items()):
            if name not in wanted or wanted[name].kind != former.kind:
                del self.last[name], self._looks[name], self._outcomes[name]
                self._reasons.pop(name, None)
        self._settings = {name: (_info(target), _budget(target)) for name, target in wanted.items()}

    def knows(self, target: str) -> bool:
        """Whether there is such a target, be it that it was not looked at yet."""
        return target in self._settings

    def hear(self, target: Target, result: Result, verdict: Verdict, *, planned: bool = False) -> None:
        """Take in one Result, the verdict that it led to, and whether the target was under maintenance."""
        self.last[target.name] = target, result
        self._outcomes[target.name][result.outcome] += 1
        if result.reason:
            self._reasons[target.name][result.reason] += 1
        self._unwritten[target.name] = verdict, planned
        if len(self._unwritten) >= UNWRITTEN_MAX:
            self._write()

    def _write(self) -> None:
        """Write the lines of every target that was looked at since the last time."""
        for name, (verdict, planned) in self._unwritten.items():
            label = f'target="{name}"'
            state = _of_state(label, verdict, self._outcomes[name], self._reasons[name])
            lines = dict(chain(_of_result(label, self.last[name][1]), state))
            lines[f.MAINTENANCE.name] = f"{f.MAINTENANCE.name}{{{label}}} {planned:d}\n"
            self._looks[name] = tuple(lines.get(family.name, "") for family in f.OF_LOOKS)
        self._unwritten.clear()

    def pieces(self, dialect: Dialect) -> Iterator[bytes]:
        """Everything as it is at this moment, family by family; each piece is made when it is asked for."""
        self._write()
        return chain(
            _pieces(f.OF_SETTINGS, tuple(self._settings.values()), dialect),
            _pieces(f.OF_LOOKS, tuple(self._looks.values()), dialect),
        )


def _pieces(families: Iterable[f.Family], rows: tuple[_Row, ...], dialect: Dialect) -> Iterator[bytes]:
    for place, family in enumerate(families):
        header = family.header(dialect)
        for begin in range(0, len(rows), TARGETS_A_STEP):
            if lines := "".join([row[place] for row in rows[begin : begin + TARGETS_A_STEP]]):
                yield (header + lines).encode()
                header = ""


def _of_result(label: str, result: Result) -> Iterator[tuple[str, str]]:
    passed = result.outcome in {Outcome.OK, Outcome.DEGRADED}
    yield f.SUCCESS.name, f"probe_success{{{label}}} {passed:d}\n"
    yield f.DURATION.name, f"probe_duration_seconds{{{label}}} {result.duration_s:.6f}\n"
    yield f.DNS.name, f"probe_dns_lookup_time_seconds{{{label}}} {result.phases.get('resolve', 0.0):.6f}\n"
    yield f.TIMESTAMP.name, f"ownup_result_timestamp_seconds{{{label}}} {result.started_at.timestamp():.3f}\n"
    yield f.PHASE.name, _phases(f.PHASE, label, result)
    if "redirects" in result.numbers:
        yield f.HTTP_PHASE.name, _phases(f.HTTP_PHASE, label, result)
        for family, number in _HTTP_NUMBERS:
            yield family.name, f"{family.name}{{{label}}} {result.numbers.get(number, 0):g}\n"
    if "delivery_seconds" in result.numbers:
        yield f.ROUNDTRIP.name, f"{f.ROUNDTRIP.name}{{{label}}} {result.numbers['delivery_seconds']:.6f}\n"
    if result.certificate:
        expiry_s = result.certificate.earliest_not_after.timestamp()
        yield f.CERT_EXPIRY.name, f"probe_ssl_earliest_cert_expiry{{{label}}} {expiry_s:.0f}\n"
        version = result.certificate.tls_version
        yield f.TLS_VERSION.name, f'probe_tls_version_info{{{label},version="{version}"}} 1\n'


def _of_state(
    label: str, verdict: Verdict, outcomes: Counter[Outcome], reasons: Counter[str]
) -> Iterator[tuple[str, str]]:
    yield f.VERDICT.name, "".join(f'ownup_verdict{{{label},verdict="{v}"}} {v is verdict:d}\n' for v in Verdict)
    yield f.RESULTS.name, "".join(f'ownup_results_total{{{label},outcome="{o}"}} {n}\n' for o, n in outcomes.items())
    yield f.FAILURES.name, "".join(f'ownup_failures_total{{{label},reason="{r}"}} {n}\n' for r, n in reasons.items())


def _info(target: Target) -> str:
    about = f'target="{target.name}",kind="{target.kind}",component="{target.component}"'
    return f"{f.INFO.name}{{{about}}} 1\n"


def _budget(target: Target) -> str:
    budget, name = of_any_fault(target), f'{f.BUDGET.name}{{target="{target.name}"'
    return f'{name},bound="mean"}} {budget.mean_s:.3f}\n{name},bound="worst"}} {budget.worst_s:.3f}\n'


def _phases(family: f.Family, label: str, result: Result) -> str:
    return "".join(f'{family.name}{{{label},phase="{name}"}} {s:.6f}\n' for name, s in result.phases.items())
