# The HTTP service. `.ci/image-steps` does the same by hand where there is no Docker engine.
# The same Python twice: with a compiler, to build with, and slim, to run.
ARG BUILDER=3.11-bookworm
ARG PYTHON=3.11-slim-bookworm

FROM python:${BUILDER} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    VENV=/opt/venv
WORKDIR /src
# The packages first: this layer changes only with the locks.
COPY requirements/build.txt requirements/image.txt requirements/
RUN python -m venv --without-pip "$VENV" \
    && python -m pip --python "$VENV/bin/python" install --no-deps --only-binary :all: --require-hashes -r requirements/image.txt \
    && python -m venv builder \
    && builder/bin/python -m pip install --no-deps --only-binary :all: --require-hashes -r requirements/build.txt
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY verifier verifier
COPY rules rules
COPY api api
RUN VERIFIER_COMPILE=1 builder/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && python -m pip --python "$VENV/bin/python" install --no-deps --no-index dist/*.whl \
    && "$VENV/bin/python" -m compileall -q "$VENV/lib"

FROM python:${PYTHON}
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin verifier \
    && mkdir --mode 0700 /var/lib/verifier \
    && chown verifier /var/lib/verifier
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /tmp
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["verifier", "serve", "--host", "0.0.0.0", "--port", "8000"]
