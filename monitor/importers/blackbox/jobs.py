"""Which targets a Prometheus asks blackbox_exporter for: scrape configs, files of targets, and relabelling."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import Field

from monitor.importers.blackbox.relabel import Rule, relabel
from monitor.importers.source import Foreign, Source, SourceError, read_yaml
from monitor.importers.spans import Span

PROBE_PATH: Final = "/probe"
DEFAULT_MODULE: Final = "http_2xx"
DEFAULT_INTERVAL_S: Final = 60.0
DEFAULT_TIMEOUT_S: Final = 10.0
# How much sooner than Prometheus blackbox_exporter gives up, so that its answer still arrives (--timeout-offset).
OFFSET_S: Final = 0.5

Labels = dict[str, str]


class Group(Foreign):
    """Some targets and their labels: one of ``static_configs``, or of a file."""

    targets: list[str] = Field(default_factory=list)
    labels: dict[str, str] = Field(default_factory=dict)


class Groups(Foreign):
    """A file of groups."""

    groups: list[Group]


class Files(Foreign):
    """One of ``file_sd_configs``."""

    files: list[str] = Field(default_factory=list)


class Job(Foreign):
    """One of ``scrape_configs``."""

    job_name: str
    scrape_interval: Span | None = None
    scrape_timeout: Span | None = None
    metrics_path: str = "/metrics"
    params: dict[str, list[str]] = Field(default_factory=dict)
    static_configs: list[Group] = Field(default_factory=list)
    file_sd_configs: list[Files] = Field(default_factory=list)
    relabel_configs: list[Rule] = Field(default_factory=list)

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """The ways of finding targets that only a running Prometheus has, such as ``kubernetes_sd_configs``."""
        return tuple(key for key in self.unknown if key.endswith("_sd_configs"))


class Times(Foreign):
    """``global``."""

    scrape_interval: Span = DEFAULT_INTERVAL_S
    scrape_timeout: Span = DEFAULT_TIMEOUT_S


class Prometheus(Foreign):
    """The whole file, as far as it concerns scraping."""

    times: Times = Field(default=Times(), alias="global")
    scrape_configs: list[Job] = Field(default_factory=list)
    scrape_config_files: list[str] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Probe:
    """One target that is asked for, by which module, and how often."""

    job: str
    module: str
    target: str
    interval_s: float
    timeout_s: float
    labels: Mapping[str, str]


@dataclass(slots=True)
class Asked:
    """All that is asked for, and what of it cannot be known from the files."""

    probes: list[Probe] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    other_jobs: int = 0


def asked(path: Path) -> Asked:
    """Read what a Prometheus asks blackbox_exporter for. Raises SourceError."""
    config = read_yaml(path).parse(Prometheus)
    found = Asked()
    jobs = [*config.scrape_configs, *_further(path, config.scrape_config_files)]
    for job in jobs:
        before = len(found.probes)
        found.probes += _probes(job, config.times, path, found.remarks)
        silent, asks = len(found.probes) == before, job.metrics_path.endswith(PROBE_PATH)
        if asks and job.elsewhere:
            ways = ", ".join(job.elsewhere)
            found.remarks.append(f'the job "{job.job_name}" has targets from {ways}, which only Prometheus can ask')
        elif asks and silent:
            found.remarks.append(f'the job "{job.job_name}" has no target')
        found.other_jobs += silent and not asks
    return found


def _further(path: Path, patterns: list[str]) -> Iterator[Job]:
    for file in _matching(path, patterns):
        yield from read_yaml(file).parse(Prometheus).scrape_configs


def _probes(job: Job, times: Times, path: Path, remarks: list[str]) -> Iterator[Probe]:
    interval_s = job.scrape_interval or times.scrape_interval
    timeout_s = min(job.scrape_timeout or times.scrape_timeout, interval_s) - OFFSET_S
    params = {f"__param_{key}": values[0] for key, values in job.params.items() if values}
    for group in (*job.static_configs, *_from_files(job, path, remarks)):
        for address in group.targets:
            own = {"job": job.job_name, "__metrics_path__": job.metrics_path, "__address__": address}
            labels = relabel({**own, **params, **group.labels}, job.relabel_configs)
            if labels and labels.get("__metrics_path__", "").endswith(PROBE_PATH) and "__param_target" in labels:
                module = labels.get("__param_module", DEFAULT_MODULE)
                yield Probe(job.job_name, module, labels["__param_target"], interval_s, timeout_s, labels)


def _from_files(job: Job, path: Path, remarks: list[str]) -> Iterator[Group]:
    for pattern in [pattern for files in job.file_sd_configs for pattern in files.files]:
        found = list(_matching(path, [pattern]))
        if not found:
            remarks.append(f'the job "{job.job_name}" has targets in {pattern}, and there is no such file here')
        for file in found:
            source = read_yaml(file)
            wrapped = {("groups", *place): line for place, line in source.lines.items()}
            yield from Source(file, {"groups": source.values or []}, wrapped).parse(Groups).groups


def _matching(path: Path, patterns: list[str]) -> Iterator[Path]:
    for pattern in patterns:
        base, rest = (Path("/"), pattern.lstrip("/")) if pattern.startswith("/") else (path.parent, pattern)
        try:
            yield from sorted(base.glob(rest))
        except (ValueError, OSError) as error:
            raise SourceError(f"{path}: {pattern}: is no pattern of files: {error}") from None
