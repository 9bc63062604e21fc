#!/bin/sh
# Prints the path of a Python that LNbits runs on (3.10, 3.11 or 3.12) and that can make a venv.
# A name on the PATH proves nothing: a pyenv shim is there for versions that are not selected, and
# Debian's python3 lacks ensurepip until python3-venv is installed. So each candidate is run.

works() {
    "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' >/dev/null 2>&1
}

tried=""
for name in python3.12 python3.11 python3.10 python3 python \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.12.*/bin/python \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.11.*/bin/python \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10.*/bin/python; do
    path=$(command -v "$name" 2>/dev/null) || continue
    if ! works "$path"; then
        tried="$tried
  $path: $("$path" --version 2>&1 | head -n 1)"
    elif ! "$path" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        tried="$tried
  $path: $("$path" --version 2>&1) without venv (on Debian: apt-get install python3-venv)"
    else
        echo "$path"
        exit 0
    fi
done

{
    echo "No usable Python: LNbits needs 3.10, 3.11 or 3.12, with the venv module."
    if [ -n "$tried" ]; then echo "Found, but not usable:$tried"; else echo "No python3 on the PATH."; fi
} >&2
exit 1
