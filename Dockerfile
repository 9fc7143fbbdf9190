# One image for every service: `docker run cheqiao run appointments`.
FROM node:22.20.0-bookworm-slim AS assets
WORKDIR /assets
COPY package.json package-lock.json .npmrc ./
COPY .ci/assets .ci/assets
RUN .ci/assets --omit=dev

FROM python:3.11.13-slim-bookworm AS built
WORKDIR /app
COPY requirements.lock pyproject.toml ./
RUN python -m venv /venv \
 && sed -n '/^setuptools==/,$p' requirements.lock > /tmp/build-backend.lock \
 && /venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/build-backend.lock \
 && /venv/bin/pip install --no-cache-dir --require-hashes --no-build-isolation -r requirements.lock
COPY contracts contracts
COPY chassis chassis
COPY services services
COPY adapters adapters
COPY sandbox sandbox
COPY launcher launcher
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable .

FROM python:3.11.13-slim-bookworm
RUN useradd --system --uid 10001 --create-home cheqiao && mkdir -p /app /var/lib/cheqiao && chown cheqiao /var/lib/cheqiao
COPY --from=built /venv /venv
COPY --from=built /app /app
COPY --from=assets /assets/web_assets /app/web_assets
COPY config.yaml /app/config.yaml
WORKDIR /app
USER cheqiao
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CHEQIAO_VAR=/var/lib/cheqiao
VOLUME /var/lib/cheqiao
EXPOSE 8000 8001 8002
ENTRYPOINT ["cheqiao"]
CMD ["--help"]
