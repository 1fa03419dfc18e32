# One image for every process of the Procfile: docker run IMAGE [web | relay | worker-chat | worker | release].
FROM python:3.11-slim AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements/base.txt /tmp/base.txt
RUN /venv/bin/pip install --require-hashes -r /tmp/base.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 GRANIAN_RESPAWN_FAILED_WORKERS=true MEDIA_ROOT=/media
# /media is what is uploaded: put a volume there.
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin leadline \
    && install -d -o leadline -m 0750 /media
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# Only gathers files: the settings insist on secrets, so it gets some that end with this line.
RUN key() { python -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'; } \
    && SECRET_KEY="$(key)$(key)" FIELD_ENCRYPTION_KEYS="$(key)" BASE_URL=https://build.invalid \
       python manage.py collectstatic --noinput --verbosity 0
USER leadline
EXPOSE 8000
# Of web; compose.yaml turns it off for the processes that do not listen. The Host header is the installation's
# own, because any other is refused.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 CMD ["python", "-c", "\
import os; from urllib.parse import urlsplit; from urllib.request import Request, urlopen; \
host = urlsplit(os.environ['BASE_URL']).hostname; port = os.environ.get('PORT', '8000'); \
urlopen(Request(f'http://127.0.0.1:{port}/livez', headers={'Host': host}), timeout=4)"]
ENTRYPOINT ["bin/process"]
CMD ["web"]
