# One image, several commands: `letopis serve`, `project`, `schedule`, `seal`, `migrate` (compose),
# or `letopis up` with the PostgreSQL that the program carries, in the volume /data.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /venv
COPY requirements.txt ./
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check \
        --require-hashes --only-binary=:all: --requirement requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY domain domain
COPY projections projections
COPY api api
COPY scheduler scheduler
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check \
        --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin letopis \
    && install --directory --owner=letopis --group=letopis --mode=0700 /data /seals /archives
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LETOPIS_DATA_DIR=/data \
    LETOPIS_HOST=0.0.0.0 \
    LETOPIS_PORT=8000
USER letopis
WORKDIR /data
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["letopis"]
CMD ["up"]
