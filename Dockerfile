# Whoever wants the very same base each time names it by its digest: --build-arg BASE=python:3.13-slim-trixie@sha256:…
ARG BASE=python:3.13-slim-trixie

# Everything that builds stays in this stage.
FROM ${BASE} AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build

# The dependencies change less often than the code, so they come first. Wheels only: nothing is compiled.
COPY .lock/ .lock/
RUN python -m venv --without-pip /opt/ownup \
 && pip --python /opt/ownup install --require-hashes --only-binary :all: -r .lock/runtime.txt \
 && pip install --require-hashes --only-binary :all: -r .lock/build.txt

COPY pyproject.toml README.md LICENSE ./
COPY probes/ probes/
COPY drafts/ drafts/
COPY monitor/ monitor/
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && pip --python /opt/ownup install --no-deps /wheels/ownup-*.whl


FROM ${BASE}

LABEL org.opencontainers.image.title="Ownup" \
      org.opencontainers.image.description="Drafts the honest first notice of an outage, and waits for a human to approve it" \
      org.opencontainers.image.licenses="Apache-2.0"

# A user with a number that Kubernetes can check, who owns the one directory that is written to. Nothing is ever
# installed in a running container, so pip goes.
RUN python -m pip uninstall --yes --quiet --root-user-action ignore pip \
 && useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/ownup --shell /usr/sbin/nologin ownup \
 && install --directory --owner ownup --group ownup --mode 0750 /var/lib/ownup

COPY --from=build /opt/ownup /opt/ownup
COPY deploy/config.toml /etc/ownup/config.toml

# SQLite spills large sorts into a file: with a read-only root there is no other place for it.
ENV PATH=/opt/ownup/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 SQLITE_TMPDIR=/var/lib/ownup

USER 10001:10001
WORKDIR /var/lib/ownup
VOLUME ["/var/lib/ownup"]
EXPOSE 8480 8481 9481
STOPSIGNAL SIGTERM

HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9481/-/healthy', timeout=4)"]

ENTRYPOINT ["ownup"]
CMD ["run", "--config", "/etc/ownup/config.toml"]
