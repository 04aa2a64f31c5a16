# Assets are built with node, the portal runs without it.
FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY static static
COPY templates templates
RUN node static/build.mjs

FROM python:3.13-slim AS packages
COPY requirements/base.txt /requirements.txt
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /requirements.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATIC_ROOT=/portal-static DATA_DIR=/data
RUN useradd --system --uid 10001 --create-home portal && mkdir /data /portal-static && chown portal /data
COPY --from=packages /venv /venv
WORKDIR /portal
COPY manage.py pyproject.toml ./
COPY docs docs
COPY templates templates
COPY pmo_portal pmo_portal
COPY projects projects
COPY administration administration
COPY expertise expertise
COPY governance governance
COPY --from=assets /build/static static
RUN python -m compileall -q pmo_portal projects administration expertise governance
# A key for the build alone: nothing is signed with it.
RUN export PMO_MODE=production SECRET_KEY=only-while-the-image-is-built-0123456789 ALLOWED_HOSTS=build.invalid \
 && python manage.py messages && python manage.py collectstatic --noinput
USER portal
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "pmo_portal.wsgi", "-c", "python:pmo_portal.operation.gunicorn_settings"]
