#!/usr/bin/env bash
# Builds the worker image from this checkout; does nothing when it is there and up to date.
#
#   TRACEGATE_IMAGE   its tag (tracegate-worker:latest)
#   BASE_IMAGE        what it stands on: an image with python3.11 and venv (python:3.11-slim)
#   WHEELS=host       download the wheels here and not inside the build, where there may be no index
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

image=${TRACEGATE_IMAGE:-tracegate-worker:latest}
base=${BASE_IMAGE:-python:3.11-slim}

# The list and the digest are those of actors/workers/containers.py; a test compares them.
sources=(events/*.py actors/__init__.py actors/profiling/{__init__,perturb,table}.py
  actors/workers/__init__.py actors/workers/sandbox/*.py)
digest=$(printf '%s\n' "${sources[@]}" actors/workers/image/{Dockerfile,requirements.lock} |
  LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum | cut -d ' ' -f 1)
if [[ ${1:-} == --digest ]]; then
  echo "$digest"
  exit
fi
if [[ $(docker image inspect -f '{{index .Config.Labels "tracegate.sources"}}' "$image" 2>/dev/null) == "$digest" ]]; then
  echo "image $image is up to date"
  exit
fi

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
mkdir "$context/sources" "$context/wheels"
cp --parents "${sources[@]}" "$context/sources/"
cp actors/workers/image/{Dockerfile,requirements.lock} "$context/"
if [[ ${WHEELS:-} == host ]]; then
  machine=$(uname -m)
  python3 -m pip download -q --only-binary :all: --no-deps --implementation cp --python-version 3.11 \
    --platform "manylinux_2_17_$machine" --platform "manylinux_2_27_$machine" \
    --platform "manylinux_2_28_$machine" --platform "manylinux2014_$machine" \
    -d "$context/wheels" -r "$context/requirements.lock"
fi
docker build -q -t "$image" --build-arg "BASE_IMAGE=$base" --build-arg "SOURCES=$digest" "$context"
