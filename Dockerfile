# feedmill: server, worker and setup of compose.yaml are this one image with different commands.
FROM python:3.11-slim-bookworm AS install
WORKDIR /app
RUN python -m venv /opt/feedmill
ENV PATH=/opt/feedmill/bin:$PATH
# Everything pinned with its hash, nothing resolved.
COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE prefect.toml prefect.yaml ./
COPY flows flows
COPY ingest ingest
COPY storage storage
# Editable: flows run from /app, where prefect.yaml is, and must be the same code as the command's.
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation -e .
RUN python -m compileall -q /app /opt/feedmill

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin feedmill \
    && install -d -o feedmill -g feedmill -m 0700 /data
COPY --from=install /opt/feedmill /opt/feedmill
COPY --from=install /app /app
ENV PATH=/opt/feedmill/bin:$PATH \
    PWD=/app \
    HOME=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DO_NOT_TRACK=1 \
    FEEDMILL_DATA_DIR=/data \
    PREFECT_HOME=/data/prefect
USER feedmill
WORKDIR /app
VOLUME /data
EXPOSE 4200
CMD ["feedmill", "--help"]
