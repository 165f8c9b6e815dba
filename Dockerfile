# The local AWS as an image: docs/localaws.md, "In a container".
ARG BASE=python:3.13-slim
FROM ${BASE}

# Locked, with hashes. First, so that an edit of the sources installs nothing again.
COPY requirements-local.txt /tmp/
RUN pip install --no-cache-dir --disable-pip-version-check -r /tmp/requirements-local.txt

COPY pyproject.toml MANIFEST.in LICENSE /source/
COPY docs/pypi.md /source/docs/
COPY batchsdk /source/batchsdk
COPY batch_platform /source/batch_platform
COPY localaws /source/localaws
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps /source

# Not root: jobs in processes have the rights of the server.
RUN useradd --create-home --uid 1000 localaws \
 && install --directory --owner=1000 --mode=700 /data /home/localaws/.localaws
USER 1000
ENV LOCALAWS_HOME=/home/localaws/.localaws
VOLUME ["/data", "/home/localaws/.localaws"]

HEALTHCHECK --interval=5s --start-period=30s CMD ["localaws", "status"]
ENTRYPOINT ["localaws"]
CMD ["start", "--executor", "process", "--persist", "/data"]
